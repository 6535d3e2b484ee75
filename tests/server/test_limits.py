"""Every limit, exceeded by a client."""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure, Server, running
from tests.server_process import server_process
from tests.waiting import wait_until

FIELDS = "sessions { masks { rleMaskList { rleMask { size { bytes } } } } }"


@pytest.fixture(scope="module")
def low(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = Settings(
        videos=videos,
        data_dir=tmp_path_factory.mktemp("low"),
        max_body=1,
        max_points=2,
        max_propagations=1,
        max_objects=1,
        max_adapters=1,
        max_depth=5,
        max_aliases=2,
        max_tokens=200,
        max_subscriptions=2,
        max_connections=3,
        idle_timeout=1.0,
    )
    with running(settings, model) as server:
        yield server


def refused(server: Server, query: str) -> GraphQLFailure:
    with pytest.raises(GraphQLFailure) as failure:
        server.query(query)
    return failure.value


def test_a_request_body_that_is_no_upload_has_its_own_limit(low: Server) -> None:
    answer = low.http.post("/graphql", json={"query": "{ model { name } }", "variables": {"x": "x" * 2**20}})

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "UPLOAD_TOO_LARGE"


def test_a_query_nested_too_deeply_is_refused(low: Server) -> None:
    assert low.query("{ sessions { video { path } } }") == {"sessions": []}
    failure = refused(low, f"{{ {FIELDS} }}")

    assert failure.code == "CAPACITY_EXCEEDED"
    assert "6 levels" in failure.message


def test_a_document_that_another_server_has_executed_is_refused_where_limits_are_lower(
    server: Server, low: Server
) -> None:
    query = "{ x: model { name } y: model { name } z: model { name } }"
    for _ in range(2):
        server.query(query)

    assert refused(low, query).code == "CAPACITY_EXCEEDED"


@pytest.mark.parametrize("padding", [0, 5000])
def test_a_document_that_is_refused_is_refused_for_the_same_reason_when_it_comes_again(
    low: Server, padding: int
) -> None:
    query = f"{{ {FIELDS} }} # {' ' * padding}"
    first, second = refused(low, query), refused(low, query)

    assert (first.code, first.message) == (second.code, second.message) == ("CAPACITY_EXCEEDED", first.message)


@pytest.mark.parametrize("padding", [0, 5000])
def test_a_document_that_comes_again_is_executed_with_its_own_variables(server: Server, padding: int) -> None:
    query = f"mutation ($i: StartSessionInput!) {{ startSession(input: $i) {{ sessionId }} }} # {' ' * padding}"
    for path in ("videos/one.mp4", "videos/two.mp4"):
        with pytest.raises(GraphQLFailure, match=path):
            server.query(query, i={"path": path})


def test_a_query_nested_too_deeply_by_fragments_is_refused(low: Server) -> None:
    query = f"query {{ ...f }} fragment f on Query {{ {FIELDS} }}"

    assert refused(low, query).code == "CAPACITY_EXCEEDED"


def test_too_many_aliases_are_refused(low: Server) -> None:
    assert refused(low, "{ a: model { name } b: model { name } c: model { name } }").code == "CAPACITY_EXCEEDED"


def test_too_many_tokens_are_refused(low: Server) -> None:
    assert refused(low, "{ model { " + "n " * 250 + "} }").code == "CAPACITY_EXCEEDED"


def test_fragments_that_multiply_are_measured_without_expanding_them(server: Server) -> None:
    doubling = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(40))
    query = f"{{ ...f0 }} {doubling} fragment f40 on Query {{ a: model {{ name }} }}"

    # 2^40 fields, so expanding them would never end.
    assert refused(server, query).code == "CAPACITY_EXCEEDED"


@pytest.mark.parametrize("query", ["{ ...nowhere }", "{ ...f } fragment f on Query { ...f }"])
def test_invalid_fragments_are_reported_by_graphql(server: Server, query: str) -> None:
    assert refused(server, query).code is None


