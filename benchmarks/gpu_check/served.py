"""Checks of the whole server on a GPU: what clients see, at once and after a restart."""

import logging
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.gpu_check.bench import Bench
from sam2_lit.server.model_setup import prepare_model
from sam2_lit.settings import Settings
from tests.client_session import ClientSession, rle_of
from tests.clips import rle_input
from tests.running import Server, running


class _Errors(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _served(bench: Bench, data: Path) -> Iterator[Server]:
    """A server of the embedded model; what it logs as an error fails the check."""
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    try:
        settings, model = Settings(videos=bench.videos, data_dir=data), bench.pocket()
        prepare_model(model, settings)
        with running(settings, model) as server:
            yield server
    finally:
        logging.getLogger().removeHandler(errors)
    bench.report.check("errors in the server's log", not errors.messages, errors.messages[:3] or "none", "none")


def restored(bench: Bench) -> None:
    """A session that was resumed after a restart continues as one that was never closed."""
    last = bench.scale.short - 1

    def begin(session: ClientSession) -> None:
        session.add_points(1, 0, bench.clip.center(1, 0))
        session.add_mask(2, 1, rle_input(bench.mask(1, 2)))
        session.propagate(maxFrames=last)

    def resume(session: ClientSession) -> list[Any]:
        clicked = session.add_points(1, 2, [0.02, 0.02], labels=[0])
        return [clicked, session.propagate(startFrameIndex=2, direction="FORWARD"), session.masks()]

    with tempfile.TemporaryDirectory() as folder:
        with _served(bench, Path(folder)) as server:
            kept, interrupted = (ClientSession.start(server, "videos/short") for _ in range(2))
            for session in (kept, interrupted):
                begin(session)
                bench.clock.check()
            expected = resume(kept)
        with _served(bench, Path(folder)) as server:
            found = resume(ClientSession(server, interrupted.session_id))
    names = ("click", "propagation", "masks")
    bench.report.compare(
        "a session after a restart, against one that never stopped",
        dict(zip(names, found, strict=True)),
        dict(zip(names, expected, strict=True)),
    )


def whole_server(bench: Bench) -> None:
    with tempfile.TemporaryDirectory() as folder, _served(bench, Path(folder)) as server:
        session = ClientSession.start(server, "videos/long")
        _correct(bench, session)
        for mode in ("SUGGEST", "AUTO"):
            session.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode=mode)
            _check_frames(bench, f"frames in mode {mode}", session.propagate(), 1)
        bench.clock.check()
        _click_during(bench, server, session)
        bench.clock.check()
        _propagate_two(bench, server)
        bench.clock.check()
        _train_during(bench, server, session)


def _correct(bench: Bench, session: ClientSession) -> None:
    clip, frame = bench.clip, bench.scale.short - 1
    session.add_points(1, 0, clip.center(1, 0))
    _check_frames(bench, "frames of one object", session.propagate(), 1)
    both = rle_input(bench.mask(frame, 1, 2))
    correction = session.correct(1, frame, rleMask=both)
    bench.report.check("a correction trains an adapter", bool(correction["adapter"]), correction["skipped"], "trained")
    proposed = session.candidates(1, frame + 1)
    bench.report.check("an adapter proposes a mask", len(proposed) == 1, len(proposed), "1")
    [frame_masks] = session.masks(frame, frame)
    is_same = {name: rle_of(frame_masks, 1)[name] for name in both} == both
    bench.report.check("the corrected mask is what was given", is_same, is_same, "True")


def _check_frames(bench: Bench, name: str, events: list[dict[str, Any]], objects: int) -> None:
    complete = [each["frameIndex"] for each in events if len(each["rleMaskList"]) == objects]
    is_right = complete == list(range(bench.scale.frames))
    bench.report.check(name, is_right, f"{len(complete)} complete", f"{bench.scale.frames}, each once, in order")


def _click_during(bench: Bench, server: Server, propagating: ClientSession) -> None:
    """Clicks in another session while one propagates, again and again until the last click is answered."""
    other = ClientSession.start(server, "videos/short")
    place = bench.clip.center(2, 0)
    other.add_points(1, 0, place)
    milliseconds = []
    with ThreadPoolExecutor(1) as pool:
        stream = pool.submit(propagating.propagate)
        for _ in range(bench.scale.clicks):
            if stream.done():
                stream = pool.submit(propagating.propagate)
            started = time.perf_counter()
            other.add_points(1, 0, place)
            milliseconds.append(1000 * (time.perf_counter() - started))
        stream.result()
    late = sorted(milliseconds)[int(0.95 * (len(milliseconds) - 1))]
    text = f"{late:.0f} ms at the 95th percentile of {len(milliseconds)}"
    if bench.emulated is not None:
        bench.report.measured("a click during a propagation", text)
    else:
        bench.report.check("a click during a propagation", late < 60, text, "under 60 ms")


def _propagate_two(bench: Bench, server: Server) -> None:
    sessions = [ClientSession.start(server, "videos/long") for _ in range(2)]
    for session in sessions:
        for object_id in range(1, 6):
            session.add_points(object_id, 0, list(bench.point(object_id)))
    with ThreadPoolExecutor(2) as pool:
        for events in pool.map(ClientSession.propagate, sessions):
            _check_frames(bench, "frames of five objects next to another session", events, 5)


def _train_during(bench: Bench, server: Server, propagating: ClientSession) -> None:
    learning = ClientSession.start(server, "videos/short")
    learning.add_points(1, 0, bench.clip.center(1, 0))
    learning.propagate()
    frames = range(1, bench.scale.short)
    with ThreadPoolExecutor(1) as pool:
        stream = pool.submit(propagating.propagate)
        adapters = [
            learning.train(1, frame, rleMask=rle_input(bench.mask(frame, 1, 2)))
            for frame, _ in zip(cycle(frames), range(bench.scale.trainings), strict=False)
        ]
        _check_frames(bench, "frames during trainings", stream.result(), 1)
    bench.report.check("trainings during a propagation", all(adapters), len(adapters), "all end with an adapter")
