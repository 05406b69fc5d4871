"""What was shown beforehand against what Flink restored: the hint must not lie."""

import os

from lab import expect, plain


def restores(shown, restored, suspend=None):
    """Fails unless `restored` (None: began empty) is what the hint announced.

    suspend is the savepoint that the upgrade took, for the hint that one comes first.
    """
    outcome = shown["outcome"]
    told = f"shown was {shown['scenario']}: {outcome}"
    if outcome == "EMPTY":
        expect(restored is None, f"{told}, Flink restored {restored}")
    elif outcome == "NEW_SAVEPOINT_FIRST":
        expect(restored == suspend, f"{told}, Flink restored {restored}, not {suspend}")
    elif outcome == "EXISTING":
        chosen = shown["chosen"]
        _existing(chosen, restored, f"{told} {chosen['location']}, Flink restored {restored}")
    else:
        expect(False, f"{told}, Flink restored {restored}")


def _existing(chosen, restored, text):
    location = plain(chosen["location"])
    expect(restored is not None, text)
    if chosen["origin"] != "LIVE_CHECKPOINT":
        expect(restored == location, text)
        return
    # The job went on after the question: a newer checkpoint of the same job takes its place.
    expect(os.path.dirname(restored) == os.path.dirname(location), text)
    expect(_checkpoint_id(restored) >= _checkpoint_id(location), text)


def _checkpoint_id(location):
    return int(os.path.basename(location).removeprefix("chk-"))
