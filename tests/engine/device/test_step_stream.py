import asyncio
import gc
import threading
import weakref
from collections.abc import Generator, Iterator

import pytest

from sam2_lit.engine.device.steps import Rank
from sam2_lit.engine.device.worker import DeviceWorker


@pytest.fixture
def worker() -> Iterator[DeviceWorker]:
    worker = DeviceWorker()
    yield worker
    worker.close()


def log_steps(log: list[str], name: str, count: int) -> Generator[int, None, str]:
    for index in range(count):
        log.append(name)
        yield index
    return name


def finish(item: int) -> int:
    return item * 10


async def test_a_stream_yields_the_finished_result_of_each_step_in_order(worker: DeviceWorker) -> None:
    stream = worker.stream(log_steps([], "a", 5), rank=Rank.PROPAGATION, session="a", finish=finish)

    assert [item async for item in stream] == [0, 10, 20, 30, 40]


async def test_a_stream_that_nobody_reads_pauses_at_its_capacity(worker: DeviceWorker) -> None:
    log = list[str]()
    stream = worker.stream(log_steps(log, "a", 100), rank=Rank.PROPAGATION, session="a", finish=finish, capacity=3)
    await worker.run(log_steps([], "other", 50), rank=Rank.PROPAGATION, session="b")

    assert len(log) == 3
    await anext(stream)
    await worker.run(log_steps([], "other", 50), rank=Rank.PROPAGATION, session="b")
    assert len(log) == 4
    # What was read is no longer counted: the stream is ahead by its capacity again.
    for _ in range(3):
        await anext(stream)
    await worker.run(log_steps([], "other", 50), rank=Rank.PROPAGATION, session="b")
    assert len(log) == 7


async def test_closing_a_stream_runs_no_further_step_and_ends_its_generator(worker: DeviceWorker) -> None:
    log, ended = list[str](), threading.Event()

    def steps() -> Generator[int, None, None]:
        try:
            yield from log_steps(log, "a", 100)
        finally:
            ended.set()

    stream = worker.stream(steps(), rank=Rank.PROPAGATION, session="a", finish=finish, capacity=2)
    await anext(stream)
    stream.close()
    at_once = len(log)

    assert await asyncio.to_thread(ended.wait, 10)
    assert len(log) <= at_once + 1


async def test_closing_a_stream_that_nobody_reads_ends_its_generator(worker: DeviceWorker) -> None:
    steps, ended = endless()
    stream = worker.stream(steps, rank=Rank.PROPAGATION, session="a", finish=finish, capacity=1)
    # By then it has paused.
    await worker.run(log_steps([], "other", 50), rank=Rank.PROPAGATION, session="b")

    stream.close()

    assert await asyncio.to_thread(ended.wait, 10)


async def test_a_stream_that_was_closed_is_not_held(worker: DeviceWorker) -> None:
    steps, ended = endless()
    stream = worker.stream(steps, rank=Rank.PROPAGATION, session="a", finish=finish, capacity=1)
    await anext(stream)
    stream.close()
    assert await asyncio.to_thread(ended.wait, 10)
    held = weakref.ref(stream)
    gc.disable()
    try:
        del stream
        while held() is not None:
            await asyncio.sleep(0.001)
    finally:
        gc.enable()


async def test_cancelling_a_call_ends_its_generator_while_only_interactive_work_may_run(worker: DeviceWorker) -> None:
    steps, ended = endless()
    training = asyncio.ensure_future(worker.run(steps, rank=Rank.TRAINING, session="a"))
    # A generator that has not begun has nothing to end.
    while not worker.steps_run[Rank.TRAINING]:
        await asyncio.sleep(0)
    with worker.interactive_first("b"):
        await worker.run(log_steps([], "other", 1), rank=Rank.INTERACTIVE, session="b")
        # For the worker to fall asleep, with nothing that it may run.
        await asyncio.sleep(0.05)
        training.cancel()
        with pytest.raises(asyncio.CancelledError):
            await training

        assert await asyncio.to_thread(ended.wait, 10)


def endless() -> tuple[Generator[int, None, None], threading.Event]:
    """Steps without an end, and an event that is set when their generator is closed."""
    ended = threading.Event()

    def steps() -> Generator[int, None, None]:
        try:
            while True:
                yield 1
        finally:
            ended.set()

    return steps(), ended


async def test_an_error_while_finishing_a_step_ends_the_stream(worker: DeviceWorker) -> None:
    def fail(item: int) -> int:
        raise ValueError("cannot encode")

    stream = worker.stream(log_steps([], "a", 9), rank=Rank.PROPAGATION, session="a", finish=fail)

    with pytest.raises(ValueError, match="cannot encode"):
        await anext(stream)


async def test_an_error_while_storing_a_step_ends_the_stream(worker: DeviceWorker) -> None:
    def when_stored(call_back: object) -> None:
        raise SystemExit("no store")

    stream = worker.stream(
        log_steps([], "a", 9), rank=Rank.PROPAGATION, session="a", finish=finish, when_stored=when_stored
    )

    with pytest.raises(RuntimeError, match="no store"):
        await anext(stream)


async def test_a_stream_holds_at_most_four_results_unless_told_otherwise(worker: DeviceWorker) -> None:
    log = list[str]()
    worker.stream(log_steps(log, "a", 100), rank=Rank.PROPAGATION, session="a", finish=finish)
    await worker.run(log_steps([], "other", 50), rank=Rank.PROPAGATION, session="b")

    assert len(log) == 4
