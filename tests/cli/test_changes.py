"""Small changes: set, scale, edit; and what asks no server: validate, config. And api, doctor."""

import json
import pathlib
import tempfile

from cases import case, check_golden, ends
from rig import *
from things import *

PARALLELISM = {"spec": {"template": {"spec": {"parallelism": 8}}}}


def patched(*args):
    """What `sluice ARGS` sends: the body of its plan, and that of its write."""
    with serving(world()) as server:
        ends(0, *args, server=server)
        plans, patch = server.writes()
        expect(plans[:2] == ("POST", f"{LEDGER}/plans"), f"{plans}")
        expect(patch[:2] == ("PATCH", LEDGER), f"{patch}")
        expect(patch[2].pop("metadata")["resourceVersion"] == 41, "the write stands on its plan")
        plans[2].pop("metadata", None)
        expect(plans[2] == patch[2], f"what was planned is what is written: {server.writes()}")
        return plans[2]


@case
def set_makes_a_merge_patch():
    expect(patched("set", "ledger", "spec.template.spec.parallelism=8") == PARALLELISM, "a number")
    expect(patched("set", "d/ledger", "spec.template.spec.parallelism=8") == PARALLELISM, "d/x")
    expect(patched("set", "d", "ledger", "spec.template.spec.parallelism=8") == PARALLELISM, "d x")
    expect(patched("scale", "ledger", "8") == PARALLELISM, "scale")
    expect(patched("scale", "deployment", "ledger", "8") == PARALLELISM, "scale of two words")
    template = "spec.template.spec."
    seen = patched("set", "ledger", f"{template}artifact.flinkVersion=1.20",
                   f"{template}flinkConfiguration.state.backend.type=rocksdb",
                   f"{template}flinkConfiguration.a.b=1", f"{template}numberOfTaskManagers=null",
                   "spec.restoreStrategy.allowNonRestoredState=true", "spec.new.x=[1, 2]",
                   "spec.new.y=7", "spec.new.z=a=b")
    expect(seen == {"spec": {
        "template": {"spec": {
            "artifact": {"flinkVersion": "1.20"},
            "flinkConfiguration": {"state.backend.type": "rocksdb", "a.b": "1"},
            "numberOfTaskManagers": None}},
        "restoreStrategy": {"allowNonRestoredState": True},
        "new": {"x": [1, 2], "y": 7, "z": "a=b"}}}, f"values by what the field takes: {seen}")


@case
def what_cannot_be_set_is_not_sent():
    with serving(world()) as server:
        for args in (["set", "ledger", "parallelism"], ["set", "ledger", "a=1", "a.b=2"],
                     ["set", "ledger", "a.b=2", "a=1"], ["set", "ledger", "a=1", "a=1"],
                     ["set", "ledger", "a..b=1"], ["set", "ledger", "=1"],
                     ["set", "ledger", 'a={"x":'], ["scale", "ledger", "0"],
                     ["scale", "ledger", "many"], ["set", "job/x", "a=1"]):
            ends(2, *args, server=server)
        expect(not server.asked, f"nothing was asked: {server.asked}")
        check_golden("set-nothing", ["set", "ledger", "more"], server, code=2)
    with serving(world(but={f"GET {LEDGER}": problem(404, "NOT_FOUND", "none")})) as server:
        ends(3, "scale", "ledger", "8", server=server)
        expect(not server.writes(), "nothing is created by a misspelt name")


@case
def set_shows_the_consequence_and_asks():
    with serving(world()) as server:
        check_golden("scale", ["scale", "ledger", "24"], server)
        check_golden("scale-plan", ["scale", "ledger", "24", "--plan"], server)
        expect(len(server.writes()) == 3, f"--plan writes nothing: {server.writes()}")
        json.loads(ends(0, "scale", "ledger", "24", "--plan", "-o", "json", server=server).out)
        json.loads(ends(0, "scale", "ledger", "24", "-o", "json", server=server).out)
    with serving(world(but={f"POST {LEDGER}/plans": losing_plan()})) as server:
        ends(9, "set", "ledger", "spec.restoreStrategy.kind=NONE", server=server)
        expect(len(server.writes()) == 1, f"not without consent: {server.writes()}")
        seen = ends(0, "set", "ledger", "spec.restoreStrategy.kind=NONE", "-y", server=server)
        expect("DANGER" in seen.err, f"it is shown all the same: {seen}")


# ---- edit ----

def edits(code, server, script, *more, **env):
    """sluice edit with a shell script as the editor; $1 is the file."""
    with tempfile.TemporaryDirectory() as folder:
        editor = pathlib.Path(folder) / "editor"
        editor.write_text(f"#!/bin/sh\nset -e\n{script}\n")
        editor.chmod(0o755)
        env = {"EDITOR": str(editor), "TMPDIR": folder} | env
        seen = ends(code, "edit", "ledger", *more, server=server, env=env)
        editor.unlink()
        return seen, [path.read_text() for path in pathlib.Path(folder).iterdir()]


def edited(*answers):
    return world(but={f"PUT {LEDGER}": list(answers)})


