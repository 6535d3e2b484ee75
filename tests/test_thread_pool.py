import asyncio
import ctypes
import threading
from collections.abc import Iterator

import pytest

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.thread_pool import ThreadPool


@pytest.fixture
def pool() -> Iterator[ThreadPool]:
    pool = ThreadPool("test", max_waiting=1)
    yield pool
    pool.close()


class Occupation:
    """Keeps a pool's only thread until `end` is set."""

    def __init__(self, pool: ThreadPool) -> None:
        self.end = threading.Event()
        begun = threading.Event()

        def wait() -> str:
            begun.set()
            self.end.wait(10)
            return "done"

        self.future = pool.submit(wait)
        begun.wait()


def test_functions_start_in_the_order_of_submission() -> None:
    pool, log = ThreadPool("test"), list[int]()
    for number in range(100):
        pool.submit(log.append, number)
    pool.close()

    assert log == list(range(100))


def test_a_pool_has_as_many_threads_as_were_asked_for() -> None:
    pool, together = ThreadPool("test", 3), threading.Barrier(3, timeout=10)

    names = {pool.submit(lambda: (together.wait(), threading.current_thread().name)[1]) for _ in range(3)}

    assert len({each.result() for each in names}) == 3
    pool.close()


def test_more_than_may_wait_are_refused(pool: ThreadPool) -> None:
    occupation = Occupation(pool)
    waiting = pool.submit(str)

    with pytest.raises(LitError, match="1 requests wait for the server's test threads") as error:
        pool.submit(str)

    assert error.value.code is ErrorCode.CAPACITY_EXCEEDED
    occupation.end.set()
    assert waiting.result() == ""


def test_one_that_was_cancelled_while_it_waited_makes_room(pool: ThreadPool) -> None:
    occupation = Occupation(pool)
    pool.submit(str).cancel()

    waiting = pool.submit(int)

    occupation.end.set()
    assert waiting.result() == 0


async def test_system_exit_in_a_function_is_raised_where_it_is_awaited_as_an_exception(pool: ThreadPool) -> None:
    def leave() -> None:
        raise SystemExit("enough")

    with pytest.raises(RuntimeError, match="SystemExit was raised: enough"):
        await pool.run(leave)

    assert await pool.run(lambda: "next") == "next"


def test_an_error_in_a_threads_own_loop_is_logged_once_and_loses_no_function(
    pool: ThreadPool, caplog: pytest.LogCaptureFixture
) -> None:
    thread = pool.submit(threading.current_thread).result()
    assert thread.ident is not None
    # Raised in the thread when it next runs Python: in its loop, since it has nothing to do.
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))

    assert pool.submit(threading.current_thread).result() is thread
    assert [record.message for record in caplog.records] == [f"thread {thread.name} continues after an error"]


def test_a_thread_whose_preparation_fails_runs_functions_all_the_same() -> None:
    pool = ThreadPool("test", initializer=lambda: 1 // 0)

    assert pool.submit(lambda: "ran").result() == "ran"
    pool.close()


def test_closing_without_running_what_waits_fails_it(pool: ThreadPool) -> None:
    occupation = Occupation(pool)
    waiting = pool.submit(str)
    pool.close(run_waiting=False, wait=False)
    occupation.end.set()

    assert occupation.future.result() == "done"
    for refused in (lambda: waiting.result(), lambda: pool.submit(str)):
        with pytest.raises(LitError, match="shutting down"):
            refused()


def test_a_pool_that_nobody_refers_to_ends_its_threads() -> None:
    pool = ThreadPool("test")
    thread = pool.submit(threading.current_thread).result()
    del pool
    thread.join(10)

    assert not thread.is_alive()


async def test_a_caller_that_is_cancelled_takes_its_function_back(pool: ThreadPool) -> None:
    occupation, ran = Occupation(pool), list[int]()
    waiting = asyncio.ensure_future(pool.run(ran.append, 1))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    occupation.end.set()
    pool.close()

    assert ran == []
