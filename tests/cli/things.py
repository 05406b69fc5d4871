"""Resources as a server gives them, small enough to read."""

from rig import NS, Answer, ago, problem

ID = "6f1c9c1e-5d0a-4a55-9d8e-0f4f4b8f3a11"
JOB = "0b6f4c1d-2222-4000-8000-000000000002"
SAVEPOINT = "0b6f4c1d-3333-4000-8000-000000000003"
OLD = "0b6f4c1d-4444-4000-8000-000000000004"
# Whole minutes and a half: the age that is shown does not flip while a test runs.
NINETY_MINUTES = 90 * 60 + 30


def deployment(name="ledger", state="RUNNING", desired="RUNNING", generation=3, observed=None,
               **status):
    shown = {"state": state, "health": "OK", "reason": "REST", "message": "it runs as wanted",
             "rule": 602, "specVersion": 2,
             "observedGeneration": generation if observed is None else observed}
    if state == "RUNNING":
        shown["running"] = {"jobId": JOB, "transitionTime": ago(NINETY_MINUTES)}
    shown.update(status)
    return {
        "kind": "Deployment", "apiVersion": "v1",
        "metadata": {"id": ID, "name": name, "namespace": "default", "labels": {"team": "payments"},
                     "resourceVersion": 41, "generation": generation},
        "spec": {"state": desired, "deploymentTargetName": "local",
                 "upgradeStrategy": {"kind": "STATEFUL"},
                 "restoreStrategy": {"kind": "LATEST_STATE", "allowNonRestoredState": False},
                 "maxSavepointCreationAttempts": 4, "maxJobCreationAttempts": 4,
                 "template": {"spec": {
                     "artifact": {"kind": "JAR", "jarUri": "file:///jars/ledger-2.8.1.jar",
                                  "flinkVersion": "1.20"},
                     "parallelism": 16}}},
        "status": shown,
    }


def failed(**more):
    return deployment(state="FAILED", reason="TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS", rule=500,
                      health="FAILING",
                      message="4 of 4 job attempts failed: AccessDenied on s3://ckpt/ledger",
                      choices=["edit the spec: a new spec version starts anew",
                               "retry: the same again"], **more)


def job(state="STARTED"):
    return {"kind": "Job", "apiVersion": "v1",
            "metadata": {"id": JOB, "deploymentId": ID, "deploymentName": "ledger", "attempt": 31,
                         "createdAt": ago(NINETY_MINUTES)},
            "spec": {"savepointId": OLD, "savepointLocation": "file:/sp/savepoint-0188"},
            "status": {"state": state, "restUrl": "http://127.0.0.1:29103",
                       "logDirectory": "/data/clusters/6f1c/31/log",
                       "started": {"observedFlinkJobStatus": "RUNNING",
                                   "observedFlinkJobRestarts": 3}}}


def savepoint(identity=SAVEPOINT, state="COMPLETED", **status):
    return {"kind": "Savepoint", "apiVersion": "v1",
            "metadata": {"id": identity, "deploymentId": ID, "jobId": JOB, "origin": "USER_REQUEST",
                         "type": "FULL"},
            "spec": {"savepointLocation": f"file:/sp/{identity[9:13]}"},
            "status": {"state": state, "verified": "FULL", "attempt": 31, "checkpointId": 9120,
                       "sizeBytes": 1901234567, "stateTakenAt": ago(NINETY_MINUTES)} | status}


def verification(outcome, verified, text):
    return {"kind": "SavepointVerification", "apiVersion": "v1",
            "metadata": {"savepointId": SAVEPOINT, "deploymentId": ID, "namespace": "default"},
            "location": "file:/sp/3333", "outcome": outcome, "verified": verified, "text": text,
            "recorded": outcome != "UNKNOWN"}


def finding(verdict, code, text, **more):
    return {"verdict": verdict, "code": code, "text": text} | more


def compatibility(verdict, reason, *findings):
    return {"kind": "SavepointCompatibility", "apiVersion": "v1",
            "metadata": {"savepointId": SAVEPOINT, "deploymentId": ID, "namespace": "default"},
            "location": "file:/sp/3333", "flinkVersion": "1.20.5", "allowNonRestoredState": False,
            "verdict": verdict, "reason": reason, "dropsState": False, "findings": list(findings),
            "findingsTotal": len(findings), "unchecked": ["whether the types of the state still fit"]}


