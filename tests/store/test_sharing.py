"""Several processes share one PostgreSQL database, each with a fence."""

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.records.placement import Place
from sam2_lit.records.results import LoraMode
from sam2_lit.records.videos import VideoEntry, VideoInfo
from sam2_lit.store.fence import Fence, SessionMoved
from sam2_lit.store.session_journal import SessionJournal
from sam2_lit.store.store import Store
from sam2_lit.store.store_errors import DatabaseInUse
from tests.store.postgresql import Postgresql
from tests.waiting import wait_until

VIDEO = VideoEntry("video", "videos/a.mp4", VideoInfo(4, 2, 3, 25.0, 0.12))


@pytest.fixture(scope="module")
def url(postgres: Postgresql) -> str:
    return postgres.new_database(secrets.token_hex(4))


class Sharer:
    """A process's store."""

    def __init__(self, folder: Path, url: str, name: str) -> None:
        self.fence = Fence(name)
        self.store = Store(folder, url, self.fence)

    async def start(self, session_id: str) -> SessionJournal:
        """A session that this process owns since epoch 1."""
        self.fence.hold(session_id, 1)
        await self.store.add_session(session_id, VIDEO, LoraMode.OFF, datetime.now(UTC))
        return self.store.journal(session_id)

    def claim(self, session_id: str) -> Place:
        """Takes a session from its owner."""
        before = self.store.placements.of(session_id)
        assert before is not None
        place = self.store.placements.claim(session_id, self.fence.worker, before.epoch)
        assert place is not None and place.worker == self.fence.worker
        self.fence.hold(session_id, place.epoch)
        return place


@pytest.fixture(scope="module")
def sharers(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sharer, Sharer]]:
    folder = tmp_path_factory.mktemp("data")
    first, second = (Sharer(folder, url, name) for name in ("one", "two"))
    yield first, second
    for each in (first, second):
        each.store.close()


def new_id() -> str:
    return secrets.token_hex(8)


def rename(journal: SessionJournal) -> None:
    """A change that other clients are notified of."""
    with journal.transaction(ChangeScope.new(InteractionKind.NAME_OBJECT)):
        journal.add_object(int(secrets.token_hex(3), 16))


async def test_a_session_belongs_to_the_process_that_started_it(sharers: tuple[Sharer, Sharer]) -> None:
    session_id = new_id()
    await sharers[0].start(session_id)

    assert sharers[1].store.placements.of(session_id) == Place("one", 1)
    assert sharers[1].store.placements.of("none") is None
    assert sharers[1].store.placements.claim("none", "two", 0) is None


async def test_of_two_processes_that_claim_a_session_at_once_one_gets_it_and_both_are_told_which(
    sharers: tuple[Sharer, Sharer],
) -> None:
    for _ in range(10):
        session_id = new_id()
        await sharers[0].start(session_id)
        together = threading.Barrier(2)

        def claim(each: Sharer, session_id: str = session_id, together: threading.Barrier = together) -> Place | None:
            together.wait()
            return each.store.placements.claim(session_id, each.fence.worker, 1)

        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(claim, sharers))

        assert told[0] == told[1] == sharers[0].store.placements.of(session_id)
        assert told[0] is not None and told[0].epoch == 2


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["one", "two", "three"]), st.integers(0, 3), st.booleans()), max_size=8))
async def test_a_claim_succeeds_where_its_epoch_is_that_of_the_session(
    sharers: tuple[Sharer, Sharer], claims: list[tuple[str, int, bool]]
) -> None:
    placements, session_id, expected = sharers[0].store.placements, new_id(), Place("one", 1)
    await sharers[0].start(session_id)
    for worker, late, releases in claims:
        epoch = max(0, expected.epoch - late)
        if releases:
            placements.release(session_id, epoch)
            expected = Place(expected.worker if late else None, expected.epoch)
        else:
            claimed = placements.claim(session_id, worker, epoch)
            expected = expected if epoch != expected.epoch else Place(worker, epoch + 1)
            assert claimed == expected

        assert placements.of(session_id) == expected


async def test_the_process_that_a_session_was_taken_from_can_store_nothing_more_in_it(
    sharers: tuple[Sharer, Sharer],
) -> None:
    first, second = sharers
    session_id, other_id = new_id(), new_id()
    journal, other = await first.start(session_id), await first.start(other_id)
    second.claim(session_id)
    rename(journal)
    rename(other)

    with pytest.raises(SessionMoved):
        await journal.committed()
    await other.committed()
    assert journal.failure is not None and other.failure is None
    info, other_info = second.store.session(session_id), second.store.session(other_id)
    assert info is not None and info.objects == ()
    assert other_info is not None and len(other_info.objects) == 1


