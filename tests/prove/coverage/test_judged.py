"""The judgement itself, and that the table of waivers still speaks of the sources as they are."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from judged import EVENT, ROW, Missing, judge_events, judge_file, judge_rules  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
WAIVED = (pathlib.Path(__file__).parent / "waived.places").read_text(encoding="utf-8")
SOURCE = 'if (a && b)\n    step_event(s, "IT_HAPPENED", "");\n'


def counted(number, count, *branches):
    return {"line_number": number, "count": count, "branches": [{"count": taken} for taken in branches]}


class Judged(unittest.TestCase):
    def missing(self, table, *lines):
        missing = Missing(table)
        self.counts = judge_file("f.c", SOURCE, lines, missing)
        missing.close()
        return missing.found

    def test_a_line_that_is_never_executed_is_missing(self):
        found = self.missing("", counted(1, 1, 1, 1), counted(2, 0))
        self.assertEqual(list(found), ["f.c:2"])
        self.assertEqual(self.counts["missing"], 1)

    def test_no_waiver_is_for_a_line(self):
        found = self.missing('f.c:2 @ step_event(s, "IT_HAPPENED", ""); @ why', counted(2, 0))
        self.assertEqual(list(found), ["f.c:2", "waiver of f.c:2"])

    def test_a_branch_that_is_never_taken_is_missing_unless_it_is_waived(self):
        self.assertEqual(list(self.missing("", counted(1, 1, 1, 0))), ["f.c:1:1"])
        self.assertEqual(self.missing("f.c:1:1 @ if (a && b) @ why", counted(1, 1, 1, 0)), {})
        self.assertEqual(self.counts["waived"], 1)

    def test_a_waiver_is_void_once_its_branch_is_taken_or_its_line_has_moved(self):
        taken = self.missing("f.c:1:1 @ if (a && b) @ why", counted(1, 1, 1, 1))
        self.assertEqual(list(taken), ["waiver of f.c:1:1"])
        moved = self.missing("f.c:1:1 @ if (a) @ why", counted(1, 1, 1, 0))
        self.assertEqual(list(moved), ["f.c:1:1", "waiver of f.c:1:1"])

    def test_an_event_is_written_by_its_line(self):
        missing = Missing("")
        self.assertEqual(judge_events({"f.c": SOURCE}, {"f.c": [counted(2, 3)]}, missing), {"IT_HAPPENED": 3})
        self.assertEqual(missing.found, {})
        judge_events({"f.c": SOURCE}, {"f.c": [counted(2, 0)]}, missing)
        self.assertEqual(list(missing.found), ["event IT_HAPPENED"])

    def test_a_row_is_named_by_a_test(self):
        table = "{ 100, .world = IS(A),\n       .then = B },\n{ 102, .then = C },\n"
        missing = Missing("rule 102 @ { 102, .then = C }, @ why")
        named = judge_rules(table, {"test_a.c": "then_row(100, B);"}, missing)
        self.assertEqual(named, {"100": ["test_a.c"], "102": []})
        self.assertEqual(missing.found, {})
        judge_rules(table, {"test_a.c": "then_row(1000, B);"}, missing)
        self.assertEqual(list(missing.found), ["rule 100"])


class OfTheSources(unittest.TestCase):
    """What can be told without a run, so that it is told at once."""

    def setUp(self):
        self.core = {path.name: path.read_text(encoding="utf-8")
                     for path in (ROOT / "src" / "core").glob("*.c")}

    def test_each_row_is_named_and_each_waiver_quotes_its_line(self):
        missing = Missing(WAIVED)
        stories = {path.name: path.read_text(encoding="utf-8")
                   for path in (ROOT / "tests" / "unit").glob("test_core_*.c")}
        self.assertGreater(len(judge_rules(self.core["rules.c"], stories, missing)), 100)
        self.assertEqual(missing.found, {})
        for place, (was, why) in missing.unused.items():
            name, line, _ = place.split(":")
            self.assertEqual(self.core[name].splitlines()[int(line) - 1].strip(), was)
            self.assertTrue(why)

    def test_each_row_and_each_event_is_found(self):
        self.assertEqual(len(ROW.findall(self.core["rules.c"])), self.core["rules.c"].count(".why = "))
        for name, text in self.core.items():
            calls = re.findall(r"\b(?:step_event|step_give_up)\(s, (?!event,)|\bnote\(in, events, ret", text)
            self.assertEqual(len(EVENT.findall(text)), len(calls), name)


if __name__ == "__main__":
    unittest.main()
