#!/usr/bin/env python3
"""The demo: a real, stateful Flink job through everything that can happen to it, act by act.

An act holds only by the job's own output and by Flink's REST API, never by what Sluice says of
itself; two runs whose lines overlap in time are a job that ran twice. Without a terminal it ends
after the last act, with 0 only when every act held.
"""

import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from lab import BUILD, Counter, Daemon, expect, http, plain, wait_for  # noqa: E402

FLINK = os.environ.get("SLUICE_DEMO_FLINK", "1.20.5")
WIDE = 100


class Stage:
    """Runs the acts, prints what happens, remembers which held."""

    def __init__(self):
        self.began = time.monotonic()
        self.acts = []

    def say(self, text):
        print(f"      {text}", flush=True)

    def act(self, title, play):
        number = len(self.acts) + 1
        print(f"\n{number}. {title}", flush=True)
        began = time.monotonic()
        try:
            play(self.say)
            held = True
        except Exception as error:  # an act that fails must not hide the others
            self.say(f"!! {error}")
            held = False
        took = time.monotonic() - began
        self.acts.append((title, held, took))
        print(f"   {'OK' if held else 'FAILED'}  {took:.1f} s", flush=True)

    def finish(self):
        print("\n" + "-" * 60)
        for number, (title, held, took) in enumerate(self.acts, 1):
            print(f"{'OK    ' if held else 'FAILED'} {took:6.1f} s  {number}. {title}")
        failed = sum(1 for _, held, _ in self.acts if not held)
        print(f"all acts: {time.monotonic() - self.began:.0f} s")
        print(f"{len(self.acts) - failed} passed, {failed} failed")
        return failed == 0


