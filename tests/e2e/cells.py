"""The matrix: what happens to a running job in each combination, on real Flink.

Each cell is a story: given a running counter, when something happens, then a certain snapshot (or
none) is restored. It is checked against what Flink says it restored, against the hint that was shown
before, and against every line that the job wrote.
"""

import os
import shutil
import uuid

from lab import Counter, Daemon, Failed, expect, plain, wait_for

UPGRADES = ["STATELESS", "STATEFUL", "NONE"]
RESTORES = ["NONE", "LATEST_SAVEPOINT", "LATEST_STATE"]


def running(daemon, name, flink, **spec):
    """A counter that runs, has a user's savepoint, and newer checkpoints behind that."""
    counter = Counter(daemon, name, flink, **spec)
    counter.create()
    counter.wait_state("RUNNING")
    counter.wait_progress(checkpoints=1)
    savepoint = counter.take_savepoint()
    counter.wait_progress(checkpoints=3)
    return counter, plain(savepoint["spec"]["savepointLocation"])


def newest(counter, origin):
    """Location of the newest snapshot of that origin, by lineage order."""
    found = [s for s in counter.savepoints()
             if s["metadata"]["origin"] == origin and s["status"]["state"] == "COMPLETED"]
    expect(found, f"no snapshot of origin {origin}")
    last = max(found, key=lambda s: (s["status"].get("attempt", 0),
                                     s["status"].get("checkpointId", 0),
                                     s["status"].get("sequence", 0)))
    return plain(last["spec"]["savepointLocation"])


def expect_restored(counter, expected, log):
    restored = counter.flink_restored()
    log(f"Flink restored {restored or 'nothing'}")
    expect(restored == expected, f"expected {expected}, Flink restored {restored}")


def finish(counter, restored, log, newest_wanted=False):
    """The new job goes on; the whole output holds together."""
    counter.wait_progress()
    expect_restored(counter, restored, log)
    empty = counter.job_ids()[1:] if restored is None else ()
    report = counter.proven(allow_empty=empty, newest=newest_wanted)
    log(f"{len(report.runs)} runs, {sum(r.records for r in report.runs)} records, 0 problems")
    counter.set_state("CANCELLED")
    counter.wait_state("CANCELLED")


def expected_after(counter, restore, user_savepoint, stop_origin):
    """What the restore strategy gives after the old job ended with `stop_origin`."""
    if restore == "NONE":
        return None
    if restore == "LATEST_SAVEPOINT" and stop_origin == "RETAINED_CHECKPOINT":
        return user_savepoint
    return newest(counter, stop_origin)


def edit_cell(daemon, flink, upgrade, restore, log, **spec):
    name = f"edit-{upgrade}-{restore}".lower().replace("_", "-")
    counter, user_savepoint = running(daemon, name, flink, upgrade=upgrade, restore=restore, **spec)
    before = counter.job_ids()
    parallelism = counter.document["spec"]["template"]["spec"]["parallelism"] + 1
    log(f"{name}: parallelism {parallelism - 1} -> {parallelism}")
    counter.patch({"spec": {"template": {"spec": {"parallelism": parallelism}}}})
    if upgrade == "NONE":
        wait_for("the edit is pending", lambda: counter.status().get("pendingChange"), 30)
        counter.wait_progress()
        expect(counter.job_ids() == before, "upgrade NONE touched the job")
        log("pending, the job runs on; now cancelled and started by hand")
        counter.set_state("CANCELLED")
        counter.wait_state("CANCELLED")
        counter.set_state("RUNNING")
    wait_for("the new job", lambda: len(counter.job_ids()) == 2, 60)
    counter.wait_state("RUNNING")
    origin = "SUSPEND" if upgrade == "STATEFUL" else "RETAINED_CHECKPOINT"
    expected = expected_after(counter, restore, user_savepoint, origin)
    expect(counter.flink_parallelism() == parallelism, "the new job has the old parallelism")
    if upgrade == "STATEFUL":
        newest(counter, "SUSPEND")
    finish(counter, expected, log, newest_wanted=restore == "LATEST_STATE")


def suspend_cell(daemon, flink, restore, log):
    counter, _ = running(daemon, f"suspend-{restore}".lower().replace("_", "-"), flink,
                         restore=restore)
    counter.set_state("SUSPENDED")
    counter.wait_state("SUSPENDED")
    saved = newest(counter, "SUSPEND")
    counter.set_state("RUNNING")
    counter.wait_state("RUNNING")
    finish(counter, None if restore == "NONE" else saved, log,
           newest_wanted=restore != "NONE")


def cancel_cell(daemon, flink, restore, log):
    counter, user_savepoint = running(daemon, f"cancel-{restore}".lower().replace("_", "-"), flink,
                                      restore=restore)
    counter.set_state("CANCELLED")
    counter.wait_state("CANCELLED")
    expected = expected_after(counter, restore, user_savepoint, "RETAINED_CHECKPOINT")
    counter.set_state("RUNNING")
    counter.wait_state("RUNNING")
    finish(counter, expected, log, newest_wanted=restore == "LATEST_STATE")


