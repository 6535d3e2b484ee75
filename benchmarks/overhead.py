"""The fraction of wall time in which an operator of the model runs, from a profile of streamed frames.

The engine streams as in the server, without the network, in a process set up like the server's. Operators are
PyTorch's, on any thread; overlaps count once. The rest is Python between two operators, decoding, and waiting. The wall
time of the same frames without the profiler shows what profiling costs.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from torch._C._profiler import _ExperimentalConfig
from torch.profiler import ProfilerActivity, profile

from benchmarks.pocket import load_pocket
from benchmarks.result import Result
from sam2_lit.engine.device.process_setup import set_up_process
from sam2_lit.engine.engine import Engine
from sam2_lit.records.tracking_scope import TrackingScope
from sam2_lit.server.engine_setup import create_engine
from sam2_lit.settings import Settings
from sam2_lit.store.store import Store

FIRST, LAST = 20, 60
PASSES = ("first", "second")


def run(repeats: int = 3) -> Iterator[Result]:
    """Runs in separate processes, since how threads wait for each other is fixed when PyTorch is loaded."""
    command = [sys.executable, "-m", "benchmarks.overhead"]
    runs = [
        json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        for _ in range(repeats)
    ]
    for each in PASSES:
        share = median(run[each]["share"] for run in runs)
        yield Result(f"overhead: fraction of wall time in operators, {each} pass", share, "", None, share, repeats)
    for each in PASSES:
        profiled, plain = (median(run[each][name] for run in runs) * 1000 for name in ("profiled", "plain"))
        yield Result(
            f"overhead: a frame of the {each} pass, profiled", profiled, "ms", plain, plain / profiled, repeats
        )


async def _passes() -> dict[str, dict[str, float]]:
    model = load_pocket()
    measured: dict[str, dict[str, float]] = {each: {} for each in PASSES}
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data))
        engine = create_engine(settings, model, Store(settings.data_dir, None))
        # The first session is a warm-up.
        for name in ("warm", "plain", "profiled"):
            session = await engine.start_session("sample/sample.mp4")
            await engine.add_points(session.session_id, 1, 0, [(0.163, 0.565)], [1], True)
            for each in PASSES:
                seconds, share = await _pass(engine, session.session_id, profiled=name == "profiled")
                measured[each] |= {name: seconds, "share": share}
            await engine.close_session(session.session_id)
        await engine.close()
    return measured


async def _pass(engine: Engine, session_id: str, *, profiled: bool) -> tuple[float, float]:
    """Seconds per frame, and the fraction in operators; 0 where nothing was profiled."""
    every_thread = _ExperimentalConfig(profile_all_threads=True)
    profiler: Any = profile(activities=[ProfilerActivity.CPU], experimental_config=every_thread)
    async for frame in engine.propagate(session_id, TrackingScope(max_frames=LAST + 2)):
        if frame.frame_index == FIRST:
            if profiled:
                profiler.start()
            began = time.perf_counter()
        if frame.frame_index == LAST:
            wall = time.perf_counter() - began
            if profiled:
                profiler.stop()
    if not profiled:
        return wall / (LAST - FIRST), 0.0
    ran = [(event.time_range.start, event.time_range.end) for event in profiler.events() if "::" in event.name]
    return wall / (LAST - FIRST), _covered(ran) / 1e6 / wall


def _covered(ranges: list[tuple[float, float]]) -> float:
    """The total length of the union of ranges."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(ranges):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


if __name__ == "__main__":
    set_up_process()
    print(json.dumps(asyncio.run(_passes())))
