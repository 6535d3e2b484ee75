"""The share of wall time in which an operator of the model runs, from a profile of streamed frames.

The engine streams as in the server, without the network. Operators are PyTorch's, on any thread; what overlaps counts
once. What remains is Python between two operators, decoding, and waiting.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch._C._profiler import _ExperimentalConfig
from torch.profiler import ProfilerActivity, profile

from benchmarks.result import Result
from sam2_lit.app import create_engine
from sam2_lit.engine.cores import tracking_cores
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.models import load_model
from sam2_lit.engine.predictor import LitPredictor
from sam2_lit.settings import Settings
from sam2_lit.store.store import Store

FIRST, LAST = 20, 60


def run() -> Iterator[Result]:
    torch.set_num_threads(tracking_cores())
    first, second = asyncio.run(_shares())
    yield Result("overhead: share of wall time in operators, first pass", first, "", None, first, LAST - FIRST)
    yield Result("overhead: share of wall time in operators, second pass", second, "", None, second, LAST - FIRST)


async def _shares() -> tuple[float, float]:
    model = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data))
        engine = create_engine(settings, model, Store(settings.data_dir, None))
        session = await engine.start_session("sample/sample.mp4")
        await engine.add_points(session.session_id, 1, 0, [(0.163, 0.565)], [1], True)
        shares = [await _profiled_pass(engine, session.session_id) for _ in range(2)]
        await engine.close()
    return shares[0], shares[1]


async def _profiled_pass(engine: Engine, session_id: str) -> float:
    every_thread = _ExperimentalConfig(profile_all_threads=True)
    profiler = profile(activities=[ProfilerActivity.CPU], experimental_config=every_thread)
    began = 0.0
    async for frame in engine.propagate(session_id):
        if frame.frame_index == FIRST:
            profiler.start()
            began = time.perf_counter()
        if frame.frame_index == LAST:
            wall = time.perf_counter() - began
            profiler.stop()
    ran = [(event.time_range.start, event.time_range.end) for event in profiler.events() if "::" in event.name]
    return _covered(ran) / 1e6 / wall


def _covered(ranges: list[tuple[float, float]]) -> float:
    """The length of the union of ranges."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(ranges):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
