"""The killers: the programs of the suites around the core, the cheapest first. A mutant is killed by
the first test that fails, by a crash, or by taking much longer than the original does.
"""

import collections
import fnmatch
import json
import os
import resource
import signal
import subprocess
import threading

# (suite, tests of it that have to do with the core)
SUITES = [("unit", "core_*"), ("scenario", "*"), ("exhaustive", "*"), ("api", "api_hints"), ("crash", "*")]
# No test, but a proof that a change of the rules decides nothing otherwise: see decisions.c.
DECISIONS = "exhaustive/decisions"
# Nor a test: so many storms, whose first failure is not cut down to a story.
STORMS = "storms/storms"
STORMS_ARGUMENTS = ["--runs", "400", "--whole", "--stories", "/dev/null"]
FAILED = b"[  FAILED  ]"
# A mutant may allocate or print without end.
MOST_MEMORY = 2 << 30
CPU_SLACK_S = 5
WALL_SLACK_S = 120

Killer = collections.namedtuple("Killer", "name program arguments")
Run = collections.namedtuple("Run", "failed how seconds")


def killers(build, patterns):
    """As meson.build files declare them: (suite/test, program, arguments)."""
    with open(os.path.join(build, "meson-info", "intro-tests.json"), encoding="utf-8") as source:
        tests = json.load(source)
    found = []
    for suite, names in SUITES:
        for test in tests:
            of_suite = any(entry.split(":")[-1] == suite for entry in test["suite"])
            if of_suite and fnmatch.fnmatch(test["name"], names):
                found.append(Killer(f"{suite}/{test['name']}", test["cmd"][0], test["cmd"][1:]))
    found.append(Killer(DECISIONS, os.path.join(build, "tests/prove/mutation/decisions"), []))
    found.append(Killer(STORMS, os.path.join(build, "tests/sim/prove_storms"), STORMS_ARGUMENTS))
    return [killer for killer in found if any(fnmatch.fnmatch(killer.name, glob) for glob in patterns)]


def how_it_ended(status, failed_test, last_lines):
    if failed_test:
        return failed_test
    if status == -signal.SIGXCPU:
        return "time-out"
    if status < 0:
        return f"signal {-status}"
    return "; ".join(line.decode(errors="replace").strip() for line in last_lines)


def run(program, arguments, library, cpu_s):
    """Runs it with the library of that folder, until the end or the first test that fails. The limit is
    of CPU time, as other work on the machine must kill no mutant; that of wall time is for one that
    sleeps."""
    # The programs say what a test has failed on standard error.
    with subprocess.Popen([program, *arguments], cwd=library, stdin=subprocess.DEVNULL,
                          env=dict(os.environ, LD_LIBRARY_PATH=library),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (int(cpu_s) + 1, int(cpu_s) + 2))
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        # Not process.kill(): that would wait for it, and the CPU time would be lost.
        late = threading.Timer(10 * cpu_s + WALL_SLACK_S, os.kill, (process.pid, signal.SIGKILL))
        late.start()
        failed_test, last_lines = None, collections.deque(maxlen=4)
        for line in process.stdout:
            last_lines.append(line)
            if FAILED in line:
                failed_test = line.split(FAILED)[1].decode(errors="replace").strip() or "a test"
                os.kill(process.pid, signal.SIGKILL)
                break
        _, status, usage = os.wait4(process.pid, 0)
        late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    how = how_it_ended(process.returncode, failed_test, last_lines) if process.returncode else ""
    return Run(process.returncode != 0, how, usage.ru_utime + usage.ru_stime)


def clean_runs(found, builder):
    """How long each takes on the original, the cheapest first; and those that fail there."""
    timed, failing = [], []
    for name, program, arguments in found:
        linked = builder.link(program)
        if name == DECISIONS:
            arguments = [os.path.join(builder.base, "decisions-of-the-original")]
        ended = run(linked, arguments, builder.base, 3600)
        if ended.failed:
            failing.append(f"{name}: {ended.how}")
        timed.append((ended.seconds, Killer(name, linked, arguments)))
    # A proof that it is the same comes after the tests that look at the same states.
    last = max((seconds for seconds, killer in timed if killer.name.startswith("exhaustive/")), default=0)
    return sorted(timed, key=lambda pair: last + 0.01 if pair[1].name == DECISIONS else pair[0]), failing


def limit_s(clean_s):
    return 2 * clean_s + CPU_SLACK_S
