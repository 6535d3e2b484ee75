"""The first session of the README, run as it is written."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport

from tests.client_session import ClientSession
from tests.docs.pages import ROOT, DocumentationPage
from tests.running import Server

START, CLICK, PROPAGATE, CORRECT = DocumentationPage(ROOT / "README.md").blocks("graphql")


@pytest.fixture
def session(server: Server) -> Iterator[ClientSession]:
    session = ClientSession(server, server.query(START)["startSession"]["sessionId"])
    yield session
    session.close()


def run(session: ClientSession, written: str) -> Any:
    return session.server.query(written.replace("…", session.session_id))


def propagate(session: ClientSession) -> list[dict[str, Any]]:
    async def collect() -> list[dict[str, Any]]:
        async with Client(transport=WebsocketsTransport(url=session.server.ws_url)) as client:
            stream = client.subscribe(gql(PROPAGATE.replace("…", session.session_id)))
            return [event["propagateInVideo"] async for event in stream]

    return asyncio.run(collect())


def test_the_first_session_of_the_readme_segments_tracks_and_trains(session: ClientSession) -> None:
    [clicked] = run(session, CLICK)["addPoints"]["rleMaskList"]
    assert clicked["objectId"] == 1

    frames = propagate(session)
    assert [frame["frameIndex"] for frame in frames] == list(range(120))

    corrected = run(session, CORRECT)["addCorrection"]
    assert corrected["skipped"] is None
    assert corrected["adapter"]["trainingIou"] > corrected["adapter"]["baselineIou"]
