"""What sluice prints, and what it refuses."""

import json

from cases import case, check_golden, ends
from rig import *
from things import *


@case
def what_it_prints():
    """Every command that shows something, as a program reads it and as a person does."""
    shown = {
        "get-tsv": ["get", "deployments"],
        "get-tsv-header": ["get", "deployments", "--header"],
        "get-table": ["get", "d", "-o", "table"],
        "get-wide": ["get", "d", "-o", "wide"],
        "get-name": ["get", "d", "-o", "name"],
        "get-one": ["get", "d/ledger", "-o", "table"],
        "get-one-words": ["get", "deployment", "ledger", "-o", "name"],
        "get-jobs": ["get", "jobs", "-o", "table"],
        "get-savepoints": ["get", "sp", "-o", "table"],
        "get-events": ["get", "ev", "-o", "table"],
        "get-targets": ["get", "dt", "-o", "table"],
        "get-defaults": ["get", "defaults", "-o", "table"],
        "get-namespaces": ["get", "ns", "-o", "table"],
        "describe": ["describe", "ledger"],
        "describe-job": ["describe", f"job/{JOB}"],
        "restore": ["restore", "d/ledger"],
        "restore-explain": ["restore", "ledger", "--explain"],
        "history": ["history", "ledger", "-o", "table"],
        "history-diff": ["history", "ledger", "--diff", "17..19", "-o", "table"],
        "events": ["events", "ledger"],
        "events-all": ["events"],
        "logs": ["logs", "ledger"],
        "savepoint-list": ["savepoint", "list", "ledger", "-o", "table"],
        "version": ["version"],
        "version-client": ["version", "--client"],
    }
    with serving(world()) as server:
        for name, args in shown.items():
            if name not in ("describe-job",):
                check_golden(name, args, server)
        seen = ends(0, "describe", f"job/{JOB}", server=server)
        expect("attempt: 31" in seen.out, f"a job is described as YAML; {seen}")


@case
def restarts_that_nobody_saw_are_not_shown():
    unseen = job()
    del unseen["status"]["started"]["observedFlinkJobRestarts"]
    script = world()
    script[f"GET {NS}/jobs"] = listed("Job", unseen)
    with serving(script) as server:
        seen = ends(0, "describe", "ledger", server=server)
        expect("STARTED  spec version 2" in seen.out, f"no number of restarts; {seen}")


@case
def what_a_plan_says():
    with serving(world()) as server:
        check_golden("plan-upgrade", ["plan", "-f", "-"], server, stdin=FILE)
        server.script[f"POST {LEDGER}/plans"] = [Answer(losing_plan())]
        check_golden("plan-losing", ["plan", "-f", "-"], server, stdin=FILE)
        server.script[f"POST {LEDGER}/plans"] = [Answer(no_plan())]
        check_golden("plan-nothing", ["plan", "-f", "-"], server, stdin=FILE)
        created = plan(effect="START", version=0, defaulted=[{"path": "/spec/state"}])
        server.script[f"POST {LEDGER}/plans"] = [Answer(created)]
        check_golden("plan-created", ["plan", "-f", "-"], server, stdin=FILE)


@case
def what_explain_says():
    check_golden("explain-rule", ["explain", "rule", "442"])
    check_golden("explain-enum", ["explain", "deployment.spec.restoreStrategy.kind"])
    check_golden("explain-object", ["explain", "d.spec.upgradeStrategy"])
    check_golden("explain-map-key",
                 ["explain", "deployment.spec.template.spec.flinkConfiguration.state.backend"])
    ends(3, "explain", "rule", "1")
    ends(3, "explain", "deployment.spec.nope")
    ends(3, "explain", "nothing")
    rules = ends(0, "explain", "rules").out.splitlines()
    expect(len(rules) > 100, f"explain rules lists them all; {len(rules)} lines")


@case
def every_command_explains_itself():
    commands = [line.strip() for line in sluice("help").out.splitlines() if line.startswith("  ")]
    expect(len(commands) >= 20, f"help lists the commands; {commands}")
    for line in commands:
        name, _, doc = line.partition("  ")
        seen = ends(0, "help", *name.split())
        expect(seen.out.startswith(doc.strip()), f"help {name} begins with its sentence; {seen}")
        expect(f"usage: sluice {name}" in seen.out, f"help {name} has its usage; {seen}")
        expect("exit codes:" in seen.out and "examples:" in seen.out, f"help {name}; {seen}")
        expect(seen.out == ends(0, *name.split(), "--help").out, f"{name} --help is the same")
        longest = max(len(part) for part in seen.out.splitlines())
        expect(longest <= 160, f"help {name} has a line of {longest} characters")
    check_golden("help-apply", ["help", "apply"])
    check_golden("help", ["help"])
    check_golden("help-savepoint", ["savepoint", "--help"])


# ---- what it refuses ----

