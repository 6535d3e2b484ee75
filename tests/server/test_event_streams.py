"""graphql-sse's single connection mode: many operations on one event stream."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Server, running
from tests.schema.subscribing import operation

QUERY = "{ model { name } }"
TOKEN = "X-GraphQL-Event-Stream-Token"
BEARER = {"Authorization": "Bearer sesame"}


@pytest.fixture(scope="module")
def guarded(model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("guarded"),
        auth_token="sesame",
        max_connections=2,
        max_subscriptions=1,
        idle_timeout=0.5,
    )
    with running(settings, model) as server:
        yield server


def reserve(server: Server, **headers: str) -> dict[str, str]:
    """The headers of a new event stream."""
    answer = server.http.put("/graphql", headers=headers)
    assert answer.status_code == 201
    return {TOKEN: answer.text, **headers}


def send(server: Server, headers: dict[str, str], operation_id: object, query: Any = QUERY) -> httpx.Response:
    body = query if isinstance(query, dict) else {"query": query}
    return server.http.post("/graphql", headers=headers, json={**body, "extensions": {"operationId": operation_id}})


@contextmanager
def opened(server: Server, headers: dict[str, str]) -> Iterator[Iterator[ServerSentEvent]]:
    with connect_sse(httpx.Client(timeout=30), "GET", f"{server.url}/graphql", headers=headers) as source:
        assert source.response.status_code == 200
        yield source.iter_sse()


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def test_results_of_several_operations_are_sent_on_one_stream(server: Server) -> None:
    headers = reserve(server)
    # Before the stream is open, too.
    assert send(server, headers, "a").status_code == 202

    with opened(server, headers) as events:
        assert send(server, headers, "b").status_code == 202
        seen = [next(events) for _ in range(4)]

    for operation_id in "ab":
        own = [event for event in seen if event.json()["id"] == operation_id]
        assert [event.event for event in own] == ["next", "complete"]
        assert own[0].json()["payload"] == {"data": {"model": {"name": "pocket"}}}


def test_deleting_an_operation_ends_its_work_and_the_stream_goes_on(
    server: Server, session: ClientSession, clip: Clip
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    headers = reserve(server)
    with opened(server, headers) as events:
        send(server, headers, "tracking", operation(session))
        assert next(events).json()["payload"]["data"]["propagateInVideo"]["frameIndex"] == 0

        answer = server.http.delete("/graphql", params={"operationId": "tracking"}, headers=headers)

        assert answer.status_code == 200
        # Its id is free again.
        assert send(server, headers, "tracking").status_code == 202
        left = next(event for event in events if "model" in event.data)
    assert left.json() == {"id": "tracking", "payload": {"data": {"model": {"name": "pocket"}}}}
    assert session.info()["trackedFrameCount"] < 16


def test_closing_the_stream_ends_its_operations(server: Server, session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    headers = reserve(server)
    with opened(server, headers) as events:
        send(server, headers, "tracking", operation(session))
        next(events)
    while session.streams:
        time.sleep(0.01)

    assert code(send(server, headers, "another")) == (404, "BAD_REQUEST")


def test_a_client_that_does_not_read_pauses_the_work(server: Server, session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    headers = reserve(server)

    send(server, headers, "tracking", operation(session))

    while session.info()["trackedFrameCount"] < 5:
        time.sleep(0.01)
    time.sleep(0.3)
    assert session.info()["trackedFrameCount"] < 16
    server.http.delete("/graphql", params={"operationId": "tracking"}, headers=headers)


@pytest.mark.parametrize("query", ["{", "{ nothing }", "query A { __typename } query B { __typename }"])
def test_an_operation_that_cannot_be_executed_is_refused_where_it_was_sent(server: Server, query: str) -> None:
    headers = reserve(server)

    answer = send(server, headers, "a", query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]
    # Nothing of it is left, so that its id is free.
    assert send(server, headers, "a").status_code == 202


@pytest.mark.parametrize("operation_id", [None, "", 5, ["a"]])
def test_an_operation_needs_an_id(server: Server, operation_id: object) -> None:
    assert code(send(server, reserve(server), operation_id)) == (400, "BAD_REQUEST")


def test_an_id_is_used_once_at_a_time(server: Server, session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    headers = reserve(server)
    send(server, headers, "a", operation(session))

    assert code(send(server, headers, "a")) == (409, "BAD_REQUEST")
    server.http.delete("/graphql", params={"operationId": "a"}, headers=headers)


def test_a_stream_is_opened_once(server: Server) -> None:
    headers = reserve(server)
    with opened(server, headers):
        assert code(server.http.get("/graphql", headers=headers)) == (409, "BAD_REQUEST")


@pytest.mark.parametrize(
    "request_of",
    [
        lambda http, headers: http.get("/graphql", headers=headers),
        lambda http, headers: http.post("/graphql", headers=headers, json={"query": QUERY}),
        lambda http, headers: http.delete("/graphql", headers=headers),
        lambda http, headers: http.delete("/graphql"),
    ],
)
def test_a_token_that_was_not_given_out_is_refused(
    server: Server, request_of: Callable[[httpx.Client, dict[str, str]], httpx.Response]
) -> None:
    assert code(request_of(server.http, {TOKEN: "unknown"})) == (404, "BAD_REQUEST")


def test_the_token_may_be_in_the_query_string(server: Server) -> None:
    token = {"token": reserve(server)[TOKEN]}

    with connect_sse(httpx.Client(timeout=30), "GET", f"{server.url}/graphql", params=token) as source:
        body = {"query": QUERY, "extensions": {"operationId": "a"}}
        assert server.http.post("/graphql", params=token, json=body).status_code == 202
        # A variable, since the response would end with its iterator.
        events = source.iter_sse()
        assert [next(events).event for _ in range(2)] == ["next", "complete"]
        assert server.http.delete("/graphql", params={**token, "operationId": "a"}).status_code == 200


def test_a_token_in_a_query_string_that_is_not_of_a_stream_is_not_looked_at(server: Server) -> None:
    answer = server.http.post("/graphql", params={"token": "of a proxy"}, json={"query": QUERY})

    assert answer.json() == {"data": {"model": {"name": "pocket"}}}


def test_an_upload_is_not_executed_on_a_stream(server: Server) -> None:
    form = {"operations": json.dumps({"query": QUERY}), "map": "{}"}

    answer = server.http.post("/graphql", headers=reserve(server), data=form, files={"0": b""})

    assert code(answer) == (400, "BAD_REQUEST")


def test_a_stream_needs_the_servers_token_as_well(guarded: Server) -> None:
    headers = {TOKEN: reserve(guarded, **BEARER)[TOKEN]}

    for answer in (
        guarded.http.put("/graphql"),
        guarded.http.get("/graphql", headers=headers),
        guarded.http.get("/graphql", params={"token": headers[TOKEN]}),
        send(guarded, headers, "a"),
        guarded.http.delete("/graphql", headers=headers),
    ):
        assert code(answer) == (401, "UNAUTHENTICATED")


def reserve_all(server: Server) -> list[dict[str, str]]:
    """The headers of as many event streams as can be reserved now: those of earlier tests are dropped after a while."""
    reserved: list[dict[str, str]] = []
    while True:
        answer = server.http.put("/graphql", headers=BEARER)
        if answer.status_code == 201:
            reserved.append({TOKEN: answer.text, **BEARER})
        elif reserved:
            assert code(answer) == (503, "CAPACITY_EXCEEDED")
            return reserved


def test_streams_are_limited_and_closed_when_they_are_idle(guarded: Server) -> None:
    reserved = reserve_all(guarded)
    assert len(reserved) <= 2

    with opened(guarded, reserved[-1]) as events:
        assert send(guarded, reserved[-1], "a").status_code == 202
        assert [event.event for event in events] == ["next", "complete"]


def test_operations_of_a_stream_are_limited(guarded: Server) -> None:
    headers = reserve_all(guarded)[0]
    # Its result waits for the stream to be opened.
    assert send(guarded, headers, "a").status_code == 202

    assert code(send(guarded, headers, "b")) == (503, "CAPACITY_EXCEEDED")


def test_open_streams_do_not_keep_the_server_from_stopping(
    model: LoadedModel, tmp_path: Path, clip: Clip, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as streams:
        with running(Settings(data_dir=tmp_path), model) as server:
            session = ClientSession.start(server, "sample/sample.mp4")
            session.add_points(1, 0, [0.163, 0.565])
            shared = streams.enter_context(opened(server, reserve(server)))
            training = {"query": "subscription ($id: String!) { loraTraining(sessionId: $id) { step } }"}
            body = {**training, "variables": {"id": session.session_id}}
            http = streams.enter_context(httpx.Client(base_url=server.url, timeout=30))
            own = streams.enter_context(connect_sse(http, "POST", "/graphql", json=body))
            demo = streams.enter_context(
                http.stream("POST", "/propagate_in_video", json={"session_id": session.session_id})
            )

        assert list(shared) == list(own.iter_sse()) == []
        assert demo.read()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
