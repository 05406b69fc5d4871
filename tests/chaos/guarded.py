"""A sluiced that is killed at given points of its log and started again each time."""

import http.client
import pathlib
import re
import signal
import sys
import threading
import time
import urllib.error

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from lab import BUILD, Daemon, Failed, expect  # noqa: E402
from plan import COLUMNS  # noqa: E402

LIBRARY = BUILD / "tests" / "chaos" / "killpoint.so"
UNREACHABLE = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)
PATIENCE = 60  # seconds that a call is repeated for while sluiced is down


class Guarded(Daemon):
    """Daemon whose calls outlast its deaths. `hits` are the points at which it really died."""

    def __init__(self, directory, **more):
        expect(LIBRARY.exists(), f"{LIBRARY} is missing: it is part of the build")
        directory.mkdir(parents=True, exist_ok=True)
        self.killpoint = directory / "killpoint"
        self.points = []
        self.hits = []
        self.trouble = None  # why it ended when nobody killed it
        self.ending = False
        super().__init__(directory, environment={"LD_PRELOAD": str(LIBRARY),
                                                 "KILLPOINT": str(self.killpoint)}, **more)
        self.guard = threading.Thread(target=self._guard, daemon=True)
        self.guard.start()

    def arm(self, points, deployment):
        """It dies at each of these (text, kind), one after the other, of that Deployment."""
        self.points = [f"{text}|{kind}|1|{deployment}\n" for text, kind in points]
        self.hits = []
        self._next_point()

    def disarm(self):
        self.points = []
        self._next_point()

    def call(self, method, path, body=None, **more):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return super().call(method, path, body, seconds=5, **more)
            except UNREACHABLE as error:
                if self.trouble or time.monotonic() > deadline:
                    raise Failed(self.trouble or f"sluiced is not there: {error}") from None
            time.sleep(0.05)

    def clean_up(self):
        self.ending = True
        self.process.kill()
        self.guard.join()
        self.kill_processes(only_java=False)

    def _next_point(self):
        new = self.killpoint.with_suffix(".new")
        new.write_text(self.points.pop(0) if self.points else "")
        new.rename(self.killpoint)

    def _guard(self):
        while True:
            code = self.process.wait()
            self.process.stdout.close()
            if self.ending:
                return
            try:
                self._note_death(code)
                self._next_point()
                self.start()
            except Failed as failed:
                self.trouble = str(failed)
                return

    def _note_death(self, code):
        hit = self.killpoint.with_suffix(".hit")
        expect(code == -signal.SIGKILL and hit.exists(), f"sluiced ended by itself with {code}")
        line = hit.read_text()
        hit.unlink()
        text = next(t for t in COLUMNS if f" {t} " in line)
        self.hits.append((text, re.search(r" intent=(\w+)", line)[1]))
