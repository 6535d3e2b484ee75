import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.store.journal import Journal
from sam2_lit.store.writer import Transaction, Writer


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer(create_engine("sqlite://"))
    yield writer
    writer.close()


def leave(connection: Connection) -> None:
    raise SystemExit("no more")


class Outcome:
    """What a transaction ended with."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self._ended = threading.Event()

    def __call__(self, error: BaseException | None) -> None:
        self.error = error
        self._ended.set()

    def is_death(self) -> bool:
        self._ended.wait()
        assert isinstance(self.error, LitError)
        return self.error.code is ErrorCode.INTERNAL and "store thread died" in self.error.message


def test_once_the_thread_has_died_every_transaction_fails_that_waits_and_that_follows(writer: Writer) -> None:
    begun, go = threading.Event(), threading.Event()

    def wait_and_leave(connection: Connection) -> None:
        begun.set()
        go.wait(10)
        leave(connection)

    fatal, waiting, following = Outcome(), Outcome(), Outcome()
    writer.submit(Transaction([wait_and_leave], fatal))
    begun.wait()
    writer.submit(Transaction([], waiting))
    assert writer.death is None
    go.set()

    assert fatal.is_death()
    assert waiting.is_death()
    writer.submit(Transaction([], following))
    assert following.is_death()
    assert writer.death is following.error


async def test_a_session_whose_write_met_the_death_is_ahead_of_the_store(writer: Writer) -> None:
    journal, died = Journal(writer), Outcome()
    writer.submit(Transaction([leave], died))
    assert died.is_death()

    with pytest.raises(LitError, match="store thread died"):
        await journal.committed()
    assert journal.failure is writer.death


def test_an_error_of_the_one_that_waits_for_a_transaction_does_not_end_the_thread(writer: Writer) -> None:
    def lost(error: BaseException | None) -> None:
        raise RuntimeError("Event loop is closed")

    written = Outcome()
    writer.submit(Transaction([], lost))
    writer.submit(Transaction([], written))
    writer.close()

    assert written.error is None
    assert writer.death is None


def test_a_transaction_after_closing_fails(writer: Writer) -> None:
    late = Outcome()
    writer.close()
    writer.submit(Transaction([], late))

    assert isinstance(late.error, LitError)
    assert late.error.code is ErrorCode.CAPACITY_EXCEEDED
