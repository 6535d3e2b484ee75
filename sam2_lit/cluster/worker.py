"""A worker: one engine, which owns the sessions that fronts have claimed for it. Knows nothing of Ray."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from sam2_lit.cluster.messages import Answer, Call, StreamPart, WorkerState
from sam2_lit.cluster.placement import WorkerLoad
from sam2_lit.errors import ErrorCode, LitError, internal_error
from sam2_lit.machine_errors import user_error
from sam2_lit.records.changes import change_id
from sam2_lit.records.clients import client_name
from sam2_lit.records.users import current_user
from sam2_lit.store.fence import Fence, SessionMoved
from sam2_lit.store.store import Store

if TYPE_CHECKING:
    # A front names this class to Ray, and needs no torch.
    from sam2_lit.engine.engine import Engine

logger = logging.getLogger("sam2_lit.worker")

_AHEAD = 4
"""Items of a stream that are ready before they are asked for; then its work pauses."""

FRONT_SECONDS = 30.0
"""After so long without a sign of a front, its streams end."""

_TIDY_SECONDS = 60.0
_ANSWERED_SECONDS = 60.0
_DRAIN_STEP_SECONDS = 0.1


@dataclass(frozen=True)
class OpenedEngine:
    """An engine over a store with this worker's fence, and the text of its metrics (which may block)."""

    engine: "Engine"
    store: Store
    metrics: Callable[[], bytes]


OpenEngine = Callable[[Fence], Coroutine[Any, Any, OpenedEngine]]


class EngineWorker:
    """Implements `WorkerFace` on one event loop.

    Which sessions it owns it learns from the calls: each names the epoch since which it does. Where that is higher than
    the one it knows, another process owned the session meanwhile, so what is in memory is dropped first; where it is
    lower, the session is another's by now, and the call is refused with SessionMoved. A front claims a session in the
    database before it calls, and every transaction checks the epoch there, so no word of a front has to be trusted.
    """

    def __init__(self, name: str, open_engine: OpenEngine, clock: Callable[[], float] = time.monotonic) -> None:
        """A process that takes the place of another under the same `name` has another `id`."""
        self.id = f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
        self._fence = Fence(self.id)
        self._open_engine = open_engine
        self._clock = clock
        self._opening: asyncio.Task[OpenedEngine] | None = None
        self._owning: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._calls: dict[tuple[str, int], asyncio.Task[Answer]] = {}
        self._streams: dict[str, _Stream] = {}
        self._fronts: dict[str, float] = {}
        self._is_draining = False
        self._tidying: asyncio.Task[None] | None = None

    async def state(self, front: str) -> WorkerState:
        engine = (await self._opened()).engine
        self._fronts[front] = self._clock()
        return WorkerState(WorkerLoad(self.id, engine.load(), self._is_draining), engine.model())

    async def call(self, call: Call) -> Answer:
        # The connection may break and the front send it again: the first goes on, and answers both.
        key = (call.id, call.epoch)
        task = self._calls.get(key)
        if task is None:
            task = self._calls[key] = asyncio.create_task(self._carry_out(call))
            loop = asyncio.get_running_loop()
            task.add_done_callback(lambda _: loop.call_later(_ANSWERED_SECONDS, self._calls.pop, key, None))
        return await asyncio.shield(task)

    async def open_stream(self, call: Call) -> Answer:
        try:
            engine = await self._own(call)
        except LitError as error:
            return Answer(error=error)
        client_name.set(call.client)
        current_user.set(call.user)
        self._streams[call.id] = _Stream(call, _start(engine, call), self._front_error)
        self._fronts[call.front] = self._clock()
        return Answer()

    async def next_part(self, stream_id: str, received: int) -> StreamPart:
        stream = self._streams.get(stream_id)
        return StreamPart((), True, SessionMoved("")) if stream is None else await stream.next_part(received)

    async def close_stream(self, stream_id: str) -> None:
        if (stream := self._streams.pop(stream_id, None)) is not None:
            await stream.close()

    async def drain(self, seconds: float) -> None:
        self._is_draining = True
        engine = (await self._opened()).engine
        deadline = self._clock() + seconds
        while engine.pool.propagations and self._clock() < deadline:
            await asyncio.sleep(_DRAIN_STEP_SECONDS)
        for session_id in self._fence.held():
            await self._give_up(session_id)

    async def tidy(self) -> None:
        """Ends the streams of fronts that are gone, and releases sessions that were idle for long."""
        self._fronts = {front: at for front, at in self._fronts.items() if self._clock() - at < FRONT_SECONDS}
        for stream_id, stream in list(self._streams.items()):
            if stream.front not in self._fronts:
                logger.warning("a stream of session %s ends: its front is gone", stream.session_id)
                await self.close_stream(stream_id)
        await (await self._opened()).engine.tidy()

    async def metrics(self) -> bytes:
        opened = await self._opened()
        return await asyncio.to_thread(opened.metrics)

    async def close(self) -> None:
        for stream_id in list(self._streams):
            await self.close_stream(stream_id)
        if self._tidying is not None:
            self._tidying.cancel()
        if self._opening is not None:
            await (await self._opening).engine.close()

    async def _opened(self) -> OpenedEngine:
        if self._opening is None:
            self._opening = asyncio.create_task(self._open_engine(self._fence))
        try:
            opened = await asyncio.shield(self._opening)
        except Exception:
            self._opening = None
            raise
        if self._tidying is None:
            self._tidying = asyncio.create_task(self._keep_tidy())
        return opened

    async def _carry_out(self, call: Call) -> Answer:
        try:
            engine = await self._own(call)
            client_name.set(call.client)
            current_user.set(call.user)
            change_id.set(call.id)
            value = await _start(engine, call)
        except Exception as error:
            known = self._front_error(call, error)
            if call.method == "start_session" or await self._is_gone(call.session_id, known):
                self._fence.drop(call.session_id)
            return Answer(error=known)
        if call.method == "close_session":
            self._fence.drop(call.session_id)
        return Answer(value)

    async def _is_gone(self, session_id: str, error: LitError | None) -> bool:
        """Whether an error says of a session that it is closed, and not that another call closes it."""
        if error is None or error.code is not ErrorCode.SESSION_NOT_FOUND:
            return False
        store = (await self._opened()).store
        return not await store.reading.run(store.has_session, session_id)

    async def _own(self, call: Call) -> "Engine":
        """The engine, once this worker owns the call's session. Raises SessionMoved."""
        opened = await self._opened()
        if call.worker != self.id:
            raise SessionMoved(call.session_id)
        async with self._owning.setdefault(call.session_id, asyncio.Lock()):
            held = self._fence.epoch_of(call.session_id)
            if (held is None and self._is_draining) or call.epoch < (held or 0):
                raise SessionMoved(call.session_id)
            if held is not None and call.epoch > held:
                self._fence.drop(call.session_id)
                await opened.engine.release_session(call.session_id)
            self._fence.hold(call.session_id, call.epoch)
        return opened.engine

    async def _give_up(self, session_id: str) -> None:
        """Leaves a session to the worker that is claimed for it next, with all that was done in it stored."""
        opened = await self._opened()
        async with self._owning.setdefault(session_id, asyncio.Lock()):
            epoch = self._fence.epoch_of(session_id)
            if epoch is None:
                return
            self._fence.drop(session_id)
            await opened.engine.release_session(session_id)
            await asyncio.to_thread(opened.store.placements.release, session_id, epoch)

    def _front_error(self, call: Call, error: Exception | None) -> LitError | None:
        """The error that a front receives for one, or for None, with which a call or a stream ended.

        SessionMoved, where it may have ended because of that: streams then end as if nothing were left.
        """
        if self._fence.epoch_of(call.session_id) != call.epoch:
            return SessionMoved(call.session_id)
        if error is None:
            return None
        if (known := user_error(error)) is not None:
            return known
        error_id = secrets.token_hex(8)
        logger.error("error %s in %s", error_id, call.method, exc_info=error)
        return internal_error(error_id)

    async def _keep_tidy(self) -> None:
        while True:
            await asyncio.sleep(_TIDY_SECONDS)
            try:
                await self.tidy()
            except Exception:
                logger.exception("tidying failed; it is tried again in %d s", _TIDY_SECONDS)


