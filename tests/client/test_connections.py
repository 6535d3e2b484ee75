"""What the client says of servers that refuse it, break off or are none."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from sam2_lit.client import Client, ConnectionFailed, ServerError
from sam2_lit.client.errors import CapacityExceeded, Unauthenticated, server_error
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.errors import RETRY_SECONDS, ErrorCode
from sam2_lit.settings import Settings
from tests.clips import FRAMES, Clip
from tests.page.gate import gate
from tests.running import Server, running

TOKEN = "a token"
CLICK = [[0.163, 0.565]]


@dataclass(frozen=True)
class Guarded:
    """A server with a token and room for one WebSocket; closing `running` stops it."""

    server: Server
    running: ExitStack


@pytest.fixture
def guarded(model: LoadedModel, tmp_path: Path) -> Iterator[Guarded]:
    settings = Settings(data_dir=tmp_path, auth_token=TOKEN, max_connections=1)
    with ExitStack() as stack:
        yield Guarded(stack.enter_context(running(settings, model)), stack)


@pytest.mark.parametrize("code", [code for code in ErrorCode if code != "PERSISTED_QUERY_NOT_FOUND"])
def test_every_error_code_has_a_class(code: ErrorCode) -> None:
    error = server_error({"message": "what was wrong", "extensions": {"code": code.value}})

    assert type(error) is not ServerError
    assert (error.code, error.message) == (code, "what was wrong")


def test_an_error_that_graphql_defines_has_no_code(server: Server) -> None:
    with Client(server.url) as client:
        session = client.open("videos/discs.mp4")
        with pytest.raises(ServerError, match="Int cannot represent") as refused:
            session.add_points(2**40, 0, CLICK)
        session.close()
    assert refused.value.code is None


def test_a_server_with_too_much_to_do_says_when_to_come_back(model: LoadedModel, tmp_path: Path) -> None:
    with running(Settings(data_dir=tmp_path, max_propagations=1), model) as server, Client(server.url) as client:
        sessions = [client.open("sample/sample.mp4") for _ in range(2)]
        for session in sessions:
            session.add_points(1, 0, CLICK)
        with closing(sessions[0].track()) as frames:
            next(frames)
            with pytest.raises(CapacityExceeded) as refused:
                next(sessions[1].track())

    assert refused.value.retry_after == RETRY_SECONDS


def test_a_token_opens_requests_and_subscriptions(guarded: Guarded) -> None:
    with Client(guarded.server.url, TOKEN) as client:
        session = client.open("sample/sample.mp4")
        session.add_points(1, 0, CLICK)

        assert [frame.frame_index for frame in session.track(max_frames=1)] == [0, 1]
        assert session.picture(0).shape == (session.video.height, session.video.width, 3)


def test_without_its_token_a_server_refuses_every_request(guarded: Guarded) -> None:
    with Client(guarded.server.url) as client, pytest.raises(Unauthenticated, match="Authorization: Bearer"):
        client.open("sample/sample.mp4")


def test_a_subscription_too_many_is_refused_with_its_code(guarded: Guarded) -> None:
    with Client(guarded.server.url, TOKEN) as client:
        session = client.open("sample/sample.mp4")
        session.add_points(1, 0, CLICK)
        frames = session.track()
        next(frames)
        with pytest.raises(CapacityExceeded, match="1 connections are open"):
            next(session.track())
        frames.close()


def test_tracking_goes_on_where_its_connection_broke(server: Server, clip: Clip) -> None:
    with gate(server.url) as path, Client(path.url) as client:
        session = client.open("videos/discs.mp4")
        session.add_mask(1, 0, clip.masks[1][0])
        frames = session.track()
        received = [next(frames)]
        path.shut()
        path.open()
        received += frames
        stored = session.masks()
        session.close()

    assert [frame.frame_index for frame in received] == list(range(FRAMES))
    for frame, held in zip(received, stored, strict=True):
        assert np.array_equal(frame.masks[1], held.masks[1])


def test_tracking_that_cannot_go_on_is_an_error_and_no_end(guarded: Guarded) -> None:
    with Client(guarded.server.url, TOKEN, reconnect_seconds=0) as client:
        session = client.open("sample/sample.mp4")
        session.add_points(1, 0, CLICK)
        frames = session.track()
        next(frames)
        guarded.running.close()
        with pytest.raises(ConnectionFailed, match="before the subscription was complete"):
            list(frames)


def test_an_address_without_a_server_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with Client(url) as client, pytest.raises(ConnectionFailed, match=f"{url}.* does not answer"):
            client.open("sample/sample.mp4")


def test_another_server_is_told_from_sam2_lit() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        answering = threading.Thread(target=other.handle_request)
        answering.start()
        refused = pytest.raises(ConnectionFailed, match="is no GraphQL server: it answered 501")
        with Client(f"http://127.0.0.1:{other.server_port}") as client, refused:
            client.open("sample/sample.mp4")
        answering.join()
