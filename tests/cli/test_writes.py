"""What sluice asks of the server."""

from cases import case, check_golden, ends
from rig import *
from things import *


@case
def what_is_asked_of_the_server():
    with serving(world()) as server:
        def asked(*args, code=0, **more):
            del server.asked[:]
            ends(code, *args, server=server, **more)
            return server.asked[-1]

        expect(asked("get", "d", "-l", "team in (a,b)", "--limit", "3")[1] ==
               f"{NS}/deployments?labelSelector=team%20in%20%28a%2Cb%29&limit=3", "selector, limit")
        expect(asked("get", "jobs", "-d", "ledger")[1] == f"{NS}/jobs?deploymentId={ID}", "of one")
        expect(asked("events", "ledger", "--since", "7")[1] ==
               f"{NS}/events?deploymentId={ID}&since=7", "events")
        expect(asked("logs", "ledger", "tm-1", "--attempt", "3", "--bytes", "9")[1] ==
               f"{LEDGER}/logs?process=tm-1&attempt=3&limitBytes=9", "logs")
        expect(asked("savepoint", "create", "ledger")[2] ==
               {"metadata": {"deploymentId": ID}, "spec": {}}, "savepoint")
        expect(asked("savepoint", "register", "ledger", 'file:/a "b"')[2] ==
               {"metadata": {"deploymentId": ID}, "spec": {"savepointLocation": 'file:/a "b"'}},
               "register")
        expect(asked("savepoint", "delete", SAVEPOINT, "--force")[:2] ==
               ("DELETE", f"{NS}/savepoints/{SAVEPOINT}?force=true"), "delete a savepoint")
        expect(asked("delete", "d/ledger")[:2] == ("DELETE", LEDGER), "delete")
        expect(asked("retry", "ledger")[:2] == ("POST", f"{LEDGER}/operations"), "retry")
        expect(asked("get", "d/a%2Fb?c#d", code=3)[1] ==
               f"{NS}/deployments/a%252Fb%3Fc%23d", "name")
        expect(asked("get", "d", "-n", "x/y", code=3)[1] ==
               "/api/v1/namespaces/x%2Fy/deployments", "namespace")


@case
def a_write_is_planned_first_and_stands_on_its_plan():
    with serving(world()) as server:
        ends(0, "apply", "-f", "-", server=server, stdin=FILE)
        body = {"kind": "Deployment",
                "metadata": {"name": "ledger", "labels": {"release": "2.9.0"}},
                "spec": {"template": {"spec": {"parallelism": 24}}}}
        expect(server.writes()[0] == ("POST", f"{LEDGER}/plans", body), f"{server.writes()}")
        body["metadata"]["resourceVersion"] = 41
        expect(server.writes()[1] == ("PATCH", LEDGER, body), f"{server.writes()}")

        del server.asked[:]
        server.script[f"PUT {LEDGER}"] = [Answer(upgrade_plan()), Answer(deployment())]
        ends(0, "apply", "--replace", "-f", "-", server=server, stdin=FILE)
        expect([asked[:2] for asked in server.writes()] ==
               [("PUT", f"{LEDGER}?dryRun=All&applyDefaults=true"),
                ("PUT", f"{LEDGER}?applyDefaults=true")], f"{server.writes()}")

        del server.asked[:]
        server.script[f"POST {LEDGER}/plans"] = [Answer(plan(effect="START", version=0))]
        seen = ends(0, "apply", "-f", "-", server=server, stdin=FILE)
        expect(server.writes()[1][:2] == ("POST", f"{NS}/deployments"), f"{server.writes()}")
        expect(seen.out == "deployment/ledger created\n", f"{seen}")

        del server.asked[:]
        server.script[f"POST {LEDGER}/plans"] = [Answer(plan(effect="SUSPEND"))]
        ends(0, "suspend", "ledger", server=server)
        expect(server.writes()[1][2] == {"spec": {"state": "SUSPENDED"},
                                         "metadata": {"resourceVersion": 41}}, f"{server.writes()}")


