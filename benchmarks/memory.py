"""Peak memory at 2,000 frames of 720p with three objects over that at 200: the server, the official predictor."""

from collections.abc import Iterator

from benchmarks import long_video
from benchmarks.long_video import EARLY, FRAMES, OFFICIAL_FRAMES
from benchmarks.result import Result


def run() -> Iterator[Result]:
    ours, official = long_video.ours(), long_video.official()
    name = f"memory: peak at {FRAMES} frames over that at {EARLY} (official: {OFFICIAL_FRAMES} over {EARLY})"
    yield Result(name, ours.growth, "", official.growth, official.growth / ours.growth, 1)
    name = f"memory: peak at {FRAMES} frames (official: {OFFICIAL_FRAMES})"
    yield Result(name, ours.last_peak, "MiB", official.last_peak, official.last_peak / ours.last_peak, 1)
