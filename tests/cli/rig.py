"""What the tests of sluice share: a server that answers from a script, and a terminal."""

import contextlib
import datetime
import fcntl
import http.server
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SLUICE = pathlib.Path(os.environ.get("SLUICE_BUILD", ROOT / "build")).resolve() / "sluice"
NS = "/api/v1/namespaces/default"


class Failed(Exception):
    """An expectation did not hold; the text says which, and what was seen instead."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


def ago(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Answer:
    def __init__(self, body, status=200, content_type="application/json", cut=False):
        self.raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.status = status
        self.content_type = content_type
        self.cut = cut


def problem(status, code, message, pointer=None):
    errors = [{"pointer": pointer, "detail": message}] if pointer is not None else []
    return Answer({"type": f"urn:sluice:problem:{code}", "status": status, "code": code,
                   "detail": message, "message": message, "errors": errors},
                  status, "application/problem+json")


class Server:
    """Answers "METHOD /path" (of the query only `since` counts) from `script`: one answer, or a
    list of them, the last of which is repeated. `asked` is what was asked for: (method, target,
    body)."""

    def __init__(self, script):
        self.script = {key: value if isinstance(value, list) else [value]
                       for key, value in script.items()}
        self.asked = []
        self.author = None  # of the last request
        self.connections = []
        self.port = 0
        self.start()

    def start(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                outer.connections.append(self.connection)

            def serve(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                outer.author = self.headers.get("X-Sluice-Author")
                outer.asked.append((self.command, self.path, json.loads(body) if body else None))
                answer = outer.answer(self.command, self.path)
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.raw) + (9 if answer.cut else 0)))
                self.end_headers()
                self.wfile.write(answer.raw)
                self.close_connection = answer.cut

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

            def log_message(self, *_):
                pass

        http.server.ThreadingHTTPServer.allow_reuse_address = True
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.http.daemon_threads = True
        # A client that goes away in the middle is what some tests are about.
        self.http.handle_error = lambda *_: None
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, method, target):
        path, _, query = target.partition("?")
        key = f"{method} {path}"
        answers = self.script.get(key)
        if not answers:
            return problem(404, "NOT_FOUND", f"there is no {key}")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        since = re.search(r"\bsince=(\d+)", query)
        if since:
            answer = answer | {"items": [event for event in answer["items"] if
                                         event["metadata"]["sequence"] > int(since[1])]}
        return answer if isinstance(answer, Answer) else Answer(answer)

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    def writes(self):
        return [asked for asked in self.asked if asked[0] != "GET"]


@contextlib.contextmanager
def serving(script):
    server = Server(script)
    try:
        yield server
    finally:
        server.stop()


class Ended:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def environment(server=None, **more):
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TERM": "xterm"}
    env |= {key: os.environ[key] for key in os.environ
            if key.startswith(("ASAN_", "UBSAN_", "LSAN_"))}
    # Nobody answers there.
    env["SLUICE_SERVER"] = server.url if server else "http://127.0.0.1:9"
    env.update(more)
    return env


def sluice(*args, server=None, stdin="", env=None, seconds=30):
    done = subprocess.run([SLUICE, *args], input=stdin, capture_output=True, text=True,
                          timeout=seconds, env=environment(server, **(env or {})), check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


def begin(*args, server):
    """A sluice that runs on its own; its end is had by finish."""
    return subprocess.Popen([SLUICE, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env=environment(server))


def finish(process, signo=None, seconds=30):
    if signo:
        process.send_signal(signo)
    out, err = process.communicate(timeout=seconds)
    return Ended(process.returncode, out, err)


def until(what, condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < deadline, f"{what}: not within {seconds} s")
        time.sleep(0.02)


def on_terminal(*args, server, typed="", env=None, seconds=30):
    """The same on a terminal of 120 columns: (exit code, everything that it shows)."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(SLUICE, [str(SLUICE), *args], environment(server, **(env or {})))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    shown = b""
    deadline = time.monotonic() + seconds
    try:
        while True:
            ready, _, _ = select.select([fd], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                os.kill(pid, signal.SIGKILL)
                raise Failed(f"it did not end on a terminal; it showed {shown!r}")
            try:
                chunk = os.read(fd, 65536)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
            if typed and b"[y/N]" in shown:
                os.write(fd, typed.encode())
                typed = ""
    finally:
        _, status = os.waitpid(pid, 0)
        os.close(fd)
    return os.waitstatus_to_exitcode(status), shown.decode().replace("\r\n", "\n")


def stable(text, server):
    """Without what differs from run to run."""
    text = text.replace(server.url if server else "http://127.0.0.1:9", "http://SERVER")
    # Those of events are fixed.
    text = re.sub(r"20\d\d-(?!11-22T16:40)\d\d-\d\dT[\d:.]+Z", "TIME", text)
    text = re.sub(r"port \d+ after \d+ ms", "port N after N ms", text)
    return re.sub(r"after \d+\.\d+s", "after N s", text)


def golden(name, text, update=False):
    path = HERE / "golden" / f"{name}.txt"
    if update:
        path.write_text(text)
        return
    expect(path.exists(), f"there is no {path.name}; make it with tests/cli/run --update")
    wanted = path.read_text()
    expect(text == wanted, f"{path.name} reads\n{wanted}\nbut this came\n{text}")