@case
def a_file_with_several_documents():
    text = "---\n# first\n" + FILE + "---\n---\nkind: DeploymentTarget\nmetadata: {name: t}\n"
    with serving(world(but={f"PUT {NS}/deployment-targets/t":
                            Answer({"metadata": {"name": "t"}}, 201)})) as server:
        seen = ends(0, "apply", "-f", "-", server=server, stdin=text)
        expect(seen.out == "deployment/ledger changed\ntarget/t created\n", f"{seen}")


@case
def losing_state_needs_consent():
    with serving(world(but={f"POST {LEDGER}/plans": losing_plan()})) as server:
        check_golden("apply-declined", ["apply", "-f", "-"], server, code=9, stdin=FILE)
        expect(not [a for a in server.asked if a[0] == "PATCH"], "nothing was written")
        ends(0, "apply", "-f", "-", "--allow-state-loss", server=server, stdin=FILE)
        ends(0, "start", "ledger", "-y", server=server)
        expect(len([a for a in server.asked if a[0] == "PATCH"]) == 2, "both were written")
        code, shown = on_terminal("start", "ledger", server=server, typed="y\n")
        expect(code == 0 and "DANGER" in shown, f"yes on a terminal: {code}\n{shown}")
        code, shown = on_terminal("start", "ledger", server=server, typed="\n")
        expect(code == 9 and "you said no" in shown, f"no on a terminal: {code}\n{shown}")
        expect(len([a for a in server.asked if a[0] == "PATCH"]) == 3, "no means no")


@case
def a_rollback_is_planned_first_and_stands_on_its_plan():
    spec = {"kind": "ROLLBACK", "revision": 17, "state": "AT_REVISION"}
    operations = f"{LEDGER}/operations"
    with serving(world(but={f"POST {operations}": [losing_plan()]})) as server:
        ends(9, "rollback", "d/ledger", "--to", "17", "--state", "at-revision", server=server)
        expect(server.writes() == [("POST", f"{operations}?dryRun=All", {"spec": spec})],
               f"{server.writes()}")
    with serving(world(but={f"POST {operations}": [losing_plan(), Answer({}, 202)]})) as server:
        seen = ends(0, "rollback", "ledger", "--to", "17", "--state", "AT-REVISION", "-y",
                    "-m", "why not", server=server)
        expect(seen.out == "deployment/ledger goes back to revision 17\n", f"{seen}")
        expect(server.writes()[1] == ("POST", f"{operations}?message=why%20not",
                                      {"metadata": {"resourceVersion": 41}, "spec": spec}),
               f"{server.writes()}")
    with serving(world(but={f"POST {operations}": [no_plan(), Answer({}, 202)]})) as server:
        seen = ends(0, "restart", "ledger", server=server)
        expect(server.writes()[1][2]["spec"] == {"kind": "RESTART"}, f"{server.writes()}")
    with serving(world(but={f"POST {operations}": problem(409, "CONFLICT", "no snapshot")})) as server:
        ends(4, "rollback", "ledger", "--to", "17", server=server)


@case
def a_plan_is_applied_by_its_id():
    planned = f"{NS}/plans/p-1a2b"
    with serving(world(but={f"GET {planned}": upgrade_plan()})) as server:
        seen = ends(0, "apply", "--plan", "p-1a2b", "-m", "why", server=server)
        expect(seen.out == "deployment/ledger changed\n", f"{seen}")
        expect(server.writes() == [("PUT", f"{LEDGER}?planId=p-1a2b&message=why", None)],
               f"{server.writes()}")
    with serving(world(but={f"GET {planned}": plan(effect="START", version=0)})) as server:
        ends(0, "apply", "--plan", "p-1a2b", server=server)
        expect(server.writes() == [("POST", f"{NS}/deployments?planId=p-1a2b", None)],
               f"{server.writes()}")
    with serving(world(but={f"GET {planned}": losing_plan()})) as server:
        ends(9, "apply", "--plan", "p-1a2b", server=server)
        expect(not server.writes(), f"{server.writes()}")
    stale = problem(409, "PLAN_STALE", "plan p-1a2b is not for what is there now")
    stale.raw = stale.raw.replace(b'"code"', b'"newPlanId": "p-3c4d", "code"')
    with serving(world(but={f"GET {planned}": upgrade_plan(), f"PUT {LEDGER}": stale})) as server:
        check_golden("error-stale", ["apply", "--plan", "p-1a2b"], server, code=4)
    with serving(world()) as server:
        ends(3, "apply", "--plan", "p-1a2b", server=server)
        ends(2, "apply", "--plan", "p-1a2b", "-f", "-", server=server, stdin=FILE)


