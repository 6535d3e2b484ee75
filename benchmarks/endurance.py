"""Frames/s of the last 100 of 2,000 frames over those of the first 100, compared with the official predictor.

The first 100 are those of a new process right after, so that the machine's changing speed does not decide
(`long_video.py`); the ratio to the first 100 of the same pass is given as well.
"""

from collections.abc import Iterator

from benchmarks import long_video
from benchmarks.long_video import FRAMES, OFFICIAL_FRAMES
from benchmarks.result import Result


def run() -> Iterator[Result]:
    ours, official = long_video.ours(), long_video.official()
    name = f"endurance: last 100 of {FRAMES} frames over a new process's first (official: of {OFFICIAL_FRAMES})"
    yield Result(name, ours.pace, "", official.pace, ours.pace / official.pace, 1)
    first, official_first = ours.pace_of_first, official.pace_of_first
    yield Result("endurance: over the first 100 of the same pass", first, "", official_first, first / official_first, 1)
