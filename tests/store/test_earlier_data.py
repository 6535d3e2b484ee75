"""A data folder that an earlier version wrote still opens, with every session as it was."""

import json
import logging
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import inspect

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from sam2_lit.store.database import open_database
from tests.client_session import ClientSession
from tests.running import Server, running
from tests.store.earlier_postgresql import copy_to_postgresql
from tests.store.postgresql import Postgresql

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


def test_sessions_of_an_earlier_version_in_postgresql_are_as_they_were(
    model: LoadedModel, data_dir: Path, postgres: Postgresql
) -> None:
    expected = json.loads((data_dir / "answers.json").read_text())
    url = postgres.new_database(secrets.token_hex(4))
    copy_to_postgresql(data_dir / "sam2-lit.sqlite", url)
    (data_dir / "sam2-lit.sqlite").unlink()

    with running(Settings(data_dir=data_dir, database_url=url), model) as server:
        answers = [answers_about(server, each["sessionId"]) for each in expected]
        # Also written to: an interaction follows those that were there, and keys go on from the last.
        session = ClientSession(server, expected[1]["sessionId"])
        session.add_points(1, 0, [0.5, 0.5])
        kinds = [each["kind"] for each in session.interactions()]

    assert answers == expected
    assert kinds == [*(each["kind"] for each in expected[1]["interactions"]), "PROMPT"]


def test_a_migrated_database_has_the_tables_of_a_new_one(data_dir: Path) -> None:
    (data_dir / "new").mkdir()
    layouts = []
    for folder in (data_dir, data_dir / "new"):
        database = open_database(None, folder)
        tables = inspect(database.reads)
        layouts.append(
            {
                name: (
                    {(column["name"], column["nullable"]) for column in tables.get_columns(name)},
                    {(index["name"], *index["column_names"]) for index in tables.get_indexes(name)},
                )
                for name in tables.get_table_names()
            }
        )
        database.dispose()

    assert layouts[0] == layouts[1]


def test_a_session_of_an_earlier_version_can_be_tracked_further(model: LoadedModel, data_dir: Path) -> None:
    expected = json.loads((data_dir / "answers.json").read_text())[0]
    adapter_id = expected["info"]["objects"][0]["adapters"][0]["adapterId"]

    with running(Settings(data_dir=data_dir), model) as server:
        session = ClientSession(server, expected["sessionId"])
        candidates = session.candidates(1, 6)
        tracked = session.propagate(startFrameIndex=6, direction="FORWARD", maxFrames=2)

    assert [each["adapterId"] for each in candidates] == [adapter_id]
    assert [each["frameIndex"] for each in tracked] == [6, 7, 8]


@pytest.mark.parametrize("adopted", [False, True])
def test_adapters_survive_a_start_with_another_database(model: LoadedModel, data_dir: Path, adopted: bool) -> None:
    expected = json.loads((data_dir / "answers.json").read_text())[0]
    adapter_id = expected["info"]["objects"][0]["adapters"][0]["adapterId"]
    own = Settings(data_dir=data_dir)
    other = Settings(data_dir=data_dir, database_url=f"sqlite:///{data_dir / 'other.sqlite'}")
    if adopted:
        with running(own, model):
            pass

    with running(other, model) as server:
        assert server.query("{ sessions { sessionId } }")["sessions"] == []
    with running(own, model) as server:
        [adapter] = ClientSession(server, expected["sessionId"]).info()["objects"][0]["adapters"]

    assert adapter["adapterId"] == adapter_id


def cut_weights(folder: Path) -> None:
    weights = folder / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def cut_configuration(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("null")


@pytest.mark.parametrize("damage", [shutil.rmtree, cut_weights, cut_configuration])
def test_a_lost_adapter_costs_a_warning_and_not_the_session(
    model: LoadedModel, data_dir: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    expected = json.loads((data_dir / "answers.json").read_text())[0]
    adapter_id = expected["info"]["objects"][0]["adapters"][0]["adapterId"]
    [folder] = (data_dir / "adapters").iterdir()
    damage(folder)

    with running(Settings(data_dir=data_dir), model) as server, caplog.at_level(logging.WARNING):
        session = ClientSession(server, expected["sessionId"])
        candidates = session.candidates(1, 6)
        adapters = session.info()["objects"][0]["adapters"]

    assert candidates == adapters == []
    assert [record.message for record in caplog.records if f"without adapter {adapter_id}" in record.message]