@case
def edit_replaces_what_was_there():
    with serving(edited(upgrade_plan(), deployment())) as server:
        seen, left = edits(0, server, 'sed -i "s/parallelism: 16/parallelism: 24/" "$1"')
        dry, put = server.writes()
        expect(dry[1] == f"{LEDGER}?dryRun=All&applyDefaults=true", f"{dry}")
        expect(put[1] == f"{LEDGER}?applyDefaults=true", f"{put}")
        for body in (dry[2], put[2]):
            expect(body["spec"]["template"]["spec"]["parallelism"] == 24, f"{body}")
            expect(body["metadata"]["resourceVersion"] == 41, f"on what was seen: {body}")
            expect("status" not in body, f"what the server writes is not there: {body}")
        expect("restart with state" in seen.err and not left, f"{seen} {left}")


@case
def edit_that_changes_nothing_asks_nothing():
    for script in ("true", ': >"$1"'):
        with serving(world()) as server:
            seen, left = edits(0, server, script)
            expect("nothing was changed" in seen.err and not server.writes() and not left, f"{seen}")
    with serving(world()) as server:
        seen, left = edits(9, server, "exit 3")
        expect("ended with 3" in seen.err and not left, f"{seen}")
        seen = ends(9, "edit", "ledger", server=server)
        expect("EDITOR is not set" in seen.err, f"no terminal, no editor: {seen}")


@case
def edit_opens_again_what_was_refused():
    """The error stands on top as a comment; the second try is taken."""
    with serving(edited(problem(400, "INVALID", "expected a number", "/spec/x"), upgrade_plan(),
                        deployment())) as server:
        script = ('if grep -q "#   /spec/x: expected a number" "$1"; then echo "y: 1" >>"$1"\n'
                  'else echo "x: 1" >>"$1"; fi')
        seen, left = edits(0, server, script)
        body = server.writes()[-1][2]
        expect(body["x"] == 1 and body["y"] == 1, f"the first try's text is in the second: {body}")
        expect(not left, f"{left}")
    with serving(edited(upgrade_plan(), deployment())) as server:
        script = ('if grep -q "It was refused" "$1"; then sed -i "s/^a: .*/a: 1/" "$1"\n'
                  'else echo "a: [1" >>"$1"; fi')
        edits(0, server, script)
        expect(server.writes()[-1][2]["a"] == 1, "what is no YAML is opened again too")


@case
def edit_loses_no_text():
    refusal = problem(400, "INVALID", "expected a number", "/spec/x")
    add = 'grep -q "x: 1" "$1" || echo "x: 1" >>"$1"'
    for answers, code in (([refusal], 1), ([problem(409, "CONFLICT", "it has moved on")], 4),
                          ([problem(507, "STORE_FULL", "no room")], 1),
                          ([Answer(upgrade_plan()), problem(409, "CONFLICT", "moved on")], 4),
                          ([losing_plan()], 9)):
        with serving(edited(*answers)) as server:
            seen, left = edits(code, server, add)
            expect("what you typed is kept in" in seen.err, f"{seen}")
            expect(len(left) == 1 and "x: 1" in left[0], f"the text is there: {left}")
    with serving(edited(problem(409, "CONFLICT", "it has moved on"))) as server:
        seen, _ = edits(4, server, add)
        expect("changed by somebody else while you edited" in seen.err, f"{seen}")


# ---- api, validate, doctor ----

@case
def api_is_one_request_as_it_is():
    with serving(world()) as server:
        seen = ends(0, "api", "get", "/version", server=server)
        expect(seen.out == '{"name": "sluiced", "version": "9.9.9"}', f"byte for byte: {seen}")
        ends(0, "api", "PATCH", LEDGER, "-f", "-", server=server, stdin="spec: {state: RUNNING}")
        expect(server.asked[-1] == ("PATCH", LEDGER, {"spec": {"state": "RUNNING"}}), "YAML")
        seen = ends(3, "api", "GET", "/nope", server=server)
        expect(json.loads(seen.out)["code"] == "NOT_FOUND" and "NOT_FOUND" in seen.err, f"{seen}")
        for args in (["api", "FETCH", "/x"], ["api", "GET", "x"]):
            ends(2, *args, server=server)
        ends(2, "api", "POST", "/x", "-f", "-", server=server, stdin="{")
    expect(ends(7, "api", "GET", "/version").out == "", "no server, no body")


WHOLE = """
kind: Deployment
metadata: {name: ledger}
spec:
  template:
    spec:
      artifact: {kind: JAR, jarUri: "file:///ledger.jar", flinkVersion: "1.20"}
---
kind: DeploymentDefaults
spec: {parallelsm: 2}
---
kind: DeploymentTarget
metadata: {name: "a b"}
---
kind: Thing
"""


