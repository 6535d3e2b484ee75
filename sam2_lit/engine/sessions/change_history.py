"""The history of sessions: what was changed, undoing and redoing it."""

import asyncio
from typing import Any

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.propagations import Propagations
from sam2_lit.engine.sessions.session_loader import restore_session
from sam2_lit.engine.sessions.session_pool import SessionPool
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.stored_history import StoredHistory
from sam2_lit.engine.sessions.uninterrupted import uninterrupted
from sam2_lit.records.changes import ChangeScope, RevertedChange
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.store.store import Store


class ChangeHistory(StoredHistory):
    """Undoes, redoes and lists the changes of sessions.

    The store records what each change replaces. Undoing one exchanges that for what the change left, all in one
    transaction, and restores the session in memory from the store, as after a restart.
    """

    def __init__(self, pool: SessionPool, store: Store, propagations: Propagations) -> None:
        super().__init__(store)
        self.running_calls: set[asyncio.Task[Any]] = set()
        self._pool = pool
        self._propagations = propagations

    @uninterrupted
    async def revert(self, session_id: str, redo: bool) -> RevertedChange | None:
        """Undoes the latest change that is not undone, or redoes the earliest that is; None where there is none.

        What is being trained is trained first, and belongs to its correction; what continues after its answer ends, as
        what is being tracked does.
        """
        scope = ChangeScope.new(InteractionKind.REDO if redo else InteractionKind.UNDO)
        async with self._pool.read(session_id) as session:
            if await self._store.reading.run(self._store.next_change, session_id, redo) is None:
                return None
            async with session.change_lock, session.training_lock, session.stream_lock:
                self._propagations.finish(session_id)
                self._propagations.forget(session_id)
                self._pool.stop_streams(session_id)
                session.stop_learning()
                # After the step that a stream may be in, and the encoding of what it tracked.
                await session.run(_nothing())
                await session.state.device.worker.drain()
                return await session.run(_swap(session.state, self._store, redo, scope))


def _nothing() -> Steps[None, None]:
    yield from ()


def _swap(state: SessionState, store: Store, redo: bool, scope: ChangeScope) -> Steps[None, RevertedChange | None]:
    """One step, so that nothing reads a session in memory that is not the one in the store."""
    reverted = store.swap_change(state.session_id, redo, scope)
    if reverted is not None:
        with state.journal.fail_on_error():
            saved = store.saved_session(state.session_id)
            assert saved is not None, "the session is held, so it is stored"
            yield from restore_session(state, saved)
    return reverted
