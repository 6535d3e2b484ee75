import time
from typing import Any

import pytest

from tests.clips import Clip
from tests.running import Server
from tests.work import Work

URL = "/propagate_in_video"


def test_the_stream_has_one_part_for_each_frame_and_nothing_after_the_last(work: Work, clip: Clip) -> None:
    work.add_points(1, 0, clip.centre(1, 0))

    answer = work.server.http.post(URL, json={"session_id": work.session_id})

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
        ({"start_frame_index": 0}, 400, "NO_PROMPTS"),
    ],
)
def test_errors_are_sent_instead_of_the_stream(work: Work, body: Any, status: int, code: str) -> None:
    if isinstance(body, dict) and body.keys() == {"start_frame_index"}:
        body = {"session_id": work.session_id, **body}

    answer = work.server.http.post(URL, json=body)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


def test_a_body_that_is_not_json_is_refused(server: Server) -> None:
    answer = server.http.post(URL, content=b"session_id=1")

    assert answer.json()["errors"][0]["extensions"]["code"] == "SESSION_NOT_FOUND"


def test_a_client_that_disconnects_stops_the_tracking(server: Server) -> None:
    work = Work.begin(server, "sample/sample.mp4")
    work.add_points(1, 0, [0.163, 0.565])

    with server.http.stream("POST", URL, json={"session_id": work.session_id}) as answer:
        # A variable, since the response would end with its iterator.
        parts = answer.iter_raw()
        next(parts)
        assert work.streams == 1
    deadline = time.monotonic() + 30
    while work.streams and time.monotonic() < deadline:
        time.sleep(0.05)

    assert work.streams == 0
    assert work.info()["trackedFrameCount"] < 120
    work.close()
