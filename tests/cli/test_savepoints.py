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
