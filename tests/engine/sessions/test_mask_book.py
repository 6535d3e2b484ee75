"""Masks within a memory budget, over a real store."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from sam2_lit.engine.sessions.mask_book import MaskBook
from sam2_lit.records.masks import RLE
from sam2_lit.records.results import LoraMode, Mask, MaskSource
from sam2_lit.records.videos import VideoEntry, VideoInfo
from sam2_lit.store.database import DATABASE_NAME
from sam2_lit.store.saved_session import SavedMask
from sam2_lit.store.session_journal import SessionJournal
from sam2_lit.store.store import Store

OBJECTS = (1, 2)
FRAMES = 50
BUDGET = 8 * 2**10


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def mask(object_id: int, frame_index: int, edit: int = 0) -> Mask:
    rle = RLE((480, 854), f"{object_id}{frame_index:04}{edit}" * 40)
    return Mask(object_id, rle, frame_index / 64, -1.5, MaskSource.TRACKED)


def book_of(store: Store, budget: int) -> tuple[SessionJournal, MaskBook]:
    journal = store.journal("s")
    return journal, MaskBook(journal, partial(store.saved_masks, "s"), budget)


@pytest.fixture
async def filled(store: Store) -> tuple[SessionJournal, MaskBook]:
    """Masks of two objects on 50 frames, about eight times the budget."""
    video = VideoEntry("v", "videos/v.mp4", VideoInfo(854, 480, FRAMES, 24.0, FRAMES / 24))
    await store.add_session("s", video, LoraMode.OFF, datetime(2026, 1, 2, tzinfo=UTC))
    journal, book = book_of(store, BUDGET)
    with journal.transaction():
        for object_id in OBJECTS:
            journal.add_object(object_id)
    for frame_index in range(FRAMES):
        with journal.transaction():
            for object_id in OBJECTS:
                book.put(frame_index, mask(object_id, frame_index), version=frame_index + 1, reverse=False)
    await journal.committed()
    # Shrinks it to the budget, now that all is committed.
    book.get(FRAMES - 1, 1)
    return journal, book


async def test_masks_beyond_the_budget_are_read_back_unchanged(filled: tuple[SessionJournal, MaskBook]) -> None:
    _, book = filled
    assert book.nbytes <= BUDGET

    for frame_index in (0, 30, 1, FRAMES - 1):
        frame = book.on_frame(frame_index, OBJECTS)
        assert frame.masks == tuple(mask(object_id, frame_index) for object_id in OBJECTS)
        assert book.get(frame_index, 2) == mask(2, frame_index)
    assert book.nbytes <= BUDGET


async def test_an_older_mask_that_arrives_late_is_dropped_even_if_the_newer_one_was_evicted(
    filled: tuple[SessionJournal, MaskBook],
) -> None:
    journal, book = filled
    with journal.transaction():
        book.put(3, mask(1, 3, edit=1), version=2, reverse=False)
        book.put(4, mask(1, 4, edit=1), version=99, reverse=False)
    await journal.committed()

    assert book.get(3, 1) == mask(1, 3)
    assert book.get(4, 1) == mask(1, 4, edit=1)


@contextmanager
def blocked_writes(folder: Path) -> Iterator[None]:
    """Blocks the store's writes within the block by a write transaction of another connection."""
    with closing(sqlite3.connect(folder / DATABASE_NAME, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_masks_that_are_not_committed_stay_in_memory(
    filled: tuple[SessionJournal, MaskBook], tmp_path: Path
) -> None:
    journal, book = filled
    with blocked_writes(tmp_path):
        for frame_index in range(20):
            with journal.transaction():
                book.put(frame_index, mask(1, frame_index, edit=1), version=100 + frame_index, reverse=False)
        assert book.nbytes > BUDGET
        assert [book.get(frame_index, 1) for frame_index in range(20)] == [mask(1, each, 1) for each in range(20)]
    await journal.committed()

    with journal.transaction():
        book.put(40, mask(1, 40, edit=1), version=200, reverse=False)
    assert book.nbytes <= BUDGET


async def test_a_removed_object_has_no_masks_before_its_removal_is_committed(
    filled: tuple[SessionJournal, MaskBook], tmp_path: Path
) -> None:
    journal, book = filled
    with blocked_writes(tmp_path):
        with journal.transaction():
            book.remove_object(1, version=FRAMES)
        assert book.get(0, 1) is None
        assert book.on_frame(FRAMES - 1, OBJECTS).masks == (mask(2, FRAMES - 1),)


async def test_masks_made_up_to_the_removal_of_their_object_are_not_read_back(
    filled: tuple[SessionJournal, MaskBook], tmp_path: Path
) -> None:
    journal, book = filled
    with blocked_writes(tmp_path):
        with journal.transaction():
            book.remove_object(1, version=20)

        # Frame i has version i + 1.
        assert book.get(19, 1) is None
        assert book.get(20, 1) == mask(1, 20)


async def test_a_restored_book_reads_from_the_store(filled: tuple[SessionJournal, MaskBook], store: Store) -> None:
    _, book = book_of(store, BUDGET)
    saved = store.saved_session("s")
    assert saved is not None

    book.restore((each.frame_index, each.object_id) for each in saved.versions)

    assert book.nbytes == 0
    assert book.on_frame(7, OBJECTS).masks == (mask(1, 7), mask(2, 7))
    assert book.get(FRAMES, 1) is None


async def test_a_mask_made_before_its_object_was_removed_is_dropped_and_one_made_after_is_stored(
    filled: tuple[SessionJournal, MaskBook],
) -> None:
    journal, book = filled
    with journal.transaction():
        book.remove_object(1, version=FRAMES)
    with journal.transaction():
        book.put(7, mask(1, 7, edit=1), version=FRAMES, reverse=False)
        book.put(8, mask(1, 8, edit=1), version=FRAMES + 1, reverse=False)
    await journal.committed()

    assert book.get(7, 1) is None
    assert book.get(8, 1) == mask(1, 8, edit=1)


async def test_a_removed_mask_is_not_read_back_before_its_removal_is_committed(
    filled: tuple[SessionJournal, MaskBook], tmp_path: Path
) -> None:
    journal, book = filled
    with blocked_writes(tmp_path):
        with journal.transaction():
            book.discard(1, [0], version=FRAMES)
        for frame_index in range(10, 20):
            book.get(frame_index, 1)

        assert book.get(0, 1) is None
        assert book.get(0, 2) == mask(2, 0)


async def test_what_is_removed_is_removed_from_the_store(filled: tuple[SessionJournal, MaskBook], store: Store) -> None:
    journal, book = filled
    with journal.transaction():
        book.discard(1, [3], version=FRAMES)
        book.remove_object(2, version=FRAMES)
    await journal.committed()

    stored = {(frame.frame_index, each.object_id) for frame in store.masks("s", 0, FRAMES) for each in frame.masks}
    assert stored == {(frame_index, 1) for frame_index in range(FRAMES) if frame_index != 3}


async def test_bytes_are_those_of_the_masks_in_memory_whatever_was_replaced_or_removed(
    filled: tuple[SessionJournal, MaskBook],
) -> None:
    journal, _ = filled
    book = MaskBook(journal, lambda frame_index: (), 2**30)
    with journal.transaction():
        book.put(0, mask(1, 0), version=1, reverse=False)
        of_one = book.nbytes
        assert len(mask(1, 0).rle.counts) < of_one < 2_000
        # The same version again, as when a prompted frame is tracked.
        book.put(0, mask(1, 0, edit=1), version=1, reverse=False)
        assert (book.nbytes, book.get(0, 1)) == (of_one, mask(1, 0, edit=1))
        for frame_index, object_id in ((0, 2), (1, 1), (1, 2)):
            book.put(frame_index, mask(object_id, frame_index), version=1, reverse=False)
        assert book.nbytes == 4 * of_one
        book.discard(2, [1], version=1)
        book.discard(2, [1], version=1)
        assert book.nbytes == 3 * of_one
        book.remove_object(1, version=1)
        assert book.nbytes == of_one
        book.remove_object(2, version=1)
    assert book.nbytes == 0


async def test_the_most_recently_used_frames_stay_in_memory(
    filled: tuple[SessionJournal, MaskBook], store: Store
) -> None:
    journal, _ = filled
    reads: list[int] = []

    def read(frame_index: int) -> list[SavedMask]:
        reads.append(frame_index)
        return store.saved_masks("s", frame_index)

    book = MaskBook(journal, read, 0)
    book.restore((frame_index, object_id) for frame_index in range(FRAMES) for object_id in (1, 2))
    one_frame = [book.get(0, 1), book.nbytes][1]
    book = MaskBook(journal, read, 2 * int(one_frame or 0))
    book.restore((frame_index, object_id) for frame_index in range(FRAMES) for object_id in (1, 2))
    reads.clear()

    # Two fit: 0 is used again before 2 is read, so 1 is the one that is read again.
    for frame_index in (0, 1, 0, 2, 0, 1, FRAMES + 1):
        book.get(frame_index, 1)

    assert reads == [0, 1, 2, 1]
    assert book.nbytes == 2 * one_frame


async def test_a_frame_larger_than_the_budget_stays_while_it_is_used(
    filled: tuple[SessionJournal, MaskBook], store: Store
) -> None:
    journal, _ = filled
    book = MaskBook(journal, partial(store.saved_masks, "s"), 1)
    book.restore((frame_index, object_id) for frame_index in range(FRAMES) for object_id in (1, 2))

    assert book.on_frame(3, OBJECTS).masks == (mask(1, 3), mask(2, 3))
    one_frame = book.nbytes
    assert one_frame > 0
    assert book.get(4, 1) == mask(1, 4)
    assert book.nbytes == one_frame
    assert book.get(3, 1) == mask(1, 3)


async def test_the_bytes_of_a_large_mask_are_those_of_its_counts_and_few_more(
    filled: tuple[SessionJournal, MaskBook],
) -> None:
    journal, _ = filled
    book = MaskBook(journal, lambda frame_index: (), 2**30)
    with journal.transaction():
        book.put(0, Mask(1, RLE((480, 854), "1" * 10_000), 0.5, -1.5, MaskSource.TRACKED), version=1, reverse=False)

    assert 10_000 < book.nbytes < 12_000


async def test_what_was_read_is_evicted_in_a_session_that_wrote_nothing_yet(
    filled: tuple[SessionJournal, MaskBook], store: Store
) -> None:
    _, book = book_of(store, BUDGET)
    book.restore((frame_index, object_id) for frame_index in range(FRAMES) for object_id in OBJECTS)

    for frame_index in range(FRAMES):
        book.get(frame_index, 1)

    assert book.nbytes <= BUDGET


async def test_the_frames_of_the_last_transaction_are_evicted_once_it_is_committed(
    filled: tuple[SessionJournal, MaskBook],
) -> None:
    journal, book = filled
    with journal.transaction():
        for frame_index in range(20):
            book.put(frame_index, mask(1, frame_index, edit=1), version=100, reverse=False)
    await journal.committed()

    book.get(0, 1)

    assert book.nbytes <= BUDGET


async def test_a_restored_book_forgets_what_was_in_memory_and_what_was_dropped(
    filled: tuple[SessionJournal, MaskBook],
) -> None:
    journal, book = filled
    with journal.transaction():
        book.confirm(1, [FRAMES - 1], version=FRAMES)
        book.discard(1, [FRAMES - 2], version=FRAMES)
        book.remove_object(2, version=FRAMES)

    book.restore([])

    assert book.nbytes == 0
    assert book.frames_of(1) == set()
    assert [book.get(frame_index, 1) for frame_index in range(FRAMES)] == [None] * FRAMES
    late = ((1, FRAMES - 1), (1, FRAMES - 2), (2, 0))
    with journal.transaction():
        for object_id, frame_index in late:
            book.put(frame_index, mask(object_id, frame_index, edit=1), version=1, reverse=False)
    assert [book.get(frame_index, object_id) for object_id, frame_index in late] == [
        mask(object_id, frame_index, edit=1) for object_id, frame_index in late
    ]


async def test_the_frames_of_an_object_are_those_on_which_it_has_a_mask(
    filled: tuple[SessionJournal, MaskBook], store: Store
) -> None:
    journal, book = filled
    everywhere = set(range(FRAMES))
    assert book.frames_of(1) == book.frames_of(2) == everywhere
    with journal.transaction():
        book.discard(1, [3, 4], version=FRAMES)
    assert book.frames_of(1) == everywhere - {3, 4}
    with journal.transaction():
        book.put(3, mask(1, 3), version=FRAMES + 1, reverse=False)
        book.remove_object(2, version=FRAMES + 1)
    assert (book.frames_of(1), book.frames_of(2)) == (everywhere - {4}, set())
    await journal.committed()

    _, restored = book_of(store, BUDGET)
    saved = store.saved_session("s")
    assert saved is not None
    restored.restore((each.frame_index, each.object_id) for each in saved.versions)

    assert (restored.frames_of(1), restored.frames_of(2)) == (everywhere - {4}, set())


async def test_a_mask_made_before_the_confirmation_of_another_is_dropped_and_one_made_after_is_stored(
    filled: tuple[SessionJournal, MaskBook],
) -> None:
    journal, book = filled
    with journal.transaction():
        book.confirm(1, [7, 8], version=FRAMES)
        book.put(7, mask(1, 7, edit=1), version=FRAMES, reverse=False)
        book.put(8, mask(1, 8, edit=1), version=FRAMES + 1, reverse=False)
        # Neither another object nor another frame was confirmed.
        book.put(7, mask(2, 7, edit=1), version=FRAMES, reverse=False)
        book.put(9, mask(1, 9, edit=1), version=FRAMES, reverse=False)

    assert book.get(7, 1) == mask(1, 7)
    assert [book.get(*each) for each in ((8, 1), (7, 2), (9, 1))] == [mask(1, 8, 1), mask(2, 7, 1), mask(1, 9, 1)]


async def test_a_first_mask_is_stored_whatever_its_version(filled: tuple[SessionJournal, MaskBook]) -> None:
    journal, _ = filled
    book = MaskBook(journal, lambda frame_index: (), BUDGET)
    with journal.transaction():
        book.put(0, mask(1, 0, edit=1), version=0, reverse=False)

    assert book.get(0, 1) == mask(1, 0, edit=1)


async def test_confirmed_masks_are_confirmed_in_the_store(
    filled: tuple[SessionJournal, MaskBook], store: Store
) -> None:
    journal, book = filled
    with journal.transaction():
        book.confirm(1, [2, 3, 9], version=FRAMES)
    await journal.committed()

    saved = store.saved_session("s")
    assert saved is not None
    assert {(each.object_id, each.frame_index) for each in saved.versions if each.is_confirmed} == {
        (1, 2),
        (1, 3),
        (1, 9),
    }


async def test_removing_an_object_keeps_apart_what_was_removed_of_others(
    filled: tuple[SessionJournal, MaskBook],
) -> None:
    journal, book = filled
    with journal.transaction():
        # Frame 1 too, which has the number of the object that is removed.
        book.discard(2, [1, 5], version=FRAMES)
        book.confirm(2, [6], version=FRAMES)
        book.remove_object(1, version=FRAMES)
        for frame_index in (1, 5, 6):
            book.put(frame_index, mask(2, frame_index, edit=1), version=FRAMES, reverse=False)

    assert (book.get(1, 2), book.get(5, 2), book.get(6, 2)) == (None, None, mask(2, 6))
