"""check.py must find every kind of fault, and must not cry wolf over what a restore may do.

Run: python3 -m unittest discover -s examples/counter
"""

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check  # noqa: E402

A, B, C = "a" * 32, "b" * 32, "c" * 32
KEYS = 2


class Story:
    """Writes the lines that jobs would write, on a clock that every line moves on by 1 ms."""

    def __init__(self):
        self.lines = []
        self.now = 1_000_000_000

    def write(self, kind, job, fields, verdict="ok", attempt=0, subtask="0/1"):
        self.now += 1_000_000
        body = (f"@counter {kind} job={job} att={attempt} sub={subtask} {fields} "
                f"mono={self.now} wall=1795401848734 {verdict}").encode()
        self.lines.append(b"%s #%08x" % (body, zlib.crc32(body)))
        return self

    def start(self, job, restored, begin, attempt=0):
        return self.write("start", job, f"restored={restored} next={begin} keys={KEYS}",
                          attempt=attempt)

    def records(self, job, begin, end, attempt=0):
        for n in range(begin, end):
            self.write("record", job, f"k={n % KEYS} c={n // KEYS + 1} s=0 n={n}", attempt=attempt)
        return self

    def snapshot(self, job, number, following, complete=True, attempt=0):
        self.write("snapshot", job, f"id={number} next={following}", attempt=attempt)
        if complete:
            self.write("complete", job, f"id={number}", attempt=attempt)
        return self

    def check(self, **options):
        return check.check(self.lines, **options)


def savepoint_upgrade():
    """A stops with a savepoint at 10, B goes on."""
    return (Story().start(A, "none", 0).records(A, 0, 10).snapshot(A, 1, 10)
            .start(B, 1, 10).records(B, 10, 20))


def crash():
    """A completes checkpoint 1 at 10, is killed at 14; B reads 10 to 13 again."""
    return (Story().start(A, "none", 0).records(A, 0, 10).snapshot(A, 1, 10).records(A, 10, 14)
            .start(B, 1, 10).records(B, 10, 20))


class WhatIsRight(unittest.TestCase):
    def holds(self, story, **options):
        report = story.check(**options)
        self.assertEqual([], [str(p) for p in report.problems])
        return report

    def test_an_upgrade_with_a_savepoint_repeats_nothing(self):
        report = self.holds(savepoint_upgrade(), attempts=[A, B], newest=True)
        self.assertEqual([A, B], report.jobs)
        self.assertEqual([0, 0], [run.repeated for run in report.runs])
        self.assertEqual([(None, 0), (1, 10)], [(run.restored, run.next) for run in report.runs])

    def test_a_crash_repeats_what_came_after_the_checkpoint(self):
        report = self.holds(crash(), attempts=[A, B], newest=True)
        self.assertEqual([0, 4], [run.repeated for run in report.runs])

    def test_repeats_are_counted_over_all_earlier_runs(self):
        story = crash()
        story.start(C, 1, 10).records(C, 10, 12)
        self.assertEqual([0, 4, 2], [run.repeated for run in self.holds(story).runs])

    def test_a_restart_by_flink_is_a_run_of_its_own(self):
        story = (Story().start(A, "none", 0).records(A, 0, 6).snapshot(A, 1, 4)
                 .start(A, 1, 4, attempt=1).records(A, 4, 8, attempt=1))
        report = self.holds(story, attempts=[A])
        self.assertEqual([0, 1], [run.attempt for run in report.of_job(A)])

    def test_an_attempt_that_never_ran_is_no_fault(self):
        self.holds(savepoint_upgrade(), attempts=[A, C, B])

    def test_an_empty_start_that_was_asked_for(self):
        story = savepoint_upgrade()
        story.start(C, "none", 0).records(C, 0, 4)
        report = self.holds(story, allow_empty=[C])
        self.assertEqual(0, report.runs[-1].repeated)

    def test_keys_may_run_apart_while_nothing_is_restored_yet(self):
        story = Story().start(A, "none", 0)
        for n in (0, 2, 4, 1):
            story.records(A, n, n + 1)
        self.holds(story)

    def test_a_line_cut_by_a_kill_is_told_from_the_line_after_it(self):
        story = crash()
        cut = next(i for i, line in enumerate(story.lines) if B.encode() in line)
        story.lines[cut] = story.lines[3][:40] + story.lines[cut]
        self.assertEqual(1, self.holds(story).torn)

    def test_a_bounded_job_that_wrote_everything(self):
        self.holds(savepoint_upgrade(), count=20)