def event(seq, name="JOB_SUCCESSFULLY_STARTED", message="All tasks of attempt 31 run", rule=406):
    return {"kind": "Event", "apiVersion": "v1",
            "metadata": {"sequence": seq, "name": name, "deploymentId": ID,
                         "resourceName": "ledger",
                         "id": f"0b6f4c1d-5555-4000-8000-{seq:012}",
                         "createdAt": f"2026-11-22T16:40:{seq % 60:02}.123456Z"},
            "spec": {"message": message, "rule": rule, "actor": "sluice"}}


def listed(kind, *items):
    return {"kind": f"{kind}List", "apiVersion": "v1", "items": list(items), "metadata": {}}


def candidate(verdict, identity=SAVEPOINT, **more):
    return {"savepointId": identity, "location": f"file:/sp/{identity[9:13]}",
            "origin": "USER_REQUEST", "checkpointId": 9000, "verified": "FULL", "age": "6d",
            "verdict": verdict} | more


LIVE = {"location": "file:/ck/chk-9120", "origin": "LIVE_CHECKPOINT", "checkpointId": 9120,
        "verified": "REPORTED", "age": "41s"}


def scenario(outcome, rule, reason, **more):
    return {"outcome": outcome, "rule": rule, "reason": reason, "strategy": "LATEST_STATE",
            "rewinds": False, "allowNonRestoredState": False, "warnings": [],
            "candidates": []} | more


def decision():
    rest = [candidate("OLDER"), candidate("FILE_MISSING", OLD, verified="BROKEN", age="9d")]
    return {
        "kind": "RestoreDecision", "apiVersion": "v1",
        "metadata": {"deploymentId": ID, "deploymentName": "ledger", "jobId": JOB},
        "onUpgrade": scenario("NEW_SAVEPOINT_FIRST", 442, "a savepoint is taken before the stop",
                              fallback=LIVE, candidates=[LIVE | {"verdict": "FALLBACK"}, *rest]),
        "onRecovery": scenario("EXISTING", 534, "the newest completed snapshot",
                               chosen=LIVE | {"verdict": "CHOSEN"}, rewind="41s",
                               candidates=[LIVE | {"verdict": "CHOSEN"}, *rest]),
        "onStart": scenario("NOT_APPLICABLE", 690, "the job runs"),
        "onCancelThenStart": scenario("EXISTING", 534, "the newest completed snapshot",
                                      chosen=LIVE | {"verdict": "CHOSEN"},
                                      candidates=[LIVE | {"verdict": "CHOSEN"}, *rest],
                                      warnings=[{"code": "RETENTION_MISSING", "severity": "warning",
                                                 "text": "checkpoints are not retained"}]),
    }


def plan(changes="SAFE", effect="RESTART_WITH_STATE", version=41, **more):
    p = {"kind": "Plan", "apiVersion": "v1",
         "metadata": {"deploymentId": ID, "deploymentName": "ledger"},
         "base": {"resourceVersion": version}, "effect": effect, "changes": changes,
         "stateConsequence": "NONE", "defaulted": [], "steps": [], "warnings": [],
         "changed": [{"path": "/spec/template/spec/parallelism", "op": "replace", "before": 16,
                      "after": 24, "class": "RESTART"},
                     {"path": "/metadata/labels/release", "op": "add", "after": "2.9.0",
                      "class": "NO_RESTART"}]}
    if version == 0:
        del p["metadata"]["deploymentId"]
    return p | more


def upgrade_plan():
    return plan(steps=[{"kind": kind} for kind in ("SAVEPOINT", "STOP", "DEPLOY", "RUNNING")],
                restore=scenario("NEW_SAVEPOINT_FIRST", 442,
                                 "a savepoint is taken before the stop"), planId="p-1a2b")


def losing_plan():
    warning = {"code": "RESTORE_NONE_WITH_STATEFUL", "severity": "danger",
               "text": "a savepoint is taken, and the next job starts empty all the same"}
    return plan("DANGEROUS", "RESTART_EMPTY", stateConsequence="STARTS_EMPTY", warnings=[warning],
                changed=[{"path": "/spec/restoreStrategy/kind", "op": "replace",
                          "before": "LATEST_STATE", "after": "NONE", "class": "NEXT_START"}],
                restore=scenario("EMPTY", 534, "restore strategy NONE starts empty"))


