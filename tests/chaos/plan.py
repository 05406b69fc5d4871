"""Which round kills what, and where: the same schedule every time.

A block of 20 rounds: for each of the seven kinds of intent two rounds that kill sluiced, then three
that kill a JobManager and three that kill a TaskManager. Five blocks are 100 rounds, and each kind
is then hit at least five times before its call and five times after.
"""

import dataclasses

# In the order in which an upgrade has them.
KINDS = ("SAVEPOINT", "STOP", "CANCEL", "TEARDOWN", "PROVISION", "UPLOAD", "SUBMIT")
NEEDED = 5
BEFORE = "intent durable"  # committed, and the call not made
SENT = "call sent"  # handed to the network or the process table; whether it arrived is not known
ANSWERED = "answer"  # done, refused or unknown: the call has certainly been made
COLUMNS = (BEFORE, SENT, ANSWERED)

# Where JobManagers and TaskManagers die: (line of sluiced's log, whose process).
MOMENTS = ((SENT, "STOP"), (ANSWERED, "PROVISION"), (ANSWERED, "SUBMIT"), (ANSWERED, "STOP"),
           (ANSWERED, "UPLOAD"), (SENT, "SUBMIT"), (BEFORE, "STOP"))


@dataclasses.dataclass
class Round:
    """One edit of a Deployment, and what dies meanwhile.

    victim  "sluiced", "jobmanager" or "taskmanager"
    points  (text, kind) one after the other; sluiced is started again after each
    upgrade STATEFUL or STATELESS
    savepoint  a user's savepoint is asked for right before the edit
    both    the other Deployment of the same sluiced is edited at the same time
    """

    number: int
    victim: str
    points: list
    upgrade: str = "STATEFUL"
    savepoint: bool = False
    both: bool = False

    def __str__(self):
        where = ", then ".join(f"{text} {kind}" for text, kind in self.points)
        more = " after a savepoint" if self.savepoint else ""
        more += ", two at once" if self.both else ""
        return f"{self.upgrade}{more}: kill -9 of {self.victim} at {where}"


def _next_kind(kind):
    """The intent that follows in the same upgrade, or None."""
    if kind in ("SAVEPOINT", "STOP"):
        return {"SAVEPOINT": "STOP", "STOP": "TEARDOWN"}[kind]
    later = KINDS[KINDS.index(kind) + 1:]
    return later[0] if later else None


def _of_sluiced(kind, block):
    """Two rounds: before the call and after it, and after it and before the next intent's."""
    after, other = (ANSWERED, SENT) if block % 2 else (SENT, ANSWERED)
    following = _next_kind(kind)
    second = [(other, kind)] + ([(BEFORE, following)] if following else [])
    for points in ([(BEFORE, kind), (after, kind)], second):
        yield Round(0, "sluiced", points, upgrade="STATELESS" if kind == "CANCEL" else "STATEFUL",
                    savepoint=kind == "SAVEPOINT")


def rounds(n):
    """The first n rounds of the schedule."""
    plan = []
    block = 0
    while len(plan) < n:
        of_block = [r for kind in KINDS for r in _of_sluiced(kind, block)]
        for i in range(3):
            moment = 3 * block + i
            of_block.insert(3 + 6 * i, Round(0, "jobmanager", [MOMENTS[moment % len(MOMENTS)]]))
            of_block.insert(6 + 6 * i,
                            Round(0, "taskmanager", [MOMENTS[(moment + 3) % len(MOMENTS)]]))
        plan += of_block
        block += 1
    for number, one in enumerate(plan[:n], 1):
        one.number = number
        one.both = one.victim == "sluiced" and number % 4 == 0
    return plan[:n]


def table(hits):
    """Lines of a table of what was hit; hits counts (text, kind)."""
    lines = [f"{'intent':<10} {'before the call':>16} {'call sent':>10} {'answered':>9}"]
    for kind in KINDS:
        before, sent, answered = (hits.get((text, kind), 0) for text in COLUMNS)
        lines.append(f"{kind:<10} {before:>16} {sent:>10} {answered:>9}")
    return lines


def short_cells(hits):
    """What was not hit often enough, before or after its call."""
    short = []
    for kind in KINDS:
        if hits.get((BEFORE, kind), 0) < NEEDED:
            short.append(f"{kind} before its call")
        if hits.get((SENT, kind), 0) + hits.get((ANSWERED, kind), 0) < NEEDED:
            short.append(f"{kind} after its call")
    return short
