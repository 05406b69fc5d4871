"""Reads the logs of sluiced and of Flink's JobManagers as (seconds since 1970, text)."""

import datetime
import pathlib
import re

_OURS = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+)Z \w+ +(.*)")
_FLINK = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \w+ +\S+ +(.*)")


def of_sluiced(path, deployment):
    """The lines about one Deployment."""
    for line in pathlib.Path(path).read_text(errors="replace").splitlines():
        found = _OURS.match(line)
        if found and f" deployment={deployment} " in line + " ":
            when = datetime.datetime.fromisoformat(found[1]).replace(tzinfo=datetime.timezone.utc)
            yield when.timestamp(), found[2]


def of_jobmanager(directory):
    """A JobManager's own log; its times are local ones, in milliseconds."""
    path = pathlib.Path(directory) / "jobmanager.log"
    for line in path.read_text(errors="replace").splitlines():
        found = _FLINK.match(line)
        if found:
            when = datetime.datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S,%f")
            yield when.timestamp(), found[2]


def first(lines, *parts, since=0.0):
    """When the first line since then that holds all parts was written; None: never."""
    return next((when for when, text in lines
                 if when >= since and all(part in text for part in parts)), None)


def last(lines, *parts, until=float("inf")):
    """When the last line until then that holds all parts was written; None: never."""
    found = [when for when, text in lines
             if when <= until and all(part in text for part in parts)]
    return found[-1] if found else None
