"""One pass over a long 720p video with three objects, which `memory` and `endurance` evaluate.

The official predictor gets fewer frames: it holds every frame and output in memory, so its growth is understated.

A shared machine's speed changes within the minutes that a pass takes. So the last frames are compared with the first
frames of a new process, started right after them.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.official import Click, OfficialRun, pocket, write_frames
from benchmarks.serving import Server, serving, working
from benchmarks.videos import starting_point, write_video
from sam2_lit.media.readers.opening import open_video

FRAMES, OFFICIAL_FRAMES, EARLY = 2000, 400, 200
OBJECTS = (1, 2, 3)


@dataclass(frozen=True)
class LongRun:
    """Seconds at which each frame was received, and peak resident MiB after `EARLY` frames and at the end.

    `fresh_moments` are those of the first frames in a new process right after.
    """

    moments: list[float]
    fresh_moments: list[float]
    early_peak: float
    last_peak: float

    @property
    def growth(self) -> float:
        return self.last_peak / self.early_peak

    @property
    def pace(self) -> float:
        """Frames/s of the last hundred frames over those of the first hundred of the new process."""
        return _first_hundred(self.fresh_moments) / (self.moments[-1] - self.moments[-101])

    @property
    def pace_of_first(self) -> float:
        """Frames/s of the last hundred frames over those of the first hundred of the same pass, minutes before."""
        return _first_hundred(self.moments) / (self.moments[-1] - self.moments[-101])


def _first_hundred(moments: list[float]) -> float:
    return moments[101] - moments[1]


@lru_cache
def ours() -> LongRun:
    with tempfile.TemporaryDirectory() as folder:
        write_video(Path(folder) / "long.mp4", FRAMES)
        with serving(Path(folder)) as server:
            moments, early_peak = asyncio.run(_stream(server, FRAMES))
            last_peak = server.peak_mib()
        with serving(Path(folder)) as server:
            fresh_moments, _ = asyncio.run(_stream(server, EARLY))
    return LongRun(moments, fresh_moments, early_peak, last_peak)


async def _stream(server: Server, count: int) -> tuple[list[float], float]:
    """When each of the first `count` frames was received, and the peak MiB after `EARLY`."""
    async with working(server, "videos/long.mp4") as work:
        for object_id in OBJECTS:
            await work.click(object_id, 0, list(starting_point(object_id)))
        moments, early_peak = [], 0.0
        async for moment, frame in work.propagate():
            moments.append(moment)
            if frame["frameIndex"] == EARLY:
                early_peak = server.peak_mib()
            if frame["frameIndex"] % 200 == 0:
                print(
                    f"ours: frame {frame['frameIndex']}, peak {server.peak_mib():.0f} MiB", file=sys.stderr, flush=True
                )
            if len(moments) == count:
                break
        return moments, early_peak


@lru_cache
def official() -> LongRun:
    """Runs in separate processes, since the memory for all frames is allocated at the start."""
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "long.mp4"
        write_video(video, OFFICIAL_FRAMES)
        long, short = (_official_process(video, count) for count in (OFFICIAL_FRAMES, EARLY))
    return LongRun(long["moments"], short["moments"], short["peak"], long["peak"])


def _official_process(video: Path, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.long_video", str(video), str(count)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _main() -> None:
    parser = argparse.ArgumentParser(
        description="The official predictor over the first frames of a video; prints JSON."
    )
    parser.add_argument("video", type=Path)
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "frames"
        with open_video(arguments.video) as reader:
            write_frames(frames, reader, arguments.count)
        run = OfficialRun(pocket(), frames)
        for object_id in OBJECTS:
            run.click(Click(object_id, 0, starting_point(object_id)))
        moments = [moment for moment, _, _ in run.frames()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"moments": moments, "peak": peak}))


if __name__ == "__main__":
    _main()
