"""Every error code, provoked by a client."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
import websockets.sync.client

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.errors import ErrorCode
from sam2_lit.settings import Settings
from tests.client_session import MASKS, ClientSession
from tests.clips import FRAMES, HEIGHT, WIDTH, Clip
from tests.running import GraphQLFailure, Server, running


@pytest.fixture(scope="module")
def strict(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with low limits and a token."""
    settings = Settings(
        videos=videos,
        data_dir=tmp_path_factory.mktemp("strict"),
        max_sessions=2,
        max_objects=1,
        max_upload=1,
        auth_token="open sesame",
    )
    with running(settings, model) as server:
        server.http.headers["Authorization"] = "Bearer open sesame"
        yield server


@pytest.fixture
def strict_session(strict: Server) -> Iterator[ClientSession]:
    session = ClientSession.start(strict, "videos/discs.mp4")
    yield session
    session.close()


def refusal(call: Any, *arguments: Any, **named: Any) -> GraphQLFailure:
    with pytest.raises(GraphQLFailure) as failure:
        call(*arguments, **named)
    return failure.value


def upload(server: Server, name: str, content: bytes) -> dict[str, Any]:
    query = "mutation ($file: Upload!) { uploadVideo(file: $file) { path frameCount } }"
    answer = server.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": query, "variables": {"file": None}}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": (name, io.BytesIO(content), "video/mp4")},
    )
    body: dict[str, Any] = answer.json()
    if errors := body.get("errors"):
        raise GraphQLFailure(errors[0])
    return body


def test_session_not_found(server: Server) -> None:
    assert refusal(ClientSession(server, "gone").add_points, 1, 0, [0.5, 0.5]).code == "SESSION_NOT_FOUND"


def test_video_not_found(server: Server) -> None:
    failure = refusal(ClientSession.start, server, "../../etc/passwd")

    assert failure.code == "VIDEO_NOT_FOUND"
    assert "videos" in failure.message


