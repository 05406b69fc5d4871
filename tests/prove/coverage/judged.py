"""What counts as missing: from what gcov counted of the sources of the core, and from the unit tests."""

import re

# Each name stands as a literal in the call that writes the event.
EVENT = re.compile(r'\b(?:step_event|step_give_up)\(s,\s+"(\w+)"|\bnote\(in, events, ret_n_events,\s+"(\w+)"')
ROW = re.compile(r"^\{ (\d+),.*$", re.MULTILINE)
COUNTS = ("lines", "lines executed", "branches", "branches taken", "waived", "missing")


class Missing:
    """Text by place of what is missing and not waived. A waiver is a row PLACE @ THE LINE AS IT IS @ WHY;
    it is void when its line reads otherwise, or nothing is missing there."""

    def __init__(self, table):
        self.found, self.waivers = {}, {}
        for row in table.splitlines():
            if row.strip() and not row.startswith("#"):
                place, was, why = (part.strip() for part in row.split(" @ ", 2))
                self.waivers[place] = (was, why)
        self.unused = dict(self.waivers)

    def waived(self, place, line):
        if self.waivers.get(place, ("", ""))[0] != line.strip():
            return False
        self.unused.pop(place, None)
        return True

    def close(self):
        for place, (was, _) in self.unused.items():
            self.found[f"waiver of {place}"] = f"void: nothing is missing there, or it does not read: {was}"


def judge_file(name, source, lines, missing):
    """The counts of one file. A line is FILE:LINE, and is never waived; a branch is FILE:LINE:BRANCH, as
    gcov counts them, from 0."""
    texts = source.splitlines()
    counts = dict.fromkeys(COUNTS, 0)
    for line in lines:
        place = f"{name}:{line['line_number']}"
        text = texts[line["line_number"] - 1].strip()
        taken = [branch["count"] > 0 for branch in line["branches"]]
        counts["lines"] += 1
        counts["lines executed"] += line["count"] > 0
        counts["branches"] += len(taken)
        counts["branches taken"] += sum(taken)
        if line["count"] == 0:
            counts["missing"] += 1
            missing.found[place] = f"never executed: {text}"
            continue
        for branch in (i for i, hit in enumerate(taken) if not hit):
            if missing.waived(f"{place}:{branch}", text):
                counts["waived"] += 1
            else:
                counts["missing"] += 1
                missing.found[f"{place}:{branch}"] = f"branch never taken: {text}"
    return counts


def judge_events(sources, counted, missing):
    """How often each event was written."""
    written = {}
    for name, text in sources.items():
        executed = {line["line_number"]: line["count"] for line in counted.get(name, [])}
        for call in EVENT.finditer(text):
            event = call[1] or call[2]
            line = text.count("\n", 0, call.start()) + 1
            written[event] = written.get(event, 0) + executed.get(line, 0)
    for event, times in written.items():
        if not times:
            missing.found[f"event {event}"] = "no test brings it about"
    return written


def judge_rules(table, stories, missing):
    """Which unit tests say of each row that it decides: then_row(NUMBER, ...) fails if it does not."""
    named = {}
    for row in ROW.finditer(table):
        named[row[1]] = [name for name, text in stories.items() if f"then_row({row[1]}," in text]
        if not named[row[1]] and not missing.waived(f"rule {row[1]}", row[0]):
            missing.found[f"rule {row[1]}"] = "no unit test says when it decides: then_row(...)"
    return named