@pytest.mark.parametrize("write", ["remove", "move", "undo", "journal"])
async def test_everything_that_is_written_to_a_session_is_fenced(sharers: tuple[Sharer, Sharer], write: str) -> None:
    first, second = sharers
    session_id = new_id()
    journal = await first.start(session_id)
    rename(journal)
    await journal.committed()
    second.claim(session_id)

    with pytest.raises(SessionMoved):
        match write:
            case "remove":
                await first.store.remove_session(session_id)
            case "move":
                await first.store.move_session(session_id, VIDEO, 1)
            case "undo":
                first.store.swap_change(session_id, False, ChangeScope.new(InteractionKind.UNDO))
            case "journal":
                first.fence.drop(session_id)
                first.store.journal(session_id)
    assert second.store.has_session(session_id)


async def test_a_claim_waits_for_a_transaction_that_has_looked_at_the_epoch(
    sharers: tuple[Sharer, Sharer], url: str
) -> None:
    first, second = sharers
    session_id = new_id()
    await first.start(session_id)
    looked, may_commit = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        first.fence.check(session_id)(connection)
        looked.set()
        may_commit.wait()
        connection.execute(text("UPDATE sessions SET consolidated = 7 WHERE id = :id"), {"id": session_id})

    with ThreadPoolExecutor(2) as pool:
        writing = first.store._start((hold,))
        looked.wait()
        claiming = pool.submit(second.claim, session_id)
        wait_until(lambda: blocked(url))
        assert not claiming.done()
        may_commit.set()
        assert claiming.result().epoch == 2
    writing.result()
    saved = second.store.saved_session(session_id)
    assert saved is not None and saved.consolidated == 7


def blocked(url: str) -> bool:
    """Whether a statement waits for another transaction."""
    with psycopg.connect(url) as connection:
        [count] = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() or (0,)
        return bool(count)


async def test_every_process_is_told_of_a_change_and_of_a_session_that_is_closed(
    sharers: tuple[Sharer, Sharer],
) -> None:
    first, second = sharers
    told: list[str] = []
    listening = threading.Event()
    second.store.changed = told.append
    second.store.listen(listening.set)
    listening.wait()
    session_id, closed_id = new_id(), new_id()
    journal = await first.start(session_id)
    rename(journal)
    await journal.committed()
    await first.start(closed_id)
    await first.store.remove_session(closed_id)
    await first.store.set_labels("videos", None, ChangeScope.new(InteractionKind.SET_LABELS))

    wait_until(lambda: told.count(session_id) >= 2 and closed_id in told)


async def test_a_process_listens_again_after_the_database_restarted(postgres: Postgresql, tmp_path: Path) -> None:
    sharer = Sharer(tmp_path, postgres.new_database(secrets.token_hex(4)), "one")
    missed: list[None] = []
    sharer.store.listen(lambda: missed.append(None))
    wait_until(lambda: len(missed) == 1)
    postgres.stop()
    postgres.start()

    wait_until(lambda: len(missed) == 2)
    sharer.store.close()


@pytest.mark.parametrize("alone_first", [True, False])
def test_a_server_that_is_alone_and_processes_that_share_never_use_one_database(
    postgres: Postgresql, tmp_path: Path, alone_first: bool
) -> None:
    url = postgres.new_database(secrets.token_hex(4))
    kinds: list[Callable[[Path], Store]] = [
        lambda folder: Store(folder, url),
        lambda folder: Store(folder, url, Fence("one")),
    ]
    first, second = kinds if alone_first else kinds[::-1]
    store = first(tmp_path / "first")

    with pytest.raises(DatabaseInUse):
        second(tmp_path / "second")
    store.close()


def test_processes_that_start_at_once_create_the_tables_once(postgres: Postgresql, tmp_path: Path) -> None:
    url = postgres.new_database(secrets.token_hex(4))

    with ThreadPoolExecutor(3) as pool:
        stores = list(pool.map(lambda name: Store(tmp_path, url, Fence(name)), ["one", "two", "three"]))

    assert [store.sessions() for store in stores] == [[], [], []]
    for each in stores:
        each.close()


async def test_a_process_that_starts_leaves_the_files_that_another_has_just_written(
    sharers: tuple[Sharer, Sharer], url: str, tmp_path: Path
) -> None:
    first, _ = sharers
    written = first.store._files._folder / "adapter-just-written"
    written.mkdir()

    Sharer(written.parents[2], url, "three").store.close()

    assert written.is_dir()
    written.rmdir()
