"""The matrix: what happens to a running job in each combination, on real Flink.

Each cell is a story: given a running counter, when something happens, then a certain snapshot (or
none) is restored. It is checked against what Flink says it restored, against the hint that was shown
before, and against every line that the job wrote.

Cells of one restore strategy share a Deployment, one after the other: a start is what costs time,
and older snapshots of every kind lie about to be chosen wrongly. After a failed cell the next one
begins with a new Deployment.
"""

import pathlib
import re
import shutil
import uuid

import shown
from lab import Counter, Daemon, expect, plain, wait_for

UPGRADES = ["STATELESS", "STATEFUL", "NONE"]
RESTORES = ["NONE", "LATEST_SAVEPOINT", "LATEST_STATE"]
LARGE = {"options": "--backend rocksdb --state-mb 50", "parallelism": 2, "memory": "2G"}


class Ground:
    """A Deployment on which cells are played, and what is known of it from outside."""

    def __init__(self, daemon, flink, name, restore, log, **spec):
        self.daemon = daemon
        self.restore = restore
        self.log = log
        self.parallelism = spec.get("parallelism", 1)
        self.trap = daemon.directory / f"{name}.fail"
        options = f"{spec.pop('options', '')} --fail-once {self.trap}"
        # Every failure of a task is the job's end: recovery is Sluice's, not Flink's.
        self.counter = Counter(daemon, name, flink, restore=restore, options=options,
                               configuration={"restart-strategy.type": "none"}, **spec)
        self.counter.create()
        self.empty = []
        self.saved = None
        self.jobs = []

    def ready(self):
        """It runs, has a user's savepoint, and a newer checkpoint behind that."""
        counter = self.counter
        counter.wait_state("RUNNING")
        self.saved = plain(counter.take_savepoint()["spec"]["savepointLocation"])
        job = counter.job_ids()[-1]

        def newer():
            latest = counter.flink(f"/jobs/{job}/checkpoints")["latest"]
            return (latest["completed"] or {"id": 0})["id"] > latest["savepoint"]["id"]
        wait_for("a checkpoint after the savepoint", newer, 60, 0.1)
        self.jobs = counter.job_ids()

    def retained(self):
        """The newest checkpoint that the last job left in its directory."""
        storage = pathlib.Path(self.daemon.data) / "storage"
        left = storage.glob(f"**/{self.jobs[-1]}/chk-*/_metadata")
        found = sorted(left, key=lambda path: int(path.parent.name.removeprefix("chk-")))
        expect(found, "the job left no checkpoint behind")
        return str(found[-1].parent)

    def suspended(self):
        """The savepoint that the last job was stopped with."""
        job = str(uuid.UUID(self.jobs[-1]))
        found = [s for s in self.counter.savepoints()
                 if s["metadata"]["origin"] == "SUSPEND" and s["metadata"]["jobId"] == job
                 and s["status"]["state"] == "COMPLETED"]
        expect(len(found) == 1, f"{len(found)} savepoints of the stopped job")
        return plain(found[0]["spec"]["savepointLocation"])

    def after_stop(self):
        """What the strategy gives after a stop without a savepoint."""
        return {"NONE": lambda: None, "LATEST_SAVEPOINT": lambda: self.saved,
                "LATEST_STATE": self.retained}[self.restore]()

    def after_savepoint(self):
        return None if self.restore == "NONE" else self.suspended()

    def new_job(self):
        wait_for("the new job", lambda: len(self.counter.job_ids()) == len(self.jobs) + 1, 150)
        self.counter.wait_state("RUNNING")

    def restored(self, expected, *hints, suspend=None):
        """The new job began with exactly this, as every hint announced, and all lines agree."""
        counter = self.counter
        told = counter.flink_restored()
        self.log(f"Flink restored {told or 'nothing'}")
        expect(told == expected, f"expected {expected}, Flink restored {told}")
        for hint in hints:
            shown.restores(hint, told, suspend)
        if told is None:
            self.empty.append(counter.job_ids()[-1])
        counter.wait_progress(records=30, checkpoints=1)
        report = counter.proven(allow_empty=self.empty, newest=self.restore == "LATEST_STATE")
        self.log(f"{len(report.runs)} runs, {sum(r.records for r in report.runs)} records: whole")

    def end(self):
        self.counter.set_state("CANCELLED")
        self.counter.wait_state("CANCELLED")


