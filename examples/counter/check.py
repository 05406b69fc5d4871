#!/usr/bin/env python3
"""Proves from the counter job's output file that no number was lost and no state went wrong.

As a command:  check.py FILE [--attempts ID,ID,…] [--allow-empty ID,…] [--newest] [--count N]
Exit code: 0 everything held, 1 something did not, 2 wrong use or no such file.
As a module:   report = check(read(FILE), attempts=[…]); report.problems must be empty.

The words used here: a *run* is one job id with one Flink attempt number (a restart by Flink itself
makes a new run of the same job). A run begins at the number that it restored, `next`; the numbers
before it are what the snapshot stands for, and some earlier run must have written all of them.
"""

import argparse
import dataclasses
import json
import re
import sys
import zlib

_LINE = re.compile(rb"@counter .* #[0-9a-f]{8}$")
_MARK = b"@counter "


@dataclasses.dataclass
class Problem:
    """code is one of:

    BAD              a line disproves its own state
    GAP              a number was skipped, or restored as done and never written
    REPEAT           a number came twice within one run
    OVERLAP          two runs wrote at the same time
    EMPTY_START      a run began without state that another run before it had
    UNKNOWN_RESTORE  a run restored what no earlier run had taken
    OLDER_STATE      a newer snapshot was complete (only when asked for)
    UNKNOWN_ATTEMPT, OUT_OF_ORDER   not as the list of attempts says
    NO_START         records without the line that says where they begin
    UNFINISHED       a bounded job has not written everything
    NOTHING          the file has no line
    """

    code: str
    text: str

    def __str__(self):
        return f"{self.code}: {self.text}"


@dataclasses.dataclass(eq=False)
class Run:
    """One job id with one Flink attempt number. Times are nanoseconds of the machine's clock."""

    job: str
    attempt: int
    first_mono: int
    last_mono: int
    keys: int = 0
    restored: int | None = None  # checkpoint id; None: began empty
    next: int | None = None  # first number that must be processed
    parallelism: int = 0
    records: int = 0
    repeated: int = 0  # records that an earlier run of the same lineage had written already
    last_n: int = -1
    per_key: dict = dataclasses.field(default_factory=dict)  # key -> newest number
    snapshots: dict = dataclasses.field(default_factory=dict)  # id -> next
    completed: list = dataclasses.field(default_factory=list)  # ids, as the job was told
    extras: int = 0  # lines of the additional operator
    parent: "Run | None" = None  # the run that took the snapshot
    root: "Run | None" = None  # the run of this lineage that began empty

    @property
    def id(self):
        return f"{self.job}/a{self.attempt}"

    @property
    def newest_completed(self):
        return max(self.completed, default=None)

    def first_unwritten(self, end):
        """The first number below `end` that this run owes and has not written, or None."""
        missing = []
        for key in range(self.keys):
            begin = _first_at_or_after(self.next, key, self.keys)
            expected = self.per_key.get(key, begin - self.keys) + self.keys
            if expected < end:
                missing.append(expected)
        return min(missing, default=None)


@dataclasses.dataclass
class Report:
    runs: list
    problems: list
    torn: int = 0

    @property
    def ok(self):
        return not self.problems

    @property
    def jobs(self):
        return list(dict.fromkeys(run.job for run in self.runs))

    def codes(self):
        return {problem.code for problem in self.problems}

    def of_job(self, job):
        return [run for run in self.runs if run.job == job]


def _first_at_or_after(n, key, keys):
    return n + (key - n) % keys


def read(path):
    """The whole lines of a file that may still be written to."""
    with open(path, "rb") as file:
        data = file.read()
    end = data.rfind(b"\n")
    return data[:end].split(b"\n") if end >= 0 else []


def parse(raw):
    """(fields, torn): fields is None when no whole line is in it; torn is True when there is
    anything beside a whole line, as a process leaves it that was killed while it wrote."""
    start = raw.rfind(_MARK)
    if start < 0 or not _LINE.match(raw[start:]):
        return None, True
    body, _, crc = raw[start:].rpartition(b" #")
    if zlib.crc32(body) != int(crc, 16):
        return None, True
    _, kind, *pairs, verdict = body.decode("ascii").split(" ")
    fields = dict(pair.split("=", 1) for pair in pairs)
    fields.update(kind=kind, verdict=verdict)
    return fields, start > 0