@pytest.mark.parametrize("document", ["{a" * 3000, "query($a: " + "[" * 3000, "{ model(x: " + "[" * 3000])
def test_a_document_of_only_nesting_is_refused(server: Server, document: str) -> None:
    assert refused(server, document).code == "CAPACITY_EXCEEDED"


def test_json_of_only_nesting_is_refused(server: Server) -> None:
    answer = server.http.post(
        "/graphql",
        content='{"query": "{ model { name } }", "variables": ' + "[" * 100_000,
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 400 or answer.json()["errors"][0]["extensions"]["code"] == "CAPACITY_EXCEEDED"


def test_too_many_points_are_refused(low: Server) -> None:
    session = ClientSession.start(low, "videos/discs.mp4")

    with pytest.raises(GraphQLFailure, match="at most 2") as failure:
        session.add_points(1, 0, *[[0.5, 0.5]] * 3)

    assert failure.value.code == "INVALID_PROMPT"
    session.close()


def test_variables_of_more_values_than_a_prompt_needs_are_refused_before_they_are_decoded(server: Server) -> None:
    # Not JSON: it would be refused as such if it were decoded.
    answer = server.http.post(
        "/graphql",
        content='{"query": "{ model { name } }", "variables": {"points": [' + "[0.5,0.5]," * 1_000_000,
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "INVALID_PROMPT"
    assert "at most 5000 are read" in error["message"]


def test_a_prompt_of_as_many_points_as_are_allowed_is_accepted(server: Server, session: ClientSession) -> None:
    points = [[0.4 + index / 10_000, 0.5] for index in range(1000)]

    assert session.add_points(1, 0, *points)["frameIndex"] == 0


def test_a_document_that_is_too_long_is_refused(server: Server) -> None:
    failure = refused(server, "{ model { name } }" + " " * 50_000)

    assert failure.code == "CAPACITY_EXCEEDED"
    assert "send masks as variables" in failure.message


@pytest.mark.parametrize(
    "document",
    [
        "{ model { " + "name " * 5000 + "} }",
        "{ " + "...f " * 3000 + "} fragment f on Query { model { name } }",
        "{ ...f0 } " + " ".join(f"fragment f{n} on Query {{ model {{ name }} }}" for n in range(50)),
    ],
    ids=["fields", "spreads", "fragments"],
)
def test_a_document_that_repeats_itself_too_often_is_refused(server: Server, document: str) -> None:
    failure = refused(server, document)

    assert failure.code == "CAPACITY_EXCEEDED"
    assert "repeats" in failure.message


def test_a_mask_of_more_counts_than_its_size_needs_is_refused(session: ClientSession, clip: Clip) -> None:
    rle = {**clip.rle(1, 0), "counts": "0" * 2**23}

    with pytest.raises(GraphQLFailure, match="needs at most") as failure:
        session.add_mask(1, 0, rle)

    assert failure.value.code == "INVALID_MASK"


def test_a_body_of_the_demos_stream_that_is_too_large_is_refused(server: Server) -> None:
    answer = server.http.post("/propagate_in_video", content=b"[" + b"1," * 2**20)

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "UPLOAD_TOO_LARGE"


def test_too_many_propagations_are_refused(low: Server, clip: Clip) -> None:
    sessions = [ClientSession.start(low, "videos/discs.mp4") for _ in range(2)]
    for session in sessions:
        session.add_mask(1, 0, clip.rle(1, 0))

    with sessions[0].held_stream():
        answer = low.http.post("/propagate_in_video", json={"session_id": sessions[1].session_id})

    assert answer.json()["errors"][0]["extensions"]["code"] == "CAPACITY_EXCEEDED"
    assert len(sessions[1].propagate(maxFrames=1)) == 2
    for session in sessions:
        session.close()


def test_tracking_on_the_way_to_a_correction_is_a_propagation_under_the_limit(low: Server, clip: Clip) -> None:
    streaming, correcting = (ClientSession.start(low, "videos/discs.mp4") for _ in range(2))
    for session in (streaming, correcting):
        session.add_mask(1, 0, clip.rle(1, 0))

    with streaming.held_stream(), pytest.raises(GraphQLFailure) as failure:
        correcting.correct(1, 4, rleMask=clip.rle(1, 4))

    assert failure.value.code == "CAPACITY_EXCEEDED"
    assert [each["kind"] for each in correcting.interactions()] == ["PROMPT"]
    assert correcting.state.tracker.frames_tracked == 0
    for session in (streaming, correcting):
        session.close()


def test_prompts_of_new_objects_at_once_stay_under_the_limit(low: Server, clip: Clip) -> None:
    session = ClientSession.start(low, "videos/discs.mp4")

    def add(object_id: int) -> str:
        try:
            session.add_mask(object_id, 0, clip.rle(1, 0))
        except GraphQLFailure as failure:
            return str(failure.code)
        return "added"

    with ThreadPoolExecutor(4) as threads:
        answers = Counter(threads.map(add, range(4)))

    assert answers == {"added": 1, "CAPACITY_EXCEEDED": 3}
    session.close()


def test_an_object_has_no_more_adapters_than_allowed(low: Server, clip: Clip) -> None:
    session = ClientSession.start(low, "videos/discs.mp4")
    session.add_mask(1, 0, clip.rle(1, 0))

    trained = {session.correct(1, frame, rleMask=clip.rle(frame, frame))["adapter"]["adapterId"] for frame in (1, 2)}

    assert len(trained) == 1
    session.close()


def connected(server: Server) -> Any:
    return websockets.connect(server.ws_url, subprotocols=["graphql-transport-ws"])  # type: ignore[list-item]


def test_a_message_that_is_too_large_closes_its_websocket(low: Server) -> None:
    async def send() -> int | None:
        async with connected(low) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"x": "x" * 2**21}}))
            await socket.wait_closed()
            code: int | None = socket.close_code
            return code

    assert asyncio.run(send()) == 1009


