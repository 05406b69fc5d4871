"""Waiting, watching, following."""

import json
import signal

from cases import case, check_golden, ends
from rig import *
from things import *


def waits(code, *answers, goal="state=RUNNING", more=(), name=None):
    """sluice wait against these looks at the Deployment, one after the other."""
    with serving(world(but={f"GET {LEDGER}": list(answers)})) as server:
        args = ["wait", "ledger", "--for", goal, "--timeout", "20s", *more]
        if name:
            check_golden(name, args, server, code=code)
            return None
        return ends(code, *args, server=server)


@case
def waiting_ends_when_it_is_reached():
    moving = deployment(state="TRANSITIONING")
    seen = waits(0, moving, moving, deployment())
    expect("state=TRANSITIONING" in seen.err and "state=RUNNING" in seen.err, f"{seen}")
    expect(seen.out.startswith("deployment/ledger is RUNNING after "), f"{seen}")
    waits(0, moving, deployment(health="DEGRADED"), deployment(), goal="health=ok")
    waits(0, moving, deployment(specVersion=3), goal="/status/specVersion=3")
    waits(0, moving, problem(404, "NOT_FOUND", "gone"), goal="deleted")
    waits(0, failed(), goal="state=FAILED")


@case
def what_was_not_looked_at_yet_counts_for_nothing():
    """Right after an edit the status is still the one from before."""
    waits(0, deployment(observed=2), deployment(state="TRANSITIONING"), deployment())
    waits(0, failed(observed=2), failed(observed=2), failed(observed=2), deployment())
    # After a retry the generation is the same, and what was given up is shown for a moment.
    waits(0, failed(), deployment(state="TRANSITIONING"), deployment())


@case
def waiting_ends_at_once_when_there_is_no_hope():
    waits(8, failed(), name="wait-failed")
    waits(8, deployment(state="TRANSITIONING", reason="BLOCKED_STATE_MISSING",
                        message="chk-9120 is missing"), name="wait-blocked")
    waits(8, deployment(state="SUSPENDED", desired="SUSPENDED"), name="wait-not-asked-for")
    waits(8, deployment(state="FINISHED"), name="wait-finished")
    waits(8, deployment(state="TRANSITIONING"), problem(404, "NOT_FOUND", "gone"))
    waits(3, problem(404, "NOT_FOUND", "gone"))
    waits(0, failed(), failed(), failed(), deployment(), more=["--no-fail-fast"])


@case
def waiting_has_an_end():
    with serving(world(but={f"GET {LEDGER}": deployment(state="TRANSITIONING")})) as server:
        args = ["wait", "ledger", "--for", "state=RUNNING", "--timeout", "0s"]
        check_golden("wait-timeout", args, server, code=5)


@case
def ctrl_c_detaches():
    with serving(world(but={f"GET {LEDGER}": deployment(state="TRANSITIONING")})) as server:
        for signo, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            del server.asked[:]
            process = begin("wait", "ledger", "--for", "state=RUNNING", server=server)
            until("it waits", lambda: len(server.asked) > 3)
            seen = finish(process, signo)
            expect(seen.code == code, f"{seen}")
            expect("Re-attach: sluice wait d/ledger --for state=RUNNING" in seen.err, f"{seen}")
        del server.asked[:]
        process = begin("events", "ledger", "--follow", server=server)
        until("it follows", lambda: len(server.asked) > 3)
        seen = finish(process, signal.SIGINT)
        again = "sluice events ledger --follow --since 8"
        expect(seen.code == 130 and again in seen.err, f"{seen}")


@case
def a_server_that_is_started_anew_is_waited_for():
    with serving(world(but={f"GET {LEDGER}": deployment(state="TRANSITIONING")})) as server:
        process = begin("wait", "ledger", "--for", "state=RUNNING", server=server)
        until("it waits", lambda: len(server.asked) > 3)
        server.stop()
        server.script[f"GET {LEDGER}"] = [Answer(deployment())]
        line = ""
        while "does not answer" not in line:
            line = process.stderr.readline()
            expect(line, "it says that the server is gone")
        server.start()
        seen = finish(process)
        expect(seen.code == 0 and "answers again" in seen.err, f"{seen}")


@case
def writes_that_wait():
    with serving(world(but={
            f"GET {LEDGER}": [deployment(observed=2), deployment(state="TRANSITIONING"),
                              deployment()],
            f"GET {NS}/events": [listed("Event", event(7)),
                                 listed("Event", event(7), event(8))]})) as server:
        seen = ends(0, "apply", "-f", "-", "--wait", server=server, stdin=FILE)
        expect("deployment/ledger changed\ndeployment/ledger is RUNNING" in seen.out, f"{seen}")
        told = [line for line in seen.err.splitlines() if "JOB_SUCCESSFULLY_STARTED" in line]
        expect(len(told) == 1 and ":08.123Z" in told[0], f"what is new is told once; {seen}")
    with serving(world(but={f"GET {LEDGER}": [deployment(), failed()]})) as server:
        seen = ends(8, "start", "ledger", "--wait", "-o", "json", server=server)
        expect(not seen.out, f"no document of something that failed; {seen}")
    finished = deployment(state="FINISHED")
    with serving(world(but={f"GET {LEDGER}": [deployment(), finished]})) as server:
        ends(0, "start", "ledger", "--wait", server=server)
    states = [savepoint(state="STARTED"), savepoint()]
    with serving(world(but={f"GET {NS}/savepoints/{SAVEPOINT}": states})) as server:
        check_golden("savepoint-create", ["savepoint", "create", "ledger", "--wait"], server)
    lost = savepoint(state="FAILED", failure={"message": "Checkpoint expired"})
    with serving(world(but={f"GET {NS}/savepoints/{SAVEPOINT}": lost})) as server:
        args = ["savepoint", "create", "ledger", "--wait"]
        check_golden("savepoint-failed", args, server, code=8)


@case
def watching():
    runs = listed("Deployment", deployment())
    moves = listed("Deployment", deployment(state="TRANSITIONING"))
    with serving(world(but={f"GET {NS}/deployments": [runs, runs, moves]})) as server:
        process = begin("get", "d", "-w", "-o", "json", server=server)
        states = [json.loads(process.stdout.readline())["status"]["state"] for _ in range(2)]
        expect(states == ["RUNNING", "TRANSITIONING"], f"what changed is printed: {states}")
        expect(finish(process, signal.SIGINT).code == 130, "Ctrl-C ends it")
