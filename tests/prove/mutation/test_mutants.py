"""The mutation prover itself: what it makes of a source, and that it tells killed from equivalent."""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from mutant_kill import how_it_ended  # noqa: E402
from mutant_source import MUSEUM, RULES, all_mutants, of_museum, of_operators, of_rules, waivers  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
TABLE = """\
const struct rule rules[] = {
/* { 1, .world = in a comment }, */
{ 100, .world = IS(A),
       .then = HALT, .why = "a comma, a } and a .want = IS(B) in a text" },
{ 102, .world = NOT(IS(A) | IS(B)), .phase = BOTH(A, B), .then = LOOK, .why = "" },
};
"""
CODE = """\
static bool f(const struct s *s)
{
    /* a < b && c == d is said here only */
    if (!s->x)
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (s->a[i] << 2 != 4)
            return true;
    if (s->y > 3) {
        go();
    }
    return s->a == s->b || str_eq(s->c, STR("x && y"));
}
"""


def edited(mutants):
    return {mutant.name: mutant.text() for mutant in mutants}


class Sources(unittest.TestCase):
    def test_each_row_is_removed_and_each_cell_of_its_pattern_is_widened(self):
        made = edited(of_rules(RULES, TABLE))
        self.assertEqual(list(made), ["rule-100-removed", "rule-100-without-world", "rule-102-removed",
                                      "rule-102-without-world", "rule-102-without-phase"])
        self.assertNotIn("100", made["rule-100-removed"])
        self.assertIn("{ 102,", made["rule-100-removed"])
        self.assertIn("{ 102, .world = NOT(IS(A) | IS(B)), .then = LOOK", made["rule-102-without-phase"])
        self.assertIn("{ 102, .phase = BOTH(A, B), .then = LOOK", made["rule-102-without-world"])

    def test_the_lines_stay_where_they_are(self):
        for text in edited([*of_rules(RULES, TABLE), *of_operators("f.c", TABLE)]).values():
            self.assertEqual(text.count("\n"), TABLE.count("\n"))

    def test_operators_conditions_and_guards(self):
        made = edited(of_operators("src/f.c", CODE))
        self.assertEqual(sorted(made), sorted([
            "f.c:4-if-negated", "f.c:4-guard-removed", "f.c:6-lt-to-ge", "f.c:7-ne-to-eq", "f.c:7-if-negated",
            "f.c:7-guard-removed", "f.c:9-gt-to-le", "f.c:9-gt-to-ge", "f.c:9-if-negated",
            "f.c:12-eq-to-ne", "f.c:12-or-to-and"]))
        self.assertIn("if (!(!s->x))", made["f.c:4-if-negated"])
        self.assertIn("i++)\n        ;\n\n    if (s->y", made["f.c:7-guard-removed"])
        self.assertIn('s->a == s->b && str_eq(s->c, STR("x && y"))', made["f.c:12-or-to-and"])

    def test_an_edit_of_the_museum_has_to_find_its_text(self):
        block = "== B00-x\nbug: B0\nfile: f.c\nwhy: it shows\n---\n    go();\n+++\n    stop();\n"
        mutant, = of_museum(block, lambda path: CODE)
        self.assertIn("    stop();\n", mutant.text())
        with self.assertRaisesRegex(ValueError, "its text is 0 times in f.c"):
            list(of_museum(block, lambda path: TABLE))

    def test_names_are_unique_and_waivers_belong_to_the_lines_they_quote(self):
        mutants = {}
        for mutant in all_mutants(ROOT):
            self.assertNotIn(mutant.name, mutants)
            mutants[mutant.name] = mutant
        self.assertTrue(any(mutant.kind == "museum" for mutant in mutants.values()), MUSEUM)
        for name, (was, reason) in waivers(ROOT).items():
            self.assertEqual(mutants[name].was, was)
            self.assertTrue(reason)

    def test_a_limit_of_cpu_time_is_a_time_out(self):
        self.assertEqual(how_it_ended(-24, None, []), "time-out")
        self.assertEqual(how_it_ended(-9, "a_story", []), "a_story")


class Runs(unittest.TestCase):
    """On the real core: a broken guard is killed, a change that makes the same code is no failure."""

    @staticmethod
    def prove(*arguments):
        run = subprocess.run([ROOT / "tests/prove/mutants", "--jobs", "1", *arguments],
                             stdout=subprocess.PIPE, text=True, check=False)
        return run.returncode, run.stdout.rstrip().split("\n")

    def test_a_broken_guard_is_killed(self):
        status, said = self.prove("--only", "rule-442-removed", "--killers", "scenario/upgrade")
        self.assertEqual(said[-1], "1 passed, 0 failed", said)
        self.assertEqual(status, 0)

    def test_what_no_killer_looks_at_survives_and_is_shown(self):
        status, said = self.prove("--only", "rule-290-removed", "--killers", "unit/core_choice")
        self.assertEqual(said[-1], "0 passed, 1 failed", said)
        self.assertIn("SURVIVED rule-290-removed", "\n".join(said))
        self.assertEqual(status, 1)

    def test_two_tables_that_decide_alike_are_equivalent(self):
        # What differs between what runs and what is wanted differs only while something may run.
        status, said = self.prove("--only", "rule-444-without-phase", "--killers", "exhaustive/decisions")
        self.assertEqual(said[-1], "0 passed, 0 failed", said)
        self.assertEqual(status, 1)  # nothing was killed


if __name__ == "__main__":
    unittest.main()