def failure_cell(daemon, flink, restore, log):
    """The job fails for good (no restart strategy): recovered by Sluice."""
    fail_at = 1500
    counter, user_savepoint = running(
        daemon, f"failure-{restore}".lower().replace("_", "-"), flink, restore=restore,
        options=f"--fail-at {fail_at}", configuration={"restart-strategy.type": "none"})
    wait_for("the job fails and is recovered", lambda: len(counter.job_ids()) == 2, 90)
    counter.wait_state("RUNNING")
    expected = expected_after(counter, restore, user_savepoint, "RETAINED_CHECKPOINT")
    finish(counter, expected, log, newest_wanted=restore == "LATEST_STATE")


def jobmanager_cell(daemon, flink, restore, log):
    counter, user_savepoint = running(
        daemon, f"jm-kill-{restore}".lower().replace("_", "-"), flink, restore=restore)
    expect(daemon.kill_processes(counter.id, "jobmanager") == 1, "no JobManager to kill")
    wait_for("recovery", lambda: len(counter.job_ids()) == 2, 60)
    counter.wait_state("RUNNING")
    expected = expected_after(counter, restore, user_savepoint, "RETAINED_CHECKPOINT")
    finish(counter, expected, log, newest_wanted=restore == "LATEST_STATE")


def taskmanager_cell(daemon, flink, log):
    """A dead TaskManager is replaced; job and state stay."""
    counter, _ = running(daemon, "tm-kill", flink)
    before = counter.job_ids()
    expect(daemon.kill_processes(counter.id, "tm") == 1, "no TaskManager to kill")
    written = counter.records()
    wait_for("records again", lambda: counter.records() > written + 200, 120, 0.2)
    expect(counter.job_ids() == before, "a dead TaskManager cost the job")
    counter.proven()
    counter.set_state("CANCELLED")
    counter.wait_state("CANCELLED")
    log("the same job goes on with a new TaskManager")


def reboot_cell(directory, flink, restore, log):
    """Everything of the machine ends at once, and the boot id is another one."""
    daemon = Daemon(directory, boot_id=str(uuid.uuid4()))
    try:
        counter, user_savepoint = running(
            daemon, f"reboot-{restore}".lower().replace("_", "-"), flink, restore=restore)
        daemon.kill()
        daemon.kill_processes(only_java=False)
        daemon.boot_id = str(uuid.uuid4())
        daemon.start()
        wait_for("recovery", lambda: len(counter.job_ids()) == 2, 60)
        counter.wait_state("RUNNING")
        expected = expected_after(counter, restore, user_savepoint, "RETAINED_CHECKPOINT")
        finish(counter, expected, log, newest_wanted=restore == "LATEST_STATE")
    finally:
        daemon.clean_up()


def shared_file_cell(daemon, flink, log):
    """One file of an incremental checkpoint is removed: the start must block, not go back."""
    counter = Counter(daemon, "shared-file", flink, options="--backend rocksdb --state-mb 50",
                      parallelism=2, memory="2G")
    counter.create()
    counter.wait_state("RUNNING")
    counter.wait_progress(checkpoints=3)
    counter.set_state("CANCELLED")
    counter.wait_state("CANCELLED")
    location = newest(counter, "RETAINED_CHECKPOINT")
    shared = os.path.join(os.path.dirname(location), "shared")
    kept = shared + ".kept"
    shutil.copytree(shared, kept)
    for file in os.listdir(shared):
        os.unlink(os.path.join(shared, file))
    counter.set_state("RUNNING")
    wait_for("blocked", lambda: counter.status().get("reason") == "BLOCKED_NO_SNAPSHOT", 60)
    expect(len(counter.job_ids()) == 1, "a job was started all the same")
    log(f"blocked: {counter.status()['message']}")
    for file in os.listdir(kept):
        shutil.copy2(os.path.join(kept, file), shared)
    counter.wait_state("RUNNING")
    finish(counter, location, log, newest_wanted=True)


def cells(flink, edits_only=False, large=False):
    """(name, function(daemon, directory, log)) of one Flink version."""
    found = []
    sizes = [("", {})]
    if large:
        sizes.append(("-large", {"options": "--backend rocksdb --state-mb 50", "parallelism": 2,
                                 "memory": "2G"}))
    for suffix, spec in sizes:
        for upgrade in UPGRADES:
            for restore in RESTORES:
                found.append((f"edit {upgrade} {restore}{suffix}",
                              lambda d, _, log, u=upgrade, r=restore, s=spec:
                              edit_cell(d, flink, u, r, log, **s)))
    if edits_only:
        return found
    for restore in RESTORES:
        found += [
            (f"suspend {restore}", lambda d, _, log, r=restore: suspend_cell(d, flink, r, log)),
            (f"cancel {restore}", lambda d, _, log, r=restore: cancel_cell(d, flink, r, log)),
            (f"failure {restore}", lambda d, _, log, r=restore: failure_cell(d, flink, r, log)),
            (f"jm-kill {restore}", lambda d, _, log, r=restore: jobmanager_cell(d, flink, r, log)),
            (f"reboot {restore}", lambda _, at, log, r=restore: reboot_cell(at, flink, r, log)),
        ]
    found.append(("tm-kill", lambda d, _, log: taskmanager_cell(d, flink, log)))
    if large:
        found.append(("shared-file removed", lambda d, _, log: shared_file_cell(d, flink, log)))
    return found


__all__ = ["cells", "Failed"]
