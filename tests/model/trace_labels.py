"""What a run of the simulated daemon did (tests/sim/trace.h), as labels of the model's steps (replay.pml).

README.md, "Runs of the daemon", has the mapping as a table, and what is left out.
"""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
CODES = {name: int(code) for name, code in
         re.findall(r"^#define T_(\w+) +(\d+)", (HERE / "replay.pml").read_text(), re.MULTILINE)}
MOST_ATTEMPTS = 7
MOST_STOPS = 2

WORLD = {
    "jobmanager starts": "JOBMANAGER_STARTS",
    "jobmanager dies": "JOBMANAGER_DIES",
    "cluster ends": "CLUSTER_ENDS",
    "orphans end": "ORPHANS_END",
    "job starts from the newest": "STARTS",
    "job starts from an older one": "STARTS_STALE",
    "job finishes": "FINISHES",
    "job is cancelled": "CANCELLED",
    "job fails": "FAILS",
    "taskmanager is missing": "TASKMANAGER_DIES",
    "taskmanager is back": "TASKMANAGER_BACK",
    "snapshot": "SNAPSHOT",
}
OF_A_STOP = {
    "begins": "STOP_BEGINS",
    "stops the job": "STOPPED",
    "saves and does not stop": "SAVED",
    "fails": "STOP_FAILS",
}
STATES = ["RUNNING", "SUSPENDED", "CANCELLED"]
PART = {"RESERVED": "reserved", "PROVISIONED": "reserved", "SUBMITTED": "live", "UP": "live",
        "ENDED": "ended", "READ": "ended", "GONE": "gone", "NONE": "over", "DONE": "over"}


class OutOfBounds(Exception):
    """The model has no more attempts, tries or incarnations, or does not know such a thing."""


class Attempt:
    """The record's current attempt, as the line before left it."""

    def __init__(self, number):
        self.number = number
        self.part = "reserved"
        self.intent = "PROVISION"
        self.stops = 0
        self.abandoned = False
        self.torn_down = False


class Translation:
    """Labels so far: (name, number, try of a stop less one)."""

    def __init__(self):
        self.labels = []
        self.attempt = None
        self.version = 1
        self.started = set()
        self.next = 0  # the standby's number
        self.ending = False

    def add(self, name, number, which=0):
        self.labels.append((name, number, which))

    def line(self, text):
        kind, *words = text.split()[1:]
        getattr(self, kind)(*words)

    def daemon(self, *_):
        """Dies: what was decided and not committed is lost, as if nobody had looked."""

    # ---- the user: when the record takes it in

    def user(self, word, *more):
        if word != "edits":
            self.add("WANT", STATES.index(word))
            return
        version, upgrade = more
        self.version = int(version)
        # What is reserved under NONE is started as it was: see pends().
        if upgrade != "NONE" or not self.attempt or self.attempt.part != "reserved":
            self.add("EDIT", int(upgrade == "STATELESS"))

    def pends(self, version):
        """The model takes an edit for done with the next start. Under NONE a recovery starts what ran
        before, and the edit pends on."""
        if int(version) < self.version:
            self.add("EDIT", 0)

    # ---- calls and the world

    def call(self, what, number, which="1"):
        self.add("CALL_" + what.upper(), int(number), self.stop(which) - 1)

    def world(self, number, *words):
        number, what = int(number), " ".join(words)
        if words[0] == "stop":
            self.add(OF_A_STOP[" ".join(words[2:])], number, self.stop(words[1]) - 1)
            return
        if what == "jobmanager starts" and number in self.started:
            raise OutOfBounds("a second incarnation")
        self.started.add(number)
        self.add(WORLD[what], number)

    @staticmethod
    def stop(which):
        if int(which) > MOST_STOPS:
            raise OutOfBounds(f"more than {MOST_STOPS} stops")
        return int(which)

    # ---- commits

    def standby(self, number, step):
        number = int(number)
        if number != self.next:
            self.reserve(number)
            self.next = number
        elif step == "END" and not self.ending:
            self.add("ABANDON", number)
        self.ending = step == "END"

    def record(self, first, *words):
        if first == "halts":
            raise OutOfBounds("a halt")
        _, _, version, phase, _, intent, _, stops, _, _ = words
        if not self.attempt or int(first) != self.attempt.number:
            self.reserved(int(first))
            return
        at, part, stops = self.attempt, PART[phase], int(stops)
        if at.part == "reserved":
            self.of_a_reserved_one(at, part, version)
        elif at.part == "live" and part == "live":
            self.of_a_living_one(at, intent, stops)
        elif at.part == "live":
            self.add("ENDED", at.number)
        elif part == "live":
            self.add("LATE", at.number)
            self.add("UP", at.number)
            at.torn_down = False
        self.of_its_end(at, phase, part, intent)
        at.part, at.intent, at.stops = part, intent, stops

    def reserved(self, number):
        # What it left behind and the next reservation are one commit (docs/decisions/0006).
        if self.attempt and self.attempt.part == "gone" and not self.attempt.abandoned:
            self.add("COLLECT", self.attempt.number)
        if number != self.next:  # else it was the standby
            self.reserve(number)
        self.attempt = Attempt(number)

    def reserve(self, number):
        if number > MOST_ATTEMPTS:
            raise OutOfBounds(f"more than {MOST_ATTEMPTS} attempts")
        self.add("RESERVE", number)

    def of_a_reserved_one(self, at, part, version):
        if part == "live":
            self.add("SUBMIT", at.number)
            self.pends(version)
        elif part != "reserved":
            self.add("ABANDON", at.number)
            at.abandoned = True

    def of_a_living_one(self, at, intent, stops):
        if at.intent == "SUBMIT" and intent != "SUBMIT":
            self.add("UP", at.number)
        if at.intent != "CANCEL" and intent == "CANCEL":
            self.add("CANCEL", at.number)
        elif at.intent == "STOP" and intent != "STOP":
            self.add("STOP_OVER", at.number)
        if stops > at.stops:
            self.stop(stops)
            self.add("STOP", at.number)

    def of_its_end(self, at, phase, part, intent):
        if at.abandoned:
            return
        if phase == "READ" and intent == "TEARDOWN" and not at.torn_down:
            self.add("TEARDOWN", at.number)
            at.torn_down = True
        if part == "over" and at.part != "over":
            self.add("COLLECT", at.number)


def translate(lines):
    """(labels, why it was cut off there; empty = it is whole)."""
    t = Translation()
    try:
        for text in lines:
            t.line(text)
    except OutOfBounds as e:
        return t.labels, str(e)
    return t.labels, ""


def code(label):
    name, number, which = label
    return (CODES[name] + which) * 8 + number


def traces(lines):
    """(name, lines) of each trace that trace_runs printed."""
    name, some = None, []
    for text in lines:
        text = text.rstrip("\n")
        if text.startswith("trace "):
            if name is not None:
                yield name, some
            name, some = text[len("trace "):], []
        elif text:
            some.append(text)
    if name is not None:
        yield name, some