class Play:
    """The Deployment on stage. `empty` collects the jobs that began without state on purpose."""

    def __init__(self, directory):
        self.daemon = Daemon(directory)
        self.counter = Counter(self.daemon, "counter", FLINK, rate=200)
        self.empty = []
        self.parallelism = 1

    def proven(self, say, restored=None):
        """What the whole output proves up to now."""
        report = self.counter.proven(allow_empty=self.empty)
        last = report.runs[-1]
        text = f"the output proves: {sum(r.records for r in report.runs)} numbers, none missing, "
        text += "none counted twice in the state, no two runs at a time"
        say(text)
        if restored is not None:
            expect(self.counter.flink_restored() == restored,
                   f"Flink restored {self.counter.flink_restored()}, expected {restored}")
            say(f"Flink says: restored from {restored[-60:]}, which stood for n < {last.next}")

    def new_job(self, before, seconds=120):
        wait_for("a new job", lambda: len(self.counter.job_ids()) > before, seconds)
        self.counter.wait_state("RUNNING", seconds)
        self.counter.wait_progress()

    def newest_savepoint(self, origin):
        found = [s for s in self.counter.savepoints() if s["metadata"]["origin"] == origin
                 and s["status"]["state"] == "COMPLETED"]
        expect(found, f"no completed {origin} snapshot")
        newest = max(found, key=lambda s: (s["status"]["attempt"], s["status"]["checkpointId"]))
        return plain(newest["spec"]["savepointLocation"])

    def upgrade(self, **spec):
        self.parallelism = 2 if self.parallelism == 1 else 1
        self.counter.patch({"spec": {"template": {"spec": {"parallelism": self.parallelism}},
                                     **spec}})

    # ---- the acts ----

    def start(self, say):
        self.counter.create()
        self.counter.wait_state("RUNNING")
        self.counter.wait_progress()
        say(f"Flink {FLINK} runs the counter: 200 numbers a second, a checkpoint every second")
        self.proven(say)

    def edit(self, say):
        before = len(self.counter.job_ids())
        self.upgrade()
        say("parallelism 1 -> 2 under STATEFUL + LATEST_STATE")
        self.new_job(before)
        expect(self.counter.flink_parallelism() == 2, "the new job does not run with 2")
        self.proven(say, self.newest_savepoint("SUSPEND"))

    def jobmanager_dies(self, say):
        before = len(self.counter.job_ids())
        expect(self.daemon.kill_processes(self.counter.id, "jobmanager") == 1, "nothing to kill")
        say("kill -9 of the JobManager: the job is lost, its checkpoints are not")
        self.new_job(before)
        self.proven(say, self.newest_savepoint("RETAINED_CHECKPOINT"))

    def daemon_dies(self, say):
        before = len(self.counter.job_ids())
        self.upgrade()
        wait_for("the savepoint of the upgrade begins", lambda: any(
            e["metadata"]["name"] == "CREATING_A_SAVEPOINT_BEFORE_SUSPENSION"
            for e in self.counter.events()[-3:]), 30, 0.005)
        self.daemon.kill()
        say("kill -9 of sluiced in the middle of an upgrade, while the savepoint is taken")
        time.sleep(2)  # nobody is in charge for a while: that is the point of this act
        self.daemon.start()
        say("sluiced is started again and goes on from what is durable and what it sees")
        self.new_job(before)
        self.proven(say, self.newest_savepoint("SUSPEND"))

    def savepoints_fail(self, say):
        jobs = self.counter.job_ids()
        place = pathlib.Path(self.newest_savepoint("SUSPEND")).parents[1]
        kept = place.with_name("savepoints.kept")
        place.rename(kept)
        place.write_text("a file where the directory should be\n")
        self.upgrade()
        say("savepoints are impossible now: a file stands where their directory should be")
        self.counter.wait_state("FAILED", 120)
        say(f"given up: {self.counter.status()['message']}")
        place.unlink()
        kept.rename(place)
        expect(self.counter.job_ids() == jobs, "the job was touched")
        self.counter.wait_progress()
        say("the old job still runs, as it was")
        self.proven(say)

    def suspend_and_resume(self, say):
        before = len(self.counter.job_ids())
        self.counter.set_state("SUSPENDED")
        self.counter.wait_state("SUSPENDED")
        expect(not [p for p in self.daemon.processes().values() if p[0] == self.counter.id],
               "processes are left")
        say("SUSPENDED: a savepoint was taken, then every process of it ended")
        saved = self.newest_savepoint("SUSPEND")
        self.counter.set_state("RUNNING")
        self.new_job(before)
        self.proven(say, saved)

    def pending_edit(self, say):
        jobs = self.counter.job_ids()
        self.upgrade(upgradeStrategy={"kind": "NONE"})
        wait_for("pending", lambda: self.counter.status().get("pendingChange"), 20)
        self.counter.wait_progress()
        expect(self.counter.job_ids() == jobs, "the job was touched")
        say("upgrade strategy NONE: the edit is pending, the job is untouched")
        self.proven(say)

    def empty_start(self, say):
        before = len(self.counter.job_ids())
        change = {"spec": {"upgradeStrategy": {"kind": "STATEFUL"},
                           "restoreStrategy": {"kind": "NONE"}}}
        status, plan = self.plan(change)
        warnings = [w.get("code", "") for w in plan.get("warnings", [])]
        expect(status == 200 and warnings, f"no warning in the plan: {plan}")
        say(f"STATEFUL + NONE; the plan warns: {', '.join(warnings)}")
        self.counter.patch(change)
        wait_for("a new job", lambda: len(self.counter.job_ids()) > before, 120)
        self.empty.append(self.counter.job_ids()[-1])
        self.counter.wait_state("RUNNING")
        self.counter.wait_progress()
        expect(self.counter.flink_restored() is None, "it was restored from something")
        say("a savepoint was taken, and not used: the new job began empty, as was asked for")
        self.proven(say)

    def plan(self, change):
        return http("PATCH", self.daemon.url + self.counter.path + "?dryRun=All", change,
                    content_type="application/merge-patch+json")

    def incompatible(self, say):
        good = self.counter.get()["spec"]["template"]["spec"]["artifact"]["mainArgs"]
        before = len(self.counter.job_ids())
        self.counter.patch({"spec": {
            "restoreStrategy": {"kind": "LATEST_STATE"}, "maxJobCreationAttempts": 2,
            "template": {"spec": {"artifact": {"mainArgs": good + " --uid-suffix other"}}}}})
        self.counter.wait_state("FAILED", 180)
        say(f"an incompatible job is refused: {self.counter.status()['message'][:WIDE]}")
        saved = self.newest_savepoint("SUSPEND")
        expect(os.path.exists(os.path.join(saved, "_metadata")), "the old state is gone")
        jobs = len(self.counter.job_ids())
        expect(jobs > before, "nothing was tried")
        self.counter.patch({"spec": {"template": {"spec": {"artifact": {"mainArgs": good}}}}})
        self.new_job(jobs)
        say("back to the old spec: it goes on from the untouched state")
        self.proven(say, saved)


ACTS = [
    ("Start a stateful job", Play.start),
    ("Change its parallelism: savepoint, stop, restore", Play.edit),
    ("Kill the JobManager: recovered from a retained checkpoint", Play.jobmanager_dies),
    ("Kill sluiced in the middle of an upgrade", Play.daemon_dies),
    ("Make savepoints impossible: attempts are spent, the job still runs", Play.savepoints_fail),
    ("Suspend and resume", Play.suspend_and_resume),
    ("Edit under upgrade strategy NONE: pending, untouched", Play.pending_edit),
    ("STATEFUL + restore NONE: warned, starts empty", Play.empty_start),
    ("An incompatible job: refused, the old state untouched, back to the old spec",
     Play.incompatible),
]


def stay(play):
    print(f"""
sluiced stays up at {play.daemon.url}; try:

  export SLUICE_SERVER={play.daemon.url}
  {BUILD}/sluice get deployments
  {BUILD}/sluice describe deployment/counter
  {BUILD}/sluice restore counter --explain
  {BUILD}/sluice events counter
  tail -f {play.counter.out}

Ctrl-C ends it and everything that it started.""", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="sluice-demo-"))
    stage = Stage()
    play = Play(directory)
    held = False
    try:
        for title, act in ACTS:
            stage.act(title, lambda say, a=act: a(play, say))
        held = stage.finish()
        if sys.stdout.isatty() and sys.stdin.isatty():
            stay(play)
    finally:
        play.daemon.clean_up()
        if held:
            shutil.rmtree(directory, ignore_errors=True)
        else:
            print(f"logs and output: {directory}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