class _Checker:
    def __init__(self):
        self.runs = {}
        self.problems = []
        self.torn = 0

    def problem(self, code, text):
        self.problems.append(Problem(code, text))

    def take(self, raw):
        fields, torn = parse(raw)
        self.torn += torn
        if fields is None:
            return
        mono = int(fields["mono"])
        key = (fields["job"], int(fields["att"]))
        run = self.runs.get(key)
        if run is None:
            run = self.runs[key] = Run(*key, first_mono=mono, last_mono=mono)
        run.first_mono = min(run.first_mono, mono)
        run.last_mono = max(run.last_mono, mono)
        if fields["verdict"] != "ok":
            self.problem("BAD", f"{run.id}: {raw.decode('ascii', 'replace')}")
        if fields["kind"] in self._TAKERS:
            self._TAKERS[fields["kind"]](self, run, fields)

    def _start(self, run, fields):
        run.keys = int(fields["keys"])
        run.next = int(fields["next"])
        run.restored = None if fields["restored"] == "none" else int(fields["restored"])

    def _record(self, run, fields):
        n, key = int(fields["n"]), int(fields["k"])
        run.parallelism = int(fields["sub"].partition("/")[2])
        run.records += 1
        run.last_n = max(run.last_n, n)
        if run.next is not None:
            begin = _first_at_or_after(run.next, key, run.keys)
            expected = run.per_key.get(key, begin - run.keys) + run.keys
            if n > expected:
                self.problem("GAP", f"{run.id}: key {key} goes on at {n}, not at {expected}")
            elif n < expected:
                self.problem("REPEAT", f"{run.id}: key {key} has {n} again, not {expected}")
        run.per_key[key] = max(n, run.per_key.get(key, n))

    def _extra(self, run, fields):
        run.extras += 1

    def _snapshot(self, run, fields):
        run.snapshots[int(fields["id"])] = int(fields["next"])

    def _complete(self, run, fields):
        run.completed.append(int(fields["id"]))

    # The kind "source" is only ever written with the verdict BAD, which is noted already.
    _TAKERS = {"start": _start, "record": _record, "extra": _extra, "snapshot": _snapshot,
               "complete": _complete}


def _overlaps(runs):
    newest = None
    for run in runs:
        if newest is not None and run.first_mono <= newest.last_mono:
            lasted = (newest.last_mono - run.first_mono) / 1e6
            yield Problem("OVERLAP", f"{run.id} began {lasted:.1f} ms before the last line of "
                          f"{newest.id}: two were running")
        if newest is None or run.last_mono > newest.last_mono:
            newest = run


def _find_parent(run, earlier):
    """The newest run that took this snapshot: an id can be taken again after a rewind."""
    for other in reversed(earlier):
        if other.snapshots.get(run.restored) == run.next:
            return other
    return None


def _link(run, earlier):
    """Finds where the run came from, and how many of its records had been written before."""
    if run.restored is not None:
        run.parent = _find_parent(run, earlier)
    run.root = run.parent.root if run.parent else run
    for key, last in run.per_key.items():
        known = max((r.per_key.get(key, -1) for r in earlier if r.root is run.root), default=-1)
        begin = _first_at_or_after(run.next, key, run.keys)
        if known >= begin:
            run.repeated += (min(known, last) - begin) // run.keys + 1


def _begin_problems(run, earlier, allow_empty):
    """What is wrong with where this run began."""
    if run.restored is None:
        if earlier and run.job not in allow_empty:
            yield Problem("EMPTY_START", f"{run.id} began empty, {earlier[-1].id} came before it")
    elif run.parent is None:
        yield Problem("UNKNOWN_RESTORE", f"{run.id} restored snapshot {run.restored} at number "
                      f"{run.next}: no earlier run took it")
    else:
        missing = run.parent.first_unwritten(run.next)
        if missing is not None:
            yield Problem("GAP", f"{run.id} goes on at {run.next}, but {run.parent.id} never "
                          f"wrote {missing}")


