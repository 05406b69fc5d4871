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
        code, shown = on_terminal("start", "ledger", server=server, env={"CI": "true"})
        expect(code == 9 and "nobody to ask" in shown, f"no question in CI: {code}\n{shown}")
        code, shown = on_terminal("start", "ledger", server=server, typed="\n")
        expect(code == 9 and "you said no" in shown, f"no on a terminal: {code}\n{shown}")
        expect(len([a for a in server.asked if a[0] == "PATCH"]) == 3, "no means no")


@case
def plan_exit_codes():
    for document, code in ((no_plan(), 0), (upgrade_plan(), 10), (losing_plan(), 11)):
        with serving(world(but={f"POST {LEDGER}/plans": document})) as server:
            ends(code, "plan", "-f", "-", "--exit-code", server=server, stdin=FILE)
            ends(0, "plan", "-f", "-", server=server, stdin=FILE)
    two = FILE + "---" + FILE
    with serving(world(but={f"POST {LEDGER}/plans": [losing_plan(), no_plan()]})) as server:
        ends(11, "plan", "-f", "-", "--exit-code", server=server, stdin=two)