@case
def a_fork_says_what_is_different():
    made = deployment(name="copy", desired="CANCELLED", state="CANCELLED")
    made["spec"]["restoreFrom"] = {"location": "file:/sp/1", "nonce": "fork-1"}
    with serving(world(but={f"POST {NS}/deployments": Answer(made, 201)})) as server:
        seen = ends(0, "fork", "d/ledger", "--name", "copy", "--from", SAVEPOINT,
                    "spec.template.spec.parallelism=2", "spec.state=RUNNING",
                    "spec.template.spec.flinkConfiguration.state.backend=rocks=db",
                    "spec.template.spec.artifact.flinkVersion=1.20",
                    "spec.template.spec.artifact.mainArgs=", server=server)
        expect(seen.out == "deployment/copy created, begins from file:/sp/1\n", f"{seen}")
        expect(server.writes() == [(
            "POST", f"{NS}/deployments?forkOf=ledger&state={SAVEPOINT}",
            {"metadata": {"name": "copy"}, "spec": {"state": "RUNNING", "template": {"spec": {
                "parallelism": 2, "artifact": {"flinkVersion": "1.20", "mainArgs": ""},
                "flinkConfiguration": {"state.backend": "rocks=db"}}}}})], f"{server.writes()}")
        ends(0, "fork", "d", "ledger", "--name", "copy", "-m", "why", server=server)
        expect(server.writes()[1] == ("POST", f"{NS}/deployments?forkOf=ledger&message=why",
                                      {"metadata": {"name": "copy"}}), f"{server.writes()}")


@case
def a_reason_is_told_for_the_history():
    with serving(world()) as server:
        ends(0, "apply", "-f", "-", "-m", "because", server=server, stdin=FILE)
        expect(server.writes()[1][:2] == ("PATCH", f"{LEDGER}?message=because"),
               f"{server.writes()}")
        del server.asked[:]
        ends(0, "suspend", "ledger", "--message", "a & b", server=server)
        expect(server.writes()[1][1] == f"{LEDGER}?message=a%20%26%20b", f"{server.writes()}")
        expect(server.author is None, "nobody is known, and nobody is said")
        ends(0, "suspend", "ledger", server=server, env={"USER": "ada"})
        expect(server.author == "ada", f"{server.author}")
        ends(0, "suspend", "ledger", server=server, env={"USER": "ada", "SLUICE_AUTHOR": "ci\n"})
        expect(server.author is None, "a name that ends the line is not sent")
        ends(0, "suspend", "ledger", server=server, env={"USER": "a", "SLUICE_AUTHOR": "ci 7"})
        expect(server.author == "ci 7", f"{server.author}")


@case
def plan_exit_codes():
    for document, code in ((no_plan(), 0), (upgrade_plan(), 10), (losing_plan(), 11)):
        with serving(world(but={f"POST {LEDGER}/plans": document})) as server:
            ends(code, "plan", "-f", "-", "--exit-code", server=server, stdin=FILE)
            ends(0, "plan", "-f", "-", server=server, stdin=FILE)
    two = FILE + "---" + FILE
    with serving(world(but={f"POST {LEDGER}/plans": [losing_plan(), no_plan()]})) as server:
        ends(11, "plan", "-f", "-", "--exit-code", server=server, stdin=two)
