"""A data folder that an earlier version wrote still opens, with every session as it was."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.running import Server, running

# Written by commit 6d8f076: an uploaded clip, a session with two objects, a correction, an adapter and a refused
# training, and a session with one drawn mask. `answers.json` is what that version's server answered about both.
EARLIER = Path(__file__).parent / "earlier_data" / "6d8f076.zip"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    with ZipFile(EARLIER) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def answers_about(server: Server, session_id: str) -> dict[str, Any]:
    session = ClientSession(server, session_id)
    return {
        "sessionId": session_id,
        "info": session.info(),
        "masks": session.masks(),
        "interactions": session.interactions(),
    }


def test_sessions_of_an_earlier_version_are_as_they_were(model: LoadedModel, data_dir: Path) -> None:
    expected = json.loads((data_dir / "answers.json").read_text())

    with running(Settings(data_dir=data_dir), model) as server:
        answers = [answers_about(server, each["sessionId"]) for each in expected]

    assert answers == expected


def test_a_session_of_an_earlier_version_can_be_tracked_further(model: LoadedModel, data_dir: Path) -> None:
    expected = json.loads((data_dir / "answers.json").read_text())[0]
    adapter_id = expected["info"]["objects"][0]["adapters"][0]["adapterId"]

    with running(Settings(data_dir=data_dir), model) as server:
        session = ClientSession(server, expected["sessionId"])
        candidates = session.candidates(1, 6)
        tracked = session.propagate(startFrameIndex=6, direction="FORWARD", maxFrames=2)

    assert [each["adapterId"] for each in candidates] == [adapter_id]
    assert [each["frameIndex"] for each in tracked] == [6, 7, 8]
