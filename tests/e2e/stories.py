"""Stories beside the matrix: jobs that end, misbehave, change their version, and what users do.

A story gets a Stage: a daemon that it shares with others (its own one with `own`), and a name.
"""

import json
import os
import pathlib
import subprocess
import time

from lab import BUILD, Counter, NAMESPACE, check, expect, http, plain, wait_for

FLINK = "1.20.5"
NEXT_FLINK = "2.3.0"
QUIET = 3  # seconds in which nothing may happen; sluiced looks at what rests every two


class Stage:
    def __init__(self, daemon, name, log):
        self.daemon = daemon
        self.name = name
        self.log = log
        self.counters = []

    def counter(self, suffix="", **spec):
        made = Counter(self.daemon, self.name + suffix, spec.pop("flink", FLINK), **spec)
        made.create()
        self.counters.append(made)
        return made

    def running(self, **spec):
        counter = self.counter(**spec)
        counter.wait_state("RUNNING")
        counter.wait_progress(records=30, checkpoints=1)
        return counter

    def end(self):
        for counter in self.counters:
            if http("GET", self.daemon.url + counter.path)[0] == 200:
                counter.set_state("CANCELLED")
        for counter in self.counters:
            if http("GET", self.daemon.url + counter.path)[0] == 200:
                counter.wait_state("CANCELLED")


def artifact(counter, **changes):
    return counter.patch({"spec": {"template": {"spec": {"artifact": changes}}}})


def main_args(counter, options):
    return f"--out {counter.out} --rate 100 {options}"


def new_job(counter, before, seconds=150):
    wait_for("a new job", lambda: len(counter.job_ids()) > len(before), seconds)
    counter.wait_state("RUNNING")


def waits(counter, reason, seconds=90):
    """It says that it cannot go on, and why; its status."""
    wait_for(reason, lambda: counter.status().get("reason") == reason, seconds, 0.1)
    return counter.status()


def bounded(stage):
    counter = stage.counter(options="--count 300")
    counter.wait_state("FINISHED")
    counter.proven()
    expect(counter.report(count=300).ok, "the bounded job has not written everything")
    jobs = counter.job_ids()
    counter.patch({"metadata": {"labels": {"seen": "yes"}}})
    time.sleep(QUIET)
    expect(counter.job_ids() == jobs and counter.status()["state"] == "FINISHED",
           "a finished job was started again")
    stage.log("FINISHED, and it stays so")
    artifact(counter, mainArgs=main_args(counter, "--count 400"))
    wait_for("a new job", lambda: len(counter.job_ids()) == 2, 60)
    counter.wait_state("FINISHED")
    report = counter.report(count=400, allow_empty=counter.job_ids()[1:])
    expect(report.ok, "; ".join(str(p) for p in report.problems[:5]))
    stage.log("an edit started a new one, which finished too")


def removed_operator(stage):
    counter = stage.running(options="--extra-operator", maxJobCreationAttempts=2)
    before = counter.job_ids()
    artifact(counter, mainArgs=main_args(counter, ""))
    counter.wait_state("FAILED")
    status = counter.status()
    expect("allowNonRestoredState" in status["message"] or "extra" in status["message"]
           or "non-restored" in status["message"], f"the cause is not told: {status['message']}")
    stage.log(f"refused: {status['message']}")
    saved = suspended(counter, before[-1])
    tried = counter.job_ids()
    expect(len(tried) == 3, f"{len(tried) - 1} attempts, not 2")
    counter.patch({"spec": {"restoreStrategy": {"allowNonRestoredState": True}}})
    retry(counter)
    new_job(counter, tried)
    expect(counter.flink_restored() == saved, "it was not restored from the old job's savepoint")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)
    stage.log("with allowNonRestoredState it goes on from the same savepoint")


def suspended(counter, job):
    found = [s for s in counter.savepoints()
             if s["metadata"]["origin"] == "SUSPEND" and s["status"]["state"] == "COMPLETED"
             and s["metadata"]["jobId"].replace("-", "") == job]
    expect(len(found) == 1, f"{len(found)} savepoints of the stopped job")
    return plain(found[0]["spec"]["savepointLocation"])


def retry(counter):
    counter.daemon.call("POST", f"{counter.path}/operations",
                        {"metadata": {"deploymentId": counter.id}, "spec": {"kind": "RETRY"}})


