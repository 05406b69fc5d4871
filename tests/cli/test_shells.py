"""Completion in the shells that people have, and the manual pages: what meson installs."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from cases import case, ends
from rig import *
from things import *

BASH = r"""
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
_sluice
printf '%s\n' "${COMPREPLY[@]}"
"""
# compadd is zsh's own word for "these are the candidates".
ZSH = r"""
compdef() { : }
compadd() { local -a names=("${(@P)argv[-1]}"); print -l -- $names }
_files() { print -l -- *(N) }
source "$1"
words=("${(@s: :)2}") CURRENT=${#words}
_sluice
"""
FISH = r"""
source $argv[1]
complete -C $argv[2]
"""


@contextlib.contextmanager
def installed():
    """A prefix with what is installed in it besides the programs."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [ROOT / "packaging" / "install-docs", SLUICE, SLUICE.parent / "sluice-man",
             ROOT / "packaging" / "sluiced.8", "share/man", "share"], capture_output=True,
            text=True, check=False, timeout=30,
            env=environment() | {"MESON_INSTALL_DESTDIR_PREFIX": folder})
        expect(done.returncode == 0, f"install-docs: {done}")
        yield pathlib.Path(folder)


def program(name):
    path = shutil.which(name)
    expect(path, f"{name} is missing; tools/packages shells installs it")
    return path


def candidates(shell, prefix, line, server):
    """What the shell offers for the line, without the descriptions."""
    scripts = {
        "bash": (["bash", "--norc", "-c", BASH, "bash"],
                 "share/bash-completion/completions/sluice"),
        "zsh": (["zsh", "-f", "-c", ZSH, "zsh"], "share/zsh/site-functions/_sluice"),
        "fish": (["fish", "--no-config", "-c", FISH],
                 "share/fish/vendor_completions.d/sluice.fish"),
    }
    command, script = scripts[shell]
    program(shell)
    env = environment(server)
    env["PATH"] = f"{SLUICE.parent}:{env['PATH']}"
    env["HOME"] = str(prefix)
    done = subprocess.run([*command, prefix / script, line], capture_output=True, text=True,
                          check=False, timeout=30, env=env, cwd=prefix)
    expect(done.returncode == 0 and not done.stderr, f"{shell}: {line!r}: {done}")
    return sorted(line.partition("\t")[0].rstrip("/") for line in done.stdout.splitlines() if line)


@case
def the_shells_complete():
    lines = {
        "sluice sca": ["scale"],
        "sluice savepoint re": ["register"],
        "sluice scale ": ["clicks", "ledger"],
        "sluice scale d/l": ["d/ledger"],
        "sluice get deployment ": ["clicks", "ledger"],
        "sluice get -o nd": ["ndjson"],
        "sluice wait ledger --for state=S": ["state=SUSPENDED"],
        "sluice apply --repl": ["--replace"],
        "sluice set ledger spec.template.spec.para": ["spec.template.spec.parallelism="],
        "sluice help savepoint li": ["list"],
        "sluice nothing ": [],
        "sluice apply -f sh": ["share"],
    }
    with installed() as prefix, serving(world()) as server:
        for shell in ("bash", "zsh", "fish"):
            for line, wanted in lines.items():
                if shell == "bash" and "=S" in line:
                    wanted = ["SUSPENDED"]  # readline replaces what is behind the =
                # On a busy machine the server may be too late once.
                until(f"{shell}: {line!r} offers {wanted}",
                      lambda: candidates(shell, prefix, line, server) == wanted)


@case
def a_real_terminal_completes():
    """bash and zsh as a person has them: the line after the tabulator key."""
    shells = {"bash": (["--norc", "-i"], "PS1='> '; source {0}/bash-completion/completions/sluice"),
              "zsh": (["-f", "-i"], "PS1='> '; fpath=({0}/zsh/site-functions $fpath); "
                                    "autoload -Uz compinit; compinit -D -u")}
    with installed() as prefix, serving(world()) as server:
        for shell, (flags, setup) in shells.items():
            env = {"PATH": f"{SLUICE.parent}:{os.environ['PATH']}", "HOME": str(prefix)}
            keys = (f"{setup.format(prefix / 'share')}; echo rea'dy'\n",
                    "sluice scale clic\t", "24 --pl\t", "\x15exit\n")
            seen = keyed([program(shell), *flags], keys, environment(server, **env))
            expect(re.search(r"sluice scale clicks +24 --plan ", seen), f"{shell}: {seen!r}")


