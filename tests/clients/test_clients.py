"""GraphQL clients that people use, and the audits of the GraphQL-over-HTTP specification, against a real server."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from gql import Client, FileVar, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLSchema, build_client_schema, build_schema, lexicographic_sort_schema, print_schema

from sam2_lit.schema import schema
from tests.client_session import ClientSession
from tests.clients.matrix import CLIENTS, ClientLibrary, table
from tests.clips import FRAMES, Clip
from tests.running import Server

HERE = Path(__file__).parent
DELETE = "mutation ($path: String!) { deleteUpload(input: {path: $path}) { success } }"

NAMES = [client.name for client in CLIENTS]

Seen = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def seen(server: Server, clip: Clip, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """What each client saw, and the audits; each module runs in a process of its own, all of them at once."""
    subprocess.run([HERE.parents[1] / "scripts" / "setup-clients"], check=True)
    video = videos / "discs.mp4"
    artifacts = compile_for_relay(tmp_path_factory.mktemp("relay"))
    modules = ["audits", *dict.fromkeys(client.module for client in CLIENTS if client.module)]
    sessions: dict[str, ClientSession] = {}
    running: dict[str, subprocess.Popen[str]] = {}
    for module in [*modules, "gql"]:
        sessions[module] = ClientSession.start(server, "videos/discs.mp4")
        sessions[module].add_mask(1, 0, clip.rle(1, 0))
    for module in modules:
        task = {
            "url": f"{server.url}/graphql",
            "sessionId": sessions[module].session_id,
            "video": str(video),
            "name": f"by {module}",
            "artifacts": artifacts.as_uri(),
        }
        running[module] = subprocess.Popen(
            ["node", str(HERE / "run.mjs"), module, json.dumps(task)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    found: Seen = {"gql": asyncio.run(seen_by_gql(server, sessions["gql"].session_id, video))}
    for module, process in running.items():
        printed, complaints = process.communicate()
        assert process.returncode == 0, f"{module}: {complaints}"
        found |= json.loads(printed)
    for session in sessions.values():
        session.close()
    yield found
    for each in found.values():
        if "upload" in each:
            server.query(DELETE, path=each["upload"]["uploadVideo"]["path"])


def compile_for_relay(folder: Path) -> Path:
    """Runs relay-compiler on the schema and `relay.js`; returns the folder of the artifacts."""
    shutil.copy(HERE / "relay.js", folder)
    (folder / "schema.graphql").write_text(schema.as_str())
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "artifacts").mkdir()
    settings = {"src": ".", "schema": "schema.graphql", "language": "javascript", "eagerEsModules": True}
    (folder / "relay.config.json").write_text(json.dumps({**settings, "artifactDirectory": "artifacts"}))
    compiler = HERE / "node_modules" / ".bin" / "relay-compiler"
    ran = subprocess.run([compiler, "relay.config.json"], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder / "artifacts"


async def seen_by_gql(server: Server, session_id: str, video: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"subscription": []}

    def asking(query: str, **variables: Any) -> Any:
        request = gql(query)
        request.variable_values = variables
        return request

    naming = {"sessionId": session_id, "objectId": 1, "name": "by gql"}
    subscription = "subscription ($input: PropagateInVideoInput!) { propagateInVideo(input: $input) { frameIndex } }"
    async with Client(transport=HTTPXAsyncTransport(f"{server.url}/graphql", timeout=60)) as http:
        found["query"] = await http.execute(asking("{ model { name } }"))
        found["mutation"] = await http.execute(
            asking("mutation ($input: NameObjectInput!) { nameObject(input: $input) { objectId name } }", input=naming)
        )
        upload = asking(
            "mutation ($file: Upload!) { uploadVideo(file: $file) { path frameCount } }", file=FileVar(str(video))
        )
        found["upload"] = await http.execute(upload, upload_files=True)
        try:
            await http.execute(
                asking(
                    "query ($id: String!) { loraCandidates(sessionId: $id, objectId: 1, frameIndex: 0) { adapterId } }",
                    id="gone",
                )
            )
        except TransportQueryError as refused:
            found["error"] = (refused.errors or [{}])[0].get("extensions", {}).get("code")
    async with Client(transport=WebsocketsTransport(url=server.ws_url)) as socket:
        limited = {"sessionId": session_id, "startFrameIndex": 0, "maxFrames": 3}
        async for event in socket.subscribe(asking(subscription, input=limited)):
            found["subscription"].append(event["propagateInVideo"]["frameIndex"])
        async with aclosing(socket.subscribe(asking(subscription, input={"sessionId": session_id}))) as events:
            found["cancel"] = [(await anext(events))["propagateInVideo"]["frameIndex"]]
        found["afterCancel"] = await socket.execute(asking("{ model { name } }"))
    return found


def cells(operation: str) -> list[Any]:
    return [pytest.param(client, id=client.name) for client in CLIENTS if operation in client.operations]


def test_every_audit_of_graphql_over_http_passes_without_a_warning(seen: dict[str, Any]) -> None:
    audits = seen["audits"]

    assert len(audits) == 61
    assert [audit for audit in audits if audit["status"] != "ok"] == []


@pytest.mark.parametrize("client", cells("query"))
def test_a_client_reads_a_query(seen: Seen, client: ClientLibrary) -> None:
    assert seen[client.name]["query"]["model"]["name"] == "pocket"


@pytest.mark.parametrize("client", cells("mutation"))
def test_a_client_reads_a_mutation(seen: Seen, client: ClientLibrary) -> None:
    named = seen[client.name]["mutation"]["nameObject"]

    assert (named["objectId"], named["name"]) == (1, f"by {client.module or client.package}")


@pytest.mark.parametrize("client", cells("upload"))
def test_a_client_uploads_a_video(seen: Seen, client: ClientLibrary) -> None:
    assert seen[client.name]["upload"]["uploadVideo"]["frameCount"] == FRAMES


@pytest.mark.parametrize("client", cells("subscription"))
def test_a_client_follows_a_subscription_to_its_end(seen: Seen, client: ClientLibrary) -> None:
    assert seen[client.name]["subscription"] == [0, 1, 2, 3]


@pytest.mark.parametrize("client", cells("error"))
def test_a_client_reads_the_code_of_an_error(seen: Seen, client: ClientLibrary) -> None:
    assert seen[client.name]["error"] == "SESSION_NOT_FOUND"


@pytest.mark.parametrize("client", cells("cancel"))
def test_a_client_cancels_a_subscription_and_goes_on(seen: Seen, client: ClientLibrary) -> None:
    assert seen[client.name]["cancel"][0] == 0
    assert len(seen[client.name]["cancel"]) < FRAMES
    assert seen[client.name]["afterCancel"]["model"]["name"] == "pocket"


@pytest.mark.parametrize("client", [name for name in NAMES if name not in ("Relay", "gql")])
def test_a_client_reads_why_a_document_is_refused(seen: Seen, client: str) -> None:
    said = ("Syntax Error", "Cannot query field 'nothing'")

    assert seen[client]["refused"].startswith("Error: status 400" if "single" in client else said)


def test_apollo_sends_a_hash_alone_once_the_server_knows_it(seen: Seen) -> None:
    first, again, *_, last = seen["Apollo Client, persisted queries"]["sentWithDocument"]

    assert (first, again, last) == (False, True, False)


def test_relay_pages_a_connection(seen: Seen) -> None:
    assert seen["Relay"]["connection"] == ["sample/sample.mp4"]


def test_introspection_as_apollo_rover_does_it_gives_the_whole_schema(server: Server) -> None:
    introspected = server.query((HERE / "rover.graphql").read_text())

    assert sdl(build_client_schema(introspected)) == sdl(build_schema(schema.as_str()))  # type: ignore[arg-type]


def sdl(of: GraphQLSchema) -> str:
    return print_schema(lexicographic_sort_schema(of))


def test_the_page_of_clients_has_the_matrix() -> None:
    page = (HERE.parents[1] / "docs" / "clients.md").read_text()

    assert "\n".join(table()) in page, "run `python -m tests.clients.matrix` and put its output on the page"
