"""The cases, in the order in which they are written, and what every one of them needs."""

import sys

from rig import expect, golden, sluice, stable

UPDATE = "--update" in sys.argv
CASES = []


def case(fn):
    CASES.append(fn)
    return fn


def ends(code, *args, **more):
    """What sluice printed; it must end with this code."""
    seen = sluice(*args, **more)
    expect(seen.code == code, f"sluice {' '.join(args)}: exit {code} expected; {seen}")
    return seen


def check_golden(name, args, server=None, code=0, **more):
    seen = ends(code, *args, server=server, **more)
    text = f"$ sluice {' '.join(args)}".rstrip() + f"\n{seen.out}"
    if seen.err:
        text += f"--- standard error\n{seen.err}"
    golden(name, stable(f"{text}--- exit {seen.code}\n", server), UPDATE)
