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
            name = f"{suite}/{test['name']}"
            of_suite = any(entry.split(":")[-1] == suite for entry in test["suite"])
            if of_suite and fnmatch.fnmatch(test["name"], names) and \
                    any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                found.append(Killer(name, test["cmd"][0], test["cmd"][1:]))
    return found


def how_it_ended(status, failed_test):
    if failed_test:
        return failed_test
    if status == -signal.SIGXCPU:
        return "time-out"
    return f"signal {-status}" if status < 0 else f"exit {status}"


def run(program, arguments, cwd, cpu_s):
    """Runs until the end or the first test that fails. The limit is of CPU time, as other work on the
    machine must kill no mutant; that of wall time is for one that sleeps."""
    # The programs say what a test has failed on standard error.
    with subprocess.Popen([program, *arguments], cwd=cwd, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (int(cpu_s) + 1, int(cpu_s) + 1))
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        # Not process.kill(): that would wait for it, and the CPU time would be lost.
        late = threading.Timer(10 * cpu_s + WALL_SLACK_S, os.kill, (process.pid, signal.SIGKILL))
        late.start()
        failed_test = None
        for line in process.stdout:
            if FAILED in line:
                failed_test = line.split(FAILED)[1].decode(errors="replace").strip() or "a test"
                os.kill(process.pid, signal.SIGKILL)
                break
        _, status, usage = os.wait4(process.pid, 0)
        late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime
    failed = process.returncode != 0
    return Run(failed, how_it_ended(process.returncode, failed_test) if failed else "", seconds)


def clean_runs(found, build):
    """How long each takes on the original, the cheapest first; and those that fail there."""
    timed, failing = [], []
    for killer in found:
        ended = run(killer.program, killer.arguments, build, 3600)
        if ended.failed:
            failing.append(f"{killer.name}: {ended.how}")
        timed.append((ended.seconds, killer))
    return sorted(timed, key=lambda pair: pair[0]), failing


def limit_s(clean_s):
    return 2 * clean_s + CPU_SLACK_S