@case
def mistakes_on_the_command_line():
    wrong = {
        "usage-nothing": [],
        "usage-command": ["aply"],
        "usage-group": ["savepoint"],
        "usage-half": ["savepoint", "creat"],
        "usage-flag": ["get", "d", "--selectr", "a=b"],
        "usage-letter": ["get", "d", "-z"],
        "usage-value": ["get", "d", "-o"],
        "usage-format": ["get", "d", "-o", "xml"],
        "usage-kind": ["get", "thing"],
        "usage-missing": ["describe"],
        "usage-too-many": ["start", "a", "b", "c"],
        "usage-twice": ["get", "d", "-o", "json", "-o", "yaml"],
        "usage-server": ["get", "d", "--server", "localhost:8080"],
        "usage-timeout": ["wait", "x", "--for", "state=RUNNING", "--timeout", "soon"],
        "usage-for": ["wait", "x", "--for", "running"],
        "usage-state": ["wait", "x", "--for", "state=RUNING"],
        "usage-no-file": ["apply"],
        "usage-fork": ["fork", "ledger"],
        "usage-assignment": ["fork", "ledger", "--name", "x", "spec.parallelism=2"],
        "usage-revision": ["rollback", "ledger"],
        "usage-which-state": ["rollback", "ledger", "--to", "3", "--state", "old"],
        "usage-diff": ["history", "ledger", "--diff", "1...2"],
        "usage-file": ["apply", "-f", "/nonexistent/x.yaml"],
        "usage-not-deployment": ["start", "job/x"],
    }
    for name, args in wrong.items():
        check_golden(name, args, code=2)
    for text in ("", "# nothing\n", "[1]", "{", "kind: Nothing\n", "kind: Deployment\n",
                 "a: 1\na: 2"):
        ends(2, "apply", "-f", "-", stdin=text)


@case
def answers_become_exit_codes():
    answers = {
        "error-refused": (problem(400, "UNKNOWN_FIELD", 'no field "x"', "/spec/x"), 1),
        "error-denied": (problem(403, "FORBIDDEN", "not allowed"), 6),
        "error-not-found": (problem(404, "NOT_FOUND", 'there is no Deployment "ledger"'), 3),
        "error-conflict": (problem(409, "CONFLICT", "the object has moved on"), 4),
        "error-precondition": (problem(412, "PRECONDITION_FAILED", "If-Match does not hold"), 4),
        "error-full": (problem(507, "STORE_FULL", "the store has no room"), 1),
        "error-foreign": (Answer("<h1>Login</h1>", 502, "text/html"), 7),
        "error-foreign-ok": (Answer("<h1>Hello</h1>", 200, "text/html"), 7),
        "error-broken-json": (Answer('{"kind":', 200), 7),
    }
    for name, (answer, code) in answers.items():
        with serving(world(but={f"GET {LEDGER}": answer})) as server:
            check_golden(name, ["get", "d/ledger", "-o", "json"], server, code=code)
    with serving(world(but={f"GET {LEDGER}": Answer('{"kind":', 200, cut=True)})) as server:
        seen = ends(7, "get", "d/ledger", "-o", "json", server=server)
        expect(not seen.out, f"an answer that broke off is not printed; {seen}")
    check_golden("error-unreachable", ["get", "deployments"], code=7)
    check_golden("error-version", ["version"], code=7)


@case
def json_is_all_that_json_prints():
    """-o json and ndjson: every byte of standard output is JSON, also when something is wrong."""
    with serving(world()) as server:
        for args in (["get", "d"], ["get", "d/ledger"], ["get", "sp"], ["get", "ev"], ["get", "ns"],
                     ["get", "defaults"], ["describe", "ledger"], ["restore", "ledger"],
                     ["events", "ledger"], ["history", "ledger"],
                     ["history", "ledger", "--diff", "19"], ["version"], ["version", "--client"],
                     ["savepoint", "create", "ledger"], ["start", "ledger"],
                     ["savepoint", "register", "ledger", 'file:/x "y"']):
            json.loads(ends(0, *args, "-o", "json", server=server).out)
        for args in (["plan", "-f", "-"], ["apply", "-f", "-"], ["apply", "-f", "-", "--wait"]):
            json.loads(ends(0, *args, "-o", "json", server=server, stdin=FILE).out)
        for args in (["get", "d"], ["events"]):
            for line in ends(0, *args, "-o", "ndjson", server=server).out.splitlines():
                json.loads(line)
    for args in (["get", "d"], ["get", "d/x"], ["plan", "-f", "-"], ["restore", "x"]):
        expect(ends(7, *args, "-o", "json", stdin=FILE).out == "", f"{args}: nothing on the output")


@case
def hostile_text_does_not_steer_the_terminal():
    evil = "\x1b[2Jgone\x07\u009b31m\nsecond"
    bad = deployment(name="led\x1bger", message=evil)
    script = {f"GET {NS}/deployments": listed("Deployment", bad), f"GET {LEDGER}": bad,
              f"GET {NS}/events": listed("Event", event(7, message=evil))}
    with serving(world(but=script)) as server:
        for args in (["get", "d", "-o", "wide"], ["get", "d"], ["describe", "ledger"],
                     ["events", "ledger"], ["get", "d", "-o", "name"]):
            seen = ends(0, *args, server=server)
            expect(not any(c in seen.out for c in "\x1b\x07\u009b"), f"{args}: {seen.out!r}")
    with serving(world(but={f"GET {LEDGER}": problem(400, "INVALID", evil)})) as server:
        seen = ends(1, "get", "d/ledger", server=server)
        expect("\x1b" not in seen.err, f"{seen.err!r}")
