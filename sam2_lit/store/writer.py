"""The one thread that writes to the database, so that no other thread waits for the disk."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from sqlalchemy import Connection, Engine

from sam2_lit.errors import ErrorCode, LitError, thread_death
from sam2_lit.machine_errors import user_error

logger = logging.getLogger(__name__)

Write = Callable[[Connection], None]
Done = Callable[[BaseException | None], None]

_MAX_GROUP = 256


class TransactionOwner(Protocol):
    """The source of a transaction. After one of its transactions fails, its later ones are not written."""

    failure: BaseException | None

    def fail(self, error: BaseException) -> None: ...


@dataclass(frozen=True)
class Transaction:
    """Writes that are committed together or not at all.

    `done` is called after the commit: with None, or with the error that prevented it. It is called on the writer's
    thread, or where that has ended, on the submitting one.
    """

    writes: Sequence[Write]
    done: Done
    owner: TransactionOwner | None = None


class Writer:
    """Commits transactions in the order of submission.

    Group commit: transactions submitted during one commit share the next, so that the disk syncs once for all. An error
    that escapes the thread's loop ends it: all transactions then fail, since what was written before them is unknown.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._condition = threading.Condition()
        self._unfinished: deque[Transaction] = deque()
        self._closed: LitError | None = None
        self._death: LitError | None = None
        self._after_commit: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._work, name="sam2-lit-store", daemon=True)
        self._thread.start()

    @property
    def death(self) -> LitError | None:
        """What every transaction fails with once the writer's thread has died of an error; None while it lives."""
        return self._death

    def submit(self, transaction: Transaction) -> None:
        with self._condition:
            refusal = self._death or self._closed
            if refusal is None:
                self._unfinished.append(transaction)
                self._condition.notify()
        if refusal is not None:
            _fail(transaction, refusal)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Called by a write: runs `action` once that write is committed."""
        self._after_commit.append(action)

    def close(self) -> None:
        """Commits everything submitted so far, then stops the thread. Later transactions fail."""
        with self._condition:
            self._closed = LitError(ErrorCode.CAPACITY_EXCEEDED, "the server is shutting down")
            self._condition.notify()
        self._thread.join()

    def _work(self) -> None:
        try:
            # A function call per group, so that no local variable keeps a group alive (it may hold a whole session).
            while self._write_next():
                pass
        except BaseException as error:
            with self._condition:
                self._death = death = thread_death("store", error)
                unfinished, self._unfinished = self._unfinished, deque()
            for transaction in unfinished:
                _fail(transaction, death)

    def _write_next(self) -> bool:
        """Waits for transactions and commits them together. Returns False once the writer is closed and all are."""
        with self._condition:
            self._condition.wait_for(lambda: self._unfinished or self._closed)
            transactions = list(islice(self._unfinished, _MAX_GROUP))
        if not transactions:
            return False
        self._write(transactions)
        return True

    def _write(self, transactions: Sequence[Transaction]) -> None:
        try:
            self._commit(transactions)
        except Exception as error:
            if len(transactions) == 1:
                self._refuse(transactions[0], error)
                return
            # One of the group failed: each is committed on its own, so that the others succeed.
            for transaction in transactions:
                self._write([transaction])
            return
        for transaction in transactions:
            self._finish(transaction, transaction.owner.failure if transaction.owner else None)

    def _commit(self, transactions: Sequence[Transaction]) -> None:
        writes = [
            write
            for transaction in transactions
            if not (transaction.owner and transaction.owner.failure)
            for write in transaction.writes
        ]
        self._after_commit.clear()
        if writes:
            with self._engine.begin() as connection:
                for write in writes:
                    write(connection)
        for action in self._after_commit:
            action()

    def _refuse(self, transaction: Transaction, error: Exception) -> None:
        known = user_error(error)
        if known is None:
            logger.error("a write to the store failed", exc_info=error)
        if transaction.owner:
            transaction.owner.fail(known or error)
        self._finish(transaction, known or error)

    def _finish(self, transaction: Transaction, error: BaseException | None) -> None:
        with self._condition:
            self._unfinished.popleft()
        _call(transaction.done, error)


def _fail(transaction: Transaction, error: LitError) -> None:
    if transaction.owner:
        transaction.owner.fail(error)
    _call(transaction.done, error)


def _call(done: Done, error: BaseException | None) -> None:
    try:
        done(error)
    except Exception:
        # Of the one that waited, such as an event loop that has closed: the other transactions are not affected.
        logger.exception("what waited for a write to the store could not be called")
