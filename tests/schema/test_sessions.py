import gc
import time
import weakref
from collections.abc import Callable

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from tests.clips import FRAMES, Clip
from tests.running import Server
from tests.work import Work


def test_a_new_session_is_empty(work: Work) -> None:
    info = work.info()

    assert (info["objects"], info["trackedFrameCount"], info["loraMode"]) == ([], 0, "SUGGEST")
    assert info["video"] == {"path": "videos/discs.mp4", "frameCount": FRAMES}


def test_sessions_lists_the_open_sessions(server: Server, start: Callable[[], Work]) -> None:
    first, second = start(), start()
    second.close()

    listed = [session["sessionId"] for session in server.query("{ sessions { sessionId } }")["sessions"]]

    assert first.session_id in listed
    assert second.session_id not in listed


def test_an_unknown_session_is_null(server: Server) -> None:
    assert server.query('{ session(sessionId: "gone") { sessionId } }') == {"session": None}


def test_masks_returns_tracked_masks_without_tracking_again(work: Work, clip: Clip, server: Server) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))
    streamed = work.propagate(maxFrames=3)
    steps = server.engine.device.worker.steps_run.total()

    frames = work.masks(1, 2)

    assert [frame["rleMaskList"] for frame in frames] == [event["rleMaskList"] for event in streamed[1:3]]
    assert server.engine.device.worker.steps_run.total() == steps


def test_resetting_a_session_keeps_only_the_video(work: Work, clip: Clip) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))
    work.correct(1, 4, rleMask=clip.rle(1, 4))

    work.mutate("resetSession", "ResetSessionInput", "sessionId")

    info = work.info()
    assert (info["objects"], info["trackedFrameCount"]) == ([], 0)


@pytest.mark.parametrize("mode", ["OFF", "SUGGEST", "AUTO"])
def test_the_lora_mode_can_be_set(work: Work, mode: str) -> None:
    assert work.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode=mode) == {"loraMode": mode}
    assert work.info()["loraMode"] == mode


def test_the_model_is_described(server: Server, model: LoadedModel) -> None:
    described = server.query("{ model { name device imageSize parameterCount checkpoint loraTargets } }")["model"]

    assert (described["name"], described["device"], described["imageSize"]) == ("pocket", "cpu", model.image_size)
    assert described["parameterCount"] == model.parameter_count
    assert len(described["loraTargets"]) == 21


def test_a_closed_sessions_memory_is_freed_at_once(start: Callable[[], Work], clip: Clip) -> None:
    def closed() -> weakref.ref[MemoryPool]:
        work = start()
        work.add_mask(1, 0, clip.rle(1, 0))
        work.propagate(maxFrames=2)
        held = weakref.ref(work.session.tracker.pool)
        work.close()
        return held

    # The cycle collector runs by the number of objects, not by their size, so memory must not depend on it.
    gc.disable()
    try:
        held = closed()
        deadline = time.monotonic() + 5
        while held() is not None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert held() is None
    finally:
        gc.enable()