def text_of(shown):
    """Without colours and movements."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x08|\r", "", shown.decode(errors="replace"))


def keyed(argv, keys, env, seconds=30):
    """Types the keys one after the other, each when what the one before caused has been shown."""
    shown = b""
    wait_for = ["ready", "clicks ", "--plan ", None]
    deadline = time.monotonic() + seconds
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(argv[0], argv, env)
    for text, then in zip(keys, wait_for):
        os.write(fd, text.encode())
        mark = len(shown)
        while then is None or then not in text_of(shown[mark:]):
            ready, _, _ = select.select([fd], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                os.kill(pid, signal.SIGKILL)
                break
            try:
                chunk = os.read(fd, 65536)
            except OSError:
                break
            shown += chunk
            if not chunk:
                break
    os.waitpid(pid, 0)
    os.close(fd)
    return text_of(shown)


@case
def completion_waits_for_nobody():
    """A server that does not answer costs 300 ms, and nothing is said of it."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        env = {"SLUICE_SERVER": f"http://127.0.0.1:{deaf.getsockname()[1]}"}
        began = time.monotonic()
        seen = ends(0, "__complete", "scale", "", env=env)
        took = time.monotonic() - began
        expect(not seen.out and not seen.err, f"{seen}")
        expect(0.25 < took < 5, f"it took {took:.1f} s")
    seen = ends(0, "__complete", "scale", "")
    expect(not seen.out and not seen.err, f"nobody there: {seen}")
    ends(2, "completion", "tcsh")


@case
def every_command_is_completed():
    for line in ends(0, "help").out.splitlines():
        if not line.startswith("  "):
            continue
        words = line.strip().partition("  ")[0].split()
        seen = ends(0, "__complete", *words)
        expect(words[-1] in [one.partition("\t")[0] for one in seen.out.splitlines()],
               f"{words}: {seen}")
        flags = ends(0, "__complete", *words, "--").out
        for flag in re.findall(r"^ .{4} --([a-z-]+)", ends(0, *words, "--help").out, re.MULTILINE):
            expect(f"--{flag}\t" in flags, f"--{flag} of {words}: {flags}")


@case
def manual_pages_are_clean():
    """mandoc has nothing to say, every command has a page, and every reference is to a page."""
    with installed() as prefix:
        folder = prefix / "share" / "man"
        pages = {f"{path.stem} {path.suffix[1:]}": path for path in folder.glob("man*/*")}
        lint = subprocess.run([program("mandoc"), "-T", "lint", *pages.values()],
                              capture_output=True, text=True, check=False, timeout=60)
        # It looks for references among what the system has; here they are looked up below.
        said = [line for line in lint.stdout.splitlines() if "manual not found" not in line]
        expect(not said and not lint.stderr, "\n".join(said[:20]) + lint.stderr)
        for name, path in pages.items():
            for reference in re.findall(r"Xr (\S+ \d)", path.read_text()):
                expect(reference in pages, f"{name} refers to {reference}")
        for line in ends(0, "help").out.splitlines():
            if line.startswith("  "):
                name = "-".join(line.strip().partition("  ")[0].split())
                expect(f"sluice-{name} 1" in pages, f"there is no page of {name}")
        for page in ("sluice 1", "sluice-deployment 5", "sluiced 8"):
            expect(page in pages, f"there is no {page}")
        shown = subprocess.run(["mandoc", "-T", "utf8", pages["sluice-apply 1"]], check=True,
                               capture_output=True, text=True, timeout=60).stdout
        text = re.sub(".\x08", "", shown)
        for part in ("NAME", "SYNOPSIS", "EXIT STATUS", "EXAMPLES", "--replace"):
            expect(part in text, f"{part}: {text}")