def no_plan():
    return plan("NONE", "NO_CHANGE", changed=[])


def revision(number, effect="RESTART_WITH_STATE", jobs=(), **metadata):
    return {"kind": "Revision", "apiVersion": "v1",
            "metadata": {"deploymentId": ID, "number": number, "specVersion": number,
                         "createdAt": ago(NINETY_MINUTES), "author": "ada", "source": "cli",
                         "effect": effect} | metadata,
            "status": {"jobs": [{"id": JOB, "attempt": n, "state": "STARTED"} for n in jobs]}}


def history():
    wanted = revision(19, rollbackTo=17, message="INC-4411", jobs=[31, 32])
    wanted["status"]["current"] = True
    return listed("Revision", revision(17, "START", jobs=[30]),
                  revision(18, "STORED_ONLY", author="anonymous", source="gitops:4f1c2aa"), wanted)


def differences():
    return {"kind": "RevisionChanges", "apiVersion": "v1", "metadata": {"from": 17, "to": 19},
            "changed": [{"path": "/spec/template/spec/parallelism", "op": "replace", "before": 16,
                         "after": 24, "class": "RESTART"}]}


LEDGER = f"{NS}/deployments/ledger"

FILE = """
kind: Deployment
metadata:
  name: ledger
  labels: {release: "2.9.0"}
spec:
  template:
    spec:
      parallelism: 24
"""


def world(**more):
    """A server with one Deployment that runs."""
    script = {
        f"GET {NS}/deployments": listed("Deployment", failed(name="clicks"), deployment()),
        f"GET {LEDGER}": deployment(),
        f"GET {LEDGER}/restore-decision": decision(),
        f"GET {LEDGER}/logs": Answer("one\ntwo\n", content_type="text/plain"),
        f"POST {LEDGER}/plans": upgrade_plan(),
        f"POST {LEDGER}/operations": Answer({"kind": "Operation"}, 202),
        f"GET {LEDGER}/revisions": history(),
        f"GET {LEDGER}/revisions/19/changes": differences(),
        f"PATCH {LEDGER}": deployment(),
        f"PUT {LEDGER}": deployment(),
        f"DELETE {LEDGER}": deployment(state="TRANSITIONING"),
        f"POST {NS}/deployments": Answer(deployment(), 201),
        f"GET {NS}/jobs": listed("Job", job()),
        f"GET {NS}/jobs/{JOB}": job(),
        f"GET {NS}/savepoints": listed("Savepoint", savepoint(OLD), savepoint()),
        f"GET {NS}/savepoints/{SAVEPOINT}": savepoint(),
        f"POST {NS}/savepoints": Answer(savepoint(state="STARTED"), 201),
        f"POST {NS}/savepoints/{SAVEPOINT}/verification":
            verification("WHOLE", "FULL", "read to its last byte; its 3 files are there"),
        f"POST {NS}/savepoints/{SAVEPOINT}/compatibility": compatibility(
            "COMPATIBLE", "every operator with state has its task in the plan",
            finding("COMPATIBLE", "TAKEN", "the state of operator 0da0 has its task")),
        f"PATCH {NS}/savepoints/{SAVEPOINT}": savepoint(),
        f"DELETE {NS}/savepoints/{SAVEPOINT}": savepoint(state="PENDING_DELETION"),
        f"GET {NS}/events": listed("Event", event(7), event(8, rule=None, message="two\nlines")),
        f"GET {NS}/deployment-targets": listed(
            "DeploymentTarget", {"metadata": {"name": "local", "createdAt": ago(NINETY_MINUTES)},
                                 "spec": {"kind": "LOCAL"}}),
        f"GET {NS}/deployment-defaults": {"kind": "DeploymentDefaults",
                                          "metadata": {"namespace": "default"}, "spec": {}},
        "GET /namespaces/v1/namespaces": {"namespaces": [
            {"name": "namespaces/default", "lifecyclePhase": "LIFECYCLE_PHASE_ACTIVE"}]},
        "GET /version": {"name": "sluiced", "version": "9.9.9"},
    }
    script.update(more.pop("but", {}))
    return script


__all__ = [name for name in dir() if not name.startswith("_")] + ["problem"]