def test_object_not_found(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    failure = refusal(session.candidates, 7, 0)

    assert failure.code == "OBJECT_NOT_FOUND"
    assert "it has: 1" in failure.message


@pytest.mark.parametrize("frame_index", [-1, FRAMES])
def test_frame_out_of_range(session: ClientSession, frame_index: int) -> None:
    failure = refusal(session.add_points, 1, frame_index, [0.5, 0.5])

    assert failure.code == "FRAME_OUT_OF_RANGE"
    assert f"0 to {FRAMES - 1}" in failure.message


@pytest.mark.parametrize(
    ("points", "labels"),
    [
        ([[0.5, 1.5]], [1]),
        ([[0.5]], [1]),
        ([[0.5, 0.5]], [2]),
        ([[0.5, 0.5]], [1, 0]),
        ([], []),
    ],
)
def test_invalid_points(session: ClientSession, points: list[list[float]], labels: list[int]) -> None:
    failure = refusal(
        session.mutate,
        "addPoints",
        "AddPointsInput",
        MASKS,
        objectId=1,
        frameIndex=0,
        points=points,
        labels=labels,
        clearOldPoints=True,
    )

    assert failure.code == "INVALID_PROMPT"


@pytest.mark.parametrize("box", [[0.1, 0.1, 0.2], [0.5, 0.1, 0.2, 0.9], [0.1, 0.1, 0.1, 0.9], [0, 0, 2, 1]])
def test_invalid_box(session: ClientSession, box: list[float]) -> None:
    failure = refusal(session.mutate, "addBox", "AddBoxInput", MASKS, objectId=1, frameIndex=0, box=box)

    assert failure.code == "INVALID_PROMPT"


def test_a_correction_is_exactly_one_kind_of_prompt(session: ClientSession, clip: Clip) -> None:
    for prompt in ({}, {"box": clip.box(1, 0), "rleMask": clip.rle(1, 0)}, {"labels": [1]}):
        assert refusal(session.correct, 1, 0, **prompt).code == "INVALID_PROMPT"


@pytest.mark.parametrize(
    "rle",
    [
        {"size": [HEIGHT, WIDTH], "counts": "not a mask \u00fc"},
        {"size": [HEIGHT, WIDTH], "counts": "0"},
        {"size": [HEIGHT, WIDTH], "counts": "P" * 5000},
        {"size": [HEIGHT, WIDTH], "counts": "oooooooooooooooo"},
        {"size": [HEIGHT * 2, WIDTH], "counts": "01"},
        {"size": [], "counts": ""},
        {"size": [HEIGHT, WIDTH], "counts": "PPh0"},
    ],
)
def test_invalid_mask(session: ClientSession, rle: dict[str, Any]) -> None:
    assert refusal(session.add_mask, 1, 0, rle).code == "INVALID_MASK"
    assert session.info()["objects"] == []


def test_no_prompts(session: ClientSession) -> None:
    assert refusal(session.propagate_to, 3).code == "NO_PROMPTS"


def test_features_not_captured(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    assert refusal(session.train, 1, 0).code == "FEATURES_NOT_CAPTURED"


def test_lora_not_trained(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    failure = refusal(
        session.mutate,
        "applyLoraCandidate",
        "ApplyLoraCandidateInput",
        MASKS,
        objectId=1,
        frameIndex=2,
        adapterId="none",
    )

    assert failure.code == "LORA_NOT_TRAINED"


def test_adapter_not_found(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    known = session.correct(1, 2, rleMask=clip.rle(2, 2))["adapter"]["adapterId"]

    failure = refusal(
        session.mutate,
        "applyLoraCandidate",
        "ApplyLoraCandidateInput",
        MASKS,
        objectId=1,
        frameIndex=2,
        adapterId="other",
    )

    assert failure.code == "ADAPTER_NOT_FOUND"
    assert known in failure.message


def test_unsupported_media(server: Server) -> None:
    assert refusal(upload, server, "holiday.mp4", b"no video at all" * 100).code == "UNSUPPORTED_MEDIA"


def test_upload_too_large(strict: Server) -> None:
    assert refusal(upload, strict, "big.mp4", bytes(3 * 2**20)).code == "UPLOAD_TOO_LARGE"


def test_an_upload_without_a_length_is_refused_while_it_streams(strict: Server) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="0"; filename="big.mp4"\r\n\r\n'
    chunks = (head if number == 0 else bytes(2**16) for number in range(64))

    answer = strict.http.post("/graphql", content=chunks, headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "UPLOAD_TOO_LARGE"


def test_too_many_sessions_in_use(strict: Server, strict_session: ClientSession, clip: Clip) -> None:
    second = ClientSession.start(strict, "videos/discs.mp4")
    for session in (strict_session, second):
        session.add_mask(1, 0, clip.rle(1, 0))

    with strict_session.held_stream(), second.held_stream():
        failure = refusal(ClientSession.start, strict, "videos/discs.mp4")

    assert failure.code == "CAPACITY_EXCEEDED"
    ClientSession.start(strict, "videos/discs.mp4").close()
    second.close()


def test_too_many_objects(strict_session: ClientSession, clip: Clip) -> None:
    strict_session.add_mask(1, 0, clip.rle(1, 0))

    assert refusal(strict_session.add_mask, 2, 0, clip.rle(2, 0)).code == "CAPACITY_EXCEEDED"


def test_running_out_of_memory_leaves_the_session_usable(
    session: ClientSession, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = session.state.tracker
    with monkeypatch.context() as short:
        # A step that requests more memory than there is.
        short.setattr(tracker.frames.loader, "load", lambda index: torch.empty(2**50))
        failure = refusal(session.add_points, 1, 0, clip.center(1, 0))

    assert failure.code == "OUT_OF_MEMORY"
    assert session.info()["objects"] == []
    assert session.add_points(1, 0, clip.center(1, 0))["rleMaskList"]


def test_operations_without_the_token_are_refused(strict: Server) -> None:
    for headers in ({}, {"Authorization": "Bearer guess"}):
        answer = httpx.post(f"{strict.url}/graphql", json={"query": "{ model { name } }"}, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_browsers_accept_header_does_not_bypass_the_token(strict: Server) -> None:
    page = {"Accept": "text/html"}
    video = strict.query("{ defaultVideo { url } }")["defaultVideo"]["url"]

    assert httpx.get(f"{strict.url}/graphql", params={"query": "{ model { name } }"}, headers=page).status_code == 401
    assert httpx.get(video, headers=page).status_code == 401
    assert httpx.get(f"{strict.url}/graphql", headers=page).status_code == 200


def test_a_websocket_without_the_token_is_closed(strict: Server) -> None:
    with websockets.sync.client.connect(strict.ws_url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": "Bearer guess"}}))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            socket.recv()

    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4403


def test_a_websocket_with_the_token_is_accepted(strict: Server) -> None:
    with websockets.sync.client.connect(strict.ws_url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": "Bearer open sesame"}}))
        assert json.loads(socket.recv()) == {"type": "connection_ack"}


def test_bad_request(server: Server) -> None:
    assert refusal(server.query, "query A { model { name } } query B { model { name } }").code == "BAD_REQUEST"


def test_an_unexpected_exception_is_logged_with_its_traceback_and_sent_as_an_id(
    session: ClientSession, clip: Clip, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tracker = session.state.tracker
    monkeypatch.setattr(tracker.frames.loader, "load", lambda index: 1 / 0)

    failure = refusal(session.add_points, 1, 0, clip.center(1, 0))

    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert failure.code == "INTERNAL"
    assert failure.extensions["id"] in failure.message
    assert failure.extensions["id"] in record.getMessage()
    assert record.exc_info is not None and record.exc_info[0] is ZeroDivisionError
    assert "ZeroDivisionError" not in failure.message


def test_every_code_has_a_test() -> None:
    here = Path(__file__).parent
    files = [*here.glob("test_*.py"), *here.with_name("server").glob("test_*.py")]
    source = "".join(file.read_text() for file in files)

    assert [code for code in ErrorCode if f'"{code.value}"' not in source] == []