def main_throws(stage):
    counter = stage.counter(options="--main-throws no-such-table", maxJobCreationAttempts=2)
    counter.wait_state("FAILED")
    status = counter.status()
    expect(status["reason"] == "TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS", f"reason {status}")
    expect("no-such-table" in status["message"], f"the cause is not told: {status['message']}")
    jobs = counter.jobs()
    expect(len(jobs) == 2, f"{len(jobs)} attempts, not 2")
    expect(all("no-such-table" in j["status"]["failure"]["message"] for j in jobs),
           f"a Job does not tell its cause: {jobs}")
    nothing_left(stage, counter)
    stage.log(f"FAILED: {status['message']}")


def nothing_left(stage, counter):
    left = [p for p in stage.daemon.processes().values() if p[0] == counter.id]
    expect(not left, f"processes are left: {left}")


def second_execute(stage):
    counter = stage.counter(options="--second-execute-throws")
    counter.wait_state("RUNNING")
    status = counter.status()
    expect(status["health"] == "DEGRADED", f"health {status['health']}")
    counter.wait_progress(records=30, checkpoints=1)
    listed = [j["id"] for j in counter.flink("/jobs")["jobs"]]
    expect(listed == counter.job_ids(), f"Flink lists {listed}, Jobs are {counter.job_ids()}")
    counter.proven()
    stage.log(f"adopted, DEGRADED: {status['healthMessage'][:160]}")


def hangs_after_submit(stage):
    counter = stage.running(options="--hang-after-submit")
    expect(len(counter.job_ids()) == 1, "it took more than one attempt")
    counter.proven()
    stage.log("the call never answers; the job was seen, and runs")


def hanging_main(stage):
    counter = stage.counter(options="--main-hangs", maxJobCreationAttempts=1)
    counter.wait_state("FAILED", 240)
    expect(len(counter.job_ids()) == 1, "more than one attempt")
    nothing_left(stage, counter)
    stage.log(f"FAILED: {counter.status()['message']}")


def cancelled_outside(stage):
    counter = stage.running()
    before = counter.jobs()
    job = counter.job_ids()[-1]
    status, _ = http("PATCH", f"{before[-1]['status']['restUrl']}/jobs/{job}?mode=cancel", b"")
    expect(status == 202, f"Flink answers {status}")
    new_job(counter, before)
    left = sorted((pathlib.Path(stage.daemon.data) / "storage").glob(f"**/{job}/chk-*/_metadata"),
                  key=lambda path: int(path.parent.name.removeprefix("chk-")))
    expect(counter.flink_restored() == str(left[-1].parent), "not from the newest checkpoint")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)
    names = [e["metadata"]["name"] for e in counter.events()]
    expect("JOB_FAILED" in names, f"no event tells of it: {names}")
    stage.log("cancelled through Flink's REST API: noticed, recovered from its newest checkpoint")


def stopped_outside(stage):
    counter = stage.running()
    job = counter.job_ids()[-1]
    place = stage.daemon.directory / "by-hand"
    url = f"{counter.jobs()[-1]['status']['restUrl']}/jobs/{job}/stop"
    status, _ = http("POST", url, json.dumps({"targetDirectory": f"file://{place}"}).encode())
    expect(status == 202, f"Flink answers {status}")
    counter.wait_state("FINISHED")
    saved = [str(found.parent) for found in place.glob("*/_metadata")]
    expect(len(saved) == 1, f"{len(saved)} savepoints")
    before = counter.job_ids()
    counter.patch({"spec": {"template": {"spec": {"parallelism": 2}}}})
    new_job(counter, before)
    expect(counter.flink_restored() == saved[0], "not from the savepoint that was taken by hand")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)
    stage.log("stopped through Flink's REST API: FINISHED, and the next version goes on from there")


def version_change(stage):
    counter = stage.running()
    before = counter.job_ids()
    artifact(counter, flinkVersion=NEXT_FLINK)
    new_job(counter, before)
    expect(counter.flink("/config")["flink-version"] == NEXT_FLINK, "not on the new version")
    expect(counter.flink_restored() == suspended(counter, before[-1]), "not from the savepoint")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)
    stage.log(f"{FLINK} -> {NEXT_FLINK} with its state")
    before = counter.job_ids()
    artifact(counter, flinkVersion=FLINK)
    status = waits(counter, "BLOCKED_FLINK_CANNOT_READ", 30)
    counter.wait_progress(records=100, checkpoints=1)
    expect(counter.job_ids() == before, "the job was touched")
    expect(not [s for s in counter.savepoints()
                if s["metadata"]["jobId"].replace("-", "") == before[-1]], "a savepoint was taken")
    stage.log(f"back is refused before the job is touched: {status['message']}")
    artifact(counter, flinkVersion=NEXT_FLINK)
    counter.wait_state("RUNNING")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)
    stage.log("the edit is taken back, and it is RUNNING as wanted")


