"""One sluiced with two counters: a round edits one of them, or both. The other must not notice."""

import json
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from guarded import Guarded  # noqa: E402
from lab import Counter, Failed, NAMESPACE, expect, wait_for  # noqa: E402

CONVERGES = 240  # seconds; a savepoint may have to be tried again
STORY = 25  # lines of the log that are shown of a failed round
PROCESSES = {"jobmanager": "jobmanager", "taskmanager": "tm-"}  # how their names begin


class Lane:
    """What rounds are played on. `hits`: where the present round really killed."""

    def __init__(self, directory, flink):
        self.daemon = Guarded(directory, config={"local": {"maxConcurrentStarts": 1}})
        self.flink = flink
        self.counters = []
        self.ids = {}
        self.hits = []
        self.played = 0

    def clean_up(self):
        self.daemon.clean_up()

    def story(self):
        """For people: what a failed round left behind."""
        lines = []
        try:
            for c in self.counters:
                lines.append(f"{c.name}: {json.dumps(c.status())}")
        except Failed as error:
            lines.append(f"sluiced says nothing more: {error}")
        log = (self.daemon.directory / "sluiced.log").read_text(errors="replace").splitlines()
        return lines + log[-STORY:] + [f"see {self.daemon.directory}"]

    def play(self, one):
        self.hits = []
        if not self.counters:
            self._begin()
        edited = self.counters if one.both else [self.counters[self.played % 2]]
        quiet = [c for c in self.counters if c not in edited]
        self.played += 1
        before = {c: c.job_ids() for c in self.counters}
        records = {c: c.records() for c in quiet}
        wanted = {c: 2 if c.flink_parallelism() == 1 else 1 for c in edited}
        again = {c: repeated(c) for c in edited}
        if one.victim == "sluiced":
            self.daemon.arm(one.points, edited[0].name)
            self.hits = self.daemon.hits
            self._edit(one, wanted)
        else:
            self._kill_flink(one, edited[0], wanted)
        for c in edited:
            self._converges(c, wanted[c], len(before[c]))
        self.daemon.disarm()
        for c in edited:
            self._holds(c, wanted[c])
            if one.victim == "sluiced" and one.upgrade == "STATEFUL":
                expect(repeated(c) == again[c],
                       f"{c.name}: numbers came again, and nothing but sluiced was killed")
        for c in quiet:
            expect(c.job_ids() == before[c], f"{c.name} has a new job, and was not edited")
            wait_for(f"{c.name} goes on", lambda c=c: c.records() > records[c], 30)
            c.proven(newest=True)

    def _begin(self):
        for name in ("counter-a", "counter-b"):
            self.counters.append(Counter(self.daemon, name, self.flink, rate=50))
        for c in self.counters:
            c.create()
            self.ids[c] = c.id
        for c in self.counters:
            c.wait_state("RUNNING")
            c.wait_progress(records=20, checkpoints=1)

    def _edit(self, one, wanted):
        for c, parallelism in wanted.items():
            if one.savepoint:
                self.daemon.call("POST", f"{NAMESPACE}/savepoints",
                                 {"metadata": {"deploymentId": self.ids[c]}})
            c.patch({"spec": {"upgradeStrategy": {"kind": one.upgrade},
                              "template": {"spec": {"parallelism": parallelism}}}})

    # ---- what must hold ----

    def _converges(self, c, parallelism, jobs_before):
        """RUNNING as wanted, in a job that began after the edit, and Flink says so too."""
        def reached():
            jobs = c.jobs()
            status = c.status()
            expect(status.get("state") != "FAILED", f"{c.name} is FAILED: {status.get('message')}")
            return (len(jobs) > jobs_before and status.get("state") == "RUNNING"
                    and jobs[-1]["spec"]["parallelism"] == parallelism)
        wait_for(f"{c.name} is RUNNING with parallelism {parallelism}", reached, CONVERGES, 0.1)
        c.wait_progress(records=20, checkpoints=1)
        expect(c.flink_parallelism() == parallelism, f"{c.name} runs with another parallelism")
        open_ones = [s for s in c.savepoints() if s["status"]["state"] == "STARTED"]
        expect(not open_ones, f"{c.name}: savepoints without an end: {open_ones}")

    def _holds(self, c, parallelism):
        c.proven(newest=True)
        last = c.jobs()[-1]["metadata"]["attempt"]

        def only_the_last():
            alive = [(attempt, name[:3]) for (owner, attempt, name), _ in java(self.daemon)
                     if owner == self.ids[c]]
            return sorted(alive) == [(last, "job")] + [(last, "tm-")] * parallelism
        wait_for(f"{c.name}: only the processes of attempt {last}, all of them", only_the_last, 20)

    # ---- JobManagers and TaskManagers ----

    def _kill_flink(self, one, counter, wanted):
        """Waits for the line of the log, then ends the victim of the newest attempt."""
        (text, kind), = one.points
        log = self.daemon.directory / "sluiced.log"
        with open(log, "rb") as lines:
            lines.seek(0, os.SEEK_END)
            self._edit(one, wanted)
            wait_for(f"the log says {text} {kind}",
                     lambda: is_said(lines, text, kind, counter.name), 90, 0.002)
        owner = self.ids[counter]
        if wait_for_victim(self.daemon, owner, one.victim):
            self.hits.append((text, kind))


def repeated(counter):
    """Numbers that were written again after a restore, up to now."""
    return sum(run.repeated for run in counter.report().runs)


def is_said(lines, text, kind, deployment):
    """Whether one of the lines that have come since says so."""
    while line := lines.readline().decode(errors="replace"):
        fields = line.split()
        if f" {text} " in line and f"intent={kind}" in fields and f"deployment={deployment}" in fields:
            return True
    return False


def java(daemon):
    """((deployment id, attempt, process name), pid) of the Java processes alive."""
    found = []
    for pid, whose in daemon.processes().items():
        try:
            if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "java":
                found.append((whose, pid))
        except OSError:
            continue
    return found


def wait_for_victim(daemon, owner, victim):
    """Ends the newest attempt's process of that name, as soon as there is one: True. A job that is
    being stopped may end it first: False."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        ours = [(attempt, name, pid) for (whose, attempt, name), pid in java(daemon)
                if whose == owner]
        newest = max((attempt for attempt, _, _ in ours), default=0)
        for attempt, name, pid in ours:
            if attempt == newest and name.startswith(PROCESSES[victim]):
                os.kill(pid, signal.SIGKILL)
                return True
    return False
