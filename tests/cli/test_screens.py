"""What a person sees: the same command on a terminal with colours, without, in ASCII, and in a pipe."""

import pathlib
import re
import tempfile

from cases import UPDATE, case, ends
from rig import *
from screen import screen
from things import *

MODES = {"terminal": {}, "NO_COLOR": {"NO_COLOR": "1"}, "LC_ALL=C": {"LC_ALL": "C"}, "pipe": None}


def steady(text, server):
    """Without what passes while a test runs."""
    text = stable(text, server)
    text = re.sub(r"(◐|\{33\}◐\{\}|>|\{33\}>\{\})( \w+) +[\d.:]+s?", r"\1\2 NOW", text)
    text = re.sub(r"\b\d\d-\d\d \d\d:\d\d\b", "MM-DD HH:MM", text)
    return re.sub(r" \d+:\d\d(:\d\d)?$", " ELAPSED", text, flags=re.MULTILINE)


def check_screens(name, args, script, code=0, file=None):
    """One golden file with the four of them. The file is what FILE in the arguments stands for."""
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "ledger.yaml"
        path.write_text(file or "")
        real = [str(path) if arg == "FILE" else arg for arg in args]
        for mode, env in MODES.items():
            with serving(script()) as server:
                if env is None:
                    seen = ends(code, *real, server=server)
                    text = f"{seen.out}--- standard error\n{seen.err}" if seen.err else seen.out
                else:
                    ended, shown = on_terminal(*real, server=server, env=env)
                    expect(ended == code, f"{name} {mode}: exit {ended}\n{shown}")
                    text = screen(shown)
                    expect("\x1b[3" not in shown or mode != "NO_COLOR", f"a colour: {shown!r}")
                    expect(shown.isascii() or mode != "LC_ALL=C", f"not ASCII: {shown!r}")
                text = steady(text, server).replace(str(path), "ledger.yaml")
                parts.append(f"== {mode}\n{text}")
    head = "$ sluice " + " ".join("ledger.yaml" if arg == "FILE" else arg for arg in args)
    golden(f"screen-{name}", f"{head}   (exit {code})\n" + "".join(parts), UPDATE)


def told(seq, code, message, seconds=None, rule=None):
    """An event of the upgrade; seconds ago, or at a fixed time."""
    one = event(seq, code, message, rule)
    if seconds is not None:
        one["metadata"]["createdAt"] = ago(seconds)
    return one


# A stateful upgrade: its beginning, its middle, its end.
BEGINNING = [
    told(10, "STATE_TRANSITION_IS_NEEDED", "The user asks for spec version 3"),
    told(11, "CREATING_A_SAVEPOINT_BEFORE_SUSPENSION", "Savepoint try 1 of 4 goes to file:/sp/1"),
]
MIDDLE = BEGINNING + [
    told(13, "SAVEPOINT_FAILED", "Checkpoint expired"),
    told(15, "CREATING_A_SAVEPOINT_BEFORE_SUSPENSION", "Savepoint try 2 of 4 goes to file:/sp/2"),
    told(37, "TRANSITIONED_TO_COMPLETED", "Savepoint 3333 is complete at file:/sp/2"),
    told(37, "FOUND_A_COMPLETED_SAVEPOINT_READY_FOR_SUSPENSION", "The job is stopped"),
    told(38, "AWAIT_FOR_A_CLUSTER_TO_TEARDOWN", "The cluster of attempt 31 is taken down"),
    told(40, "CREATING_A_NEW_JOB", "Attempt 32 of spec version 3 begins"),
]
END = MIDDLE + [
    told(50, "RESTORING_FROM_A_SNAPSHOT", "Attempt 32 restores file:/sp/2"),
    told(52, "AWAITING_A_JOB_TO_START", "Flink has accepted attempt 32"),
    told(58, "JOB_SUCCESSFULLY_STARTED", "All tasks of attempt 32 run"),
    told(59, "STATE_TRANSITION_IS_COMPLETED", "The Deployment is RUNNING"),
]
# Sequences are unique; two things may happen in one second.
for i, one in enumerate(END):
    one["metadata"]["sequence"] = 10 + i


def deploying():
    return deployment(state="TRANSITIONING", reason="LOOK", message="the cluster is starting",
                      rule=209, waitingSince=ago(NINETY_MINUTES), nextTryAt=ago(-NINETY_MINUTES))


def upgrading():
    return world(but={
        f"GET {LEDGER}": [deployment(observed=2), deploying(), deployment()],
        f"GET {NS}/events": [listed("Event"), listed("Event", *BEGINNING),
                             listed("Event", *MIDDLE), listed("Event", *END)]})


@case
def lists_and_single_things():
    check_screens("get", ["get", "deployments"], world)
    check_screens("describe", ["describe", "ledger"], world)
    check_screens("restore", ["restore", "ledger", "--explain"], world)
    check_screens("explain", ["explain", "deployment.spec.restoreStrategy.kind"], world)
    check_screens("error", ["get", "d/ledgr"], world, code=3)
    check_screens("doctor", ["doctor"], lambda: world(but={
        "GET /healthz": Answer("ok\n", content_type="text/plain"),
        "GET /readyz": problem(503, "STORE_BROKEN", "the store is not trusted")}), code=1)


