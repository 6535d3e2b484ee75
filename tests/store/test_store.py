"""The store on its own, with SQLite, PostgreSQL and files."""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, inspect, text

from sam2_lit.records.interactions import Interaction, InteractionKind
from sam2_lit.records.masks import RLE
from sam2_lit.records.results import LoraMode, Mask, MaskSource
from sam2_lit.records.videos import VideoEntry, VideoInfo
from sam2_lit.store.database import open_database
from sam2_lit.store.migrations import MIGRATIONS, migrate
from sam2_lit.store.store import Store
from sam2_lit.store.store_errors import DatabaseInUse, DirectoryInUse, NewerDatabase
from tests.store.postgresql import Postgresql

VIDEO = VideoEntry("v", "videos/v.mp4", VideoInfo(4, 2, 10, 24.0, 10 / 24))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """The database URL of a new store: None for SQLite, then a PostgreSQL database."""
    if request.param == "sqlite":
        return None
    server: Postgresql = request.getfixturevalue("postgres")
    return server.new_database(secrets.token_hex(4))


@pytest.fixture
def store(tmp_path: Path, url: str | None) -> Iterator[Store]:
    store = Store(tmp_path, url)
    yield store
    store.close()


def mask(object_id: int) -> Mask:
    return Mask(object_id, RLE((2, 4), "08"), 0.123456789012345, -1.5, MaskSource.TRACKED)


async def add_session(store: Store, session_id: str = "s") -> None:
    await store.add_session(session_id, VIDEO, LoraMode.AUTO, datetime(2026, 1, 2, 3, 4, 5, 678901, UTC))


async def test_a_session_reads_back_as_it_was_written(store: Store) -> None:
    await add_session(store)
    journal = store.journal("s")
    with journal.transaction():
        for object_id in (7, 3):
            journal.add_object(object_id)
            journal.put_mask(5, mask(object_id), 12, True)
    await journal.committed()

    info = store.session("s")
    [frame] = store.masks("s", 0, 9)

    assert info is not None
    assert (info.video, info.lora_mode, info.tracked_frame_count) == (VIDEO, LoraMode.AUTO, 1)
    assert info.created_at == datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    assert frame.masks == (mask(7), mask(3))


async def test_a_mask_replaces_the_earlier_one_of_its_frame_and_object(store: Store) -> None:
    await add_session(store)
    journal = store.journal("s")
    drawn = Mask(1, RLE((4, 2), "44"), None, None, MaskSource.PROMPT)
    with journal.transaction():
        journal.add_object(1)
        journal.put_mask(5, mask(1), 12, True)
        journal.put_mask(6, mask(1), 12, True)
        journal.put_mask(5, drawn, 13, False)
    await journal.committed()

    [replaced, other] = [*store.saved_masks("s", 5), *store.saved_masks("s", 6)]

    assert (replaced.mask, replaced.version) == (drawn, 13)
    assert (other.mask, other.version) == (mask(1), 12)


async def test_interactions_are_in_the_order_in_which_they_were_logged_whatever_the_clock_says(store: Store) -> None:
    await add_session(store)
    journal = store.journal("s")
    now = datetime(2026, 1, 2, tzinfo=UTC)
    for index in range(3):
        with journal.transaction():
            journal.log(Interaction(f"{9 - index}", now - timedelta(hours=index), InteractionKind.CLEAR_VIDEO))
    await journal.committed()

    assert [each.id for each in store.interactions("s")] == ["9", "8", "7"]


async def test_a_drawn_mask_is_read_back_from_the_log_as_it_is_stored(store: Store) -> None:
    await add_session(store)
    journal = store.journal("s")
    undecodable = RLE((2, 4), "not a mask")
    with journal.transaction():
        journal.log(Interaction("i", datetime(2026, 1, 2, tzinfo=UTC), InteractionKind.PROMPT, 1, 0, undecodable))
    await journal.committed()

    [interaction] = store.interactions("s")

    assert interaction.prompt == undecodable


