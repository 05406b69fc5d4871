"""A real sluiced, real Flink, the counter job: what the end-to-end tests and the demo share.

Nothing here believes Sluice about itself: what ran and what was restored is read from the job's own
output (examples/counter/check.py) and from Flink's REST API. Python's standard library only.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples" / "counter"))
import check  # noqa: E402  (the checker lies beside the job)

BUILD = pathlib.Path(os.environ.get("SLUICE_BUILD", ROOT / "build")).resolve()
NAMESPACE = "/api/v1/namespaces/default"
# Every wait is for a condition; a machine that is busy with other things may need longer for it.
PATIENCE = float(os.environ.get("SLUICE_TEST_PATIENCE", "1"))


class Failed(Exception):
    """An expectation did not hold; the text says which, and what was seen instead."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


def wait_for(what, condition, seconds=120, every=0.05):
    """Polls `condition` until it gives something true, and gives that back."""
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    seen = None
    while time.monotonic() < deadline:
        seen = condition()
        if seen:
            return seen
        time.sleep(every)
    raise Failed(f"{what}: not within {seconds:.0f} s")


def http(method, url, body=None, content_type="application/json", seconds=30, headers=None):
    """(status, parsed or text). An HTTP error status is an answer, not an exception."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if data is not None:
        request.add_header("Content-Type", content_type)
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            status, raw = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, raw = error.code, error.read()
    try:
        return status, json.loads(raw)
    except ValueError:
        return status, raw.decode(errors="replace")


class Daemon:
    """A sluiced of its own in `directory`. Its jobs outlive stop() and kill(), not clean_up()."""

    living = []  # for who has to end everything at once

    def __init__(self, directory, config=None, boot_id=None, log=print, environment=None):
        self.directory = pathlib.Path(directory).resolve()
        self.data = self.directory / "data"
        self.log = log
        self.config = config
        self.boot_id = boot_id
        self.environment = environment or {}
        self.process = None
        self.url = None
        self.directory.mkdir(parents=True, exist_ok=True)
        self.living.append(self)
        self.start()

    def start(self):
        command = [BUILD / "sluiced", "--data", self.data, "--listen", "127.0.0.1:0"]
        if self.config:
            path = self.directory / "sluiced.yaml"
            path.write_text(json.dumps(self.config))
            command += ["--config", path]
        environment = {**os.environ, **self.environment}
        if self.boot_id:
            environment["SLUICE_BOOT_ID"] = self.boot_id
        with open(self.directory / "sluiced.log", "ab") as errors:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        line = self.process.stdout.readline()
        found = re.match(r"sluiced ready url=(http://\S+)$", line)
        if not found:
            raise Failed(f"sluiced did not get ready: {line!r}; see {self.directory}/sluiced.log")
        self.url = found.group(1)

    def stop(self):
        """As systemd would: SIGTERM, and it must end by itself."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        expect(code == 0, f"sluiced ended with {code} after SIGTERM")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def call(self, method, path, body=None, **more):
        status, answer = http(method, self.url + path, body, **more)
        if status >= 400:
            raise Failed(f"{method} {path}: {status} {answer}")
        return answer

    def processes(self):
        """{pid: (deployment id, attempt, process name)} of everything that carries our data id."""
        mark = (self.data / "data-id").read_text().strip() if (self.data / "data-id").exists() else ""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                raw = (entry / "environ").read_bytes()
            except OSError:
                continue
            pairs = dict(p.split("=", 1) for p in raw.decode(errors="replace").split("\0") if "=" in p)
            if mark and pairs.get("SLUICE_DATA") == mark:
                found[int(entry.name)] = (pairs.get("SLUICE_DEPLOYMENT"),
                                          int(pairs.get("SLUICE_ATTEMPT", "0")),
                                          pairs.get("SLUICE_PROCESS"))
        return found

    def kill_processes(self, deployment_id=None, process=None, only_java=True):
        """kill -9 of what matches, by the ids just read. Gives back how many."""
        killed = 0
        for pid, (owner, _, name) in self.processes().items():
            if deployment_id and owner != deployment_id:
                continue
            if process and not (name or "").startswith(process):
                continue
            try:
                java = os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "java"
                if only_java and not java:
                    continue
                os.kill(pid, signal.SIGKILL)
                killed += 1
            except OSError:
                continue
        return killed

    def give_up(self, counter):
        """After a failure: what is left of it should not burden the others."""
        try:
            counter.set_state("CANCELLED")
        except (Failed, OSError):
            pass

    def clean_up(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.kill_processes(only_java=False)


class Counter:
    """The counter job as one Deployment, with its output."""

    def __init__(self, daemon, name, flink, options="", configuration=None, **spec):
        self.daemon = daemon
        self.name = name
        self.id = None
        self.counted = (0, 0)  # bytes of the output, records in them
        self.out = daemon.directory / "out" / name
        self.out.parent.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.document = {
            "kind": "Deployment", "apiVersion": "v1", "metadata": {"name": name},
            "spec": {
                "state": "RUNNING",
                "upgradeStrategy": {"kind": spec.pop("upgrade", "STATEFUL")},
                "restoreStrategy": {"kind": spec.pop("restore", "LATEST_STATE")},
                "template": {"spec": {
                    "artifact": {
                        "kind": "JAR", "jarUri": "file://" + os.environ["COUNTER_JAR"],
                        "entryClass": "sluice.counter.CounterJob",
                        "mainArgs": f"--out {self.out} --rate {spec.pop('rate', 100)} {options}",
                        "flinkVersion": flink},
                    "parallelism": spec.pop("parallelism", 1),
                    "resources": {"jobmanager": {"cpu": 0.5, "memory": "1G"},
                                  "taskmanager": {"cpu": 0.5, "memory": spec.pop("memory", "1G")}},
                    "flinkConfiguration": {"execution.checkpointing.interval": "1s",
                                           "restart-strategy.type": "fixed-delay",
                                           "restart-strategy.fixed-delay.attempts": "1000",
                                           "restart-strategy.fixed-delay.delay": "500 ms",
                                           **(configuration or {})}}},
                **spec}}

    @property
    def path(self):
        return f"{NAMESPACE}/deployments/{self.name}"

    def create(self):
        made = self.daemon.call("POST", f"{NAMESPACE}/deployments", self.document)
        self.id = made["metadata"]["id"]
        return made

    def get(self):
        return self.daemon.call("GET", self.path)

    def patch(self, patch, **more):
        return self.daemon.call("PATCH", self.path, patch,
                                content_type="application/merge-patch+json", **more)

    def set_state(self, state):
        return self.patch({"spec": {"state": state}})

    def status(self):
        return self.get().get("status", {})

    def wait_state(self, state, seconds=150):
        def reached():
            status = self.status()
            if status.get("state") == "FAILED" and state != "FAILED":
                raise Failed(f"{self.name} is FAILED: {status.get('message')}")
            return status.get("state") == state
        try:
            wait_for(f"{self.name} {state}", reached, seconds, 0.1)
        except Failed as failed:
            raise Failed(f"{failed}; status {json.dumps(self.status())}") from None

    def jobs(self):
        """Job resources by rising attempt."""
        items = self.daemon.call("GET", f"{NAMESPACE}/jobs?deploymentId={self.id}")["items"]
        return sorted(items, key=lambda j: j["metadata"]["attempt"])

    def job_ids(self):
        return [j["metadata"]["id"].replace("-", "") for j in self.jobs()]

    def savepoints(self):
        return self.daemon.call("GET", f"{NAMESPACE}/savepoints?deploymentId={self.id}")["items"]

    def events(self):
        return self.daemon.call("GET", f"{NAMESPACE}/events?deploymentId={self.id}")["items"]

    def shown(self, scenario):
        """What the API says beforehand of where that start would begin."""
        def known():
            hint = self.daemon.call("GET", f"{self.path}/restore-decision")[scenario]
            return hint["outcome"] != "UNKNOWN" and hint
        return wait_for(f"the hint {scenario}", known, 60)

    def take_savepoint(self):
        made = self.daemon.call("POST", f"{NAMESPACE}/savepoints",
                                {"metadata": {"deploymentId": self.id}})
        path = f"{NAMESPACE}/savepoints/{made['metadata']['id']}"

        def done():
            now = self.daemon.call("GET", path)
            expect(now["status"]["state"] != "FAILED", f"savepoint failed: {now['status']}")
            return now["status"]["state"] == "COMPLETED" and now
        return wait_for("savepoint", done, 60)

    # ---- what Flink and the job say ----

    def flink(self, path):
        job = self.jobs()[-1]
        status, answer = http("GET", job["status"]["restUrl"] + path, seconds=10)
        expect(status == 200, f"Flink answers {status} to {path}: {answer}")
        return answer

    def flink_restored(self):
        """Path that Flink says it restored, without its scheme; None when it began empty."""
        job = self.job_ids()[-1]
        restored = self.flink(f"/jobs/{job}/checkpoints")["latest"]["restored"]
        return restored and plain(restored["external_path"])

    def flink_parallelism(self):
        job = self.job_ids()[-1]
        return max(v["parallelism"] for v in self.flink(f"/jobs/{job}")["vertices"])

    def report(self, **more):
        return check.check(check.read(str(self.out)), attempts=self.job_ids(), **more)

    def records(self):
        """How many the job has written in all, by whole lines."""
        at, count = self.counted
        try:
            with open(self.out, "rb") as out:
                out.seek(at)
                fresh = out.read()
        except FileNotFoundError:
            return 0
        whole = fresh[:fresh.rfind(b"\n") + 1]
        self.counted = (at + len(whole), count + whole.count(b"@counter record"))
        return self.counted[1]

    def wait_progress(self, records=60, checkpoints=2, seconds=90):
        """The present job writes on, and Flink completes checkpoints of it."""
        before = self.records()
        job = self.job_ids()[-1]

        def moved():
            counts = self.flink(f"/jobs/{job}/checkpoints")["counts"]
            return self.records() - before >= records and counts["completed"] >= checkpoints
        wait_for(f"{self.name} goes on", moved, seconds, 0.2)

    def proven(self, allow_empty=(), newest=False):
        report = self.report(allow_empty=allow_empty, newest=newest)
        expect(not report.problems, "; ".join(str(p) for p in report.problems[:5]))
        return report


def plain(location):
    """One spelling for a path: file:/x, file:///x and /x are the same place."""
    return re.sub(r"^file:/+", "/", location).rstrip("/")
