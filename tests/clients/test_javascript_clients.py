"""GraphQL clients for JavaScript, and the audits of the GraphQL-over-HTTP specification, against a real server."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Server

HERE = Path(__file__).parent
CLIENTS = ("graphql-ws", "graphql-sse", "graphql-sse, single connection", "urql, fetch", "urql, ws")


@pytest.fixture(scope="module")
def seen(server: Server, clip: Clip) -> Iterator[dict[str, Any]]:
    """What `clients.mjs` prints."""
    subprocess.run([HERE.parents[1] / "scripts" / "setup-clients"], check=True)
    session = ClientSession.start(server, "videos/discs.mp4")
    session.add_mask(1, 0, clip.rle(1, 0))
    run = subprocess.run(
        ["node", str(HERE / "clients.mjs"), server.url, session.session_id],
        capture_output=True,
        text=True,
    )
    session.close()
    assert run.returncode == 0, run.stderr
    yield json.loads(run.stdout)


def test_every_audit_of_graphql_over_http_passes_without_a_warning(seen: dict[str, Any]) -> None:
    audits = seen["audits"]

    assert len(audits) == 61
    assert [audit for audit in audits if audit["status"] != "ok"] == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_reads_a_query(seen: dict[str, Any], client: str) -> None:
    assert seen[client]["query"]["model"]["name"] == "pocket"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_reads_a_mutation(seen: dict[str, Any], client: str) -> None:
    named = seen[client]["mutation"]["nameObject"]

    assert (named["objectId"], named["name"][:3]) == (1, "by ")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_follows_a_subscription(seen: dict[str, Any], client: str) -> None:
    assert seen[client]["subscription"] == [0, 1, 2, 3]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_reads_the_code_of_an_error(seen: dict[str, Any], client: str) -> None:
    assert seen[client]["error"] == "SESSION_NOT_FOUND"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_reads_why_a_document_is_refused(seen: dict[str, Any], client: str) -> None:
    assert seen[client]["syntaxError"].startswith(("Syntax Error", "Cannot query field 'nothing'", "status 400"))


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_cancels_a_subscription_and_goes_on(seen: dict[str, Any], client: str) -> None:
    assert seen[client]["cancel"] == 0
    assert seen[client]["afterCancel"]["model"]["name"] == "pocket"
