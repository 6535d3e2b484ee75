import gc
import weakref
from collections.abc import Callable

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from tests.client_session import ClientSession
from tests.clips import FRAMES, Clip
from tests.running import Server, outcomes_at_once
from tests.waiting import wait_until

CLOSE = "mutation ($session: String!) { closeSession(input: {sessionId: $session}) { success } }"


def test_a_new_session_is_empty(session: ClientSession) -> None:
    info = session.info()

    assert (info["objects"], info["trackedFrameCount"], info["loraMode"]) == ([], 0, "SUGGEST")
    assert info["video"] == {"path": "videos/discs.mp4", "frameCount": FRAMES}


def test_sessions_lists_the_open_sessions(server: Server, start: Callable[[], ClientSession]) -> None:
    first, second = start(), start()
    second.close()

    listed = [session["sessionId"] for session in server.query("{ sessions { sessionId } }")["sessions"]]

    assert first.session_id in listed
    assert second.session_id not in listed


def test_an_unknown_session_is_null(server: Server) -> None:
    assert server.query('{ session(sessionId: "gone") { sessionId } }') == {"session": None}


def test_masks_returns_tracked_masks_without_tracking_again(session: ClientSession, clip: Clip, server: Server) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    streamed = session.propagate(maxFrames=3)
    steps = server.engine.device.worker.steps_run.total()

    frames = session.masks(1, 2)

    assert [frame["rleMaskList"] for frame in frames] == [event["rleMaskList"] for event in streamed[1:3]]
    assert server.engine.device.worker.steps_run.total() == steps


def test_resetting_a_session_keeps_only_the_video(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.correct(1, 4, rleMask=clip.rle(1, 4))

    session.mutate("resetSession", "ResetSessionInput", "sessionId")

    info = session.info()
    assert (info["objects"], info["trackedFrameCount"]) == ([], 0)


@pytest.mark.parametrize("mode", ["OFF", "SUGGEST", "AUTO"])
def test_the_lora_mode_can_be_set(session: ClientSession, mode: str) -> None:
    assert session.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode=mode) == {"loraMode": mode}
    assert session.info()["loraMode"] == mode


def test_the_model_is_described(server: Server, model: LoadedModel) -> None:
    described = server.query("{ model { name device imageSize parameterCount checkpoint loraTargets } }")["model"]

    assert (described["name"], described["device"], described["imageSize"]) == ("pocket", "cpu", model.image_size)
    assert described["parameterCount"] == model.parameter_count
    assert len(described["loraTargets"]) == 21


@pytest.mark.parametrize("_", range(3))
def test_of_many_clients_that_close_a_session_at_once_one_has_closed_it(server: Server, _: int) -> None:
    session = ClientSession.start(server, "videos/discs.mp4")

    assert sorted(outcomes_at_once(server, CLOSE, session=session.session_id)) == ["SESSION_NOT_FOUND"] * 5 + ["done"]


def test_a_closed_sessions_memory_is_freed_at_once(start: Callable[[], ClientSession], clip: Clip) -> None:
    def closed() -> weakref.ref[MemoryPool]:
        session = start()
        session.add_mask(1, 0, clip.rle(1, 0))
        session.propagate(maxFrames=2)
        held = weakref.ref(session.state.tracker.pool)
        session.close()
        return held

    # The cycle collector runs by the number of objects, not by their size, so memory must not depend on it.
    gc.disable()
    try:
        held = closed()
        wait_until(lambda: held() is None)
    finally:
        gc.enable()
