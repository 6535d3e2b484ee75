"""Which adapters other objects may get, and their files, from the store alone: no model, no session in memory."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sam2_lit.engine.sessions.stored_sessions import StoredSessions
from sam2_lit.engine.sessions.validation import no_object
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.peft_archive import write_archive
from sam2_lit.records.adapters import AdapterRecord, AdapterSource
from sam2_lit.records.results import ModelInfo, ObjectInfo, SessionInfo
from sam2_lit.records.users import current_user
from sam2_lit.store.store import Store

AdapterContent = tuple[AdapterRecord, dict[str, bytes]]
"""An adapter without its weights, and its files by name."""


class StoredAdapters:
    """Answers queries about adapters.

    Every method with a session raises LitError: SESSION_NOT_FOUND, OBJECT_NOT_FOUND.
    """

    def __init__(self, sessions: StoredSessions, store: Store, model: Callable[[], ModelInfo]) -> None:
        self._sessions = sessions
        self._store = store
        self._model = model

    async def sources(self, session_id: str, object_id: int) -> list[AdapterSource]:
        """The objects with the object's label in other sessions that have adapters of this model, the newest first.

        Only of sessions that the current user may see; none for an object without a label.
        """
        label = object_of(await self._sessions.session(session_id), object_id).label
        if label is None:
            return []
        return await self._store.reading.run(
            self._store.adapter_sources, session_id, label, current_user.get(), self._model().fingerprint
        )

    async def archive_writer(self, session_id: str, object_ids: Sequence[int] | None) -> Callable[[Path], list[str]]:
        """What writes the adapters of objects, or of all, to a ZIP file, each in a folder in PEFT's layout.

        Raises LitError: ADAPTER_NOT_FOUND where they have none.
        """
        info = await self._sessions.session(session_id)
        owners = [each.object_id for each in info.objects] if object_ids is None else list(dict.fromkeys(object_ids))
        found = [
            (f"object-{owner}/{record.adapter_id}", record, content)
            for owner in owners
            for record, content in await self._contents(info, owner)
        ]
        if not found:
            raise LitError(ErrorCode.ADAPTER_NOT_FOUND, "these objects have no adapters; corrections train them")

        def write(file: Path) -> list[str]:
            write_archive(file, found)
            return []

        return write

    async def _contents(self, info: SessionInfo, object_id: int) -> list[AdapterContent]:
        object_of(info, object_id)
        return await self._store.reading.run(self._store.adapter_contents, info.session_id, object_id)


def object_of(info: SessionInfo, object_id: int) -> ObjectInfo:
    """The object of a session with this id. Raises LitError (OBJECT_NOT_FOUND)."""
    for each in info.objects:
        if each.object_id == object_id:
            return each
    raise no_object(object_id, [each.object_id for each in info.objects])
