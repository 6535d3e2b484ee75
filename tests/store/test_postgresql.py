"""A server that stores everything in PostgreSQL, seen by a client."""

import secrets
from pathlib import Path

import pytest

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.settings import Settings
from sam2_lit.store.database import open_database
from sam2_lit.store.store import Store
from sam2_lit.store.store_errors import DatabaseInUse, StoreError
from tests.client_session import MASKS, ClientSession
from tests.clips import Clip
from tests.crash.facts import facts_of
from tests.running import GraphQLFailure
from tests.server_process import server_process
from tests.store.postgresql import Postgresql


@pytest.fixture
def settings(postgres: Postgresql, videos: Path, tmp_path: Path) -> Settings:
    return Settings(videos=videos, data_dir=tmp_path / "data", database_url=postgres.new_database(secrets.token_hex(4)))


def test_sessions_in_postgresql_survive_sigkill_and_resume(settings: Settings, clip: Clip, tmp_path: Path) -> None:
    with server_process(settings, tmp_path / "log") as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_points(1, 0, clip.center(1, 0))
        session.add_points(1, 0, clip.center(1, 0), clear=False)
        session.add_mask(2, 2, clip.rle(2, 2))
        session.mutate("nameObject", "NameObjectInput", "name", objectId=2, name="spotted, 点")
        session.propagate(maxFrames=5)
        trained = session.correct(1, 4, rleMask=clip.rle(1, 4))
        session.correct(1, 0, box=clip.box(1, 0))
        reported = facts_of(session)
        server.kill()
    with server_process(settings, tmp_path / "log") as server:
        again = ClientSession(server, session.session_id)
        assert facts_of(again) == reported
        [candidate] = again.candidates(1, 5)
        tracked = again.propagate_to(7)
        retrained = again.train(1, 4)
        again.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, objectId=1, frameIndex=4)
        again.mutate("removeObject", "RemoveObjectInput", "frameIndex", objectId=2)
        reported = facts_of(again)
        server.kill()
    with server_process(settings, tmp_path / "log") as server:
        last = ClientSession(server, session.session_id)
        assert facts_of(last) == reported
        assert server.query("query ($s: String!) { session(sessionId: $s) { sessionId } }", s="a\0b")["session"] is None
        last.close()
        assert server.query("{ sessions { sessionId } }")["sessions"] == []
    assert trained["adapter"]["adapterId"] == candidate["adapterId"] == retrained["adapterId"]
    assert {mask["objectId"] for mask in tracked["rleMaskList"]} == {1, 2}
    assert not (settings.data_dir / "sam2-lit.sqlite").exists()
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_while_postgresql_is_down_calls_are_refused_and_succeed_after_it_restarts(
    postgres: Postgresql, settings: Settings, clip: Clip, tmp_path: Path
) -> None:
    with server_process(settings, tmp_path / "log") as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        reported = facts_of(session)
        postgres.stop()
        try:
            with pytest.raises(GraphQLFailure, match="database does not answer") as refused:
                session.add_mask(1, 3, clip.rle(1, 3))
            with pytest.raises(GraphQLFailure, match="database does not answer"):
                session.masks()
        finally:
            postgres.start()
        assert facts_of(session) == reported
        session.add_mask(1, 3, clip.rle(1, 3))
        assert session.info()["objects"][0]["promptedFrames"] == [0, 3]
    assert refused.value.code == "CAPACITY_EXCEEDED"


async def test_a_server_holds_its_database_again_after_that_restarted(postgres: Postgresql, tmp_path: Path) -> None:
    url = postgres.new_database(secrets.token_hex(4))
    first = Store(tmp_path / "first", url)
    postgres.stop()
    postgres.start()
    await first.remove_session("none")

    with pytest.raises(DatabaseInUse):
        Store(tmp_path / "second", url)
    first.close()


async def test_a_server_that_lost_its_database_to_another_writes_no_more(postgres: Postgresql, tmp_path: Path) -> None:
    url = postgres.new_database(secrets.token_hex(4))
    first = Store(tmp_path / "first", url)
    postgres.stop()
    postgres.start()
    second = Store(tmp_path / "second", url)

    with pytest.raises(LitError, match="in use by another sam2-lit server") as refused:
        await first.remove_session("none")

    assert refused.value.code is ErrorCode.CAPACITY_EXCEEDED
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://tests@127.0.0.1:1/none", "cannot be used"),
        ("nothing", "not understood"),
        ("cockroach://there", "not understood"),
    ],
)
def test_an_unusable_database_is_reported_in_one_line(url: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=reason):
        open_database(url, tmp_path)
