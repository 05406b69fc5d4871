"""Stories of what was: going back to a revision, starting anew.

What ran and where it began is read from the job's own output and from Flink, as everywhere here.
"""

import json
import os
import subprocess

from lab import BUILD, NAMESPACE, Counter, expect, http, plain, wait_for
from stories import FLINK, Story, new_job, suspended


def sluice(counter, *args, code=0):
    done = subprocess.run(
        [BUILD / "sluice", *args], capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "SLUICE_SERVER": counter.daemon.url})
    expect(done.returncode == code,
           f"sluice {' '.join(args)}: exit {done.returncode}, {code} expected\n{done.stdout}{done.stderr}")
    return done.stdout


def revisions(counter):
    return counter.daemon.call("GET", f"{counter.path}/revisions")["items"]


def goes_on(counter, where, **proof):
    expect(counter.flink_restored() == where, f"restored {counter.flink_restored()}, not {where}")
    counter.wait_progress(records=30, checkpoints=1)
    return counter.proven(**proof)


def rollback(stage):
    counter = stage.running()
    jobs = counter.job_ids()
    counter.patch({"spec": {"template": {"spec": {"parallelism": 2}}}})
    new_job(counter, jobs)
    goes_on(counter, suspended(counter, jobs[-1]), newest=True)

    jobs = counter.job_ids()
    sluice(counter, "rollback", counter.name, "--to", "1", "-m", "too wide", "--wait")
    left_by_2 = suspended(counter, jobs[-1])
    goes_on(counter, left_by_2, newest=True)
    expect(counter.flink_parallelism() == 1, "not with the parallelism of revision 1")
    stage.log("back to the spec of revision 1, with the newest state: no number lost")

    jobs = counter.job_ids()
    back = ["rollback", counter.name, "--to", "2", "--state", "at-revision"]
    sluice(counter, *back, code=9)
    counter.wait_progress(records=100, checkpoints=1)
    expect(counter.job_ids() == jobs, "it was done without consent")
    sluice(counter, *back, "--allow-state-loss", "--wait")
    goes_on(counter, left_by_2)
    expect(counter.flink_parallelism() == 2, "not with the parallelism of revision 2")
    expect(os.path.exists(os.path.join(suspended(counter, jobs[-1]), "_metadata")),
           "no savepoint of what was left behind")
    stage.log("to revision 2 with the state that it ended with: asked first, a savepoint before")

    jobs = counter.job_ids()
    sluice(counter, "restart", counter.name, "--wait")
    goes_on(counter, suspended(counter, jobs[-1]))
    stage.log("started anew, from the newest")

    known = revisions(counter)
    expect([r["metadata"].get("rollbackTo") for r in known] == [None, None, 1, 2, None], f"{known}")
    expect([len(r["status"]["jobs"]) for r in known] == [1] * 5, f"{known}")
    expect(known[2]["metadata"]["message"] == "too wide", f"{known[2]}")
    stage.daemon.stop()
    stage.daemon.start()
    expect([r["metadata"]["number"] for r in revisions(counter)] == [1, 2, 3, 4, 5],
           "the history did not outlive a restart of sluiced")
    counter.wait_state("RUNNING", 30)
    counter.proven()
    stage.log(sluice(counter, "history", counter.name, "-o", "table"))


def fork(stage):
    """A copy with a state of its own; its source runs on and notices nothing."""
    source = stage.running()
    taken = source.take_savepoint()
    saved = plain(taken["spec"]["savepointLocation"])
    source.wait_progress(records=50, checkpoints=1)
    jobs = source.job_ids()
    copy = Counter(stage.daemon, source.name + "-copy", FLINK)
    shown = sluice(source, "fork", source.name, "--name", copy.name, "-o", "json",
                   f"spec.template.spec.artifact.mainArgs=--out {copy.out} --rate 100",
                   "spec.template.spec.parallelism=2")
    made = json.loads(shown)
    copy.id = made["metadata"]["id"]
    stage.counters.append(copy)
    expect(made["spec"]["state"] == "CANCELLED" and not copy.jobs(), "it was started at once")
    expect(plain(copy.shown("onStart")["chosen"]["location"]) == saved, "another state is shown")
    sluice(copy, "start", copy.name, "--wait")
    expect(copy.flink_restored() == saved, f"restored {copy.flink_restored()}, not {saved}")
    copy.wait_progress(records=30, checkpoints=1)
    expect(copy.flink_parallelism() == 2, "not with its own parallelism")
    stage.log("the fork began from the savepoint of its source, wider")

    expect(source.job_ids() == jobs and len(source.proven(newest=True).runs) == 1,
           "the source was touched")
    source.take_savepoint()  # the other one is not the newest any more, and still needed
    taken = taken["metadata"]["id"]
    status, answer = http("DELETE", f"{stage.daemon.url}{NAMESPACE}/savepoints/{taken}")
    expect(status == 409 and "same location" in answer["message"], f"{status} {answer}")
    copy.set_state("CANCELLED")
    copy.wait_state("CANCELLED")
    stage.daemon.call("DELETE", copy.path)
    wait_for("gone", lambda: http("GET", stage.daemon.url + copy.path)[0] == 404, 30)
    expect(os.path.exists(os.path.join(saved, "_metadata")), "the source's data went with the fork")
    source.wait_progress(records=30, checkpoints=1)
    stage.log("the source ran on; its savepoint was kept while it was shared, and afterwards")


STORIES = [
    Story("rollback", rollback, own=True),
    Story("fork", fork),
]
