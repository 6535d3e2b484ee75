"""What the store reads: sessions, their masks, interactions and history, labels and uploads."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, func, select

from sam2_lit.records.adapters import AdapterRecord, AdapterSource
from sam2_lit.records.changes import Change, SessionEvent
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.labels import Label
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.records.results import FrameMasks, SessionInfo
from sam2_lit.store import change_log, reads
from sam2_lit.store.adapter_files import AdapterFiles
from sam2_lit.store.adapter_reads import read_adapter_contents, read_adapter_sources
from sam2_lit.store.change_facts import ChangeFacts, read_change_facts
from sam2_lit.store.database import Database
from sam2_lit.store.interaction_reads import read_interaction_page, read_interactions
from sam2_lit.store.label_sets import read_labels
from sam2_lit.store.owners import read_hidden_uploads, seen_by
from sam2_lit.store.saved_session import SavedMask, SavedPrompts, SavedSession, SavedVersion
from sam2_lit.store.tables import adapters, sessions, videos
from sam2_lit.store.video_versions import read_digests

R = TypeVar("R")

_MOST_SOURCES = 20


class StoreReads:
    """One method for each thing that is read; each sees one snapshot of what is committed, on any thread."""

    def __init__(self, database: Database, files: AdapterFiles) -> None:
        self._database = database
        self._files = files

    def hidden_uploads(self, viewer: str, path: str | None = None) -> frozenset[str]:
        """The paths of the uploads that a user may not see; only this one, where a path is given."""
        return self._read(lambda connection: read_hidden_uploads(connection, viewer, path))

    def frame_digests(self, video_id: str) -> bytes | None:
        """What `add_frame_digests` stored; None where there is nothing."""
        return self._read(lambda connection: read_digests(connection, video_id))

    def labels(self, project: str) -> tuple[Label, ...] | None:
        """The labels that were set for a project; None where none were."""
        return self._read(lambda connection: read_labels(connection, project))

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

    def has_session(self, session_id: str) -> bool:
        query = select(sessions.c.id).where(sessions.c.id == session_id)
        return self._read(lambda connection: connection.execute(query).first()) is not None

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

    def change_facts(self, session_id: str, change_id: str) -> ChangeFacts | None:
        """What is known of the change with the id of an interaction; None where that is not in the log."""
        return self._read(lambda connection: read_change_facts(connection, session_id, change_id))

    def change_page(self, session_id: str, request: PageRequest) -> Page[Change]:
        """A page of a session's history, oldest first."""
        return self._read(lambda connection: change_log.read_change_page(connection, session_id, request))

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

    def adapter_sources(self, session_id: str, label: str, viewer: str | None, model: str) -> list[AdapterSource]:
        """`read_adapter_sources`, at most 20."""
        return self._read(
            lambda connection: read_adapter_sources(
                connection, self._files, session_id, label, viewer, model, _MOST_SOURCES
            )
        )

    def adapter_contents(self, session_id: str, object_id: int) -> list[tuple[AdapterRecord, dict[str, bytes]]]:
        """`read_adapter_contents`."""
        return self._read(lambda connection: read_adapter_contents(connection, self._files, session_id, object_id))

    def lost_adapters(self, session_id: str) -> tuple[str, ...]:
        """The adapters of a session whose files are gone."""
        query = select(adapters.c.adapter_id, adapters.c.folder).where(adapters.c.session_id == session_id)
        rows = self._read(lambda connection: connection.execute(query).all())
        return tuple(row.adapter_id for row in rows if not self._files.is_usable(row.folder))
