"""Transactions and the thread that commits them, over a real SQLite file."""

import errno
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from types import NoneType

import pytest
from sqlalchemy import Connection

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.store.database import open_database
from sam2_lit.store.writer import Transaction, Write, Writer


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    database = open_database(None, tmp_path)
    writer = Writer(database.writes)
    yield writer
    writer.close()
    database.dispose()


def test_transactions_submitted_during_a_commit_share_the_next_commit(writer: Writer) -> None:
    gate, started = threading.Event(), threading.Event()
    transactions: list[int] = []

    def hold(connection: Connection) -> None:
        started.set()
        gate.wait()

    def note(connection: Connection) -> None:
        transactions.append(id(connection.get_transaction()))

    done: list[BaseException | None] = []
    writer.submit(Transaction([hold], done.append))
    started.wait()
    for _ in range(20):
        writer.submit(Transaction([note], done.append))
    gate.set()
    writer.close()

    assert done == [None] * 21
    assert len(set(transactions)) == 1


def test_what_a_failed_transaction_was_to_do_after_its_commit_is_not_done_after_a_later_one(writer: Writer) -> None:
    ran: list[str] = []

    def fail(connection: Connection) -> None:
        writer.after_commit(lambda: ran.append("failed"))
        raise RuntimeError("halfway")

    def succeed(connection: Connection) -> None:
        writer.after_commit(lambda: ran.append("succeeded"))

    def nothing(connection: Connection) -> None:
        pass

    done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for write in (fail, succeed, nothing):
        writer.submit(Transaction([write], done.put))
        done.get()
    writer.close()

    assert ran == ["succeeded"]


class Owner:
    """The source of transactions that a test submits."""

    def __init__(self) -> None:
        self.failure: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.failure = error


class Held:
    """Holds a writer in a commit, so that what is submitted meanwhile is one group."""

    def __init__(self, writer: Writer) -> None:
        self._go, began = threading.Event(), threading.Event()

        def hold(connection: Connection) -> None:
            began.set()
            self._go.wait()

        writer.submit(Transaction([hold], lambda error: None))
        began.wait()

    def end(self) -> None:
        self._go.set()


def add_table(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE notes (note TEXT)")


def note(text: str) -> Write:
    return lambda connection: connection.exec_driver_sql("INSERT INTO notes VALUES (?)", (text,))


def fail(connection: Connection) -> None:
    raise ValueError("halfway")


def notes(writer: Writer) -> list[str]:
    """What is stored, once all that was submitted is."""
    found: list[str] = []

    def read(connection: Connection) -> None:
        found.extend(connection.exec_driver_sql("SELECT note FROM notes").scalars())

    writer.submit(Transaction([read], lambda error: None))
    writer.close()
    return found


def test_a_transaction_that_fails_is_undone_and_the_others_of_its_group_are_committed_in_order(
    writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[tuple[str, BaseException | None]] = []
    writer.submit(Transaction([add_table], lambda error: None))
    held = Held(writer)
    for name, writes in (("a", [note("a")]), ("b", [note("b"), fail]), ("c", [note("c")])):
        writer.submit(Transaction(writes, lambda error, name=name: ended.append((name, error))))
    held.end()

    assert notes(writer) == ["a", "c"]
    assert [name for name, _ in ended] == ["a", "b", "c"]
    assert [type(error) for _, error in ended] == [NoneType, ValueError, NoneType]
    assert [record.message for record in caplog.records] == ["a write to the store failed"]


@pytest.mark.parametrize("in_one_group", [True, False])
def test_after_a_transaction_has_failed_the_later_ones_of_its_owner_fail_unwritten(
    in_one_group: bool, writer: Writer
) -> None:
    ended: list[BaseException | None] = []
    owner, other = Owner(), Owner()
    writer.submit(Transaction([add_table], lambda error: None))
    held = Held(writer)
    writer.submit(Transaction([fail], ended.append, owner))
    if not in_one_group:
        held.end()
        held = Held(writer)
    writer.submit(Transaction([note("failed owner's")], ended.append, owner))
    writer.submit(Transaction([note("other's")], ended.append, other))
    held.end()

    assert notes(writer) == ["other's"]
    assert ended == [owner.failure, owner.failure, None]
    assert isinstance(owner.failure, ValueError)
    assert other.failure is None


def test_a_full_disk_is_reported_in_words_and_not_logged(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    def write(connection: Connection) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    owner = Owner()
    writer.submit(Transaction([write], ended.put, owner))
    error = ended.get()

    assert isinstance(error, LitError) and error.code is ErrorCode.CAPACITY_EXCEEDED
    assert owner.failure is error
    assert caplog.records == []


def test_what_is_to_be_done_after_a_commit_is_done_before_the_transaction_ends(writer: Writer) -> None:
    log: list[str] = []

    def write(connection: Connection) -> None:
        writer.after_commit(lambda: log.append(f"after {connection.in_transaction()}"))
        log.append("written")

    writer.submit(Transaction([write], lambda error: log.append("ended")))
    writer.close()

    assert log == ["written", "after False", "ended"]


def test_a_transaction_without_writes_ends_after_those_before_it(writer: Writer) -> None:
    log: list[str] = []
    held = Held(writer)
    writer.submit(Transaction([lambda connection: log.append("written")], lambda error: None))
    writer.submit(Transaction([], lambda error: log.append("ended")))
    assert log == []
    held.end()
    writer.close()

    assert log == ["written", "ended"]


def test_a_waiter_whose_event_loop_has_closed_is_logged_and_the_others_are_called(
    writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    log: list[str] = []

    def loop_has_closed(error: BaseException | None) -> None:
        raise RuntimeError("Event loop is closed")

    writer.submit(Transaction([], loop_has_closed))
    writer.submit(Transaction([], lambda error: log.append("ended")))
    writer.close()

    assert log == ["ended"]
    assert [record.message for record in caplog.records] == ["what waited for a write to the store could not be called"]