def edit(upgrade):
    def cell(ground):
        counter = ground.counter
        counter.patch({"spec": {"upgradeStrategy": {"kind": upgrade}}})
        hint = counter.shown("onUpgrade")
        cancel_hint = counter.shown("onCancelThenStart")
        before = counter.flink_parallelism()
        after = before + 1 if before == ground.parallelism else before - 1
        ground.log(f"parallelism {before} -> {after}; shown: {hint['outcome']}")
        expect(counter.job_ids() == ground.jobs, "an edit of the strategies touched the job")
        counter.patch({"spec": {"template": {"spec": {"parallelism": after}}}})
        if upgrade == "NONE":
            expect(hint["outcome"] == "PENDING", f"shown was {hint['outcome']}")
            stays_pending(ground)
            counter.set_state("CANCELLED")
            counter.wait_state("CANCELLED")
            counter.set_state("RUNNING")
            hint = cancel_hint
        ground.new_job()
        expect(counter.flink_parallelism() == after, "the new job has the old parallelism")
        if upgrade == "STATEFUL":
            ground.restored(ground.after_savepoint(), hint, suspend=ground.suspended())
        else:
            ground.restored(ground.after_stop(), hint)
    return cell


def stays_pending(ground):
    counter = ground.counter
    wait_for("the edit is pending", lambda: counter.status().get("pendingChange"), 30)
    counter.wait_progress(records=30, checkpoints=1)
    expect(counter.job_ids() == ground.jobs, "upgrade NONE touched the job")
    ground.log("pending, the job runs on; now cancelled and started by hand")


def suspend(ground):
    counter = ground.counter
    counter.set_state("SUSPENDED")
    counter.wait_state("SUSPENDED")
    hint = counter.shown("onStart")
    counter.set_state("RUNNING")
    ground.new_job()
    ground.restored(ground.after_savepoint(), hint)


def cancel(ground):
    counter = ground.counter
    before = counter.shown("onCancelThenStart")
    counter.set_state("CANCELLED")
    counter.wait_state("CANCELLED")
    hint = counter.shown("onStart")
    counter.set_state("RUNNING")
    ground.new_job()
    ground.restored(ground.after_stop(), before, hint)


def failure(ground):
    """A task throws, and Flink ends the job as FAILED: recovered by Sluice."""
    hint = ground.counter.shown("onRecovery")
    ground.trap.touch()
    ground.new_job()
    ground.restored(ground.after_stop(), hint)


def jobmanager(ground):
    hint = ground.counter.shown("onRecovery")
    killed = ground.daemon.kill_processes(ground.counter.id, "jobmanager")
    expect(killed == 1, f"{killed} JobManagers killed")
    ground.new_job()
    ground.restored(ground.after_stop(), hint)


def reboot(ground):
    """Everything of the machine ends at once, and the boot id is another one."""
    daemon = ground.daemon
    hint = ground.counter.shown("onRecovery")
    daemon.kill()
    daemon.kill_processes(only_java=False)
    daemon.boot_id = str(uuid.uuid4())
    daemon.start()
    ground.new_job()
    ground.restored(ground.after_stop(), hint)


