"""Sessions and everything that belongs to them, on disk."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, delete, insert, select

from sam2_lit.errors import LitError
from sam2_lit.records.changes import Change, ChangeScope, RevertedChange
from sam2_lit.records.labels import Label
from sam2_lit.records.results import LoraMode
from sam2_lit.records.users import NO_OWNER, Owner
from sam2_lit.records.videos import VideoEntry
from sam2_lit.store import reads
from sam2_lit.store.adapter_files import AdapterFiles
from sam2_lit.store.change_log import folders_of
from sam2_lit.store.change_recorder import watch
from sam2_lit.store.change_swap import swap_change
from sam2_lit.store.database import open_database
from sam2_lit.store.directory_lock import DirectoryLock
from sam2_lit.store.fence import Fence, SessionMoved
from sam2_lit.store.label_sets import write_labels
from sam2_lit.store.notifications import Notifications, notify
from sam2_lit.store.owners import (
    check_session_count,
    forget_upload,
    settled_owner,
    write_upload,
)
from sam2_lit.store.placements import Placements
from sam2_lit.store.sequence import next_sequence
from sam2_lit.store.session_journal import SessionJournal
from sam2_lit.store.store_errors import StoreError
from sam2_lit.store.store_reads import StoreReads
from sam2_lit.store.tables import sessions
from sam2_lit.store.user_slots import UserSlots
from sam2_lit.store.video_versions import moving_session, store_video, writing_digests
from sam2_lit.store.writer import Transaction, Write, Writer
from sam2_lit.thread_pool import ThreadPool

R = TypeVar("R")

# Files of adapters that no row names are another process's, which may be about to write the row.
_UNUSED_SECONDS = 3600


class Store(StoreReads):
    """The sessions of one server: SQLite in its data directory, or the database that `url` names; adapters as files.

    With a fence, several processes share a PostgreSQL database: what is written to a session is refused with
    SessionMoved where this one does not own it.

    Reads may come from any thread, each sees one snapshot of what is committed; an event loop runs them on `reading`. A
    write is committed as a whole or raises LitError (CAPACITY_EXCEEDED) where the disk is full or the database is
    unreachable. `changed` is called on a thread with the id of a session of which an event is stored, or which is gone;
    with a fence also where another process did that, once `listen` was called.
    """

    def __init__(
        self, data_dir: Path, url: str | None = None, fence: Fence | None = None, media_dir: Path | None = None
    ) -> None:
        """`media_dir` is for adapters, in place of `data_dir`.

        Raises StoreError where the directory or the database cannot be used.
        """
        self._fence = fence
        self._closing = ExitStack()
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            if fence is None:
                self._closing.callback(DirectoryLock(data_dir).release)
        except OSError as error:
            raise StoreError(f"--data-dir {data_dir} cannot be written to: {error.strerror}") from error
        try:
            database = open_database(url, data_dir, shared=fence is not None)
        except BaseException:
            self._closing.close()
            raise
        super().__init__(database, AdapterFiles((media_dir or data_dir) / "adapters", database.id))
        self.placements = Placements(database.reads)
        self.user_slots = None if fence is None else UserSlots(database.reads)
        if fence is None:
            self._files.recover(self._read(reads.read_folders))
        else:
            self._files.remove_unused(self._read(reads.read_folders), time.time() - _UNUSED_SECONDS)
        watch(self._database.writes)
        self._writer = Writer(self._database.writes)
        self._notifications: Notifications | None = None
        self.changed: Callable[[str], None] = lambda session_id: None
        self.reading = ThreadPool("store-reading", 4, max_waiting=256)

    def close(self) -> None:
        """Commits what was submitted, then closes the database and releases the directory."""
        if self._notifications is not None:
            self._notifications.close()
        if self.user_slots is not None:
            self.user_slots.close()
        self._writer.close()
        self.reading.close()
        self._database.dispose()
        self._closing.close()

    def listen(self, missed: Callable[[], None]) -> None:
        """Calls `changed` also for what other processes store; `missed` where that may have been overlooked."""
        self._notifications = Notifications(self._database.reads, lambda changed: self.changed(changed), missed)

    def epoch_of(self, session_id: str) -> int | None:
        """The epoch since which this process owns a session; None where it shares the database with no other."""
        return None if self._fence is None else self._fence.epoch_of(session_id)

    def journal(self, session_id: str) -> SessionJournal:
        """Raises SessionMoved where this process does not own the session."""
        check = None if self._fence is None else self._fence.check(session_id)
        return SessionJournal(self._writer, self._files, session_id, self._notify, check)

    async def add_session(
        self,
        session_id: str,
        video: VideoEntry,
        lora_mode: LoraMode,
        created_at: datetime,
        frame_step: int = 1,
        owner: Owner = NO_OWNER,
        most: int | None = None,
    ) -> Owner:
        """Stores a new session, and returns its owner: one on a private upload is private (`settled_owner`).

        Raises LitError (CAPACITY_EXCEEDED) where its user has `most` sessions.
        """
        settled: list[Owner] = []
        place = {}
        if self._fence is not None:
            place = {"worker": self._fence.worker, "epoch": self._fence.epoch_of(session_id)}

        def write(connection: Connection) -> None:
            if owner.user is not None and most is not None:
                check_session_count(connection, owner.user, most)
            settled[:] = [settled_owner(connection, video.path, owner)]
            store_video(connection, video)
            row = {"id": session_id, "video_id": video.id, "lora_mode": lora_mode.value, "created_at": created_at}
            numbers = {"frame_step": frame_step, "sequence": next_sequence(connection)}
            owned = {"user": settled[0].user, "private": settled[0].is_private}
            query = select(sessions.c.id).where(sessions.c.id == session_id)
            if self._fence is not None and connection.execute(query).first():
                # Another process was sent the same call.
                raise SessionMoved(session_id)
            connection.execute(insert(sessions).values(**row, **numbers, **owned, **place))

        await self._write(write)
        return settled[0]

    def add_upload(self, path: str, owner: Owner) -> None:
        """Stores who uploads a video, before it can be listed. Waits for the disk."""
        self._start((lambda connection: write_upload(connection, path, owner),)).result()

    async def forget_upload(self, path: str) -> None:
        """Removes what `add_upload` stored."""
        await self._write(lambda connection: forget_upload(connection, path))

    async def remove_session(self, session_id: str) -> bool:
        """Removes a session and everything that belongs to it. Returns whether there was one."""
        removed = 0

        def write(connection: Connection) -> None:
            nonlocal removed
            folders = folders_of(connection, session_id)
            removed = connection.execute(delete(sessions).where(sessions.c.id == session_id)).rowcount
            self._writer.after_commit(lambda: self._files.remove(folders))
            self._notify(connection, session_id)

        await self._write(*self._checked(session_id), write)
        return removed > 0

    async def move_session(self, session_id: str, video: VideoEntry, frames: int) -> None:
        """Makes a session one on another version of its video, of which the first `frames` frames are the same.

        Masks and prompts on later frames are deleted; objects and adapters stay.
        """
        await self._write(*self._checked(session_id), moving_session(session_id, video, frames))

    async def add_frame_digests(self, video_id: str, digests: bytes) -> None:
        """Stores by what the frames of a video are recognized in its next version."""
        await self._write(writing_digests(video_id, digests))

    async def set_labels(self, project: str, labels: tuple[Label, ...] | None, scope: ChangeScope) -> None:
        """Stores the labels of a project in place of its earlier ones; None removes them."""

        def write(connection: Connection) -> None:
            for session_id in write_labels(connection, project, labels, scope):
                self._notify(connection, session_id)

        await self._write(write)

    async def flush(self) -> None:
        """Returns once every write submitted so far is committed or has failed."""
        await self._submit(())

    @property
    def death(self) -> LitError | None:
        """What every write raises once the store's thread has died of an error; None while it lives."""
        return self._writer.death

    def swap_change(self, session_id: str, redo: bool, scope: ChangeScope) -> RevertedChange | None:
        """Undoes the latest change, or redoes the one undone last; None where there is none. Waits for the disk."""
        found: list[Change | None] = []

        def write(connection: Connection) -> None:
            found[:] = [swap_change(connection, session_id, redo, scope)]
            self._notify(connection, session_id)

        self._start((*self._checked(session_id), write)).result()
        [change] = found
        return None if change is None else RevertedChange(change, self.lost_adapters(session_id))

    async def _write(self, *writes: Write) -> None:
        await self._submit(writes)

    def _checked(self, session_id: str) -> list[Write]:
        """What a transaction on a session begins with."""
        return [] if self._fence is None else [self._fence.check(session_id)]

    def _notify(self, connection: Connection, session_id: str) -> None:
        """Within a transaction: once it is committed, those who wait for changes of the session are notified."""
        if self._fence is not None:
            notify(connection, session_id)
        self._writer.after_commit(lambda: self.changed(session_id))

    async def _submit(self, writes: Sequence[Write]) -> None:
        await asyncio.wrap_future(self._start(writes))

    def _start(self, writes: Sequence[Write]) -> Future[None]:
        future: Future[None] = Future()
        # Not cancellable from here on, so that the writer can always set a result.
        future.set_running_or_notify_cancel()

        def done(error: BaseException | None) -> None:
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self._writer.submit(Transaction(writes, done))
        return future
