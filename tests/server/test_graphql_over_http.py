"""GraphQL over HTTP and WebSockets: media types of responses, and how wrong requests are refused."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import websockets
import websockets.sync.client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.server.content_negotiation import MediaType, accepted_media_types, response_media_type
from sam2_lit.server.tokens import is_token
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Server, running
from tests.schema.subscribing import Socket, operation

QUERY = {"query": "{ model { name } }"}
MODEL = {"data": {"model": {"name": "pocket"}}}
RESULT = "application/graphql-response+json"
MULTIPART = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
UPLOAD = "mutation ($file: Upload!) { uploadVideo(file: $file) { path } }"
TWO = "query A { model { name } } query B { sessions { sessionId } }"


def post(server: Server, body: Any, **headers: str) -> httpx.Response:
    return server.http.post("/graphql", json=body, headers=headers)


def code(answer: httpx.Response) -> str | None:
    """The code of the only error, which is in JSON and in words."""
    assert answer.headers["content-type"].split(";")[0] in ("application/json", RESULT)
    [error] = answer.json()["errors"]
    assert error["message"]
    found: str | None = error.get("extensions", {}).get("code")
    return found


def subscription(session: ClientSession) -> dict[str, Any]:
    return operation(session, maxFrames=2)


@pytest.fixture
def prompted(session: ClientSession, clip: Clip) -> ClientSession:
    session.add_mask(1, 0, clip.rle(1, 0))
    return session


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*;q=0.5", "application/json"),
        ("application/json", "application/json"),
        (RESULT, RESULT),
        (f"application/json;q=0.9, {RESULT}", RESULT),
        (f"{RESULT};q=0.1, application/json;q=0.2", "application/json"),
        (URQL, RESULT),
        (MULTIPART, "application/json"),
        ("multipart/mixed;subscriptionSpec=1.0", "multipart/mixed"),
        ("text/event-stream", "text/event-stream"),
        ("text/event-stream, application/json", "text/event-stream"),
        ("application/json, text/event-stream", "application/json"),
        ("Application/JSON; Charset=UTF-8", "application/json"),
    ],
)
def test_a_query_is_sent_in_the_media_type_that_the_client_prefers(
    server: Server, accept: str | None, sent: str
) -> None:
    request = server.http.build_request("POST", "/graphql", json=QUERY)
    del request.headers["Accept"]
    if accept is not None:
        request.headers["Accept"] = accept

    answer = server.http.send(request)

    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == sent


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        (URQL, "text/event-stream"),
        (MULTIPART, "multipart/mixed"),
        ("text/event-stream;q=0.1, multipart/mixed;subscriptionSpec=1.0;q=0.2", "multipart/mixed"),
    ],
)
def test_a_subscription_is_sent_as_a_stream_that_the_client_accepts(
    server: Server, prompted: ClientSession, accept: str, sent: str
) -> None:
    answer = post(server, subscription(prompted), Accept=accept)

    assert answer.headers["content-type"].split(";")[0] == sent


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_any_accept_header_is_read(accept: str) -> None:
    accepted = accepted_media_types(accept)

    assert response_media_type(accepted, is_subscription=False) in (None, *MediaType)


def test_a_client_that_accepts_no_media_type_of_the_server_is_told_which_there_are(server: Server) -> None:
    answer = post(server, QUERY, Accept="image/png")

    assert (answer.status_code, code(answer)) == (406, "BAD_REQUEST")
    assert RESULT in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": TWO},
        {"query": TWO, "operationName": "C"},
        {"query": "fragment F on Query { model { name } }"},
        {"query": "query ($id: String!) { session(sessionId: $id) { sessionId } }"},
    ],
)
def test_an_operation_that_cannot_be_executed_has_no_data_and_the_status_of_its_media_type(
    server: Server, body: dict[str, Any]
) -> None:
    strict, plain = (post(server, body, Accept=accept) for accept in (RESULT, "application/json"))

    assert (strict.status_code, plain.status_code) == (400, 200)
    assert code(strict) == code(plain) != "INTERNAL"
    assert "data" not in strict.json()


def test_an_error_of_a_field_has_status_200_and_data(server: Server) -> None:
    query = 'query { loraCandidates(sessionId: "gone", objectId: 1, frameIndex: 0) { adapterId } }'

    answer = post(server, {"query": query}, Accept=RESULT)

    assert (answer.status_code, code(answer)) == (200, "SESSION_NOT_FOUND")
    assert answer.json()["data"] is None


def test_one_of_several_operations_is_executed_by_its_name(server: Server) -> None:
    assert post(server, {"query": TWO, "operationName": "A"}).json() == MODEL


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        ('{"query": ', "application/json", 400),
        ("", "application/json", 400),
        ("\xff", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("1" * 5000, "application/json", 400),
        ("[]", "application/json", 400),
        ('[{"query": "{ model { name } }"}]', "application/json", 400),
        ('"text"', "application/json", 400),
        ("{}", "application/json", 400),
        ('{"query": ""}', "application/json", 400),
        ('{"query": 5}', "application/json", 400),
        ('{"query": "{ model { name } }", "variables": []}', "application/json", 400),
        ('{"query": "{ model { name } }", "operationName": {}}', "application/json", 400),
        ('{"query": "{ model { name } }", "extensions": "x"}', "application/json", 400),
        ("{ model { name } }", "application/graphql", 415),
        ("{ model { name } }", "", 415),
        ("no form", "multipart/form-data; boundary=x", 400),
        ("no form", "multipart/form-data", 400),
    ],
)
def test_a_malformed_request_is_refused_in_words(server: Server, content: str, content_type: str, status: int) -> None:
    answer = server.http.post("/graphql", content=content.encode("latin-1"), headers={"Content-Type": content_type})

    assert (answer.status_code, code(answer)) == (status, "BAD_REQUEST")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"operations": "{}"},
        {"operations": "no json", "map": "{}"},
        {"operations": "[]", "map": "{}"},
        {"operations": "5", "map": '{"0": ["variables.file"]}'},
        {"map": "[]"},
        {"map": "null"},
        {"map": '{"1": ["variables.file"]}'},
        {"map": '{"0": "variables.file"}'},
        {"map": '{"0": [5]}'},
        {"map": '{"0": ["variables.files.0"]}'},
        {"map": '{"0": ["variables.file.name"]}'},
        {"map": '{"0": ["query"]}'},
        {"map": '{"0": [""]}'},
    ],
)
def test_a_malformed_upload_is_refused_in_words(server: Server, form: dict[str, str]) -> None:
    fields = {"operations": json.dumps({"query": UPLOAD, "variables": {"file": None}}), **form} if form else {}

    answer = server.http.post("/graphql", data=fields, files={"0": ("clip.mp4", b"no video", "video/mp4")})

    assert answer.status_code in (200, 400)
    assert code(answer) in ("BAD_REQUEST", None)


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS"])
def test_another_method_is_refused_with_those_that_are_allowed(server: Server, method: str) -> None:
    answer = server.http.request(method, "/graphql")

    assert (answer.status_code, code(answer)) == (405, "BAD_REQUEST")
    assert answer.headers["allow"] == "GET, HEAD, POST, PUT, DELETE"


def test_a_mutation_by_get_is_told_to_use_post(server: Server) -> None:
    answer = server.http.get("/graphql", params={"query": "mutation { __typename }"})

    assert (answer.status_code, answer.headers["allow"], code(answer)) == (405, "POST", "BAD_REQUEST")


def test_head_has_the_headers_of_get_and_no_body(server: Server) -> None:
    for parameters in (QUERY, {}):
        head, get = (server.http.request(method, "/graphql", params=parameters) for method in ("HEAD", "GET"))
        assert (head.status_code, head.headers["content-length"]) == (200, get.headers["content-length"])
        assert head.content == b""


def test_a_path_that_is_not_served_is_refused_in_json(server: Server) -> None:
    assert code(server.http.get("/nowhere")) == "BAD_REQUEST"
    assert code(server.http.get("/propagate_in_video")) == "BAD_REQUEST"


def test_a_subscription_by_plain_post_is_told_how_to_subscribe(server: Server, prompted: ClientSession) -> None:
    answer = post(server, subscription(prompted))

    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
    assert "text/event-stream" in answer.json()["errors"][0]["message"]
    assert prompted.info()["trackedFrameCount"] <= 1


@pytest.mark.parametrize("identifier", ["", "x", "VmlkZW86bm93aGVyZQ==", "U2Vzc2lvbjox", "TW9kZWw6MQ==", "\ud800"])
def test_a_node_that_is_not_there_is_a_video_that_is_not_found(server: Server, identifier: str) -> None:
    query = "query ($id: ID!) { node(id: $id) { id } }"
    body = json.dumps({"query": query, "variables": {"id": identifier}})

    answer = server.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert code(answer) == "VIDEO_NOT_FOUND"


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_compressed_body_is_read(server: Server, encoding: str, compress: Callable[[bytes], bytes]) -> None:
    # Larger than what is decompressed at once.
    body = json.dumps({**QUERY, "variables": {"x": "x" * 300_000}}).encode()

    answer = server.http.post(
        "/graphql",
        content=compress(body),
        headers={"Content-Encoding": encoding, "Content-Type": "application/json"},
    )

    assert answer.json() == MODEL


@pytest.mark.parametrize(
    ("encoding", "content", "status"),
    [
        ("gzip", b"no gzip", 400),
        ("gzip", gzip.compress(json.dumps(QUERY).encode())[:-9], 400),
        ("gzip", b"", 400),
        ("br", b"x", 415),
    ],
    ids=["no gzip", "cut", "empty", "unknown"],
)
def test_a_body_that_cannot_be_decompressed_is_refused(
    server: Server, encoding: str, content: bytes, status: int
) -> None:
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}

    answer = server.http.post("/graphql", content=content, headers=headers)

    assert (answer.status_code, code(answer)) == (status, "BAD_REQUEST")


@pytest.fixture(scope="module")
def small(model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(Settings(data_dir=tmp_path_factory.mktemp("small"), max_body=1, auth_token="sesame"), model) as server:
        yield server


def test_the_limit_of_a_body_is_that_of_what_it_decompresses_to(small: Server) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json", "Authorization": "Bearer sesame"}

    answer = small.http.post("/graphql", content=gzip.compress(bytes(2**26)), headers=headers)

    assert (answer.status_code, code(answer)) == (413, "UPLOAD_TOO_LARGE")


def test_the_name_of_the_bearer_scheme_is_in_any_case(small: Server) -> None:
    for scheme in ("bearer", "BEARER"):
        assert post(small, QUERY, Authorization=f"{scheme} sesame").json() == MODEL
    assert not is_token("sesame", "Basic sesame")
    assert not is_token("sesame", "sesame")


def test_events_have_lines_that_end_with_lf_and_are_not_buffered(server: Server, prompted: ClientSession) -> None:
    answer = post(server, subscription(prompted), Accept="text/event-stream")

    assert b"\r" not in answer.content
    assert answer.text.endswith("event: complete\ndata:\n\n")
    assert answer.headers["x-accel-buffering"] == "no"
    assert "no-cache" in answer.headers["cache-control"]


def test_multipart_has_a_boundary_before_each_part_and_a_closing_one(server: Server, prompted: ClientSession) -> None:
    answer = post(server, subscription(prompted), Accept=MULTIPART)

    assert answer.headers["content-type"] == 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0'
    assert answer.headers["x-accel-buffering"] == "no"
    assert "no-cache" in answer.headers["cache-control"]
    before, *parts, after = answer.text.split("--graphql")
    assert (before, after) == ("", "--\r\n")
    for part in parts:
        head, _, body = part.partition("\r\n\r\n")
        assert head == "\r\nContent-Type: application/json; charset=utf-8"
        assert json.loads(body)["payload"]["data"]["propagateInVideo"]["rleMaskList"]


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0"])
def test_a_stream_has_the_reason_why_its_operation_is_refused(server: Server, accept: str) -> None:
    answer = post(server, {"query": "subscription { nothing }"}, Accept=accept)

    assert answer.status_code == 200
    assert "Cannot query field 'nothing'" in answer.text


def over_websocket(server: Server, *messages: Any) -> list[dict[str, Any]]:
    """One answer for each message that is no `connection_init`, then the pong that shows the socket open."""

    async def converse() -> list[dict[str, Any]]:
        async with websockets.connect(server.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
            socket = Socket(connection)
            await socket.send(type="connection_init", payload=None)
            await socket.receive("connection_ack")
            for message in messages:
                await connection.send(json.dumps(message))
            answers = [json.loads(await connection.recv()) for _ in messages]
            await socket.send(type="ping")
            await socket.receive("pong")
            return answers

    return asyncio.run(converse())


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"query": "{"}, None),
        ({"query": ""}, "BAD_REQUEST"),
        ({"query": "{a" * 3000}, "CAPACITY_EXCEEDED"),
        ({"query": "{ nothing }"}, None),
        ({"query": TWO}, "BAD_REQUEST"),
        ({"query": TWO, "operationName": "C"}, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {"version": 1}}}, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ""}}}, "PERSISTED_QUERY_NOT_FOUND"),
    ],
)
def test_an_operation_that_cannot_be_executed_ends_alone_on_its_websocket(
    server: Server, payload: dict[str, Any], expected: str | None
) -> None:
    [answer] = over_websocket(server, {"type": "subscribe", "id": "1", "payload": payload})

    assert (answer["type"], answer["id"]) == ("error", "1")
    assert answer["payload"][0].get("extensions", {}).get("code") == expected


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.sampled_from([*QUERY.values(), TWO, UPLOAD, "{", "subscription { nothing }", "query ($a: [ID!]) { x }"])
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "query": DOCUMENTS | JSON_VALUES,
        "variables": JSON_VALUES,
        "operationName": st.sampled_from(["A", "B", "C", ""]) | JSON_VALUES,
        "extensions": st.fixed_dictionaries(
            {},
            optional={
                "operationId": st.sampled_from(["1", "2"]) | JSON_VALUES,
                "persistedQuery": st.fixed_dictionaries({"version": st.just(1), "sha256Hash": st.text()}) | JSON_VALUES,
            },
        )
        | JSON_VALUES,
    },
)
BODIES = st.binary(max_size=40) | (PARAMETERS | JSON_VALUES).map(lambda value: json.dumps(value).encode())
HEADERS = st.fixed_dictionaries(
    {"Content-Type": st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/plain", ";", ""])},
    optional={
        "Accept": st.sampled_from([URQL, MULTIPART, RESULT, "text/event-stream", "image/*", '"', ";q=", ","]),
        "Content-Encoding": st.sampled_from(["gzip", "identity", "deflate", "br"]),
        "X-GraphQL-Event-Stream-Token": st.sampled_from(["", "x", "RESERVED"]),
        "Last-Event-ID": st.sampled_from(["", "x", "x:1", ":", "1:-1", "\u00e9"]),
        "Authorization": st.sampled_from(["bearer", "Bearer \u00e9".encode("latin-1").decode("latin-1"), "Basic eA=="]),
    },
)
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture
def reserved(server: Server) -> str:
    """The token of an event stream."""
    return server.http.put("/graphql").text


@FUZZ
@given(method=st.sampled_from(["POST", "POST", "POST", "GET", "HEAD", "PUT", "DELETE"]), body=BODIES, headers=HEADERS)
def test_no_request_is_an_internal_error(
    server: Server, reserved: str, method: str, body: bytes, headers: dict[str, str]
) -> None:
    sent = {name: value.replace("RESERVED", reserved).encode("latin-1") for name, value in headers.items()}
    # A stream that is opened has no end.
    with server.http.stream(method, "/graphql", content=body, headers=sent) as answer:
        text = "" if method == "GET" and answer.status_code == 200 else answer.read().decode()

    assert answer.status_code in (200, 201, 202, 400, 404, 405, 406, 409, 415, 503)
    assert "INTERNAL" not in text


MESSAGES = JSON_VALUES | st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["connection_init", "subscribe", "subscribe", "subscribe", "complete", "ping", "pong", "x"]
        )
    },
    optional={"id": st.sampled_from(["1", "2"]) | JSON_VALUES, "payload": PARAMETERS | JSON_VALUES},
)
FRAMES = MESSAGES.map(json.dumps) | st.text(max_size=20) | st.binary(max_size=20)


def test_no_message_is_an_internal_error_or_reaches_another_websocket(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async def send(frames: list[str | bytes]) -> list[str]:
        received: list[str] = []
        async with websockets.connect(server.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
            try:
                for frame in ['{"type": "connection_init"}', *frames, '{"type": "ping"}']:
                    await connection.send(frame)
                while '"pong"' not in (answer := await connection.recv()):
                    received.append(str(answer))
            except websockets.ConnectionClosed:
                assert connection.close_code in (4400, 4409, 4429)
        return received

    @FUZZ
    @given(st.lists(FRAMES, max_size=4))
    def each(frames: list[str | bytes]) -> None:
        assert "INTERNAL" not in "".join(asyncio.run(send(frames)))

    other = websockets.sync.client.connect(server.ws_url, subprotocols=["graphql-transport-ws"])  # type: ignore[list-item]
    with other:
        other.send(json.dumps({"type": "connection_init"}))
        other.recv()
        each()
        other.send(json.dumps({"type": "subscribe", "id": "1", "payload": QUERY}))
        assert json.loads(other.recv())["payload"] == MODEL
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
