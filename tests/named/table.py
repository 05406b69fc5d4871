"""The tables that give numbered scenarios and faults their tests: how they are read, and what must hold."""

import collections
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
# table: first letter of its ids, and the page that lists all of them
TABLES = {"scenarios": ("S", "scenarios.md"), "faults": ("F", "reliability.md")}
# What is not a program of the build folder: how it is run, by hand or with --all.
ELSEWHERE = {"e2e": ["tools/with-flink", "1.20.5,2.3.0", "tests/e2e/run"], "prove": ["./dev", "prove"],
             "chaos": ["./dev", "chaos"]}
ROW = re.compile(r"(?P<id>[SF]\d{2,3}) (?:waits (?P<waits>\S+)|not yet: (?P<missing>.+)"
                 r"|(?P<program>[a-z_0-9/]+)(?::(?P<argument>\w+))? (?P<test>.+))")
REASON = re.compile(r"reason (\S+): .+")

Row = collections.namedtuple("Row", "table line id waits missing program argument test")


def label(row):
    """Program and test, as they stand in the table."""
    return f"{row.program}{':' + row.argument if row.argument else ''} {row.test}"


class Wrong(Exception):
    """What is wrong with a table; one line for each."""


def read(name):
    """The rows of a table, the reasons that it explains, and what could not be read."""
    rows, reasons, faults = [], set(), []
    for number, line in enumerate((HERE / name).read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if reason := REASON.fullmatch(line):
            reasons.add(reason[1])
        elif row := ROW.fullmatch(line):
            rows.append(Row(name, number, **row.groupdict()))
        else:
            faults.append(f"tests/named/{name}:{number}: neither a row nor a reason: see the README")
    return rows, reasons, faults


def beside(path, found):
    """The source, and those of this folder whose headers it includes, as far as that goes."""
    if path.is_file() and path not in found:
        found.append(path)
        for name in re.findall(r'#include "(\w+)\.h"', path.read_text(encoding="utf-8")):
            for kind in (".h", ".c"):
                beside(path.with_name(name + kind), found)
    return found


def sources(program):
    """The source of a test program, then what else may hold its tests."""
    folder, _, base = program.rpartition("/")
    return beside(TESTS / folder / f"test_{base}.c", [])


def is_registered(test, texts):
    """As a function, or in a table of names, where the program may add "what: " and ", how" to a name."""
    macro = re.compile(rf"\b(?:cmocka_unit_test\w*|(?:API_|CORE_)?STORY|SCENARIO|CASE|T)\(\s*{re.escape(test)}\b")
    tail = test.rpartition(": ")[2]
    names = "|".join(re.escape(name) for name in {tail, tail.split(", ")[0]})
    table = re.compile(rf'(?:\{{|\b[A-Z][A-Z_]*\((?:\d+, )?)"(?:{names})"')
    made = tail.replace("upgrade ", "UPGRADE(")  # of the crash grid's flows these are made by a macro
    return any(macro.search(text) or table.search(text) or f" {made}," in text for text in texts)


def read_all(paths):
    return [path.read_text(encoding="utf-8") for path in paths]


def trouble_of_c(row):
    found = sources(row.program)
    if not found:
        return f"there is no tests/{'/test_'.join(row.program.rsplit('/', 1))}.c"
    if row.argument and f'"{row.argument}"' not in read_all(found)[0]:
        return f"{row.program} knows no argument {row.argument}"
    if not is_registered(row.test, read_all(found)):
        return f"{row.program} has no test {row.test}"
    return None


def trouble_elsewhere(row):
    """Rows that name no program in C."""
    if row.program == "cli":
        texts = read_all(TESTS.glob("cli/test_*.py"))
        known = any(f"@case\ndef {row.test}(" in text for text in texts)
    elif row.program == "stories":
        known = (TESTS / "sim" / "stories" / f"{row.test}.txt").is_file()
    elif row.program == "e2e":
        stories, cells = read_all([TESTS / "e2e" / "stories.py", TESTS / "e2e" / "cells.py"])
        known = f'Story("{row.test}"' in stories or f'("{row.test.split(" ")[0]}' in cells.replace('(f"', '("')
    elif row.program == "prove":
        known = re.search(rf"^#   {row.test.split(' ')[0]}\b", (TESTS / "prove" / "run").read_text(), re.M)
    else:
        known = f'"{row.test}"' in (TESTS / "chaos" / "plan.py").read_text()
    return None if known else f"{row.program} has no {row.test}"


def trouble(row, reasons):
    if row.waits:
        return None if row.waits in reasons else f"{row.waits} is no reason that the table explains"
    if row.missing:
        return None
    if row.program in ("cli", "stories", *ELSEWHERE):
        return trouble_elsewhere(row)
    return trouble_of_c(row)


def disorder(rows):
    """Ids rise; the rows of one id stand together, and either name tests or wait."""
    seen = {}
    for before, row in zip([None, *rows], rows):
        if before and row.id == before.id:
            if not (row.test and before.test) or row[2:] == before[2:]:
                yield row, f"{row.id} stands twice"
        elif row.id in seen:
            yield row, f"{row.id} stands already in line {seen[row.id]}"
        elif before and int(row.id[1:]) < int(before.id[1:]):
            yield row, f"{row.id} stands after {before.id}"
        seen.setdefault(row.id, row.line)


def missing_ids(name, rows, reference):
    letter, page = TABLES[name]
    path = reference / page
    if not path.is_file():
        return
    known = re.findall(rf"^\| *({letter}\d+) *\|", path.read_text(encoding="utf-8"), re.M)
    for absent in sorted(set(known) - {row.id for row in rows}):
        yield f"tests/named/{name}: {absent} of the reference is missing"
    for row in rows:
        if row.id not in known:
            yield f"tests/named/{name}:{row.line}: {row.id} is not in the reference"


def faults_of(name, reference):
    """(rows, one line for each fault)"""
    rows, reasons, faults = read(name)
    at = f"tests/named/{name}"
    for row in rows:
        if not row.id.startswith(TABLES[name][0]):
            faults.append(f"{at}:{row.line}: {row.id} belongs into another table")
        if text := trouble(row, reasons):
            faults.append(f"{at}:{row.line}: {row.id}: {text}")
    faults += [f"{at}:{row.line}: {text}" for row, text in disorder(rows)]
    faults += [f"{at}: nothing waits for {reason}" for reason in sorted(reasons - {r.waits for r in rows})]
    faults += missing_ids(name, rows, reference)
    return rows, faults


def load(reference):
    """All rows of the tables that are there; complains when one does not hold."""
    rows, faults = [], []
    for name in TABLES:
        if (HERE / name).is_file():
            more, wrong = faults_of(name, reference)
            rows += more
            faults += wrong
    if faults:
        raise Wrong("\n".join(faults))
    return rows
