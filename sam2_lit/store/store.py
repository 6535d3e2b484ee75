"""Sessions and everything that belongs to them, on disk."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, delete, func, insert, select

from sam2_lit.errors import LitError
from sam2_lit.records.changes import Change, ChangeScope, RevertedChange, SessionEvent
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.labels import Label
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.records.results import FrameMasks, LoraMode, SessionInfo
from sam2_lit.records.users import NO_OWNER, Owner
from sam2_lit.records.videos import VideoEntry
from sam2_lit.store import change_log, reads
from sam2_lit.store.adapter_files import AdapterFiles
from sam2_lit.store.change_log import folders_of
from sam2_lit.store.change_recorder import watch
from sam2_lit.store.change_swap import swap_change
from sam2_lit.store.database import open_database
from sam2_lit.store.directory_lock import DirectoryLock
from sam2_lit.store.interaction_reads import read_interaction_page, read_interactions
from sam2_lit.store.label_sets import read_labels, write_labels
from sam2_lit.store.owners import (
    check_session_count,
    forget_upload,
    read_hidden_uploads,
    seen_by,
    settled_owner,
    write_upload,
)
from sam2_lit.store.saved_session import SavedMask, SavedPrompts, SavedSession, SavedVersion
from sam2_lit.store.sequence import next_sequence
from sam2_lit.store.session_journal import SessionJournal
from sam2_lit.store.store_errors import StoreError
from sam2_lit.store.tables import adapters, sessions, videos
from sam2_lit.store.video_versions import moving_session, read_digests, store_video, writing_digests
from sam2_lit.store.writer import Transaction, Write, Writer
from sam2_lit.thread_pool import ThreadPool

R = TypeVar("R")


class Store:
    """The sessions of one server: SQLite in its data directory, or the database that `url` names; adapters as files.

    Reads may come from any thread, each sees one snapshot of what is committed; an event loop runs them on `reading`. A
    write is committed as a whole or raises LitError (CAPACITY_EXCEEDED) where the disk is full or the database is
    unreachable. `changed` is called on the writer's thread with the id of a session of which an event is stored.
    """

    def __init__(self, data_dir: Path, url: str | None = None) -> None:
        """Raises StoreError where the directory or the database cannot be used."""
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            self._lock = DirectoryLock(data_dir)
        except OSError as error:
            raise StoreError(f"--data-dir {data_dir} cannot be written to: {error.strerror}") from error
        try:
            self._database = open_database(url, data_dir)
        except BaseException:
            self._lock.release()
            raise
        self._files = AdapterFiles(data_dir / "adapters", self._database.id)
        self._files.recover(self._read(reads.read_folders))
        watch(self._database.writes)
        self._writer = Writer(self._database.writes)
        self.changed: Callable[[str], None] = lambda session_id: None
        self.reading = ThreadPool("store-reading", 4, max_waiting=256)

    def close(self) -> None:
        """Commits what was submitted, then closes the database and releases the directory."""
        self._writer.close()
        self.reading.close()
        self._database.dispose()
        self._lock.release()

    def journal(self, session_id: str) -> SessionJournal:
        return SessionJournal(self._writer, self._files, session_id, lambda changed: self.changed(changed))

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

        def write(connection: Connection) -> None:
            if owner.user is not None and most is not None:
                check_session_count(connection, owner.user, most)
            settled[:] = [settled_owner(connection, video.path, owner)]
            store_video(connection, video)
            row = {"id": session_id, "video_id": video.id, "lora_mode": lora_mode.value, "created_at": created_at}
            numbers = {"frame_step": frame_step, "sequence": next_sequence(connection)}
            owned = {"user": settled[0].user, "private": settled[0].is_private}
            connection.execute(insert(sessions).values(**row, **numbers, **owned))

        await self._write(write)
        return settled[0]

    def add_upload(self, path: str, owner: Owner) -> None:
        """Stores who uploads a video, before it can be listed. Waits for the disk."""
        self._start((lambda connection: write_upload(connection, path, owner),)).result()

    async def forget_upload(self, path: str) -> None:
        """Removes what `add_upload` stored."""
        await self._write(lambda connection: forget_upload(connection, path))

    def hidden_uploads(self, viewer: str, path: str | None = None) -> frozenset[str]:
        """The paths of the uploads that a user may not see; only this one, where a path is given."""
        return self._read(lambda connection: read_hidden_uploads(connection, viewer, path))

    async def remove_session(self, session_id: str) -> bool:
        """Removes a session and everything that belongs to it. Returns whether there was one."""
        removed = 0

        def write(connection: Connection) -> None:
            nonlocal removed
            folders = folders_of(connection, session_id)
            removed = connection.execute(delete(sessions).where(sessions.c.id == session_id)).rowcount
            self._writer.after_commit(lambda: self._files.remove(folders))

        await self._write(write)
        return removed > 0

    async def move_session(self, session_id: str, video: VideoEntry, frames: int) -> None:
        """Makes a session one on another version of its video, of which the first `frames` frames are the same.

        Masks and prompts on later frames are deleted; objects and adapters stay.
        """
        await self._write(moving_session(session_id, video, frames))

    async def add_frame_digests(self, video_id: str, digests: bytes) -> None:
        """Stores by what the frames of a video are recognized in its next version."""
        await self._write(writing_digests(video_id, digests))

    def frame_digests(self, video_id: str) -> bytes | None:
        """What `add_frame_digests` stored; None where there is nothing."""
        return self._read(lambda connection: read_digests(connection, video_id))

    async def set_labels(self, project: str, labels: tuple[Label, ...] | None, scope: ChangeScope) -> None:
        """Stores the labels of a project in place of its earlier ones; None removes them."""

        def write(connection: Connection) -> None:
            for session_id in write_labels(connection, project, labels, scope):
                self._writer.after_commit(partial(self.changed, session_id))

        await self._write(write)

    def labels(self, project: str) -> tuple[Label, ...] | None:
        """The labels that were set for a project; None where none were."""
        return self._read(lambda connection: read_labels(connection, project))

    async def flush(self) -> None:
        """Returns once every write submitted so far is committed or has failed."""
        await self._submit(())

    @property
    def death(self) -> LitError | None:
        """What every write raises once the store's thread has died of an error; None while it lives."""
        return self._writer.death

    def sessions(self, viewer: str | None = None, user: str | None = None) -> list[SessionInfo]:
        """The sessions that `viewer` may see, oldest first; those of `user`, or all where it is None."""
        return self._read(lambda connection: reads.read_infos(connection, self._files, *seen_by(viewer, user)))

    def session_page(
        self, request: PageRequest, viewer: str | None = None, user: str | None = None
    ) -> Page[SessionInfo]:
        """A page of what `sessions` returns."""
        which = seen_by(viewer, user)
        return self._read(lambda connection: reads.read_info_page(connection, self._files, request, *which))

    def sessions_on(self, path: str) -> list[str]:
        """The ids of the sessions on the video with this path, oldest first."""
        query = select(sessions.c.id).join_from(sessions, videos).where(videos.c.path == path)
        return self._read(lambda connection: list(connection.execute(query.order_by(sessions.c.sequence)).scalars()))

    def session_count(self) -> int:
        query = select(func.count()).select_from(sessions)
        return self._read(lambda connection: connection.execute(query).scalar_one())

    def session(self, session_id: str) -> SessionInfo | None:
        if not session_id.isprintable():
            # Never one of our ids, and PostgreSQL rejects a NUL in text.
            return None
        which = sessions.c.id == session_id
        infos = self._read(lambda connection: reads.read_infos(connection, self._files, which))
        return infos[0] if infos else None

    def last_event(self, session_id: str) -> int:
        """The sequence number of a session's last event; 0 without any."""
        return self._read(lambda connection: change_log.read_last_event(connection, session_id))

    def events(self, session_id: str, after: int, most: int) -> list[SessionEvent]:
        """The first `most` events of a session after a sequence number."""
        return self._read(lambda connection: change_log.read_events(connection, session_id, after, most))

    def next_change(self, session_id: str, redo: bool) -> Change | None:
        """The change that an undo, or a redo, is of; None where there is none."""
        return self._read(lambda connection: change_log.next_change(connection, session_id, redo))

    def change_page(self, session_id: str, request: PageRequest) -> Page[Change]:
        """A page of a session's history, oldest first."""
        return self._read(lambda connection: change_log.read_change_page(connection, session_id, request))

    def swap_change(self, session_id: str, redo: bool, scope: ChangeScope) -> RevertedChange | None:
        """Undoes the latest change, or redoes the one undone last; None where there is none. Waits for the disk."""
        found: list[Change | None] = []

        def write(connection: Connection) -> None:
            found[:] = [swap_change(connection, session_id, redo, scope)]
            self._writer.after_commit(lambda: self.changed(session_id))

        self._start((write,)).result()
        [change] = found
        return None if change is None else RevertedChange(change, self._lost_adapters(session_id))

    def masks(self, session_id: str, first: int, last: int) -> list[FrameMasks]:
        """The frames from `first` to `last`, both included, that have masks."""
        return self._read(lambda connection: reads.read_masks(connection, session_id, first, last))

    def saved_masks(self, session_id: str, frame_index: int) -> list[SavedMask]:
        """The masks of a frame, with their versions."""
        return self._read(lambda connection: reads.read_saved_masks(connection, session_id, frame_index, frame_index))

    def versions(self, session_id: str) -> tuple[list[SavedPrompts], list[SavedVersion]]:
        """The prompted frames of a session's objects, and the versions of their masks."""
        return self._read(lambda connection: reads.read_versions(connection, session_id))

    def interactions(self, session_id: str) -> list[Interaction]:
        """What users did in a session, oldest first."""
        return self._read(lambda connection: read_interactions(connection, session_id))

    def interaction_page(self, session_id: str, request: PageRequest) -> Page[Interaction]:
        """A page of what users did in a session, oldest first."""
        return self._read(lambda connection: read_interaction_page(connection, session_id, request))

    def saved_session(self, session_id: str) -> SavedSession | None:
        """What is needed to resume a session; None where there is none."""
        return self._read(lambda connection: reads.read_session(connection, self._files, session_id))

    def _read(self, query: Callable[[Connection], R]) -> R:
        with self._database.reads.begin() as connection:
            return query(connection)

    async def _write(self, write: Write) -> None:
        await self._submit((write,))

    def _lost_adapters(self, session_id: str) -> tuple[str, ...]:
        query = select(adapters.c.adapter_id, adapters.c.folder).where(adapters.c.session_id == session_id)
        rows = self._read(lambda connection: connection.execute(query).all())
        return tuple(row.adapter_id for row in rows if not self._files.is_usable(row.folder))

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
