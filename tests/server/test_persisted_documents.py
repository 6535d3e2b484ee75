"""Documents that are named by a hash: automatic persisted queries, and servers that execute only those of a list."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from sam2_lit.cli import main
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.errors import LitError
from sam2_lit.server.persisted_documents import PersistedDocuments
from sam2_lit.settings import Settings
from tests.running import Server, running
from tests.schema.subscribing import Socket, connected

MODEL = {"data": {"model": {"name": "pocket"}}}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def named(identifier: object, version: object = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": identifier}}


def post(server: Server, **body: Any) -> httpx.Response:
    return server.http.post("/graphql", json=body)


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


def over_websocket(server: Server, *payloads: dict[str, Any]) -> list[dict[str, Any]]:
    """The first message that answers each operation."""

    async def converse() -> list[dict[str, Any]]:
        answers = []
        async with connected(server) as connection:
            socket = Socket(connection)
            for index, payload in enumerate(payloads):
                await socket.send(type="subscribe", id=str(index), payload=payload)
                answers.append(await socket.next_message())
        return answers

    return asyncio.run(converse())


def test_a_document_that_was_sent_with_its_hash_is_executed_by_the_hash(server: Server) -> None:
    text = "query ByHash { model { name } }"
    extensions = named(sha256(text))

    unknown = post(server, extensions=extensions)
    assert (unknown.status_code, code(unknown)) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert post(server, query=text, extensions=extensions).json() == MODEL

    assert post(server, extensions=extensions).json() == MODEL
    by_get = server.http.get("/graphql", params={"extensions": json.dumps(extensions)})
    assert by_get.json() == MODEL
    [over_ws] = over_websocket(server, {"extensions": extensions})
    assert over_ws["payload"] == MODEL


def test_a_document_is_registered_over_get_and_over_a_websocket_too(server: Server) -> None:
    texts = ("query OverGet { model { name } }", "query OverSocket { model { name } }")
    by_get, over_ws = (named(sha256(text)) for text in texts)

    server.http.get("/graphql", params={"query": texts[0], "extensions": json.dumps(by_get)})
    first, _ = over_websocket(server, {"extensions": over_ws}, {"query": texts[1], "extensions": over_ws})

    assert first["type"] == "error"
    assert first["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert post(server, extensions=by_get).json() == post(server, extensions=over_ws).json() == MODEL


def test_an_unknown_hash_has_the_status_of_its_media_type(server: Server) -> None:
    accept = {"Accept": "application/graphql-response+json"}

    answer = server.http.post("/graphql", json={"extensions": named("0" * 64)}, headers=accept)

    assert (answer.status_code, code(answer)) == (400, "PERSISTED_QUERY_NOT_FOUND")


@pytest.mark.parametrize(
    "extensions", [named("0" * 64), named(sha256("{ model { name } }"), 2), named(5), {"persistedQuery": "x"}]
)
def test_a_hash_of_another_document_or_protocol_is_refused(server: Server, extensions: dict[str, Any]) -> None:
    answer = post(server, query="{ model { name } }", extensions=extensions)

    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(("count", "length"), [(1001, 30), (90, 50_000)])
def test_the_cache_forgets_the_documents_that_were_used_least_recently(count: int, length: int) -> None:
    documents = PersistedDocuments()
    texts = [f"query Q{index} {{ a }}".ljust(length) for index in range(count)]

    documents.find(texts[0], named(sha256(texts[0])))
    for text in texts[1:]:
        documents.find(text, named(sha256(text)))
        documents.find(None, named(sha256(texts[0])))

    for text in (texts[0], texts[-1]):
        assert documents.find(None, named(sha256(text))) == text
    with pytest.raises(LitError, match="PersistedQueryNotFound"):
        documents.find(None, named(sha256(texts[1])))


@pytest.fixture(scope="module")
def closed(model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("closed")
    listed = folder / "documents.json"
    listed.write_text(json.dumps({"named": "query Named {\n  model {\n    name\n  }\n}"}))
    with running(Settings(data_dir=folder, persisted_only=str(listed)), model) as server:
        yield server


def test_a_closed_server_executes_the_documents_of_its_list(closed: Server) -> None:
    assert post(closed, extensions=named("named")).json() == MODEL
    assert post(closed, query="query Named { model { name } } # as another printer has it").json() == MODEL


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ model { name } }"},
        {"query": "query Named { model { name device } }"},
        {"query": "{"},
        {"query": "{ sessions { sessionId } }", "extensions": named(sha256("{ sessions { sessionId } }"))},
        {"query": "{ sessions { sessionId } }", "extensions": named("named")},
        {"extensions": named(sha256("{ sessions { sessionId } }"))},
    ],
)
def test_a_closed_server_refuses_every_other_document(closed: Server, body: dict[str, Any]) -> None:
    by_post, [over_ws] = post(closed, **body), over_websocket(closed, body)

    assert (by_post.status_code, code(by_post)) == (403, "PERSISTED_QUERY_NOT_IN_LIST")
    assert over_ws["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"


@pytest.mark.parametrize("content", ["", "[]", '{"a": 5}', '{"a": "{"}', '{"operations": [{"id": "a"}]}'])
def test_a_list_that_cannot_be_read_is_refused_at_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "documents.json").write_text(content)

    started = CliRunner().invoke(main, ["serve", "--persisted-only", str(tmp_path / "documents.json")])

    assert started.exit_code == 2
    assert "documents.json cannot be read" in started.output


def test_apollos_manifest_is_a_list_of_documents(
    model: LoadedModel, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "query Named { model { name } }"
    operations = [{"id": sha256(text), "name": "Named", "type": "query", "body": text}]
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "operations": operations}))

    with running(Settings(data_dir=tmp_path, persisted_only=str(manifest)), model) as server:
        assert post(server, extensions=named(sha256(text))).json() == MODEL
