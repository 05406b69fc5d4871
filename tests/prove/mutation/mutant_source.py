"""What the mutants are: small changes of the sources of the core, made mechanically from their text,
and those of the museum, written down in a table. A mutant is edits of one file; nothing is written.
"""

import os
import re

RULES = "src/core/rules.c"
OPERATED = ["src/core/facts.c", "src/core/facts_result.c", "src/core/choice.c", "src/core/evidence.c",
            "src/core/standby.c"]
MUSEUM = "tests/prove/mutation/museum.mutants"
WAIVED = "tests/prove/mutation/waived.mutants"

# kind -> {operator: (name of the change, what is put in its place)}
FLIPS = {
    "==": ("eq-to-ne", "!="),
    "!=": ("ne-to-eq", "=="),
    "<": ("lt-to-ge", ">="),
    "<=": ("le-to-gt", ">"),
    ">": ("gt-to-le", "<="),
    ">=": ("ge-to-lt", "<"),
    "&&": ("and-to-or", "||"),
    "||": ("or-to-and", "&&"),
}
BOUNDARIES = {
    "<": ("lt-to-le", "<="),
    "<=": ("le-to-lt", "<"),
    ">": ("gt-to-ge", ">="),
    ">=": ("ge-to-gt", ">"),
}

NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|^[ \t]*#[^\n]*""",
                      re.DOTALL | re.MULTILINE)
# The longer ones first; -> and shifts are no comparisons.
OPERATOR = re.compile(r"->|<<|>>|==|!=|<=|>=|&&|\|\||<|>")
ROW = re.compile(r"^\{ *(\d+),(.*?)\},$", re.DOTALL | re.MULTILINE)
GUARD = re.compile(r"\s*(?:return\b[^;{}]*|continue);(?!\s*else\b)")


class Mutant:
    """Edits of one file, (begin, end, new text) each, from its first to its last."""

    def __init__(self, name, kind, path, text, edits, why=""):
        self.name, self.kind, self.path, self.edits, self.why = name, kind, path, edits, why
        self.original = text
        self.line = text.count("\n", 0, edits[0][0]) + 1
        self.was, self.now = shown(text, edits[0])

    def text(self):
        text = self.original
        for begin, end, new in reversed(self.edits):
            text = text[:begin] + new + text[end:]
        return text


def shown(text, edit):
    """The lines of an edit before and after it, each on one line."""
    begin, end, new = edit
    first = text.rfind("\n", 0, begin) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    was, now = text[first:last], text[first:begin] + new + text[end:last]
    return " ".join(was.split()), " ".join(now.split())


def blanked(text):
    """The text without comments, strings and directives, everything at its place."""
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def closing(code, opening):
    """Where the parenthesis that opens here closes."""
    depth = 0
    for at in range(opening, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at
    raise ValueError("a parenthesis without an end")


def pieces(code, begin, end):
    """The stretches between the commas that stand in no parentheses."""
    depth, start = 0, begin
    for at in range(begin, end):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if code[at] == "," and depth == 0:
            yield start, at
            start = at + 1
    yield start, end


def of_rules(path, text):
    """Each row taken out; each cell of its pattern taken out, so that it allows anything."""
    code = blanked(text)
    table = code.index("rules[] = {")
    for row in ROW.finditer(code, table, code.index("\n};", table)):
        number = row[1]
        lines = "\n" * row[0].count("\n")
        yield Mutant(f"rule-{number}-removed", "row removed", path, text, [(row.start(), row.end(), lines)])
        for begin, end in pieces(code, row.start(2), row.end(2)):
            cell = re.match(r"\s*\.(\w+) =", code[begin:end])
            if cell and cell[1] not in ("then", "why"):
                yield Mutant(f"rule-{number}-without-{cell[1]}", "cell widened", path, text,
                             [(begin, end + 1, "")])


def loop_headers(code):
    for loop in re.finditer(r"\bfor \(", code):
        yield loop.end() - 1, closing(code, loop.end() - 1)


def operator_edits(code):
    """(kind, name, edit) of each operator. A loop that goes one too far is undefined, not a mutant."""
    loops = list(loop_headers(code))
    for found in OPERATOR.finditer(code):
        if found[0] not in FLIPS:
            continue
        name, new = FLIPS[found[0]]
        yield "operator flipped", name, (found.start(), found.end(), new)
        if found[0] in BOUNDARIES and not any(begin < found.start() < end for begin, end in loops):
            name, new = BOUNDARIES[found[0]]
            yield "boundary moved", name, (found.start(), found.end(), new)


def condition_edits(text, code):
    """(kind, name, edit) of each condition, and of each early return that can just be left out."""
    for found in re.finditer(r"\bif \(", code):
        opening = found.end() - 1
        end = closing(code, opening)
        condition = text[opening:end + 1]
        yield "condition negated", "if-negated", (opening, end + 1, f"(!{condition})")
        guard = GUARD.match(code, end + 1)
        if guard and not re.search(r"\belse\s*$", code[:found.start()]):
            lines = "\n" * code.count("\n", found.start(), guard.end())
            yield "guard removed", "guard-removed", (found.start(), guard.end(), ";" + lines)


def of_operators(path, text):
    code = blanked(text)
    begin = [at.start() for at in re.finditer("^", code, re.MULTILINE)]
    seen = {}
    for kind, name, edit in [*operator_edits(code), *condition_edits(text, code)]:
        line = sum(1 for start in begin if start <= edit[0])
        name = f"{os.path.basename(path)}:{line}-{name}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name += f"-{seen[name]}"
        yield Mutant(name, kind, path, text, [edit])


def of_museum(table, read):
    """The blocks of the museum's table; README.md shows one."""
    for block in re.split(r"^== ", table, flags=re.MULTILINE)[1:]:
        head, *changes = re.split(r"^---\n", block, flags=re.MULTILINE)
        name, *fields = head.strip().split("\n")
        fields = dict(field.split(": ", 1) for field in fields)
        text, edits = read(fields["file"]), []
        for change in changes:
            was, now = re.split(r"^\+\+\+\n", change, flags=re.MULTILINE)
            was, now = was.rstrip("\n"), now.rstrip("\n")
            if text.count(was) != 1:
                raise ValueError(f"{MUSEUM}: {name}: its text is {text.count(was)} times in {fields['file']}")
            edits.append((text.index(was), text.index(was) + len(was), now))
        yield Mutant(name, "museum", fields["file"], text, sorted(edits), f"{fields['bug']}: {fields['why']}")


def all_mutants(root):
    def read(path):
        with open(os.path.join(root, path), encoding="utf-8") as source:
            return source.read()

    yield from of_rules(RULES, read(RULES))
    yield from of_museum(read(MUSEUM), read)
    for path in OPERATED:
        yield from of_operators(path, read(path))


def waivers(root):
    """name -> (the line as it was, reason). A waiver is void once its line reads otherwise."""
    found = {}
    with open(os.path.join(root, WAIVED), encoding="utf-8") as source:
        for line in source:
            if line.strip() and not line.startswith("#"):
                name, was, reason = (part.strip() for part in line.split(" @ ", 2))
                found[name] = (was, reason)
    return found
