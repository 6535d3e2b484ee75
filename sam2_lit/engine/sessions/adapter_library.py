"""Adapters that carry over: from objects of other sessions, and from files in PEFT's layout."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from sam2_lit.engine.sessions.adapter_steps import add_adapters
from sam2_lit.engine.sessions.session_pool import SessionPool
from sam2_lit.engine.sessions.stored_adapters import StoredAdapters, object_of
from sam2_lit.engine.sessions.stored_sessions import StoredSessions
from sam2_lit.engine.sessions.uninterrupted import uninterrupted
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.peft_archive import read_archive
from sam2_lit.lora.peft_format import parse_files
from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.interactions import Interaction, InteractionKind
from sam2_lit.records.results import ModelInfo, ObjectInfo
from sam2_lit.store.store import Store


class AdapterLibrary(StoredAdapters):
    """Gives objects copies of adapters that were trained on other objects.

    A copy proposes masks at once, and a correction that it nearly handles trains it on from there.
    """

    def __init__(
        self, pool: SessionPool, sessions: StoredSessions, store: Store, model: Callable[[], ModelInfo]
    ) -> None:
        super().__init__(sessions, store, model)
        self.running_calls: set[asyncio.Task[Any]] = set()
        self._pool = pool

    @uninterrupted
    async def copy(self, session_id: str, object_id: int, source_session_id: str, source_object_id: int) -> ObjectInfo:
        """Copies the adapters of an object, of another session or this one, to an object; returns the latter.

        Raises LitError as `add_adapters`, and ADAPTER_NOT_FOUND where there are none of this model.
        """
        contents = await self._contents(await self._sessions.session(source_session_id), source_object_id)
        found = await self._store.reading.run(lambda: [(record, *parse_files(content)) for record, content in contents])
        usable = [each for each in found if each[2] == self._model().fingerprint]
        if not usable:
            raise LitError(
                ErrorCode.ADAPTER_NOT_FOUND,
                f"object {source_object_id} of session {source_session_id} has no adapters of the model that runs",
            )
        return await self._add(session_id, object_id, usable)

    @uninterrupted
    async def add(self, session_id: str, object_id: int, archive: bytes) -> ObjectInfo:
        """Gives an object the adapters of a ZIP file (`read_archive`); returns it."""
        return await self._add(session_id, object_id, await self._store.reading.run(read_archive, archive))

    async def _add(
        self, session_id: str, object_id: int, found: Sequence[tuple[AdapterRecord, Adapter, str | None]]
    ) -> ObjectInfo:
        scope = ChangeScope.new(InteractionKind.ADD_ADAPTERS)
        interaction = Interaction(
            scope.id,
            scope.at,
            scope.kind,
            client=scope.client,
            user=scope.user,
            object_ids=(object_id,),
        )
        async with self._pool.train(session_id) as session:
            await session.commit(add_adapters(session.state, object_id, found, interaction))
        return object_of(await self._sessions.session(session_id), object_id)