def _older_state(run, earlier):
    """A snapshot newer than the restored one was complete when this run began."""
    if run.parent is None:
        return
    for place, other in reversed(list(enumerate(earlier))):
        newest = other.newest_completed
        if newest is not None:
            if (place, newest) > (earlier.index(run.parent), run.restored):
                yield Problem("OLDER_STATE", f"{run.id} restored snapshot {run.restored} of "
                              f"{run.parent.id}, but {other.id} had completed {newest}")
            return


def _progress_problems(run):
    """A completed snapshot says that every number before it has passed the counter."""
    end = run.snapshots.get(run.newest_completed)
    missing = run.first_unwritten(end) if end is not None else None
    if missing is not None:
        yield Problem("GAP", f"{run.id} completed snapshot {run.newest_completed} at {end}, but "
                      f"never wrote {missing}")


def _attempt_problems(runs, attempts):
    place = -1
    for job in dict.fromkeys(run.job for run in runs):
        if job not in attempts:
            yield Problem("UNKNOWN_ATTEMPT", f"{job} wrote, but is none of the attempts")
        elif attempts.index(job) < place:
            yield Problem("OUT_OF_ORDER", f"{job} began after {attempts[place]}")
        else:
            place = attempts.index(job)


def check(lines, attempts=None, allow_empty=(), newest=False, count=None):
    """Checks the lines of one output file, oldest first, and returns a Report.

    attempts     job ids in the order in which they were started; None: whatever the file has.
                 One that wrote nothing is no problem: it may never have run.
    allow_empty  job ids that may begin without state though others ran before them
    newest       each run must have restored the newest snapshot that was complete by then
    count        the job is bounded: its last run must have written every number below this
    """
    checker = _Checker()
    for raw in lines:
        checker.take(raw)
    problems = checker.problems
    runs = sorted(checker.runs.values(), key=lambda run: run.first_mono)
    if not runs:
        problems.append(Problem("NOTHING", "no line was written"))
    problems.extend(_overlaps(runs))
    if attempts is not None:
        problems.extend(_attempt_problems(runs, attempts))
    started = []
    for run in runs:
        if run.next is None:
            problems.append(Problem("NO_START", f"{run.id} has no start line"))
            continue
        _link(run, started)
        problems.extend(_begin_problems(run, started, allow_empty))
        if newest:
            problems.extend(_older_state(run, started))
        problems.extend(_progress_problems(run))
        started.append(run)
    if count is not None and started:
        missing = started[-1].first_unwritten(count)
        if missing is not None:
            problems.append(Problem("UNFINISHED", f"{started[-1].id} has not written {missing}"))
    return Report(runs, problems, checker.torn)


def _print_text(report):
    for run in report.runs:
        begin = "empty" if run.restored is None else f"snapshot {run.restored}"
        seconds = (run.last_mono - run.first_mono) / 1e9
        print(f"{run.id}  from {begin} at {run.next}, to {run.last_n}: {run.records} records, "
              f"{run.repeated} repeated, parallelism {run.parallelism}, {seconds:.1f} s, "
              f"newest completed snapshot {run.newest_completed}")
    for problem in report.problems:
        print(problem)
    print(f"{len(report.runs)} runs, {report.torn} torn lines, {len(report.problems)} problems")


def _print_json(report):
    shown = ("job", "attempt", "restored", "next", "last_n", "records", "repeated", "parallelism",
             "extras", "first_mono", "last_mono", "newest_completed")
    print(json.dumps({
        "ok": report.ok,
        "torn": report.torn,
        "runs": [{name: getattr(run, name) for name in shown} for run in report.runs],
        "problems": [dataclasses.asdict(problem) for problem in report.problems],
    }, indent=2))


def _ids(text):
    """Job ids as Flink writes them or as UUIDs, separated by commas."""
    return [part.replace("-", "") for part in text.split(",") if part]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="check.py", description="Proves the counter job's output; exit code 0: all held.")
    parser.add_argument("file")
    parser.add_argument("--attempts", type=_ids, help="job ids in the order they were started")
    parser.add_argument("--allow-empty", type=_ids, default=[],
                        help="job ids that may begin without state")
    parser.add_argument("--newest", action="store_true",
                        help="each run must restore the newest complete snapshot")
    parser.add_argument("--count", type=int, help="all numbers below this must be written")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        lines = read(options.file)
    except OSError as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 2
    report = check(lines, options.attempts, options.allow_empty, options.newest, options.count)
    (_print_json if options.json else _print_text)(report)
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
