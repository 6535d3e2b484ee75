"""Calls and streams on sessions, wherever their owners are, and across their deaths."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from sam2_lit.cluster.messages import Answer, Call, StreamPart, WorkerAway, WorkerLost, Workers
from sam2_lit.cluster.owners import Owners
from sam2_lit.errors import RETRY_SECONDS, ErrorCode, LitError
from sam2_lit.records.changes import new_change_id
from sam2_lit.records.clients import client_name
from sam2_lit.records.placement import Place
from sam2_lit.records.users import current_user
from sam2_lit.store.fence import SessionMoved

R = TypeVar("R")

logger = logging.getLogger("sam2_lit.front")

AWAY_SECONDS = 5.0
"""For so long a worker that does not answer is asked again; then its sessions are claimed for others."""

_AWAY_PAUSE_SECONDS = 0.1
PATIENCE_SECONDS = 60.0
"""For so long a stream or a call that has begun waits for a worker that can continue it."""

_PATIENCE_PAUSE_SECONDS = 0.25
"""Longer, since many may wait at once, and each asks the database."""

_MOST_LOSSES = 5

Find = Callable[[str], Awaitable[Answer | None]]
"""Given the id of a call, its answer from what it has stored; None where it has stored nothing."""


class Interrupted(Exception):
    """A stream whose worker is gone, or whose session has moved; another one may continue it."""


class SessionCalls:
    """Sends calls to the owners of sessions. Used on one event loop.

    A call on a worker that dies is sent to the session's next owner. Whether the first had carried it out is decided
    after the next one is claimed: from then on the database refuses what the first may still write.
    """

    def __init__(self, workers: Workers, owners: Owners, admit: Callable[[str], Awaitable[object]]) -> None:
        """`admit` raises LitError (SESSION_NOT_FOUND) for a session that the current user may not see."""
        self._workers = workers
        self._owners = owners
        self._admit = admit

    async def call(
        self,
        session_id: str,
        method: str,
        *arguments: Any,
        find: Find | None = None,
        find_after: tuple[type[Exception], ...] = (WorkerLost, SessionMoved),
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        """What a method of the session's engine returns. Raises what it raises, and as `Owners.place`.

        `find` is for methods that must not be repeated, after a loss of these kinds.
        """
        await self._check_user(session_id)
        call = self._new_call(session_id, method, arguments, options)
        losses = 0
        lost: Exception | None = None
        while True:
            if lost is not None:
                await self.can_continue(session_id, losses, lost)
                may_be_done = find is not None and isinstance(lost, find_after)
                if find is not None and may_be_done and (found := await find(call.id)) is not None:
                    return found.value
            worker, epoch = await self._owners.place(session_id)
            try:
                return await self._ask(replace(call, worker=worker, epoch=epoch))
            except (WorkerLost, SessionMoved) as error:
                losses, lost = losses + 1, error

    async def start_session(self, session_id: str, video_id: str, arguments: tuple[Any, ...], find: Find) -> Any:
        """Starts a session on a worker that is chosen for it."""
        call = self._new_call(session_id, "start_session", arguments, None)
        for epoch in count(1):
            worker = self._owners.choose(video_id)
            try:
                started = await self._ask(replace(call, worker=worker, epoch=epoch))
            except (WorkerLost, SessionMoved) as error:
                # Of two workers that store it, one finds it stored.
                if (found := await find(call.id)) is not None:
                    return found.value
                _check_losses(epoch, error)
                continue
            self._owners.note(session_id, Place(worker, epoch))
            return started

    async def stream(self, session_id: str, method: str, *arguments: Any) -> AsyncGenerator[Any, None]:
        """The items of a stream of the session's engine. Its work ends with the generator, always.

        Raises Interrupted, and what the stream raises.
        """
        await self._check_user(session_id)
        worker, epoch = await self._owners.place(session_id)
        call = replace(self._new_call(session_id, method, arguments, None), worker=worker, epoch=epoch)
        try:
            await self._opened(call)
            received, is_ended = 0, False
            while not is_ended:
                part = await self._next_part(call, received)
                for item in part.items:
                    yield item
                received += len(part.items)
                is_ended = part.is_ended
                if part.error is not None:
                    raise part.error
        except (WorkerLost, SessionMoved) as error:
            await self._note(session_id, worker, error)
            raise Interrupted from error
        finally:
            self._workers.close_stream(worker, call.id)

    async def restarted(self, session_id: str, method: str, *arguments: Any) -> AsyncGenerator[Any, None]:
        """As `stream`; where it is interrupted it starts again, until the session is closed."""
        losses = 0
        while True:
            try:
                async with aclosing(self.stream(session_id, method, *arguments)) as items:
                    async for item in items:
                        losses = 0
                        yield item
                return
            except Interrupted as error:
                losses += 1
                if not await self.can_continue(session_id, losses, error):
                    return

    async def can_continue(self, session_id: str, losses: int, error: Exception) -> bool:
        """Waits until a worker has the session; False where it is closed.

        Raises LitError: CAPACITY_EXCEEDED where none has it within a minute, or after so many losses in a row, of which
        `error` is the last: what makes every worker die must not be tried on all of them.
        """
        _check_losses(losses, error)
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                await self._owners.place(session_id)
                return True
            except LitError as error:
                if error.code is ErrorCode.SESSION_NOT_FOUND:
                    return False
                if asyncio.get_running_loop().time() > deadline:
                    raise
            await asyncio.sleep(_PATIENCE_PAUSE_SECONDS)

    async def _check_user(self, session_id: str) -> None:
        """Before a worker is chosen, whose errors would reveal that the session exists."""
        if current_user.get() is not None:
            await self._admit(session_id)

    def _new_call(
        self, session_id: str, method: str, arguments: tuple[Any, ...], options: Mapping[str, Any] | None
    ) -> Call:
        who = (client_name.get(), current_user.get())
        return Call(self._owners.front, "", session_id, 0, method, arguments, options or {}, new_change_id(), *who)

    async def _ask(self, call: Call) -> Any:
        """Raises WorkerLost, SessionMoved, and what the method raises."""
        try:
            answer: Answer = await self._patiently(call.worker, lambda: self._workers.call(call))
            return answer.result()
        except (WorkerLost, SessionMoved) as error:
            await self._note(call.session_id, call.worker, error)
            raise

    async def _opened(self, call: Call) -> None:
        answer: Answer = await self._patiently(call.worker, lambda: self._workers.open_stream(call))
        answer.result()

    async def _next_part(self, call: Call, received: int) -> StreamPart:
        return await self._patiently(call.worker, lambda: self._workers.next_part(call.worker, call.id, received))

    async def _patiently(self, worker: str, send: Callable[[], Awaitable[R]]) -> R:
        """Sends again while the worker is away; what arrives twice it carries out once. Raises WorkerLost after 5 s."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + AWAY_SECONDS
        while True:
            try:
                return await send()
            except WorkerAway as error:
                if loop.time() > deadline:
                    raise WorkerLost(worker) from error
            await asyncio.sleep(_AWAY_PAUSE_SECONDS)

    async def _note(self, session_id: str, worker: str, error: Exception) -> None:
        if isinstance(error, WorkerLost):
            logger.warning("worker %s is lost: %s", worker, error)
            self._owners.lose(worker)
        else:
            self._owners.forget(session_id)
            # It may be draining.
            await self._owners.refresh()


def _check_losses(losses: int, error: Exception) -> None:
    """Raises LitError (CAPACITY_EXCEEDED) where a call or a stream has lost too many workers in a row."""
    if losses >= _MOST_LOSSES:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"{losses} workers in a row were lost while they worked on this; try again later",
            RETRY_SECONDS,
        ) from error