def imported(stage):
    old = stage.running()
    saved = old.take_savepoint()["spec"]["savepointLocation"]
    old.set_state("CANCELLED")
    old.wait_state("CANCELLED")
    fresh = stage.counter("-new", state="CANCELLED")
    fresh.wait_state("CANCELLED")
    stage.daemon.call("POST", f"{NAMESPACE}/savepoints",
                      {"metadata": {"deploymentId": fresh.id},
                       "spec": {"savepointLocation": saved}})
    hint = fresh.shown("onStart")
    expect(plain(hint["chosen"]["location"]) == plain(saved), f"shown was {hint}")
    fresh.set_state("RUNNING")
    fresh.wait_state("RUNNING")
    expect(fresh.flink_restored() == plain(saved), "not restored from what was registered")
    fresh.wait_progress(records=30, checkpoints=1)
    stage.log("a savepoint of another Deployment, registered by its location, and started from")


def sluice(stage, *args, code=0):
    """What the command line tool prints; it must end with this code."""
    done = subprocess.run([BUILD / "sluice", "--server", stage.daemon.url, *args],
                          capture_output=True, text=True, timeout=60, check=False)
    expect(done.returncode == code, f"sluice {args}: {done.returncode} {done.stdout}{done.stderr}")
    return done.stdout


def copied(stage):
    """A savepoint of one Deployment becomes one of another, which goes on from it."""
    old = stage.running()
    taken = old.take_savepoint()
    identity, saved = taken["metadata"]["id"], plain(taken["spec"]["savepointLocation"])
    fresh = stage.counter("-copy", state="CANCELLED")
    fresh.wait_state("CANCELLED")
    sluice(stage, "savepoint", "copy", identity, "--to", fresh.name)
    old.wait_progress(records=30, checkpoints=1)
    old.set_state("CANCELLED")
    old.wait_state("CANCELLED")
    sluice(stage, "savepoint", "pin", identity)
    sluice(stage, "savepoint", "delete", identity, code=4)
    sluice(stage, "savepoint", "unpin", identity)
    sluice(stage, "savepoint", "delete", identity, code=4)
    sluice(stage, "savepoint", "verify", identity)
    stage.log("copied; while it is pinned or shared it is not deleted, and it is whole")
    fresh.set_state("RUNNING")
    fresh.wait_state("RUNNING")
    expect(fresh.flink_restored() == saved, "not restored from the copy")
    fresh.wait_progress(records=30, checkpoints=1)
    both = check.check(check.read(str(old.out)) + check.read(str(fresh.out)),
                       attempts=old.job_ids() + fresh.job_ids())
    expect(both.ok, "; ".join(str(p) for p in both.problems[:5]))
    stage.log("the other Deployment's job goes on from its numbers: no gap, no wrong count")


def retention(stage):
    """Savepoints of upgrades go by snapshotRetention; the job always goes on from the newest."""
    counter = stage.running(snapshotRetention={"maxCount": 2})
    kept = plain(counter.take_savepoint()["spec"]["savepointLocation"])
    stops = []
    for parallelism in (2, 1, 2):
        before = counter.job_ids()
        counter.patch({"spec": {"template": {"spec": {"parallelism": parallelism}}}})
        new_job(counter, before)
        stops.append(suspended(counter, before[-1]))
        counter.wait_progress(records=30, checkpoints=1)
    wait_for("the first of three gone", lambda: not os.path.exists(stops[0]), 60)
    left = [path for path in (kept, *stops[1:]) if os.path.exists(os.path.join(path, "_metadata"))]
    expect(left == [kept, *stops[1:]], f"only these are left: {left}")
    stage.log("of three upgrades the first one's savepoint is gone, what was asked for is not")
    before = counter.job_ids()
    counter.set_state("SUSPENDED")
    counter.wait_state("SUSPENDED")
    counter.set_state("RUNNING")
    new_job(counter, before)
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)
    stage.log("suspended and started again: no gap, from the newest")


