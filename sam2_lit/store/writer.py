"""The one thread that writes to the database, so that no other thread waits for the disk."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

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

    `done` is called on the writer's thread after the commit: with None, or with the error that prevented it.
    """

    writes: Sequence[Write]
    done: Done
    owner: TransactionOwner | None = None


class Writer:
    """Commits transactions in the order of submission.

    Group commit: transactions submitted during one commit share the next, so that the disk syncs once for all.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[Transaction | None] = queue.SimpleQueue()
        self._after_commit: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._work, name="sam2-lit-store", daemon=True)
        self._thread.start()

    def submit(self, transaction: Transaction) -> None:
        self._queue.put(transaction)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Called by a write: runs `action` once that write is committed."""
        self._after_commit.append(action)

    def close(self) -> None:
        """Commits everything submitted so far, then stops the thread."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        # A function call per group, so that no local variable keeps a group alive (it may hold a whole session).
        while self._write_next():
            pass

    def _write_next(self) -> bool:
        """Waits for a transaction and commits it with those already queued. Returns False at the end of the queue."""
        first = self._queue.get()
        if first is None:
            return False
        transactions = [first]
        while len(transactions) < _MAX_GROUP and not self._queue.empty():
            transaction = self._queue.get()
            if transaction is None:
                self._write(transactions)
                return False
            transactions.append(transaction)
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
            transaction.done(transaction.owner.failure if transaction.owner else None)

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
        transaction.done(known or error)
