"""Which worker owns a session, as one front knows it; claims sessions that nobody owns, or whose owner is gone."""

import asyncio
import logging
import secrets
from collections import OrderedDict
from contextlib import suppress
from typing import TypeVar

from sam2_lit.cluster.messages import Workers, WorkerState
from sam2_lit.cluster.placement import WorkerLoad, choose
from sam2_lit.engine.sessions.validation import session_not_found
from sam2_lit.records.placement import Place
from sam2_lit.records.results import ModelInfo
from sam2_lit.store.store import Store

V = TypeVar("V")

logger = logging.getLogger("sam2_lit.front")

POLL_SECONDS = 2.0
"""After so long without a change, the workers are asked how busy they are."""

_KNOWN_PLACES = 10_000
_KNOWN_LOST = 1000


class Owners:
    """Used on one event loop. `places` may be out of date: a worker that owns a session no more says so."""

    def __init__(self, workers: Workers, store: Store) -> None:
        self.front = secrets.token_hex(8)
        self._workers = workers
        self._store = store
        self._states: dict[str, WorkerState] = {}
        self._lost: OrderedDict[str, None] = OrderedDict()
        self._places: OrderedDict[str, Place] = OrderedDict()
        self._polling: asyncio.Task[None] | None = None

    @property
    def loads(self) -> list[WorkerLoad]:
        """The workers that answered last."""
        return [each.load for each in self._states.values()]

    @property
    def model(self) -> ModelInfo | None:
        """That of the workers, which all have the same; None where none answered."""
        return next((each.model for each in self._states.values()), None)

    def start(self) -> None:
        """Begins to ask the workers how busy they are, by which they also know that this front lives."""
        self._polling = asyncio.create_task(self._poll())

    async def close(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.wait([self._polling])

    async def refresh(self) -> None:
        """Asks the workers now. Those that do not answer are as if they were not there."""
        states = await self._workers.states(self.front)
        self._states = {each.load.worker: each for each in states}
        for worker in self._states:
            self._lost.pop(worker, None)

    def lose(self, worker: str) -> None:
        """Notes that a worker is gone, or does not answer. Its sessions are claimed without asking it once more."""
        self._states.pop(worker, None)
        _remember(self._lost, worker, None, _KNOWN_LOST)
        for session_id in [each for each, place in self._places.items() if place.worker == worker]:
            del self._places[session_id]

    def forget(self, session_id: str) -> None:
        """Notes that a place is out of date."""
        self._places.pop(session_id, None)

    def choose(self, video_id: str | None) -> str:
        """The worker for a session, which is counted as placed there. Raises LitError (CAPACITY_EXCEEDED)."""
        worker = choose(self.loads, video_id).worker
        state = self._states[worker]
        self._states[worker] = WorkerState(state.load.with_one_more(), state.model)
        return worker

    def note(self, session_id: str, place: Place) -> None:
        """Notes where a session is."""
        _remember(self._places, session_id, place, _KNOWN_PLACES)

    async def place(self, session_id: str) -> tuple[str, int]:
        """The worker that owns a session, and since which epoch; one is claimed for it where there is none.

        Raises LitError: SESSION_NOT_FOUND, and CAPACITY_EXCEEDED where no worker can take it.
        """
        known = self._places.get(session_id)
        if known is None or known.worker not in self._states:
            known = await self._read(session_id)
        if known.worker is not None and known.worker not in self._states and known.worker not in self._lost:
            # Another front may have found it first.
            await self.refresh()
        if known.worker is None or known.worker not in self._states:
            known = await self._claim(session_id, known)
        self.note(session_id, known)
        assert known.worker is not None
        return known.worker, known.epoch

    async def _claim(self, session_id: str, known: Place) -> Place:
        info = await self._store.reading.run(self._store.session, session_id)
        worker = self.choose(info.video.id if info else None)
        claim = self._store.placements.claim
        claimed = await self._store.reading.run(claim, session_id, worker, known.epoch)
        if claimed is None:
            raise session_not_found(session_id)
        if claimed.worker is None or claimed.worker not in self._states:
            # Another front was faster, with a worker that is not known here yet.
            return await self._claim(session_id, claimed)
        logger.info("session %s is on worker %s since epoch %d", session_id, claimed.worker, claimed.epoch)
        return claimed

    async def _read(self, session_id: str) -> Place:
        place = await self._store.reading.run(self._store.placements.of, session_id)
        if place is None:
            raise session_not_found(session_id)
        return place

    async def _poll(self) -> None:
        changed = self._workers.changed
        while True:
            changed.clear()
            try:
                await self.refresh()
            except Exception:
                logger.exception("the workers could not be asked; they are asked again in %g s", POLL_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), POLL_SECONDS)


def _remember(known: OrderedDict[str, V], key: str, value: V, most: int) -> None:
    """Adds an item; of more than `most`, the one that was added first is forgotten."""
    known[key] = value
    known.move_to_end(key)
    if len(known) > most:
        known.popitem(last=False)