def compared(stage):
    """A savepoint against the plan that Flink gives of the job that runs, and of another one."""
    counter = stage.running(options="--extra-operator")
    identity = counter.take_savepoint()["metadata"]["id"]
    job = counter.job_ids()[-1]
    path = stage.daemon.directory / "plan.json"
    path.write_text(json.dumps(counter.flink(f"/jobs/{job}")))
    args = ["savepoint", "compat", identity, "--plan", str(path), "-o", "json"]
    said = json.loads(sluice(stage, *args, code=13))
    taken = [f for f in said["findings"] if f["code"] == "TAKEN"]
    expect(said["verdict"] == "UNKNOWN" and len(taken) == 3, f"{said}")
    expect(said["findings"][0]["code"] == "MAY_BE_CHAINED", f"{said}")
    stage.log("its own job: what heads a chain is found, what is chained behind cannot be said")
    counter.patch({"spec": {"template": {"spec": {"flinkConfiguration": {
        "pipeline.operator-chaining.enabled": "false"}}}}})
    new_job(counter, [job])
    job = counter.job_ids()[-1]
    path.write_text(json.dumps(counter.flink(f"/jobs/{job}")))
    said = json.loads(sluice(stage, *args))
    expect(said["verdict"] == "COMPATIBLE", f"{said}")
    counter.wait_progress(records=30, checkpoints=1)
    before = counter.job_ids()
    counter.patch({"spec": {"restoreStrategy": {"allowNonRestoredState": True}}})
    artifact(counter, mainArgs=main_args(counter, ""))
    new_job(counter, before)
    job = counter.job_ids()[-1]
    path.write_text(json.dumps(counter.flink(f"/jobs/{job}")))
    said = json.loads(sluice(stage, *args))
    expect(said["dropsState"], f"{said}")
    counter.patch({"spec": {"restoreStrategy": {"allowNonRestoredState": False}}})
    said = json.loads(sluice(stage, *args, code=12))
    expect(said["findings"][0]["code"] == "OPERATOR_MISSING", f"{said}")
    stage.log(f"without chains: compatible with itself; without the operator: {said['reason']}")


def restore_from(stage):
    """Back to an older savepoint on purpose, once: the same value again does nothing."""
    counter = stage.running()
    old = counter.take_savepoint()
    counter.wait_progress(records=50, checkpoints=1)
    jobs = counter.job_ids()
    back = {"restoreFrom": {"savepointId": old["metadata"]["id"], "nonce": "once"}}
    counter.patch({"spec": {**back, "template": {"spec": {"parallelism": 2}}}})
    new_job(counter, jobs)
    expect(counter.flink_restored() == plain(old["spec"]["savepointLocation"]),
           "not restored from what was named")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven()
    stage.log("restored from the older savepoint that was named")
    jobs = counter.job_ids()
    counter.patch({"spec": {**back, "template": {"spec": {"parallelism": 1}}}})
    new_job(counter, jobs)
    expect(counter.flink_restored() == suspended(counter, jobs[-1]),
           "the same nonce went back again")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven()
    stage.log("the same nonce again: from the newest")


def deletion(stage):
    counter = stage.running()
    saved = plain(counter.take_savepoint()["spec"]["savepointLocation"])
    status, answer = http("DELETE", stage.daemon.url + counter.path)
    expect(status == 409 and "RUNNING" in answer["message"], f"{status} {answer}")
    counter.wait_progress(records=30, checkpoints=1)
    counter.set_state("CANCELLED")
    counter.wait_state("CANCELLED")
    counter.daemon.call("DELETE", counter.path)
    wait_for("gone", lambda: http("GET", stage.daemon.url + counter.path)[0] == 404, 30)
    expect(os.path.exists(os.path.join(saved, "_metadata")), "the data of a savepoint went too")
    nothing_left(stage, counter)
    again = Counter(stage.daemon, counter.name, FLINK)
    again.document["spec"]["state"] = "CANCELLED"
    again.create()
    expect(again.id != counter.id and not again.savepoints() and not again.jobs(),
           "a new Deployment of that name knows the old one's things")
    stage.log("409 while RUNNING, gone after CANCELLED, savepoint data kept, the name is free")


def replaced(counter, before, seconds=150):
    """Another Job than before has started."""
    def started():
        job = counter.jobs()[-1]
        return job["status"]["state"] == "STARTED" and job["metadata"]["id"] not in before
    wait_for("another Job", started, seconds, 0.1)
    counter.wait_state("RUNNING")