@case
def lineage():
    """Three jobs: one ended with the savepoint that the next began with, which failed."""
    first = job("TERMINATED")
    first["metadata"] |= {"attempt": 30, "createdAt": ago(40 * 3600), "terminatedAt": ago(20 * 3600)}
    first["spec"] = {}
    second = job("FAILED")
    second["metadata"] |= {"createdAt": ago(20 * 3600), "terminatedAt": ago(7 * 3600)}
    third = job("STARTED")
    third["metadata"] |= {"attempt": 32, "createdAt": ago(7 * 3600)}
    third["spec"] = {"savepointLocation": "file:/elsewhere"}
    suspended = savepoint(OLD, attempt=30, stateTakenAt=ago(20 * 3600))
    suspended["metadata"]["origin"] = "SUSPEND"
    kept = savepoint(attempt=31, stateTakenAt=ago(9 * 3600))
    kept["metadata"]["origin"] = "RETAINED_CHECKPOINT"
    lost = savepoint(JOB, state="FAILED", attempt=31)
    check_screens("timeline", ["timeline", "ledger"], lambda: world(but={
        f"GET {NS}/jobs": listed("Job", first, second, third),
        f"GET {NS}/savepoints": listed("Savepoint", suspended, kept, lost)}))
    with serving(world(but={f"GET {NS}/jobs": listed("Job")})) as server:
        expect("never had a job" in ends(0, "timeline", "ledger", server=server).err, "no job")
    with serving(world()) as server:
        seen = ends(0, "timeline", "ledger", "--range", "1h", server=server)
        expect(len(seen.out.splitlines()) == 3, f"what runs is drawn from the edge: {seen}")


@case
def plans():
    check_screens("plan", ["plan", "-f", "FILE"], world, file=FILE)
    check_screens("plan-losing", ["plan", "-f", "FILE", "--exit-code"],
                  lambda: world(but={f"POST {LEDGER}/plans": losing_plan()}), 11, FILE)


@case
def progress():
    """What stands on the terminal at the end; in a pipe, a line for each change."""
    check_screens("apply-wait", ["apply", "-f", "FILE", "--wait"], upgrading, file=FILE)
    check_screens("wait-failed", ["wait", "ledger", "--for", "state=RUNNING"],
                  lambda: world(but={f"GET {LEDGER}": failed()}), 8)
    stuck = told(44, "FAILED_CREATING_A_NEW_JOB", "Attempt 32 could not start: no such class")
    stuck["metadata"]["sequence"] = 99
    check_screens("wait-timeout", ["wait", "ledger", "--for", "state=RUNNING", "--timeout", "0s"],
                  lambda: world(but={f"GET {LEDGER}": deploying(),
                                     f"GET {NS}/events": listed("Event", *MIDDLE, stuck)}), 5)


@case
def the_block_is_repainted_in_place():
    """Ctrl-C leaves it as it stands, and says how to come back."""
    for env in ({}, {"LC_ALL": "C"}):
        moving = world(but={f"GET {LEDGER}": deploying(),
                            f"GET {NS}/events": [listed("Event", *BEGINNING),
                                                 listed("Event", *MIDDLE)]})
        with serving(moving) as server:
            code, shown = on_terminal("wait", "ledger", "--for", "state=RUNNING", server=server,
                                      env=env, typed="\x03", when=b"Attempt 32")
            expect(code == 130, f"exit {code}\n{shown}")
            name = "screen-detached-ascii" if env else "screen-detached"
            golden(name, steady(screen(shown), server), UPDATE)
            expect("\x1b[4A" in shown, f"it is painted over what was there: {shown!r}")


@case
def narrow_terminals_do_not_wrap():
    with serving(upgrading()) as server:
        code, shown = on_terminal("wait", "ledger", "--for", "state=RUNNING", server=server,
                                  columns=40)
        expect(code == 0, f"exit {code}\n{shown}")
        for line in screen(shown).splitlines():
            line = re.sub(r"\{\d*\}", "", line)
            expect(len(line) < 40 or "is RUNNING after" in line, f"{len(line)} columns: {line}")


@case
def no_block_where_it_cannot_be_painted():
    for env, more in (({"TERM": "dumb"}, []), ({"CI": "true"}, []), ({}, ["--no-progress"])):
        with serving(upgrading()) as server:
            code, shown = on_terminal("wait", "ledger", "--for", "state=RUNNING", *more,
                                      server=server, env=env)
            expect(code == 0 and "\x1b[K" not in shown and "\x1b[J" not in shown, f"{shown!r}")
            expect("ledger state=RUNNING health=OK" in shown, f"a line each: {shown!r}")


@case
def watching_many():
    answers = {f"GET {NS}/deployments": [
        listed("Deployment", failed(name="clicks"), deploying()),
        listed("Deployment", failed(name="clicks"), deploying()),
        listed("Deployment", failed(name="clicks"), deployment())],
        f"GET {NS}/events": [listed("Event", *BEGINNING), listed("Event", *MIDDLE),
                             listed("Event", *END)]}
    # Two objects of one id would be one.
    for one in answers[f"GET {NS}/deployments"]:
        one["items"][0]["metadata"]["id"] = OLD
    with serving(world(but=answers)) as server:
        code, shown = on_terminal("watch", server=server, typed="\x03", when=b"it runs as wanted")
        expect(code == 130, f"exit {code}\n{shown}")
        golden("screen-watch", steady(screen(shown), server), UPDATE)
        process = begin("watch", "ledger", server=server)
        lines = [process.stdout.readline() for _ in range(1)]
        expect("ledger state=RUNNING health=OK" in lines[0], f"a line each: {lines}")
        seen = finish(process, signal.SIGINT)
        expect(seen.code == 130 and "Re-attach: sluice watch ledger" in seen.err, f"{seen}")
        expect("clicks" not in seen.out, f"only what was asked for: {seen}")
        ends(3, "watch", "ledger", "nobody", server=server)
        ends(5, "watch", "--timeout", "0s", server=server)
    ends(7, "watch")
