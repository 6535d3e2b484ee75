"""What clients see once a thread of the server has died."""

import ctypes
import logging
import re
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from gql.transport.exceptions import TransportQueryError
from sqlalchemy import Connection

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.sessions import frame_tracking
from sam2_lit.engine.tracking.frame_loader import CpuLoader
from sam2_lit.engine.tracking.memory_projections import MemoryProjections
from sam2_lit.records.videos import VideoEntry
from sam2_lit.server.metrics import Metrics
from sam2_lit.settings import Settings
from sam2_lit.store import store
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure, Server, running


def test_calls_fail_and_the_server_is_not_ready_once_the_devices_thread_has_died(
    model: LoadedModel, videos: Path, tmp_path: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step_finished(metrics: Metrics, rank: str, seconds: float) -> None:
        raise SystemExit("cannot count")

    with running(Settings(videos=videos, data_dir=tmp_path), model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        assert server.http.get("/readyz").status_code == 200
        monkeypatch.setattr(Metrics, "step_finished", step_finished)

        for _ in range(2):
            with pytest.raises(GraphQLFailure, match="device thread died") as failure:
                session.add_mask(1, 0, clip.rle(1, 0))
            assert failure.value.code == "INTERNAL"
        with pytest.raises(GraphQLFailure, match="device thread died"):
            session.propagate_to(3)
        ready = server.http.get("/readyz")
        assert ready.status_code == 503
        assert "device thread died" in ready.json()["reason"]
        assert server.http.get("/healthz").status_code == 200


def test_calls_fail_and_the_server_is_not_ready_once_the_stores_thread_has_died(
    model: LoadedModel, videos: Path, tmp_path: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store_video(connection: Connection, video: VideoEntry) -> None:
        raise SystemExit("no more")

    with running(Settings(videos=videos, data_dir=tmp_path), model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        monkeypatch.setattr(store, "store_video", store_video)

        with pytest.raises(GraphQLFailure, match="store thread died") as failure:
            ClientSession.start(server, "videos/discs.mp4")
        assert failure.value.code == "INTERNAL"
        with pytest.raises(GraphQLFailure, match="store thread died"):
            session.add_mask(1, 0, clip.rle(1, 0))
        ready = server.http.get("/readyz")
        assert ready.status_code == 503
        assert "store thread died" in ready.json()["reason"]
        assert [each["sessionId"] for each in server.query("{ sessions { sessionId } }")["sessions"]] == [
            session.session_id
        ]


def test_a_death_is_logged_once_with_its_traceback(
    model: LoadedModel,
    videos: Path,
    tmp_path: Path,
    clip: Clip,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def step_finished(metrics: Metrics, rank: str, seconds: float) -> None:
        raise SystemExit("cannot count")

    with running(Settings(videos=videos, data_dir=tmp_path), model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        monkeypatch.setattr(Metrics, "step_finished", step_finished)
        for _ in range(3):
            assert session.server.code(
                "mutation ($s: String!) { addBox(input: {sessionId: $s, objectId: 1, frameIndex: 0, "
                "box: [0.1, 0.1, 0.5, 0.5]}) { frameIndex } }",
                s=session.session_id,
            )

    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert errors[0].exc_info is not None
    assert errors[0].exc_info[0] is SystemExit


def use_every_thread(server: Server, videos: Path, clip: Clip) -> list[Any]:
    """Uploads, transcodes, tracks, trains and exports; returns the masks."""
    form = {
        "operations": '{"query": "mutation ($f: Upload!) { uploadVideo(file: $f) { url } }", "variables": {"f": null}}',
        "map": '{"0": ["variables.f"]}',
    }
    uploaded = server.http.post("/graphql", data=form, files={"0": ("discs.mp4", (videos / "discs.mp4").read_bytes())})
    url = httpx.URL(uploaded.json()["data"]["uploadVideo"]["url"])
    assert server.http.get(url.path).status_code == 200
    session = ClientSession.start(server, "videos/discs.mp4")
    session.add_mask(1, 0, clip.half(1, 0))
    assert len(session.propagate(maxFrames=3)) == 4
    assert session.correct(1, 2, rleMask=clip.rle(1, 2))["adapter"] is not None
    session.mutate("exportAnnotations", "ExportAnnotationsInput", "url", format="COCO")
    masks: list[Any] = [frame["frameIndex"] for frame in session.masks()]
    session.close()
    return masks


def test_every_thread_of_a_pool_that_meets_an_error_in_its_own_loop_continues(
    model: LoadedModel, videos: Path, tmp_path: Path, clip: Clip, caplog: pytest.LogCaptureFixture
) -> None:
    before = set(threading.enumerate())
    with running(Settings(videos=videos, data_dir=tmp_path), model) as server:
        masks = use_every_thread(server, videos, clip)
        pooled = {
            each
            for each in set(threading.enumerate()) - before
            if each.name.startswith("sam2-lit-") and each.name not in ("sam2-lit-device", "sam2-lit-store")
        }
        for thread in pooled:
            # Raised when the thread next runs Python: in its loop, since it has nothing to do.
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))

        assert use_every_thread(server, videos, clip) == masks
        assert server.http.get("/readyz").status_code == 200

    kinds = {re.sub(r"-\d+$", "", each.name.removeprefix("sam2-lit-")) for each in pooled}
    assert {"finish", "decoding", "store-reading", "video", "upload"} <= kinds
    continued = [record.getMessage().split()[1] for record in caplog.records if "continues" in record.getMessage()]
    assert len(continued) == len(set(continued)) and set(continued) <= {each.name for each in pooled}


def leave_on(thread: str, function: Callable[..., Any], calls: int) -> Callable[..., Any]:
    """`function`, but the call with this number, counted from 1, that is made on such a thread ends it."""
    numbers = count(1)

    def called(*args: Any, **kwargs: Any) -> Any:
        if thread in threading.current_thread().name and next(numbers) == calls:
            raise SystemExit("enough")
        return function(*args, **kwargs)

    return called


@pytest.mark.parametrize(
    ("thread", "of", "name"),
    [
        ("helper", MemoryProjections, "joined"),
        ("finish", frame_tracking, "encode_mask"),
        ("decode", CpuLoader, "load"),
    ],
)
def test_an_error_on_a_thread_that_works_for_a_stream_fails_the_stream_and_the_next_one_is_whole(
    thread: str,
    of: Any,
    name: str,
    start: Callable[[], ClientSession],
    clip: Clip,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    undisturbed, session = start(), start()
    for each in (undisturbed, session):
        each.add_mask(1, 0, clip.rle(1, 0))
    masks = [event["rleMaskList"] for event in undisturbed.propagate(maxFrames=6)]

    with monkeypatch.context() as patched:
        patched.setattr(of, name, leave_on(thread, getattr(of, name), 3))
        try:
            # The device's thread computes what the helper has not begun, so this may be none of its errors.
            assert [event["rleMaskList"] for event in session.propagate(maxFrames=6)] == masks
        except TransportQueryError as failure:
            assert failure.errors is not None
            assert [error["extensions"]["code"] for error in failure.errors] == ["INTERNAL"]

    assert [event["rleMaskList"] for event in session.propagate(maxFrames=6)] == masks
