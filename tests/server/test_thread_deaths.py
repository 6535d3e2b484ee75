"""What clients see once a thread of the server has died."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import Connection

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.records.videos import VideoEntry
from sam2_lit.server.metrics import Metrics
from sam2_lit.settings import Settings
from sam2_lit.store import store
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure, running


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
        monkeypatch.setattr(store, "_store_video", store_video)

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
