"""Access control, attacked on every route."""

import asyncio
import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from click.testing import CliRunner

from sam2_lit.cli import main
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.server.tokens import is_token
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.running import Server, running

EVIL = "https://evil.example"
UPLOAD = "mutation ($file: Upload!) { uploadVideo(file: $file) { path } }"


@pytest.fixture(scope="module")
def guarded(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a token, without introspection and GraphiQL, that allows one other origin."""
    settings = Settings(
        videos=videos,
        data_dir=tmp_path_factory.mktemp("guarded"),
        auth_token="open sesame",
        allowed_origin=("https://friend.example",),
        introspection=False,
        graphiql=False,
    )
    with running(settings, model) as server:
        yield server


def form(**headers: str) -> dict[str, Any]:
    """An upload as the form of a web page sends it."""
    return {
        "data": {
            "operations": json.dumps({"query": UPLOAD, "variables": {"file": None}}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        "files": {"0": ("clip.mp4", b"no video", "video/mp4")},
        "headers": headers,
    }


def code(answer: httpx.Response) -> str:
    sent: str = answer.json()["errors"][0]["extensions"]["code"]
    return sent


def test_listening_on_other_addresses_needs_a_token_or_no_auth() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        refused = CliRunner().invoke(main, ["serve", "--host", host])
        assert refused.exit_code == 2
        assert "--auth-token" in refused.output
    for accepted in (["--auth-token", "t"], ["--no-auth"]):
        # The next wrong argument is reported.
        outcome = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0", *accepted, "--videos", "nowhere"])
        assert "nowhere is not a folder" in outcome.output


@pytest.mark.parametrize(
    "path",
    [
        "/graphql?query={model{name}}",
        "/metrics",
        "/exports/anything",
        "/videos/anything/video.mp4",
        "/videos/anything/poster.jpg",
        "/videos/anything/frames/0.jpg",
        "//graphql?query={model{name}}",
    ],
)
@pytest.mark.parametrize(
    "token", [None, "Bearer", "Bearer open", "Bearer open sesames", "Basic open sesame", "x" * 9999]
)
def test_every_route_needs_the_token(guarded: Server, path: str, token: str | None) -> None:
    answer = httpx.get(guarded.url + path, headers={"Authorization": token} if token else {})

    assert answer.status_code == 401
    assert code(answer) == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_that_is_not_ascii_is_refused(guarded: Server) -> None:
    answer = httpx.get(guarded.url + "/metrics", headers={"Authorization": "Bearer öffne".encode()})  # type: ignore[dict-item]

    assert answer.status_code == 401


def test_tokens_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    original = secrets.compare_digest
    monkeypatch.setattr(secrets, "compare_digest", lambda a, b: compared.append((a, b)) or original(a, b))

    assert is_token("open sesame", "Bearer open sesame")
    assert not is_token("open sesame", "Bearer guess")
    assert len(compared) == 2


def handshake(server: Server, **headers: str) -> int:
    async def connect() -> int:
        try:
            async with websockets.connect(
                server.ws_url,
                subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
                origin=headers.pop("Origin", None),  # type: ignore[arg-type]
                additional_headers=headers,
            ):
                return 101
        except websockets.InvalidStatus as refusal:
            return refusal.response.status_code

    return asyncio.run(connect())


def test_a_websocket_is_not_served_before_connection_init(guarded: Server) -> None:
    async def subscribe() -> int | None:
        async with websockets.connect(guarded.ws_url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            payload = {"query": "{ model { name } }"}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            await socket.wait_closed()
            closed: int | None = socket.close_code
            return closed

    assert asyncio.run(subscribe()) == 4401


def test_a_page_of_another_origin_cannot_open_a_websocket(guarded: Server) -> None:
    assert handshake(guarded, Origin=EVIL) == 403
    assert handshake(guarded, Origin="null") == 403
    assert handshake(guarded, Origin=guarded.url) == 101
    assert handshake(guarded, Origin="https://friend.example") == 101


def test_cors_allows_only_the_origins_that_are_allowed(guarded: Server) -> None:
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}

    evil = httpx.options(guarded.url + "/graphql", headers={"Origin": EVIL, **ask})
    friend = httpx.options(guarded.url + "/graphql", headers={"Origin": "https://friend.example", **ask})

    assert "access-control-allow-origin" not in evil.headers
    assert friend.headers["access-control-allow-origin"] == "https://friend.example"


@pytest.mark.parametrize(
    "sent_by",
    [{"Origin": EVIL}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_of_another_site_cannot_upload(server: Server, sent_by: dict[str, str]) -> None:
    answer = server.http.post("/graphql", **form(**sent_by))

    assert answer.status_code == 401
    assert code(answer) == "UNAUTHENTICATED"


def test_a_form_of_another_site_cannot_start_tracking(server: Server) -> None:
    answer = server.http.post(
        "/propagate_in_video", content="{}", headers={"Origin": EVIL, "Content-Type": "text/plain"}
    )

    assert answer.status_code == 401


def test_the_servers_own_page_and_plain_clients_can_upload(server: Server) -> None:
    for sent_by in ({}, {"Origin": server.url}, {"Sec-Fetch-Site": "same-origin"}):
        assert code(server.http.post("/graphql", **form(**sent_by))) == "UNSUPPORTED_MEDIA"


def test_a_mutation_by_get_is_refused(server: Server) -> None:
    query = 'mutation { startSession(input: {path: "videos/discs.mp4"}) { sessionId } }'

    before = server.query("{ sessions { sessionId } }")
    answer = server.http.get("/graphql", params={"query": query})

    assert answer.status_code == 405
    assert server.query("{ sessions { sessionId } }") == before


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7263", "127.0.0.1.evil.example", "localhost.evil.example", ""]
)
def test_a_foreign_host_name_is_refused(server: Server, host: str) -> None:
    assert server.http.get("/", headers={"Host": host}).status_code == 400
    assert server.http.post("/graphql", json={"query": "{ model { name } }"}, headers={"Host": host}).status_code == 400
    assert handshake(server, Host=host or "evil.example") == 400


def test_the_names_of_loopback_are_accepted(server: Server) -> None:
    for host in ("localhost", "localhost:7263", "127.0.0.1", "[::1]:7263"):
        assert server.http.get("/healthz", headers={"Host": host}).status_code == 200


def test_session_ids_cannot_be_guessed(server: Server) -> None:
    sessions = [ClientSession.start(server, "videos/discs.mp4") for _ in range(8)]
    ids = [session.session_id for session in sessions]
    for session in sessions:
        session.close()

    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", each) for each in ids)
    assert all(len({each[place] for each in ids}) > 1 for place in range(21))


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "uploads/../sam2-lit.sqlite", "sam2-lit.sqlite", "videos/..", "lock"],
)
def test_start_session_opens_only_known_videos(server: Server, path: str) -> None:
    query = "mutation ($path: String!) { startSession(input: {path: $path}) { sessionId } }"

    assert server.code(query, path=path) == "VIDEO_NOT_FOUND"


@pytest.mark.parametrize("prefix", ["/videos", "/exports", "/static", "/static/page/assets", "/static/graphiql/assets"])
@pytest.mark.parametrize(
    "path",
    [
        "../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/sam2-lit.sqlite",
        "..%5c..%5clock",
    ],
)
def test_a_url_cannot_leave_its_folder(server: Server, prefix: str, path: str) -> None:
    url = httpx.URL(server.url)

    async def fetch() -> bytes:
        # Without an HTTP client, which would normalize the path.
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"GET {prefix}/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer

    assert asyncio.run(fetch()).startswith(b"HTTP/1.1 404")


def test_the_name_of_an_upload_cannot_choose_its_folder(server: Server, videos: Path) -> None:
    sent = form()
    sent["files"] = {"0": ("../../../escaped.mp4", (videos / "discs.mp4").read_bytes(), "video/mp4")}

    path = server.http.post("/graphql", **sent).json()["data"]["uploadVideo"]["path"]

    assert re.fullmatch(r"uploads/escaped-[0-9a-f]{12}\.mp4", path)


def test_introspection_can_be_turned_off(guarded: Server) -> None:
    guarded.http.headers["Authorization"] = "Bearer open sesame"

    for query in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
        answer = guarded.http.post("/graphql", json={"query": query}).json()
        assert "data" not in answer or answer["data"] is None
    assert guarded.query("{ model { name } }") == {"model": {"name": "pocket"}}


def test_graphiql_can_be_turned_off(guarded: Server, server: Server) -> None:
    browser = {"Accept": "text/html"}

    assert "<html" in server.http.get("/graphql", headers=browser).text
    assert "<html" not in httpx.get(guarded.url + "/graphql", headers=browser).text