class WhatIsWrong(unittest.TestCase):
    def finds(self, code, story, **options):
        self.assertEqual({code}, story.check(**options).codes())

    def test_nothing_written(self):
        self.finds("NOTHING", Story())

    def test_a_line_that_disproves_itself(self):
        story = Story().start(A, "none", 0)
        story.write("record", A, "k=0 c=7 s=0 n=0", verdict="BAD(count!=1)")
        self.finds("BAD", story)

    def test_a_source_that_is_not_where_its_state_is(self):
        story = Story().start(A, "none", 0)
        story.write("source", A, "n=5", verdict="BAD(next=0)")
        self.finds("BAD", story)

    def test_a_skipped_number(self):
        self.finds("GAP", Story().start(A, "none", 0).records(A, 0, 4).records(A, 6, 8))

    def test_a_number_missing_at_the_beginning_of_a_run(self):
        story = Story().start(A, "none", 0).records(A, 0, 10).snapshot(A, 1, 10)
        self.finds("GAP", story.start(B, 1, 10).records(B, 12, 14))

    def test_a_restore_beyond_what_was_written(self):
        story = Story().start(A, "none", 0).records(A, 0, 8).snapshot(A, 1, 10, complete=False)
        self.finds("GAP", story.start(B, 1, 10).records(B, 10, 12))

    def test_a_completed_snapshot_beyond_what_was_written(self):
        self.finds("GAP", Story().start(A, "none", 0).records(A, 0, 8).snapshot(A, 1, 10))

    def test_a_repeat_within_a_run(self):
        self.finds("REPEAT", Story().start(A, "none", 0).records(A, 0, 4).records(A, 2, 4))

    def test_a_repeat_before_the_restored_number(self):
        story = Story().start(A, "none", 0).records(A, 0, 10).snapshot(A, 1, 10)
        self.finds("REPEAT", story.start(B, 1, 10).records(B, 8, 9))

    def test_two_jobs_at_the_same_time(self):
        story = savepoint_upgrade()
        story.snapshot(A, 2, 10)
        self.finds("OVERLAP", story)

    def test_an_old_run_that_outlives_two_others(self):
        story = savepoint_upgrade()
        story.snapshot(B, 2, 20).start(C, 2, 20).records(C, 20, 22).records(A, 10, 11)
        self.finds("OVERLAP", story)

    def test_an_empty_start_that_nobody_asked_for(self):
        story = savepoint_upgrade()
        self.finds("EMPTY_START", story.start(C, "none", 0).records(C, 0, 4))

    def test_a_restore_of_something_unknown(self):
        story = savepoint_upgrade()
        self.finds("UNKNOWN_RESTORE", story.start(C, 9, 12).records(C, 12, 14))

    def test_the_right_snapshot_with_the_wrong_number(self):
        story = Story().start(A, "none", 0).records(A, 0, 10).snapshot(A, 1, 10)
        self.finds("UNKNOWN_RESTORE", story.start(B, 1, 9).records(B, 9, 12))

    def test_an_older_snapshot_of_the_same_run(self):
        story = (Story().start(A, "none", 0).records(A, 0, 4).snapshot(A, 1, 4).records(A, 4, 8)
                 .snapshot(A, 2, 8).start(B, 1, 4).records(B, 4, 6))
        self.finds("OLDER_STATE", story, newest=True)
        self.assertTrue(story.check().ok, "without being asked for it is no fault")

    def test_an_older_snapshot_of_an_earlier_run(self):
        story = savepoint_upgrade()
        story.snapshot(B, 2, 20).start(C, 1, 10).records(C, 10, 12)
        self.finds("OLDER_STATE", story, newest=True)

    def test_a_job_that_is_none_of_the_attempts(self):
        self.finds("UNKNOWN_ATTEMPT", savepoint_upgrade(), attempts=[A])

    def test_attempts_in_the_wrong_order(self):
        self.finds("OUT_OF_ORDER", savepoint_upgrade(), attempts=[B, A])

    def test_records_without_a_beginning(self):
        self.finds("NO_START", Story().records(A, 0, 4))

    def test_a_bounded_job_that_stopped_short(self):
        self.finds("UNFINISHED", savepoint_upgrade(), count=21)


class TheLine(unittest.TestCase):
    def test_a_whole_line(self):
        fields, torn = check.parse(Story().start(A, "none", 0).lines[0])
        self.assertEqual((A, "start", "ok", False),
                         (fields["job"], fields["kind"], fields["verdict"], torn))

    def test_a_changed_byte_is_no_line(self):
        raw = Story().records(A, 0, 1).lines[0].replace(b"n=0 ", b"n=1 ")
        self.assertEqual((None, True), check.parse(raw))

    def test_other_bytes_are_no_line(self):
        for raw in (b"", b"@counter", b"\xff\xfe", b"@counter record #zzzzzzzz"):
            self.assertEqual((None, True), check.parse(raw))


class TheCommand(unittest.TestCase):
    def run_on(self, story, *arguments, tail=b""):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"".join(line + b"\n" for line in story.lines) + tail)
            file.flush()
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                code = check.main([file.name, *arguments])
        return code, output.getvalue()

    def test_success_with_the_ids_written_as_uuids(self):
        uuids = ",".join(f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}" for i in (A, B))
        code, output = self.run_on(savepoint_upgrade(), "--attempts", uuids)
        self.assertEqual(0, code)
        self.assertIn("2 runs, 0 torn lines, 0 problems", output)

    def test_a_fault_is_exit_code_1(self):
        code, output = self.run_on(savepoint_upgrade(), "--attempts", A)
        self.assertEqual(1, code)
        self.assertIn("UNKNOWN_ATTEMPT", output)

    def test_a_line_that_is_being_written_is_left_for_later(self):
        code, output = self.run_on(savepoint_upgrade(), tail=b"@counter record job=")
        self.assertEqual((0, True), (code, "0 torn" in output))

    def test_json(self):
        code, output = self.run_on(crash(), "--json")
        self.assertEqual((0, 4), (code, json.loads(output)["runs"][1]["repeated"]))

    def test_no_such_file_is_exit_code_2(self):
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(2, check.main(["/nonexistent/file"]))


if __name__ == "__main__":
    unittest.main()
