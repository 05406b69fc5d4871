"""Builds a mutant beside the checkout. The programs that shall kill mutants are linked once, against a
shared library of the core's own objects; for a mutant its one source is compiled, as the configured
build directory says, and that library linked anew with the one object in it.
"""

import hashlib
import json
import os
import pathlib
import shlex
import subprocess

LIBRARY = "src/core/libcore.a"
SHARED = "libcore.so"
# What only dependency files, warnings and debuggers need. Warnings are no verdict on a mutant.
DROP = {"-MD", "-g", "-Werror"}
DROP_WITH_VALUE = {"-MQ", "-MF", "-o", "-c"}


class Spent:
    """CPU seconds of the processes that were waited for."""

    def __init__(self):
        self.seconds = 0.0

    def run(self, words, cwd):
        with subprocess.Popen(words, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds += usage.ru_utime + usage.ru_stime
        return process.returncode == 0


def absolute(word, directory):
    if word.startswith("-I") and not word.startswith("-I/"):
        return "-I" + os.path.normpath(os.path.join(directory, word[2:]))
    return word


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


class Builder:
    def __init__(self, root, build, base):
        """`base` is a folder for what all mutants share: the library as it is, and the programs."""
        self.build, self.base = build, base
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as source:
            entries = json.load(source)
        self.entries = {}
        for entry in entries:
            path = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
            self.entries[os.path.relpath(path, root)] = entry
        self.objects = [entry["output"] for entry in entries
                        if os.path.dirname(entry["output"]) == LIBRARY + ".p"]
        self.originals = {}

    def share(self, scratch, spent, instead=None):
        """The library of the core in `scratch`; `instead` = {object: mutated object}."""
        objects = [(instead or {}).get(name, name) for name in self.objects]
        # Found by its name alone, so that another folder's can take its place.
        return spent.run(["cc", "-shared", "-Wl,--strip-debug", "-Wl,-soname," + SHARED,
                          "-o", os.path.join(scratch, SHARED), *objects], self.build)

    def link(self, program):
        """The program of the build directory, with the shared library in place of the static one."""
        target = os.path.relpath(program, self.build)
        linked = os.path.join(self.base, target.replace("/", "-"))
        if os.path.exists(linked):
            return linked
        told = subprocess.run(["ninja", "-C", self.build, "-t", "commands", target], check=True,
                              capture_output=True, text=True)
        words = shlex.split(told.stdout.rstrip("\n").split("\n")[-1])
        words[words.index("-o") + 1] = linked
        words[words.index(LIBRARY)] = os.path.join(self.base, SHARED)
        if not Spent().run(words, self.build):
            raise SystemExit(f"error: {target} cannot be linked with the core as a shared library")
        return linked

    def compile(self, path, text, scratch, spent):
        """The object of the file with this text, or None. Its name is that of the original, and without
        debug information the same code makes the same object."""
        entry = self.entries[path]
        source = os.path.join(scratch, os.path.basename(path))
        with open(source, "w", encoding="utf-8") as copy:
            copy.write(text)
        words, skip = [], False
        for word in shlex.split(entry["command"]):
            if not skip and word not in DROP and word not in DROP_WITH_VALUE:
                words.append(absolute(word, entry["directory"]))
            skip = not skip and word in DROP_WITH_VALUE
        # Run where the copy is, so that no path of the scratch folder gets into the object.
        words += ["-w", "-g0", "-o", source + ".o", "-c", os.path.basename(source)]
        return source + ".o" if spent.run(words, scratch) else None

    def original(self, path, text, scratch):
        if path not in self.originals:
            self.originals[path] = digest(self.compile(path, text, scratch, Spent()))
        return self.originals[path]

    def mutate(self, path, text, scratch, spent):
        """The digest of the mutated object, with the library of it in `scratch`; None = no such code."""
        mutated = self.compile(path, text, scratch, spent)
        if not mutated or not self.share(scratch, spent, {self.entries[path]["output"]: mutated}):
            return None
        return digest(mutated)
