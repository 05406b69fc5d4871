"""Builds a mutant beside the checkout: its one source is compiled as the configured build directory
says, and the programs that shall kill it are linked anew, with that object before the libraries that
hold the original.
"""

import hashlib
import json
import os
import pathlib
import shlex
import subprocess

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


class Builder:
    def __init__(self, root, build):
        self.build = build
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as source:
            entries = json.load(source)
        self.entries = {}
        for entry in entries:
            path = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
            self.entries[os.path.relpath(path, root)] = entry
        self.links = {}
        self.originals = {}

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
                words.append(word)
            skip = not skip and word in DROP_WITH_VALUE
        beside = os.path.join(entry["directory"], os.path.dirname(entry["file"]))
        words += ["-w", "-g0", "-iquote", beside, "-o", source + ".o", "-c", os.path.basename(source)]
        # Run where the copy is, so that no path of the scratch folder gets into the object.
        words = [absolute(word, entry["directory"]) for word in words]
        return source + ".o" if spent.run(words, scratch) else None

    def library(self, path):
        """The static library that holds the object of this source."""
        return os.path.dirname(self.entries[path]["output"]).removesuffix(".p")

    def original(self, path, text, scratch, spent):
        if path not in self.originals:
            self.originals[path] = digest(self.compile(path, text, scratch, spent))
        return self.originals[path]

    def link_command(self, program):
        if program not in self.links:
            target = os.path.relpath(program, self.build)
            told = subprocess.run(["ninja", "-C", self.build, "-t", "commands", target], check=True,
                                  capture_output=True, text=True)
            self.links[program] = shlex.split(told.stdout.rstrip("\n").split("\n")[-1])
        return self.links[program]

    def holds(self, program, path):
        return self.library(path) in self.link_command(program)

    def link(self, program, mutated, scratch, spent):
        """The program with that object in it, or None."""
        words = list(self.link_command(program))
        at = words.index("-o") + 1
        linked = os.path.join(scratch, os.path.basename(program))
        words[at:at + 1] = [linked, "-Wl,--strip-debug", mutated]
        return linked if spent.run(words, self.build) else None


def absolute(word, directory):
    if word.startswith("-I") and not word.startswith("-I/"):
        return "-I" + os.path.normpath(os.path.join(directory, word[2:]))
    return word


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
