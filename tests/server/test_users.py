"""Users: by tokens and by a proxy, what carries their names, their limits, and tokens that are revoked."""

import asyncio
import hmac
import json
import logging
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
import websockets
from click.testing import CliRunner
from httpx_sse import connect_sse

from sam2_lit.cli import main
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.records.users import current_user
from sam2_lit.server.tokens import TokenFile, append_line, new_token
from sam2_lit.settings import Settings
from sam2_lit.store.migrations import MIGRATIONS
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Server, running
from tests.schema.subscribing import Socket
from tests.server.signing_in import PATH, House, house
from tests.waiting import wait_until

VIEWER = {"query": "{ viewer { name } }"}
HEADER = "X-Remote-User"
PROXY, STRANGER = "127.0.0.2", "127.0.0.3"


@pytest.fixture(scope="module")
def home(model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(
        model, tmp_path_factory.mktemp("home"), max_user_sessions=3, max_user_propagations=1, log_level="debug"
    ) as opened:
        yield opened


@pytest.fixture(scope="module")
def anna(home: House) -> Server:
    return home.add("anna")


@pytest.fixture(scope="module")
def bert(home: House) -> Server:
    return home.add("bert@example.org")


@pytest.fixture
def shared(anna: Server, clip: Clip) -> Iterator[ClientSession]:
    """Anna's session, which everyone may see, with a mask of hers."""
    session = ClientSession.start(anna, PATH)
    session.add_mask(1, 0, clip.rle(1, 0))
    yield session
    session.close()


def test_a_token_says_who_asks(anna: Server, bert: Server, server: Server) -> None:
    assert anna.query("{ viewer { name } }") == {"viewer": {"name": "anna"}}
    assert bert.query("{ viewer { name } }") == {"viewer": {"name": "bert@example.org"}}
    assert server.query("{ viewer { name } }") == {"viewer": None}


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer guess"}, {HEADER: "anna"}])
def test_without_a_token_of_the_file_nobody_is_let_in(home: House, sent: dict[str, str]) -> None:
    for path in ("/graphql?query={viewer{name}}", "/metrics", "/exports/x", "/videos/x/poster.jpg"):
        assert httpx.get(home.server.url + path, headers=sent).status_code == 401


def test_the_hash_of_a_token_is_not_a_token(home: House, anna: Server) -> None:
    hashed = next(line.split()[1] for line in home.file.read_text().splitlines() if line.startswith("anna "))

    for token in (hashed, hashed.removeprefix("sha256:")):
        assert home.client(token).http.post("/graphql", json=VIEWER).status_code == 401


async def test_a_socket_is_its_users(home: House, anna: Server) -> None:
    async with websockets.connect(anna.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
        socket = Socket(connection)
        await socket.send(type="connection_init", payload=home.init("anna"))
        await socket.receive("connection_ack")
        await socket.send(type="subscribe", id="1", payload=VIEWER)
        answer = await socket.receive("next")

    assert answer["payload"]["data"] == {"viewer": {"name": "anna"}}


def test_sessions_interactions_and_changes_carry_their_users(shared: ClientSession, bert: Server, clip: Clip) -> None:
    ClientSession(bert, shared.session_id).add_mask(2, 0, clip.rle(2, 0))
    shared.mutate("undo", "UndoInput", "change { id }")
    query = """query ($s: String!) { session(sessionId: $s) { user private interactions { kind user }
        history { edges { node { kind user } } } } }"""

    session = bert.query(query, s=shared.session_id)["session"]

    kept = [("PROMPT", "anna"), ("PROMPT", "bert@example.org")]
    assert (session["user"], session["private"]) == ("anna", False)
    assert [(each["kind"], each["user"]) for each in session["interactions"]] == [*kept, ("UNDO", "anna")]
    assert [(each["node"]["kind"], each["node"]["user"]) for each in session["history"]["edges"]] == kept


def test_events_of_changes_carry_their_users(shared: ClientSession, bert: Server, clip: Clip) -> None:
    cursor = bert.query("query ($s: String!) { session(sessionId: $s) { changeCursor } }", s=shared.session_id)
    ClientSession(bert, shared.session_id).add_mask(2, 0, clip.rle(2, 0))
    query = "subscription ($s: String!, $since: String!) { sessionChanges(sessionId: $s, since: $since) { kind user } }"
    variables = {"s": shared.session_id, "since": cursor["session"]["changeCursor"]}

    body = {"query": query, "variables": variables}
    with connect_sse(shared.server.http, "POST", "/graphql", json=body, headers={"Accept": "text/event-stream"}) as sse:
        events = sse.iter_sse()
        event = next(events).json()["data"]["sessionChanges"]

    assert event == {"kind": "PROMPT", "user": "bert@example.org"}


def test_sessions_are_listed_by_user(anna: Server, bert: Server, shared: ClientSession) -> None:
    own = ClientSession.start(bert, PATH)
    page = "query ($user: String) { sessionsConnection(user: $user) { edges { node { sessionId } } } }"
    listed = "query ($user: String) { sessions(user: $user) { sessionId } }"

    def found(user: str | None) -> list[str]:
        edges = anna.query(page, user=user)["sessionsConnection"]["edges"]
        ids = [edge["node"]["sessionId"] for edge in edges]
        assert ids == [each["sessionId"] for each in anna.query(listed, user=user)["sessions"]]
        return ids

    assert found(None) == [shared.session_id, own.session_id]
    assert found("anna") == [shared.session_id]
    assert found("bert@example.org") == [own.session_id]
    assert found("nobody") == []
    own.close()


def test_an_export_says_who_made_it_and_who_annotated(shared: ClientSession, bert: Server) -> None:
    exported = ClientSession(bert, shared.session_id).mutate(
        "exportAnnotations", "ExportAnnotationsInput", "user url", format="DAVIS"
    )

    content = shared.server.http.get(exported["url"])

    assert exported["user"] == "bert@example.org"
    with ZipFile(BytesIO(content.content)) as archive:
        [video] = json.loads(archive.read("sam2-lit.json"))["videos"]
    assert video["user"] == "anna"


def test_a_user_has_at_most_so_many_sessions_however_many_are_started_at_once(home: House) -> None:
    carl = home.add("carl")
    start = "mutation ($path: String!) { startSession(input: {path: $path}) { sessionId } }"

    def started(_: int) -> Any:
        return carl.http.post("/graphql", json={"query": start, "variables": {"path": PATH}}).json()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(started, range(6)))
    ids = [answer["data"]["startSession"]["sessionId"] for answer in answers if answer["data"]]
    codes = {each["extensions"]["code"] for answer in answers for each in answer.get("errors", [])}
    ClientSession(carl, ids[0]).close()

    assert (len(ids), codes) == (3, {"CAPACITY_EXCEEDED"})
    # A session that was closed makes room for another.
    for session_id in (*ids[1:], ClientSession.start(carl, PATH).session_id):
        ClientSession(carl, session_id).close()


def test_a_user_runs_at_most_so_many_propagations_and_keeps_nobody_else_from_it(
    shared: ClientSession, bert: Server, home: House, clip: Clip
) -> None:
    propagate = "mutation ($s: String!) { propagateToFrame(input: {sessionId: $s, frameIndex: 2}) { frameIndex } }"
    other = ClientSession.start(shared.server, PATH)
    other.add_mask(1, 0, clip.rle(1, 0))

    with held_stream_of("anna", home, shared):
        code = shared.server.code(propagate, s=other.session_id)
        of_bert = bert.query(propagate, s=other.session_id)
    of_anna = shared.server.query(propagate, s=other.session_id)
    other.close()

    assert code == "CAPACITY_EXCEEDED"
    assert of_bert == of_anna == {"propagateToFrame": {"frameIndex": 2}}


@contextmanager
def held_stream_of(user: str, home: House, session: ClientSession) -> Iterator[None]:
    """Keeps a propagation of a user running."""
    frames = home.server.engine.propagate(session.session_id)

    async def hold() -> None:
        current_user.set(user)
        await anext(frames)

    asyncio.run_coroutine_threadsafe(hold(), home.server.loop).result()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(frames.aclose(), home.server.loop).result()


# ---- tokens that are revoked -------------------------------------------------------------------------------------


def test_a_user_is_added_and_removed_without_a_restart(home: House) -> None:
    dora = home.add("dora")
    before = dora.http.post("/graphql", json=VIEWER)

    home.revoke("dora")

    assert before.json()["data"]["viewer"] == {"name": "dora"}
    assert dora.http.post("/graphql", json=VIEWER).status_code == 401


async def test_a_revoked_token_ends_its_socket_and_the_tracking_on_it(
    home: House, shared: ClientSession, anna: Server
) -> None:
    home.add("emil")
    async with websockets.connect(anna.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
        socket = Socket(connection)
        await socket.send(type="connection_init", payload=home.init("emil"))
        await socket.receive("connection_ack")
        changes = f'subscription {{ sessionChanges(sessionId: "{shared.session_id}") {{ kind }} }}'
        await socket.send(type="subscribe", id="1", payload={"query": changes})

        home.revoke("emil")
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.receive("never")

    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4403, "UNAUTHENTICATED: the token was revoked")
    assert anna.query("{ viewer { name } }") == {"viewer": {"name": "anna"}}


@pytest.mark.parametrize("accept", ["text/event-stream", 'multipart/mixed; subscriptionSpec="1.0"'])
def test_a_revoked_token_ends_its_streams(home: House, shared: ClientSession, accept: str) -> None:
    fred = home.add("fred")
    changes = f'subscription {{ sessionChanges(sessionId: "{shared.session_id}") {{ kind }} }}'

    with fred.http.stream("POST", "/graphql", json={"query": changes}, headers={"Accept": accept}) as answer:
        chunks = answer.iter_raw()
        opening = next(chunks)
        home.revoke("fred")
        rest = b"".join(chunks)

    assert answer.status_code == 200
    assert opening and b"data: {" not in rest


def test_a_revoked_token_ends_its_shared_event_stream(home: House, shared: ClientSession) -> None:
    gina = home.add("gina")
    stream = {"X-GraphQL-Event-Stream-Token": gina.http.put("/graphql").text}
    changes = f'subscription {{ sessionChanges(sessionId: "{shared.session_id}") {{ kind }} }}'
    body = {"query": changes, "extensions": {"operationId": "1"}}

    with connect_sse(gina.http, "GET", "/graphql", headers=stream) as sse:
        assert gina.http.post("/graphql", json=body, headers=stream).status_code == 202
        home.revoke("gina")
        events = list(sse.iter_sse())

    assert events == []


def test_an_event_stream_is_its_users(home: House, anna: Server, bert: Server) -> None:
    token = anna.http.put("/graphql").text
    stream = {"X-GraphQL-Event-Stream-Token": token}
    body = {**VIEWER, "extensions": {"operationId": "1"}}

    answers = [
        bert.http.get("/graphql", headers=stream),
        bert.http.post("/graphql", json=body, headers=stream),
        bert.http.delete("/graphql", params={"operationId": "1", "token": token}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert anna.http.post("/graphql", json=body, headers=stream).status_code == 202


async def test_a_file_of_tokens_that_is_gone_lets_nobody_in_and_ends_what_is_open(tmp_path: Path) -> None:
    token, line = new_token("anna")
    append_line(tmp_path / "tokens", line)
    tokens = TokenFile(tmp_path / "tokens")
    login = tokens.login(f"Bearer {token}")
    assert login is not None

    (tmp_path / "tokens").unlink()

    assert tokens.login(f"Bearer {token}") is None
    assert login.revoked.is_set()


async def test_a_line_that_is_not_right_takes_nothing_from_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "tokens"
    token, line = new_token("anna")
    append_line(file, line)
    tokens = TokenFile(file)
    login = tokens.login(f"Bearer {token}")

    for wrong in ("bert", "bert sha256:12", f"bert, {line.split()[1]}", f"bert {line.split()[1]}", "\xff \xfe"):
        append_line(file, wrong)
        assert tokens.login(f"Bearer {token}") is login
    refused = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]

    assert refused[-1] == f"line 6 of {file} is not read: it is not NAME sha256:HASH"
    with pytest.raises(ValueError, match="line 2 is not NAME sha256:HASH"):
        TokenFile(file)


async def test_every_hash_is_compared_in_constant_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [new_token(name) for name in ("anna", "bert", "carl")]
    for _, line in made:
        append_line(tmp_path / "tokens", line)
    tokens = TokenFile(tmp_path / "tokens")
    compared: list[bytes] = []
    original = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append(a) or original(a, b))

    found = [tokens.login(f"Bearer {token}") for token in (made[0][0], "guess")]

    assert [login and login.user for login in found] == ["anna", None]
    assert len(compared) == 6


def test_no_token_is_ever_in_the_log(home: House, caplog: pytest.LogCaptureFixture) -> None:
    hugo = home.add("hugo")
    token = home.tokens["hugo"]
    caplog.set_level(logging.DEBUG)

    async def connect(payload: dict[str, str]) -> None:
        async with websockets.connect(hugo.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
            socket = Socket(connection)
            await socket.send(type="connection_init", payload=payload)
            await socket.receive("connection_ack")

    logging.getLogger("websockets.client").setLevel(logging.INFO)
    asyncio.run(connect(home.init("hugo")))
    hugo.query("query Named { viewer { name } }")
    hugo.http.post("/graphql", json={"query": "{"})
    hugo.http.get("/nothing")
    home.revoke("hugo")
    hugo.http.get("/metrics")
    wait_until(lambda: "was read again" in caplog.text)

    assert "Named" in caplog.text and "user=hugo" in caplog.text
    assert token not in caplog.text


# ---- a proxy -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def behind_proxy(model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("proxy")
    settings = Settings(data_dir=data, user_header=HEADER, trusted_proxy=(PROXY, "10.0.0.0/8"))
    with running(settings, model) as server:
        yield server


def asked(server: Server, address: str, headers: Any) -> tuple[int, str | None]:
    """The status, and who the server thinks it is, of a request from an address with some headers."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as http:
        answer = http.post(f"{server.url}/graphql", json=VIEWER, headers=headers)
    return answer.status_code, (answer.json().get("data") or {}).get("viewer", {}).get("name")


@pytest.mark.parametrize("name", ["anna", "bert@example.org", "CORP\\carl", "élise"])
def test_a_trusted_proxy_says_who_asks(behind_proxy: Server, name: str) -> None:
    assert asked(behind_proxy, PROXY, {HEADER.lower(): name.encode()}) == (200, name)


@pytest.mark.parametrize(
    "headers",
    [
        {HEADER: "anna"},
        {HEADER: "anna", "X-Forwarded-For": PROXY},
        {HEADER: "anna", "X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1", "X-Real-IP": PROXY},
        {HEADER: "anna", "Authorization": "Bearer anna"},
    ],
)
@pytest.mark.parametrize("address", [STRANGER, "127.0.0.1"])
def test_a_header_from_elsewhere_lets_nobody_in(behind_proxy: Server, address: str, headers: dict[str, str]) -> None:
    assert asked(behind_proxy, address, headers) == (401, None)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(HEADER, "")],
        [(HEADER, "anna, bert")],
        [(HEADER, "anna bert")],
        [(HEADER, "a" * 101)],
        [(HEADER, "anna"), (HEADER, "bert")],
        [(HEADER, "anna"), (HEADER.upper(), "anna")],
        [(HEADER.replace("-", "_"), "anna")],
        [(HEADER, b"\xff")],
    ],
)
def test_a_header_that_names_nobody_lets_nobody_in(behind_proxy: Server, headers: Any) -> None:
    assert asked(behind_proxy, PROXY, headers) == (401, None)


def test_a_proxy_may_say_whom_it_passes_on(behind_proxy: Server) -> None:
    forwarded = {HEADER: "anna", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    query = {"query": "{ defaultVideo { posterUrl } }"}

    with httpx.Client(transport=httpx.HTTPTransport(local_address=PROXY)) as http:
        answer = http.post(f"{behind_proxy.url}/graphql", json=query, headers=forwarded)

    assert asked(behind_proxy, PROXY, forwarded) == (200, "anna")
    assert answer.json()["data"]["defaultVideo"]["posterUrl"].startswith("https://")


@pytest.mark.parametrize(("address", "is_let_in"), [(PROXY, True), (STRANGER, False)])
async def test_a_socket_is_let_in_by_its_proxy_alone(behind_proxy: Server, address: str, is_let_in: bool) -> None:
    async with websockets.connect(
        behind_proxy.ws_url,
        subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
        additional_headers={HEADER: "anna"},
        local_addr=(address, 0),
    ) as connection:
        socket = Socket(connection)
        await socket.send(type="connection_init", payload={HEADER: "anna"})
        if is_let_in:
            await socket.receive("connection_ack")
            await socket.send(type="subscribe", id="1", payload=VIEWER)
            assert (await socket.receive("next"))["payload"]["data"] == {"viewer": {"name": "anna"}}
        else:
            with pytest.raises(websockets.ConnectionClosed):
                await socket.receive("connection_ack")
            assert connection.close_code == 4403


# ---- commands and data -------------------------------------------------------------------------------------------


def test_the_token_command_prints_a_token_once_and_stores_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("# no newline at the end")

    tokens = [CliRunner().invoke(main, ["token", name, "--tokens", str(file)]).output.strip() for name in ("a", "b")]

    _, *lines = file.read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["a", "b"]
    assert len(tokens[0]) == 43 and tokens[0] not in file.read_text()
    for token, name in zip(tokens, "ab", strict=True):
        login = TokenFile(file).login(f"Bearer {token}")
        assert login is not None and login.user == name


def test_the_token_command_makes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["token", "anna", "--tokens", str(tmp_path / "tokens")])

    assert stat.S_IMODE((tmp_path / "tokens").stat().st_mode) == 0o600


def test_without_a_file_the_token_command_prints_the_line_as_well(tmp_path: Path) -> None:
    token, line = CliRunner().invoke(main, ["token", "anna"]).output.splitlines()
    append_line(tmp_path / "tokens", line)

    login = TokenFile(tmp_path / "tokens").login(f"bearer {token}")
    assert login is not None and login.user == "anna"


@pytest.mark.parametrize("name", ["", "an na", "anna,bert", "#anna", "a" * 101, "anna\n"])
def test_names_that_a_header_or_a_line_could_not_hold_are_refused(name: str) -> None:
    refused = CliRunner().invoke(main, ["token", name])

    assert refused.exit_code == 2 and "cannot be a user's name" in refused.output


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (["--tokens", "missing"], "--tokens missing cannot be used: No such file"),
        (["--tokens", __file__], "line 1 is not NAME sha256:HASH"),
        (["--user-header", HEADER], "--user-header and --trusted-proxy need each other"),
        (["--trusted-proxy", "10.0.0.1"], "--user-header and --trusted-proxy need each other"),
        (["--user-header", "X Y", "--trusted-proxy", "10.0.0.1"], "is not the name of a header"),
        (["--user-header", HEADER, "--trusted-proxy", "proxy"], "--trusted-proxy must be an IP address"),
        (["--user-header", HEADER, "--trusted-proxy", "::1", "--auth-token", "t"], "one token for everyone"),
        (["--max-user-sessions", "3"], "need users"),
    ],
)
def test_settings_that_leave_open_who_is_who_are_refused(flags: list[str], reason: str) -> None:
    refused = CliRunner().invoke(main, ["serve", *flags])

    assert refused.exit_code == 2 and reason in " ".join(refused.output.split())


def test_a_store_of_the_release_before_users_opens(model: LoadedModel, tmp_path: Path, clip: Clip) -> None:
    with running(Settings(data_dir=tmp_path), model) as server:
        session = ClientSession.start(server, "sample/sample.mp4")
        session.add_points(1, 0, [0.163, 0.565])
        expected = session.interactions()
    with closing(sqlite3.connect(tmp_path / "sam2-lit.sqlite")) as database, database:
        for table in ("sessions", "interactions", "changes", "events"):
            database.execute(f"ALTER TABLE {table} DROP COLUMN user_name")
        database.execute("ALTER TABLE sessions DROP COLUMN private")
        database.execute("DROP TABLE uploads")
        users = [migration.__name__ for migration in MIGRATIONS].index("_add_users")
        database.execute("UPDATE schema_version SET version = ?", (users + 1,))

    with running(Settings(data_dir=tmp_path), model) as server:
        again = ClientSession(server, session.session_id)
        query = "query ($s: String!) { session(sessionId: $s) { user private interactions { user } } }"
        answer = server.query(query, s=session.session_id)["session"]
        assert again.interactions() == expected

    assert answer == {"user": None, "private": False, "interactions": [{"user": None}]}