def test_a_message_of_too_many_values_closes_its_websocket(server: Server) -> None:
    async def send() -> tuple[int | None, str]:
        async with connected(server) as socket:
            await socket.send("[" + "1," * 10_000)
            await socket.wait_closed()
            return socket.close_code, socket.close_reason

    code, reason = asyncio.run(send())

    assert code == 1009
    assert "at most 5000 are read" in reason


def test_a_document_that_is_too_long_is_refused_on_a_websocket_and_other_operations_continue(server: Server) -> None:
    async def send() -> list[dict[str, Any]]:
        async with connected(server) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            for number, query in enumerate(("{ model { name } }" + " " * 50_000, "{ model { name } }")):
                await socket.send(json.dumps({"type": "subscribe", "id": str(number), "payload": {"query": query}}))
            return [json.loads(await socket.recv()) for _ in range(2)]

    refusal, answer = asyncio.run(send())

    assert (refusal["type"], refusal["id"]) == ("error", "0")
    assert refusal["payload"][0]["extensions"]["code"] == "CAPACITY_EXCEEDED"
    assert (answer["type"], answer["id"]) == ("next", "1")


def test_too_many_websockets_are_closed_with_the_reason_and_the_others_stay(low: Server) -> None:
    async def send() -> tuple[int | None, str, str]:
        async with connected(low) as first, connected(low), connected(low), connected(low) as one_too_many:
            await one_too_many.wait_closed()
            await first.send(json.dumps({"type": "connection_init"}))
            acknowledged = json.loads(await first.recv())["type"]
            return one_too_many.close_code, one_too_many.close_reason, acknowledged

    code, reason, acknowledged = asyncio.run(send())

    assert code == 1013
    assert reason == "CAPACITY_EXCEEDED: 3 connections are open, which is the limit"
    assert acknowledged == "connection_ack"