def _start(engine: "Engine", call: Call) -> Any:
    """What the method returns: a coroutine, or an asynchronous generator."""
    method = attrgetter(call.method)(engine)
    if call.method == "start_session":
        return method(*call.arguments, session_id=call.session_id, **call.options)
    return method(call.session_id, *call.arguments, **call.options)


class _Stream:
    """A stream of the engine, read a few items ahead."""

    def __init__(
        self, call: Call, items: AsyncGenerator[Any, None], end: Callable[[Call, Exception | None], LitError | None]
    ) -> None:
        """`end` returns the error that a front receives for the one, or for None, with which the items ended."""
        self.front = call.front
        self.session_id = call.session_id
        self._call = call
        self._end = end
        self._changed = asyncio.Condition()
        self._items: list[Any] = []
        self._first = 0
        self._is_ended = False
        self._error: LitError | None = None
        self._reading = asyncio.create_task(self._read(items))

    async def next_part(self, received: int) -> StreamPart:
        """The items after the first `received`: those that were on their way when a connection broke are sent again."""
        async with self._changed:
            del self._items[: received - self._first]
            self._first = received
            self._changed.notify_all()
            await self._changed.wait_for(lambda: self._items or self._is_ended)
            return StreamPart(tuple(self._items), self._is_ended, self._error)

    async def close(self) -> None:
        """Ends the work. A front that waits for an item, which is not gone after all, has to open the stream again."""
        self._reading.cancel()
        await asyncio.wait([self._reading])
        await self._finish(SessionMoved(self.session_id))

    async def _read(self, items: AsyncGenerator[Any, None]) -> None:
        failure: Exception | None = None
        try:
            async with aclosing(items):
                async for item in items:
                    async with self._changed:
                        await self._changed.wait_for(lambda: len(self._items) < _AHEAD)
                        self._items.append(item)
                        self._changed.notify_all()
        except Exception as error:
            failure = error
        await self._finish(self._end(self._call, failure))

    async def _finish(self, error: LitError | None) -> None:
        async with self._changed:
            self._is_ended, self._error = True, error
            self._changed.notify_all()