def event_names(counter):
    return [e["metadata"]["name"] for e in counter.events()]


def standby(stage):
    """The next attempt's cluster stands ready before the running job is stopped."""
    counter = stage.running(warmStandby=True)
    before = counter.job_ids()
    counter.patch({"spec": {"template": {"spec": {"parallelism": 2}}}})
    replaced(counter, [j["metadata"]["id"] for j in counter.jobs()[:1]])
    expect(counter.flink_restored() == suspended(counter, before[-1]), "not from its savepoint")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)
    names = event_names(counter)
    expect(names.index("STANDBY_IS_READY") < names.index("RESTORING_FROM_A_SNAPSHOT"),
           f"no standby was ready before the start: {names}")
    expect(len(counter.job_ids()) == 2, "it took more than one attempt")
    stage.log("upgraded into a cluster that stood ready, with its state")
    jobs = counter.jobs()
    artifact(counter, mainArgs=main_args(counter, "--main-throws no-such-table"))
    status = waits(counter, "BLOCKED_PLAN_REFUSED", 60)
    expect("no-such-table" in status["message"], f"the cause is not told: {status['message']}")
    written = counter.records()
    wait_for("records all the while", lambda: counter.records() > written + 100, 30)
    expect(counter.jobs()[1]["status"]["state"] == "STARTED", "the running job was touched")
    expect(len(counter.savepoints()) == 1, "a savepoint was taken for what cannot start")
    stage.log(f"a program that cannot start is found out while the job runs on: {status['message']}")
    artifact(counter, mainArgs=main_args(counter, "--extra-operator"))
    replaced(counter, [j["metadata"]["id"] for j in jobs])
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)
    stage.log("mended, and upgraded")


def standby_given_up(stage):
    """What dies, or is not wanted any more, before the stop costs the running job nothing."""
    counter = stage.running(warmStandby=True)
    counter.patch({"spec": {"template": {"spec": {"parallelism": 2}}}})
    wait_for("the standby's JobManager", lambda: [
        p for p in stage.daemon.processes().values()
        if p[0] == counter.id and p[1] == 2 and p[2] == "jobmanager"], 60)
    counter.set_state("SUSPENDED")
    counter.wait_state("SUSPENDED")
    wait_for("nothing left", lambda: not [
        p for p in stage.daemon.processes().values() if p[0] == counter.id], 60)
    expect(len(counter.savepoints()) == 1, "no savepoint of the suspension")
    stage.log("suspended while its standby came up: both are gone, the savepoint is there")
    counter.set_state("RUNNING")
    counter.wait_state("RUNNING")
    counter.wait_progress(records=30, checkpoints=1)
    counter.proven(newest=True)


def daemon_restarts(stage):
    """SIGTERM, and another sluiced on the same data: the job does not notice."""
    counter = stage.running()
    before = stage.daemon.processes()
    jobs = counter.job_ids()
    written = counter.records()
    stage.daemon.stop()
    wait_for("records without sluiced", lambda: counter.records() > written + 50, 30)
    stage.daemon.start()
    counter.wait_state("RUNNING", 30)
    counter.wait_progress(records=30, checkpoints=1)
    expect(stage.daemon.processes() == before, "the processes are other ones")
    expect(counter.job_ids() == jobs, "there is another job")
    report = counter.proven()
    expect(len(report.runs) == 1, "the job was restarted")
    stage.log("the same processes, the same job, no line missing")


class Story:
    def __init__(self, name, play, own=False, slow=False):
        self.name = name
        self.play = play
        self.own = own  # stops its daemon
        self.slow = slow  # not in CI


STORIES = [
    Story("version change", version_change),
    Story("removed operator", removed_operator),
    Story("restoreFrom", restore_from),
    Story("bounded job", bounded),
    Story("main() throws", main_throws),
    Story("imported savepoint", imported),
    Story("copied savepoint", copied),
    Story("snapshotRetention", retention),
    Story("savepoint against a plan", compared),
    Story("second execute() throws", second_execute),
    Story("main() hangs after its submission", hangs_after_submit),
    Story("cancelled behind our back", cancelled_outside),
    Story("stopped behind our back", stopped_outside),
    Story("standby", standby),
    Story("standby that nobody needs any more", standby_given_up),
    Story("deletion", deletion),
    Story("sluiced restarts", daemon_restarts, own=True),
    Story("main() hangs", hanging_main, slow=True),
]
