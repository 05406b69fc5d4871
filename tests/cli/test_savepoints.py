"""What can be asked of a snapshot that exists."""

import json

from cases import case, check_golden, ends
from rig import *
from things import *

VERIFICATION = f"POST {NS}/savepoints/{SAVEPOINT}/verification"


@case
def verification_ends_with_what_was_found():
    broken = verification("BROKEN", "BROKEN", "the file 4711 is missing")
    unread = verification("UNKNOWN", "FULL", "cannot open /sp: Permission denied")
    with serving(world()) as server:
        check_golden("savepoint-verify", ["savepoint", "verify", SAVEPOINT], server)
        expect(server.asked == [("POST", f"{NS}/savepoints/{SAVEPOINT}/verification", None)],
               f"{server.asked}")
        seen = ends(0, "savepoint", "verify", f"sp/{SAVEPOINT}", "-o", "json", server=server)
        expect(json.loads(seen.out)["outcome"] == "WHOLE", f"{seen}")
        ends(3, "savepoint", "verify", OLD, server=server)
    with serving(world(but={VERIFICATION: [broken, unread]})) as server:
        check_golden("savepoint-verify-broken", ["savepoint", "verify", SAVEPOINT], server, code=12)
        check_golden("savepoint-verify-unread", ["savepoint", "verify", SAVEPOINT], server, code=13)


@case
def a_copy_is_registered_with_the_other_deployment():
    other = deployment(name="staging")
    other["metadata"]["id"] = OLD
    script = {f"GET {NS}/deployments/staging": other}
    with serving(world(but=script)) as server:
        server.script[f"POST {NS}/savepoints"] = [Answer(savepoint(OLD), 201)]
        check_golden("savepoint-copy", ["savepoint", "copy", SAVEPOINT, "--to", "d/staging"], server)
        expect(server.writes() == [("POST", f"{NS}/savepoints",
                                    {"metadata": {"deploymentId": OLD},
                                     "spec": {"savepointLocation": "file:/sp/3333"}})],
               f"{server.writes()}")
        del server.asked[:]
        seen = ends(4, "savepoint", "copy", SAVEPOINT, "--to", "ledger", server=server)
        expect("restoreFrom" in seen.err, f"what to do instead is said; {seen}")
        ends(3, "savepoint", "copy", OLD, "--to", "staging", server=server)
        ends(3, "savepoint", "copy", SAVEPOINT, "--to", "nobody", server=server)
        ends(2, "savepoint", "copy", SAVEPOINT, server=server)
        server.script[f"GET {NS}/savepoints/{SAVEPOINT}"] = [savepoint(state="STARTED")]
        ends(4, "savepoint", "copy", SAVEPOINT, "--to", "staging", server=server)
        expect(not server.writes(), f"{server.writes()}")


@case
def a_pin_is_a_field_of_the_savepoint():
    path = f"{NS}/savepoints/{SAVEPOINT}"
    with serving(world()) as server:
        check_golden("savepoint-pin", ["savepoint", "pin", SAVEPOINT], server)
        ends(0, "savepoint", "unpin", f"sp/{SAVEPOINT}", server=server)
        expect(server.writes() == [("PATCH", path, {"spec": {"pinned": True}}),
                                   ("PATCH", path, {"spec": {"pinned": False}})],
               f"{server.writes()}")
        ends(3, "savepoint", "pin", OLD, server=server)


@case
def compatibility_ends_with_what_was_found():
    path = f"{NS}/savepoints/{SAVEPOINT}/compatibility"
    plan_text = '{"plan": {"nodes": []}}'
    args = ["savepoint", "compat", SAVEPOINT, "--plan", "-"]
    missing = finding("INCOMPATIBLE", "OPERATOR_MISSING", "no task of the job takes the state")
    chained = finding("UNKNOWN", "MAY_BE_CHAINED", "it may be chained\x1b[2J behind another")
    refused = compatibility("INCOMPATIBLE", "no task of the job takes the state", missing, chained)
    unknown = compatibility("UNKNOWN", "it may be chained behind another", chained)
    with serving(world()) as server:
        check_golden("savepoint-compat", args, server, stdin=plan_text)
        expect(server.asked == [("POST", path, json.loads(plan_text))], f"{server.asked}")
        read = json.loads(ends(0, *args, "-o", "json", server=server, stdin=plan_text).out)
        expect(read["verdict"] == "COMPATIBLE", f"{read}")
        del server.asked[:]
        ends(2, *args[:3], server=server)
        ends(2, *args, server=server, stdin="{nodes")
        ends(2, *args[:4], "/nowhere", server=server)
        expect(not server.asked, f"{server.asked}")
        ends(3, "savepoint", "compat", OLD, "--plan", "-", server=server, stdin=plan_text)
    with serving(world(but={f"POST {path}": [refused, unknown]})) as server:
        check_golden("savepoint-compat-refused", args, server, code=12, stdin=plan_text)
        seen = ends(13, *args, server=server, stdin=plan_text)
        expect("\x1b" not in seen.out, f"{seen}")
