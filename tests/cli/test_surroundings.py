"""Terminals, pipes, files."""

import json
import pathlib
import struct
import subprocess
import tempfile

from cases import UPDATE, case, ends
from rig import *
from things import *


@case
def four_kinds_of_output():
    kinds = {
        "terminal": {},
        "terminal-no-color": {"NO_COLOR": "1"},
        "terminal-ascii": {"LC_ALL": "C"},
        "terminal-dumb": {"TERM": "dumb"},
    }
    with serving(world()) as server:
        for name, env in kinds.items():
            code, shown = on_terminal("get", "d", server=server, env=env)
            expect(code == 0, f"{name}: exit {code}\n{shown}")
            golden(f"get-{name}", shown.replace("\x1b", "ESC"), UPDATE)
        wide = {"CLICOLOR_FORCE": "1", "SLUICE_OUTPUT": "wide"}
        seen = ends(0, "get", "d", server=server, env=wide)
        expect("\x1b[31m" in seen.out, "CLICOLOR_FORCE colours a pipe")
        seen = ends(0, "get", "d", server=server, env={"CLICOLOR_FORCE": "1"})
        expect("\x1b" not in seen.out, "but not what programs read")
        code, shown = on_terminal("get", "d", "--no-color", server=server)
        expect(code == 0 and "\x1b" not in shown, f"--no-color: {shown!r}")


@case
def a_reader_that_goes_away_is_no_error():
    line = f"{SLUICE} explain rules | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=30,
                          env=environment(), check=False)
    expect(done.stderr == "" and done.returncode in (0, 141), f"{done}")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([SLUICE, "explain", "rules"], stdout=full, stderr=subprocess.PIPE,
                              text=True, timeout=30, env=environment(), check=False)
    expect(done.returncode == 1 and "cannot write" in done.stderr, f"{done}")


def metadata():
    """A savepoint's _metadata of version 2 without operators: the least that Flink reads."""
    return struct.pack(">IiQii", 0x4960672D, 2, 77, 0, 0)


@case
def snapshots_are_inspected_on_this_machine():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "_metadata"
        seen = ends(3, "savepoint", "inspect", folder)
        expect("No such file" in seen.err, f"{seen}")
        path.write_bytes(b"no metadata")
        ends(1, "savepoint", "inspect", folder)
        path.write_bytes(metadata()[:-1])
        ends(1, "savepoint", "inspect", folder)
        path.write_bytes(metadata())
        seen = ends(0, "savepoint", "inspect", f"file://{folder}")
        expect("checkpoint 77" in seen.out and "0 operators" in seen.out, f"{seen}")
        read = json.loads(ends(0, "savepoint", "inspect", folder, "-o", "json").out)
        expect(read["checkpointId"] == 77 and read["metadataVersion"] == 2, f"{read}")
        done = subprocess.run([SLUICE, "savepoint", "inspect", "."], cwd=folder, env=environment(),
                              capture_output=True, text=True, timeout=30, check=False)
        expect(done.returncode == 0, f"a relative path: {done}")
        at = savepoint()
        at["spec"]["savepointLocation"] = f"file:{folder}"
        with serving(world(but={f"GET {NS}/savepoints/{SAVEPOINT}": at})) as server:
            ends(0, "savepoint", "inspect", SAVEPOINT, server=server)
            ends(0, "savepoint", "inspect", f"sp/{SAVEPOINT}", server=server)
            ends(3, "savepoint", "inspect", OLD, server=server)
        path.unlink()
        path.mkdir()
        ends(1, "savepoint", "inspect", folder)
    ends(1, "savepoint", "inspect", "s3://bucket/savepoint-1")
