"""Frames a second of the last 100 of 2,000 frames over those of the first 100, beside the official predictor's."""

from collections.abc import Iterator

from benchmarks import long_video
from benchmarks.long_video import FRAMES, OFFICIAL_FRAMES
from benchmarks.result import Result


def run() -> Iterator[Result]:
    ours, official = long_video.ours(), long_video.official()
    name = f"endurance: last 100 of {FRAMES} frames over the first 100 (official: of {OFFICIAL_FRAMES})"
    yield Result(name, ours.pace, "", official.pace, ours.pace / official.pace, 1)
