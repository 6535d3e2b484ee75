"""The store on its own, with SQLite, PostgreSQL and files."""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from sam2_lit.records.masks import RLE
from sam2_lit.records.results import LoraMode, Mask, MaskSource
from sam2_lit.records.videos import VideoEntry, VideoInfo
from sam2_lit.store.database import open_database
from sam2_lit.store.migrations import MIGRATIONS, migrate
from sam2_lit.store.store import Store
from sam2_lit.store.store_errors import DirectoryInUse, NewerDatabase
from sam2_lit.store.writer import Transaction, Writer
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


def test_transactions_submitted_during_a_commit_share_the_next_commit(tmp_path: Path) -> None:
    database = open_database(None, tmp_path)
    writer = Writer(database)
    gate, started = threading.Event(), threading.Event()
    transactions: list[int] = []

    def hold(connection: Connection) -> None:
        started.set()
        gate.wait()

    def note(connection: Connection) -> None:
        transactions.append(id(connection.get_transaction()))

    done: list[BaseException | None] = []
    writer.submit(Transaction([hold], done.append))
    started.wait()
    for _ in range(20):
        writer.submit(Transaction([note], done.append))
    gate.set()
    writer.close()
    database.dispose()

    assert done == [None] * 21
    assert len(set(transactions)) == 1


def test_a_migration_keeps_what_the_database_holds(tmp_path: Path, url: str | None) -> None:
    def add_note(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE sessions ADD COLUMN note TEXT DEFAULT 'none'"))

    store = Store(tmp_path, url)
    asyncio.run(add_session(store))
    store.close()
    database = open_database(url, tmp_path)
    newest = len(MIGRATIONS) + 2
    for _ in range(2):
        with database.begin() as connection:
            migrate(connection, [*MIGRATIONS, add_note])

    with database.begin() as connection:
        assert connection.execute(text("SELECT id, note FROM sessions")).all() == [("s", "none")]
        assert connection.execute(text("SELECT version FROM schema_version")).scalar_one() == newest
        with pytest.raises(NewerDatabase, match=f"version {newest}"):
            migrate(connection, [])
    database.dispose()


def test_a_failed_migration_changes_nothing(tmp_path: Path, url: str | None) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE sessions ADD COLUMN note TEXT"))
        raise RuntimeError("halfway")

    database = open_database(url, tmp_path)
    with pytest.raises(RuntimeError, match="halfway"), database.begin() as connection:
        migrate(connection, [*MIGRATIONS, fail])

    with database.begin() as connection:
        assert "note" not in {column["name"] for column in inspect(connection).get_columns("sessions")}
        migrate(connection)
    database.dispose()


def test_a_second_store_in_a_data_directory_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DirectoryInUse, match="another"):
        Store(tmp_path)
    store.close()

    Store(tmp_path).close()


def test_an_adapter_left_unfinished_by_a_crash_is_removed(store: Store, tmp_path: Path) -> None:
    store.close()
    left_over = tmp_path / "adapters" / "0123-4567.part"
    left_over.mkdir()

    Store(tmp_path).close()

    assert not left_over.exists()