def test_too_many_operations_on_one_websocket_are_refused_and_the_others_continue(low: Server) -> None:
    session = ClientSession.start(low, "videos/discs.mp4")
    query = f'subscription {{ loraTraining(sessionId: "{session.session_id}") {{ step }} }}'

    async def send() -> list[dict[str, Any]]:
        async with connected(low) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            for number in range(3):
                await socket.send(json.dumps({"type": "subscribe", "id": str(number), "payload": {"query": query}}))
            await socket.send(json.dumps({"type": "ping"}))
            return [json.loads(await socket.recv()) for _ in range(2)]

    messages = asyncio.run(send())
    session.close()

    assert [message["type"] for message in messages] == ["error", "pong"]
    assert messages[0]["id"] == "2"
    assert messages[0]["payload"][0]["extensions"]["code"] == "CAPACITY_EXCEEDED"


@pytest.mark.parametrize(
    "message",
    ["[]", "5", "null", "{}", '{"type": 5}', '{"type": "subscribe", "id": "1"}', '{"type": "complete"}', "not json"]
    + [json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}}) for query in (5, None, [])],
)
def test_a_malformed_message_closes_its_websocket(server: Server, message: str) -> None:
    async def send() -> int | None:
        async with connected(server) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            await socket.send(message)
            await socket.wait_closed()
            code: int | None = socket.close_code
            return code

    assert asyncio.run(send()) == 4400


@pytest.mark.wall_clock
@pytest.mark.parametrize("messages", [[], [{"type": "connection_init"}]])
def test_an_idle_websocket_is_closed(low: Server, messages: list[dict[str, str]]) -> None:
    async def wait() -> None:
        async with connected(low) as socket:
            for message in messages:
                await socket.send(json.dumps(message))
            await socket.wait_closed()

    asyncio.run(wait())


@pytest.mark.wall_clock
def test_a_websocket_is_not_idle_when_a_long_operation_has_just_ended(low: Server) -> None:
    session = ClientSession.start(low, "videos/discs.mp4")
    watch = {"query": f'subscription {{ trackingProgress(sessionId: "{session.session_id}") {{ completed }} }}'}

    async def ask() -> list[str]:
        async with connected(low) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": watch}))
            await asyncio.sleep(1.3)
            await asyncio.to_thread(session.close)
            types = [json.loads(await socket.recv())["type"]]
            await asyncio.sleep(0.4)
            await socket.send(json.dumps({"type": "subscribe", "id": "2", "payload": {"query": "{ model { name } }"}}))
            return [*types, json.loads(await socket.recv())["type"]]

    assert asyncio.run(ask()) == ["complete", "next"]


@pytest.mark.wall_clock
def test_a_body_that_stalls_is_refused(low: Server) -> None:
    url = httpx.URL(low.url)
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.settimeout(20)
        head = ["POST /graphql HTTP/1.1", f"Host: {url.host}", "Content-Type: application/json", "Content-Length: 99"]
        connection.sendall("\r\n".join([*head, "", "{"]).encode())
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(4096)

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"CAPACITY_EXCEEDED" in answer


@pytest.mark.wall_clock
def test_a_client_that_stops_reading_is_disconnected(videos: Path, tmp_path: Path) -> None:
    # Larger than the socket buffers: a `free` box that players skip.
    film = (videos / "discs.mp4").read_bytes() + (2**26).to_bytes(4, "big") + b"free" + bytes(2**26 - 8)
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "long.mp4").write_bytes(film)
    settings = Settings(videos=tmp_path / "videos", data_dir=tmp_path / "data", idle_timeout=1.0)
    with server_process(settings, tmp_path / "log") as server:
        nodes = server.query("{ videos { edges { node { path url } } } }")["videos"]["edges"]
        url = httpx.URL(next(each["node"]["url"] for each in nodes if each["node"]["path"] == "videos/long.mp4"))
        before = server.open_files()
        with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 80)) as stalled:
            stalled.sendall(f"GET {url.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            wait_until(lambda: server.open_files() > before)
            wait_until(lambda: server.open_files() <= before)
            # Only what was already in the buffers arrives.
            received = 0
            with suppress(ConnectionResetError):
                while part := stalled.recv(2**20):
                    received += len(part)
        assert received < len(film)
        assert server.http.get("/healthz").status_code == 200
