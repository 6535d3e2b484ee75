"""The transactions of one session, in order."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection

from sam2_lit.errors import as_exception
from sam2_lit.machine_errors import user_error
from sam2_lit.store.writer import Done, Transaction, Write, Writer


class Journal:
    """Groups writes into transactions and submits them in order. May be used from any thread.

    The writes of one `transaction` block are committed together or not at all; there is no writing outside of one.
    After a write has failed, `failure` is the reason and nothing more is written: the session in memory is then ahead
    of the store and must be loaded again.
    """

    def __init__(self, writer: Writer) -> None:
        self.failure: BaseException | None = None
        self._writer = writer
        self._lock = threading.Lock()
        self._writes: list[Write] | None = None
        self._transaction_number = 0
        self._committed_number = 0

    @property
    def transaction_number(self) -> int:
        """The number of the current or most recent transaction, counted from 1."""
        return self._transaction_number

    @property
    def committed_number(self) -> int:
        """The number of the last committed transaction; all before it are committed too."""
        return self._committed_number

    def fail(self, error: BaseException) -> None:
        """Marks the session in memory as ahead of the store. Only the first error counts."""
        if self.failure is None:
            self.failure = user_error(error) or as_exception(error)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Submits the writes of the block as one transaction. Keep it short: other threads' transactions wait."""
        with self._lock:
            if self.failure is not None:
                raise self.failure
            self._writes = []
            self._transaction_number += 1
            with self.fail_on_error():
                yield
            if self._writes:
                committed = partial(self._set_committed, self._transaction_number)
                self._writer.submit(Transaction(self._writes, committed, self))
            self._writes = None

    @contextmanager
    def fail_on_error(self) -> Iterator[None]:
        """For a block that changes the session in memory in several steps: an error in between fails the journal."""
        try:
            yield
        except BaseException as error:
            self.fail(error)
            raise

    def on_commit(self, done: Done) -> None:
        """Calls `done` on the writer's thread once every transaction so far is committed, or with what prevented it."""
        self._writer.submit(Transaction((), done, self))

    async def committed(self) -> None:
        """Returns once every transaction so far is committed. Raises what prevented it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def resolve(error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        def done(error: BaseException | None) -> None:
            loop.call_soon_threadsafe(resolve, error)

        self.on_commit(done)
        await future

    def _write(self, write: Callable[[Connection], Any]) -> None:
        assert self._writes is not None, "a session writes only within a transaction"
        self._writes.append(write)

    def _set_committed(self, number: int, error: BaseException | None) -> None:
        if error is None:
            self._committed_number = number
