"""The first session of the README, run as it is written."""

import asyncio
from collections.abc import Iterator
from statistics import mean
from typing import Any

import numpy as np
import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from PIL import Image

from sam2_lit.sample import ANNOTATIONS
from tests.client_session import ClientSession
from tests.clips import iou, mask_of
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


def mean_iou(session: ClientSession) -> float:
    """Of the masks of object 1 in the session with the sample's ground truth, over all frames that show it."""
    ious = []
    for frame, file in zip(session.masks(), sorted(ANNOTATIONS.iterdir()), strict=True):
        truth = np.asarray(Image.open(file)) == 1
        if truth.any():
            ious.append(iou(mask_of(frame["rleMaskList"][0]["rleMask"]), truth))
    return mean(ious)


def test_the_first_session_of_the_readme_ends_with_a_suggestion_and_better_masks(session: ClientSession) -> None:
    [clicked] = run(session, CLICK)["addPoints"]["rleMaskList"]
    assert clicked["objectId"] == 1

    frames = propagate(session)
    assert [frame["frameIndex"] for frame in frames] == list(range(120))
    assert not any(frame["suggestions"] for frame in frames)
    tracked = mean_iou(session)

    corrected = run(session, CORRECT)["addCorrection"]
    assert corrected["skipped"] is None
    assert corrected["adapter"]["trainingIou"] > corrected["adapter"]["baselineIou"] + 0.2

    suggested = [frame["frameIndex"] for frame in propagate(session) if frame["suggestions"]]
    assert suggested and min(suggested) > 80
    assert mean_iou(session) > tracked + 0.02