def shared_file(ground):
    """One file of an incremental checkpoint is removed: the start must block, not go back."""
    counter = ground.counter
    counter.set_state("CANCELLED")
    counter.wait_state("CANCELLED")
    newest = ground.retained()
    shared = pathlib.Path(newest).parent / "shared"
    removed = max(used_by(newest, shared), key=lambda file: file.stat().st_size)
    kept = ground.daemon.directory / "kept"
    shutil.move(removed, kept)
    counter.set_state("RUNNING")
    wait_for("blocked", lambda: counter.status().get("reason") == "BLOCKED_NO_SNAPSHOT", 60)
    status = counter.status()
    expect(removed.name in status["message"], f"the message does not name the file: {status}")
    expect(len(status["choices"]) >= 2, f"no choices: {status}")
    expect(counter.job_ids() == ground.jobs, "a job was started all the same")
    ground.log(f"blocked: {status['message']}")
    shutil.move(kept, removed)
    ground.new_job()
    ground.log("the file is back, and it goes on by itself")
    ground.restored(newest)


def used_by(checkpoint, shared):
    """The shared files that the checkpoint's metadata names."""
    metadata = (pathlib.Path(checkpoint) / "_metadata").read_bytes()
    found = [file for file in shared.iterdir() if file.name.encode() in metadata]
    expect(found, f"{checkpoint} uses no shared file")
    return found


def taskmanager(daemon, flink, name, log):
    """A dead TaskManager is replaced; job and state stay."""
    counter = Counter(daemon, name, flink)
    counter.create()
    counter.wait_state("RUNNING")
    counter.wait_progress()
    before = counter.job_ids()
    expect(daemon.kill_processes(counter.id, "tm") == 1, "no TaskManager to kill")
    written = counter.records()
    wait_for("records again", lambda: counter.records() > written + 200, 120, 0.2)
    expect(counter.job_ids() == before, "a dead TaskManager cost the job")
    counter.proven()
    counter.set_state("CANCELLED")
    counter.wait_state("CANCELLED")
    log("the same job goes on with a new TaskManager")


EDITS = [(f"edit {upgrade}", edit(upgrade)) for upgrade in UPGRADES]
EVENTS = [("suspend", suspend), ("cancel", cancel), ("failure", failure), ("jm-kill", jobmanager)]


class Lane:
    """Cells that are played one after the other on one Deployment."""

    def __init__(self, flink, restore, cells, suffix="", own_daemon=False, **spec):
        self.flink = flink
        self.restore = restore
        self.spec = spec
        self.own_daemon = own_daemon
        self.cells = [(f"{name} {restore}{suffix}", cell) for name, cell in cells]

    def play(self, daemon, directory, report):
        """report(name, function(log)) runs one cell and gives back whether it held."""
        if self.own_daemon:
            daemon = Daemon(directory, boot_id=str(uuid.uuid4()))
        try:
            ground = None
            for name, cell in self.cells:
                ground = self._one(daemon, ground, name, cell, report)
        finally:
            if self.own_daemon:
                daemon.clean_up()

    def _one(self, daemon, ground, name, cell, report):
        last = name == self.cells[-1][0]
        place = [ground]

        def story(log):
            if place[0] is None:
                label = re.sub(r"\W|_", "-", f"{name} {self.flink}").lower()
                place[0] = Ground(daemon, self.flink, label, self.restore, log, **self.spec)
            place[0].log = log
            place[0].ready()
            cell(place[0])
            if last:
                place[0].end()
        if report(name, story):
            return place[0]
        if place[0] is not None:
            daemon.give_up(place[0].counter)
        return None


def lanes(flink, edits_only=False, large=False):
    """All of the matrix for one version of Flink."""
    found = []
    for restore in RESTORES:
        found.append(Lane(flink, restore, EDITS if edits_only else EDITS + EVENTS))
        if not edits_only:
            found.append(Lane(flink, restore, [("reboot", reboot)], own_daemon=True))
        if large:
            extra = [("shared-file removed", shared_file)] if restore == "LATEST_STATE" else []
            found.append(Lane(flink, restore, EDITS + extra, suffix=" large", **LARGE))
    return found
