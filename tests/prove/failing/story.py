"""A day in the life of one sluiced, of which one call may fail; and what must be so afterwards.

The first life creates a Deployment, labels it, lets it start a cluster (a stand-in for Java that never
listens), cancels it and ends. The second one has no faults: what the first acknowledged must be there,
what runs must be taken down, and nothing may be left behind.
"""

import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
from lab import BUILD, NAMESPACE, Daemon, Failed, expect, http as ask, wait_for  # noqa: E402

LIBRARY = BUILD / "tests" / "prove" / "failing" / "failing_calls.so"
JAVA = BUILD / "tests" / "contract" / "fake_java"
NO_ANSWER = (urllib.error.URLError, http.client.HTTPException, ConnectionError)
DIED = 100  # how the library ends it instead of a core dump; who was to blame is in its report
ANSWER_S = 10  # nobody waits longer for an answer of the daemon
PATH = NAMESPACE + "/deployments"


def prepare(directory):
    """What a Deployment needs of its surroundings: a Flink home, and a jar."""
    home = directory / "home" / "lib"
    home.mkdir(parents=True, exist_ok=True)
    (home / "flink-runtime-1.20.5.jar").touch()
    with zipfile.ZipFile(directory / "job.jar", "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: Job\n")
        jar.writestr("Job.class", "")


class Life(Daemon):
    """A sluiced whose end is no surprise. `said` is what it acknowledged."""

    def __init__(self, directory, environment):
        self.said = {}
        config = {"flink": {"homes": {"1.20": str(directory / "home")}},
                  "local": {"java": str(JAVA), "user": "root" if os.geteuid() == 0 else "",
                            "quickStart": "", "noClassDataSharing": True}}
        super().__init__(directory, config=config, environment=environment)

    def start(self):
        """It may well refuse to start, with a word about why; it may not hang."""
        hung = threading.Timer(ANSWER_S, lambda: self.process.kill())
        hung.start()
        try:
            super().start()
        except Failed:
            self.url = None
            wrong = self.ends()
            expect(not wrong, f"before it was ready {wrong}")
            log = self.directory / "sluiced.log"
            expect(log.stat().st_size > 0 or self.process.returncode == DIED,
                   f"before it was ready it ended with {self.process.returncode}, without a word")
        finally:
            hung.cancel()

    def ask(self, method, path, body=None):
        """The answer, or None when there is none. Waiting in vain is a failure."""
        began = time.monotonic()
        try:
            return ask(method, self.url + path, body, seconds=ANSWER_S,
                       headers={"Connection": "close"})
        except TimeoutError:
            raise Failed(f"{method} {path} is neither answered nor refused in {ANSWER_S} s") from None
        except NO_ANSWER as error:
            waited = isinstance(getattr(error, "reason", None), TimeoutError)
            expect(not waited, f"{method} {path} is neither answered nor refused: "
                               f"{time.monotonic() - began:.0f} s")
            return None

    def observed(self):
        answer = self.ask("GET", PATH + "/d")
        return answer[1]["status"]["state"] if answer and answer[0] == 200 else None

    def ends(self):
        """Asked to end, or by itself. Gives back what was wrong with that."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=ANSWER_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "SIGTERM does not end it"
        finally:
            self.process.stdout.close()
        return None if code >= 0 else f"it ended by signal {-code}"


def deployment(directory):
    return {"kind": "Deployment", "apiVersion": "v1", "metadata": {"name": "d"},
            "spec": {"state": "RUNNING", "upgradeStrategy": {"kind": "STATELESS"},
                     "restoreStrategy": {"kind": "NONE"},
                     "template": {"spec": {
                         "artifact": {"kind": "JAR", "flinkVersion": "1.20",
                                      "jarUri": f"file://{directory}/job.jar"},
                         "parallelism": 1,
                         "flinkConfiguration": {"env.java.opts.all": "-Dfake=mute"}}}}}


def is_told(answer, codes):
    return answer is not None and answer[0] in codes


def first_life(life, directory, patience):
    if is_told(life.ask("POST", PATH, deployment(directory)), (200, 201)):
        life.said["there"] = True
    if is_told(life.ask("PATCH", PATH + "/d", {"metadata": {"labels": {"a": "b"}}}), (200,)):
        life.said["labelled"] = True
    until(lambda: life.processes(), patience)
    if is_told(life.ask("PATCH", PATH + "/d", {"spec": {"state": "CANCELLED"}}), (200,)):
        life.said["cancelled"] = True
    until(lambda: life.observed() == "CANCELLED", patience)
    for path in (PATH, "/metrics", "/healthz", NAMESPACE + "/events"):
        life.ask("GET", path)


def until(condition, seconds):
    """What a fault may delay is not waited for to the end: the next life tells."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


def second_life(directory, said):
    life = Life(directory, {})
    try:
        expect(life.url, "it does not start any more")
        status, found = life.ask("GET", PATH + "/d")
        expect(status == 200 or not said.get("there"), "what was created is not there any more")
        if status == 200:
            spec, labels = found["spec"], found["metadata"].get("labels", {})
            expect(labels.get("a") == "b" or not said.get("labelled"), "its label is lost")
            expect(spec["state"] == "CANCELLED" or not said.get("cancelled"), "its edit is lost")
            life.call("PATCH", PATH + "/d", {"spec": {"state": "CANCELLED"}})
            wait_for("it is CANCELLED", lambda: life.observed() == "CANCELLED", 30, every=0.01)
            life.call("DELETE", PATH + "/d")
            wait_for("it is deleted", lambda: life.ask("GET", PATH + "/d")[0] == 404, 30, every=0.01)
        wait_for("nothing is left running", lambda: not life.processes(), 10, every=0.01)
        wrong = life.ends()
        expect(not wrong, wrong)
    finally:
        life.clean_up()


def play(directory, environment):
    """One story; gives back None, or what was wrong."""
    shutil.rmtree(directory / "data", ignore_errors=True)
    (directory / "sluiced.log").unlink(missing_ok=True)
    life = None
    try:
        life = Life(directory, environment)
        if life.url:
            first_life(life, directory, 3)
            wrong = life.ends()
            expect(not wrong, wrong)
        second_life(directory, life.said)
        log = (directory / "sluiced.log").read_text(errors="replace")
        found = [line for line in log.splitlines() if "Sanitizer" in line or "runtime error:" in line]
        expect(not found, f"a sanitizer found something: {found[:2]}")
        return None
    except Failed as failure:
        return str(failure)
    finally:
        if life:
            life.clean_up()