@case
def validate_needs_no_server():
    check_golden("validate", ["validate", "-f", "-"], code=1, stdin=WHOLE)
    good = WHOLE.split("---", maxsplit=1)[0]
    ends(0, "validate", "-f", "-", "--flink-version", "1.20.5", stdin=good)
    ends(1, "validate", "-f", "-", "--flink-version", "2.3.0", stdin=good)
    seen = json.loads(ends(1, "validate", "-f", "-", "-o", "json", stdin=WHOLE).out)
    expect([one["valid"] for one in seen["documents"]] == [True, False, False, False], f"{seen}")
    expect(seen["documents"][1]["pointer"] == "/spec/parallelsm", f"{seen}")
    ends(1, "validate", "-f", "-", stdin=good.replace("kind: JAR", "kind: PYTHON"))
    ends(2, "validate", "-f", "/nonexistent.yaml")


@case
def doctor_looks_from_the_outside_in():
    healthy = {"GET /healthz": Answer("ok\n", content_type="text/plain"),
               "GET /readyz": Answer("ok\n", content_type="text/plain"),
               "GET /version": {"name": "sluiced", "version": "9.9.9",
                                "flinkVersions": ["1.20.5", "2.3.0"]}}
    with serving(world(but=healthy)) as server:
        check_golden("doctor", ["doctor"], server)
        seen = json.loads(ends(0, "doctor", "-o", "json", server=server).out)
        expect(seen["findings"][0]["finding"] == "ok", f"{seen}")
        server.script["GET /readyz"] = [problem(503, "STORE_BROKEN", "the store is not trusted")]
        server.script["GET /version"] = [Answer({"name": "sluiced", "version": "9.9.9"})]
        check_golden("doctor-sick", ["doctor"], server, code=1)
        server.clock = -3600
        seen = ends(1, "doctor", server=server)
        expect("the server's clock is 60m behind" in seen.out, f"{seen}")
    check_golden("doctor-alone", ["doctor"], code=7)
    seen = ends(7, "doctor", "-o", "json")
    expect(json.loads(seen.out)["findings"][0]["finding"] == "bad", f"{seen}")


# ---- config ----

@case
def contexts_say_which_server():
    with tempfile.TemporaryDirectory() as folder, serving(world()) as server:
        here = {"XDG_CONFIG_HOME": folder, "SLUICE_SERVER": ""}
        path = pathlib.Path(folder) / "sluice" / "config.yaml"

        def config(*args, code=0, **env):
            return ends(code, *args, env=here | env)

        expect("no contexts" in config("config", "list").err, "none yet")
        config("config", "set", "one", "--server", server.url)
        config("config", "set", "two", "--server", "http://127.0.0.1:9/", "-n", "pay")
        expect(path.stat().st_mode & 0o777 == 0o600, f"its owner's only: {path.stat()}")
        expect(path.parent.stat().st_mode & 0o777 == 0o700, "and so is the folder")
        expect(config("config", "list").out == f"*\tone\t{server.url}\t-\n"
               "-\ttwo\thttp://127.0.0.1:9/\tpay\n", "the first is used")
        config("get", "d")
        config("get", "d", "--context", "two", code=7)
        config("get", "d", SLUICE_CONTEXT="two", code=7)
        config("get", "d", "--context", "two", "--server", server.url, "-n", "default")
        expect("http://env:1  (SLUICE_SERVER)" in
               config("config", "show", SLUICE_SERVER="http://env:1").out, "the environment wins")
        seen = config("config", "show", "--context", "two", SLUICE_SERVER="http://env:1")
        expect("http://127.0.0.1:9  (--context two)" in seen.out and "pay" in seen.out,
               f"but not over what is typed: {seen}")
        config("config", "use", "two")
        config("get", "d", code=7)
        config("config", "set", "two", "--server", server.url)
        expect("namespace: pay" in path.read_text(), "the rest of a context stays")
        config("config", "delete", "two")
        config("config", "use", "two", code=3)
        config("get", "d", "--context", "two", code=2)
        config("config", "set", "a b", "--server", server.url, code=2)
        config("config", "set", "c", code=2)
        config("config", "set", "c", "--server", "x", code=2)


@case
def a_broken_file_of_contexts_is_told():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "sluice" / "config.yaml"
        path.parent.mkdir()
        for text in ("[1]", "a: [", "contexts: 1", "contexts: {a: 1}", "current: {}",
                     "contexts: {a: {server: 1}}", "current: gone", "a: " + "x" * 70000):
            path.write_text(text)
            seen = ends(2, "get", "d", env={"XDG_CONFIG_HOME": folder})
            expect(seen.err.startswith("error: ") and "  next: " in seen.err, f"{text[:20]}: {seen}")
            ends(0, "explain", "rule", "442", env={"XDG_CONFIG_HOME": folder})
        path.write_text("later: kept\ncontexts: {a: {server: 'http://x', token: t}}\n")
        ends(0, "config", "use", "a", env={"XDG_CONFIG_HOME": folder})
        expect("later: kept" in path.read_text() and "token: t" in path.read_text(),
               "what a newer sluice wrote stays")
        target = pathlib.Path(folder) / "real.yaml"
        path.rename(target)
        path.symlink_to(target)
        ends(0, "config", "delete", "a", env={"XDG_CONFIG_HOME": folder})
        expect(path.is_symlink() and "token" not in target.read_text(), "a link stays a link")