async def test_a_session_is_read_as_it_was_at_one_moment(store: Store) -> None:
    await add_session(store)
    journal = store.journal("s")
    committed = threading.Event()
    selected: list[str] = []

    def change_meanwhile(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("SELECT sessions") or selected:
            return
        selected.append(statement)
        with journal.transaction():
            journal.add_object(1)
            journal.put_mask(0, mask(1), 1, False)
        journal.on_commit(lambda error: committed.set())
        committed.wait()

    before = store.session("s")
    event.listen(Engine, "after_cursor_execute", change_meanwhile)
    try:
        during = store.session("s")
    finally:
        event.remove(Engine, "after_cursor_execute", change_meanwhile)
    after = store.session("s")

    assert selected
    assert during == before
    assert after is not None and after.tracked_frame_count == len(after.objects) == 1


async def test_a_failed_transaction_writes_nothing_and_fails_the_journal(store: Store) -> None:
    await add_session(store)
    journal = store.journal("s")
    with journal.transaction():
        journal.add_object(1)
    with journal.transaction():
        journal.put_mask(0, mask(1), 1, False)
        journal.put_mask(0, mask(99), 1, False)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await journal.committed()

    assert store.masks("s", 0, 9) == []
    with pytest.raises(Exception, match=r"(?i)foreign key"), journal.transaction():
        raise AssertionError("a failed journal begins no transaction")


async def test_a_failed_journal_does_not_fail_another_sessions(store: Store) -> None:
    for name in ("a", "b"):
        await add_session(store, name)
    failing, fine = store.journal("a"), store.journal("b")
    with failing.transaction():
        failing.put_mask(0, mask(99), 1, False)
    with fine.transaction():
        fine.add_object(1)
        fine.put_mask(0, mask(1), 1, False)

    await fine.committed()

    assert len(store.masks("b", 0, 9)) == 1


def test_a_migration_keeps_what_the_database_holds(tmp_path: Path, url: str | None) -> None:
    def add_note(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE sessions ADD COLUMN note TEXT DEFAULT 'none'"))

    store = Store(tmp_path, url)
    asyncio.run(add_session(store))
    store.close()
    database = open_database(url, tmp_path)
    for _ in range(2):
        with database.writes.begin() as connection:
            migrate(connection, [*MIGRATIONS, add_note])

    newest = len(MIGRATIONS) + 2
    with database.writes.begin() as connection:
        assert connection.execute(text("SELECT id, note FROM sessions")).all() == [("s", "none")]
        assert connection.execute(text("SELECT version FROM schema_version")).scalar_one() == newest
        with pytest.raises(NewerDatabase, match=f"version {newest}"):
            migrate(connection, MIGRATIONS)
    database.dispose()


def test_a_failed_migration_changes_nothing(tmp_path: Path, url: str | None) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE sessions ADD COLUMN note TEXT"))
        raise RuntimeError("halfway")

    database = open_database(url, tmp_path)
    with pytest.raises(RuntimeError, match="halfway"), database.writes.begin() as connection:
        migrate(connection, [*MIGRATIONS, fail])

    with database.writes.begin() as connection:
        assert "note" not in {column["name"] for column in inspect(connection).get_columns("sessions")}
        migrate(connection, MIGRATIONS)
    database.dispose()


def test_a_second_store_in_a_data_directory_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DirectoryInUse, match="another"):
        Store(tmp_path)
    store.close()

    Store(tmp_path).close()


def test_a_second_store_on_a_database_is_refused(url: str | None, tmp_path: Path) -> None:
    url = url or f"sqlite:///{tmp_path / 'one.sqlite'}"
    first = Store(tmp_path / "first", url)
    with pytest.raises(DatabaseInUse, match="in use by another sam2-lit server; give --database-url another one"):
        Store(tmp_path / "second", url)
    first.close()

    Store(tmp_path / "second", url).close()


def test_only_what_a_crash_left_of_its_own_adapters_is_removed_at_the_start(
    store: Store, url: str | None, tmp_path: Path
) -> None:
    store.close()
    [own] = (tmp_path / "adapters").iterdir()
    left_over = [own / "0123-4567", own / "0123-4567.part", tmp_path / "adapters" / "89ab-cdef.part"]
    others = [tmp_path / "adapters" / "89ab-cdef", tmp_path / "adapters" / "another database" / "0123-4567"]
    for folder in (*left_over, *others):
        folder.mkdir(parents=True)

    Store(tmp_path, url).close()

    assert not any(folder.exists() for folder in left_over)
    assert all(folder.is_dir() for folder in others)
