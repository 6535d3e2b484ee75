from typing import Any

import pytest

from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Server
from tests.waiting import wait_until

URL = "/propagate_in_video"


def test_the_stream_has_one_part_for_each_frame_and_nothing_after_the_last(session: ClientSession, clip: Clip) -> None:
    session.add_points(1, 0, clip.center(1, 0))

    answer = session.server.http.post(URL, json={"session_id": session.session_id})

    assert answer.headers["content-type"] == "multipart/x-savi-stream; boundary=frame"
    first, *rest = answer.content.split(b"--frame\r\n")
    assert first == b"" and len(rest) == 16
    head, body = rest[-1].split(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert b"Frame-Current: 16\r\nFrame-Total: 16" in head
    assert body.startswith(b'{"frame_index": 15, "results": [{"object_id": 1, "mask": {"size": [128, 192], "counts": ')


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"session_id": "unknown"}, 404, "SESSION_NOT_FOUND"),
        ({}, 404, "SESSION_NOT_FOUND"),
        ([], 404, "SESSION_NOT_FOUND"),
        ({"start_frame_index": 16}, 404, "FRAME_OUT_OF_RANGE"),
        ({"start_frame_index": "0"}, 404, "FRAME_OUT_OF_RANGE"),
    ],
)
def test_errors_are_sent_instead_of_the_stream(session: ClientSession, body: Any, status: int, code: str) -> None:
    if isinstance(body, dict) and body.keys() == {"start_frame_index"}:
        body = {"session_id": session.session_id, **body}

    answer = session.server.http.post(URL, json=body)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


def test_tracking_without_prompts_is_an_empty_stream(session: ClientSession) -> None:
    answer = session.server.http.post(URL, json={"session_id": session.session_id})

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "multipart/x-savi-stream; boundary=frame"


def test_a_body_that_is_not_json_is_refused(server: Server) -> None:
    answer = server.http.post(URL, content=b"session_id=1")

    assert answer.json()["errors"][0]["extensions"]["code"] == "SESSION_NOT_FOUND"


def test_a_client_that_disconnects_stops_the_tracking(server: Server) -> None:
    session = ClientSession.start(server, "sample/sample.mp4")
    session.add_points(1, 0, [0.163, 0.565])

    with server.http.stream("POST", URL, json={"session_id": session.session_id}) as answer:
        # A variable, since the response would end with its iterator.
        parts = answer.iter_raw()
        next(parts)
        assert session.streams == 1
    wait_until(lambda: session.streams == 0)

    assert session.info()["trackedFrameCount"] < 120
    session.close()
