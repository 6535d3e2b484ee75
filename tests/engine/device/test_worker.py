import asyncio
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import torch

from sam2_lit.engine.device.worker import DeviceWorker, Rank
from sam2_lit.errors import ErrorCode, LitError


@pytest.fixture
def scheduler() -> Iterator[DeviceWorker]:
    scheduler = DeviceWorker()
    yield scheduler
    scheduler.close()


class Gate:
    """Holds the worker in its first step until the test has lined up what comes after."""

    def __init__(self) -> None:
        self.open = threading.Event()

    def steps(self) -> Generator[None, None, None]:
        self.open.wait()
        yield


def log_steps(log: list[str], name: str, count: int) -> Generator[int, None, str]:
    for index in range(count):
        log.append(name)
        yield index
    return name


def finish(item: int) -> int:
    return item * 10


async def test_run_answers_what_the_steps_return(scheduler: DeviceWorker) -> None:
    assert await scheduler.run(log_steps([], "done", 3), rank=Rank.INTERACTIVE, session="a") == "done"


async def test_run_raises_what_a_step_raises(scheduler: DeviceWorker) -> None:
    def fail() -> Generator[None, None, None]:
        yield
        raise KeyError("wrong")

    with pytest.raises(KeyError, match="wrong"):
        await scheduler.run(fail(), rank=Rank.INTERACTIVE, session="a")


async def test_interactive_work_goes_first_then_training_then_propagation(scheduler: DeviceWorker) -> None:
    gate, log = Gate(), list[str]()
    jobs = [scheduler.run(gate.steps(), rank=Rank.PROPAGATION, session="gate")]
    jobs += [scheduler.run(log_steps(log, rank.name, 2), rank=rank, session="a") for rank in reversed(Rank)]
    running = [asyncio.ensure_future(job) for job in jobs]
    await asyncio.sleep(0)
    gate.open.set()

    await asyncio.gather(*running)

    assert log == ["INTERACTIVE"] * 2 + ["TRAINING"] * 2 + ["PROPAGATION"] * 2


async def test_sessions_of_one_rank_take_turns(scheduler: DeviceWorker) -> None:
    gate, log = Gate(), list[str]()
    jobs = [scheduler.run(gate.steps(), rank=Rank.INTERACTIVE, session="gate")]
    jobs += [scheduler.run(log_steps(log, name, 3), rank=Rank.PROPAGATION, session=name) for name in "ab"]
    running = [asyncio.ensure_future(job) for job in jobs]
    await asyncio.sleep(0)
    gate.open.set()

    await asyncio.gather(*running)

    assert log == ["a", "b"] * 3


async def test_a_stream_yields_what_was_made_of_each_step_in_order(scheduler: DeviceWorker) -> None:
    stream = scheduler.stream(log_steps([], "a", 5), rank=Rank.PROPAGATION, session="a", finish=finish)

    assert [item async for item in stream] == [0, 10, 20, 30, 40]


async def test_a_stream_that_nobody_reads_waits_at_its_capacity(scheduler: DeviceWorker) -> None:
    log = list[str]()
    stream = scheduler.stream(log_steps(log, "a", 100), rank=Rank.PROPAGATION, session="a", finish=finish, capacity=3)
    await scheduler.run(log_steps([], "other", 50), rank=Rank.PROPAGATION, session="b")

    assert len(log) == 3
    await anext(stream)
    await scheduler.run(log_steps([], "other", 50), rank=Rank.PROPAGATION, session="b")
    assert len(log) == 4


async def test_closing_a_stream_runs_no_further_step_and_ends_its_generator(scheduler: DeviceWorker) -> None:
    log, ended = list[str](), threading.Event()

    def steps() -> Generator[int, None, None]:
        try:
            yield from log_steps(log, "a", 100)
        finally:
            ended.set()

    stream = scheduler.stream(steps(), rank=Rank.PROPAGATION, session="a", finish=finish, capacity=2)
    await anext(stream)
    stream.close()
    at_once = len(log)

    assert await asyncio.to_thread(ended.wait, 10)
    assert len(log) <= at_once + 1


async def test_what_finishing_raises_ends_the_stream(scheduler: DeviceWorker) -> None:
    def fail(item: int) -> int:
        raise ValueError("cannot encode")

    stream = scheduler.stream(log_steps([], "a", 9), rank=Rank.PROPAGATION, session="a", finish=fail)

    with pytest.raises(ValueError, match="cannot encode"):
        await anext(stream)


async def test_running_out_of_memory_is_an_error_that_the_user_can_read(scheduler: DeviceWorker) -> None:
    def allocate() -> Generator[None, None, None]:
        torch.empty(2**50)
        yield

    with pytest.raises(LitError) as error:
        await scheduler.run(allocate(), rank=Rank.INTERACTIVE, session="a")

    assert error.value.code is ErrorCode.OUT_OF_MEMORY


async def test_a_closed_scheduler_takes_no_work() -> None:
    scheduler = DeviceWorker()
    scheduler.close()

    with pytest.raises(LitError) as error:
        await scheduler.run(log_steps([], "a", 1), rank=Rank.INTERACTIVE, session="a")

    assert error.value.code is ErrorCode.CAPACITY_EXCEEDED


async def test_closing_ends_the_jobs_that_are_left() -> None:
    scheduler, gate = DeviceWorker(), Gate()
    holding = asyncio.ensure_future(scheduler.run(gate.steps(), rank=Rank.INTERACTIVE, session="gate"))
    stream = scheduler.stream(log_steps([], "a", 9), rank=Rank.PROPAGATION, session="a", finish=finish, capacity=1)
    await asyncio.sleep(0)
    gate.open.set()
    await holding
    await anext(stream)
    await asyncio.to_thread(scheduler.close)

    with pytest.raises(LitError):
        while True:
            await anext(stream)


async def test_interactive_work_runs_between_the_parts_of_another_sessions_step(scheduler: DeviceWorker) -> None:
    gate, started, log = Gate(), threading.Event(), list[str]()

    def frame() -> Generator[None, None, None]:
        log.append("first part")
        started.set()
        gate.open.wait()
        scheduler.yield_to_interactive()
        log.append("second part")
        yield

    tracking = asyncio.ensure_future(scheduler.run(frame(), rank=Rank.PROPAGATION, session="a"))
    await asyncio.to_thread(started.wait)
    clicks = [
        asyncio.ensure_future(scheduler.run(log_steps(log, name, 1), rank=Rank.INTERACTIVE, session=name))
        for name in ("a", "b")
    ]
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(tracking, *clicks)

    assert log == ["first part", "b", "second part", "a"]


async def test_work_ahead_on_another_thread_is_held_back_by_interactive_work(scheduler: DeviceWorker) -> None:
    gate, log = Gate(), list[str]()

    def encode() -> None:
        scheduler.yield_to_interactive()
        log.append("encoded")

    click = asyncio.ensure_future(scheduler.run(gate.steps(), rank=Rank.INTERACTIVE, session="a"))
    await asyncio.sleep(0)
    ahead = threading.Thread(target=encode)
    ahead.start()
    await asyncio.to_thread(ahead.join, 0.1)
    assert log == []
    gate.open.set()
    await click
    await asyncio.to_thread(ahead.join)

    assert log == ["encoded"]


async def test_interactive_work_gets_what_another_thread_makes_for_it(scheduler: DeviceWorker) -> None:
    with ThreadPoolExecutor(1) as ahead:

        def click() -> Generator[None, None, str]:
            yield
            return scheduler.result(ahead.submit(lambda: scheduler.yield_to_interactive() or "encoded"))

        assert await scheduler.run(click(), rank=Rank.INTERACTIVE, session="a") == "encoded"


async def test_interactive_work_goes_first_while_a_step_waits_for_another_thread(scheduler: DeviceWorker) -> None:
    encoded: Future[None] = Future()

    def frame() -> Generator[None, None, None]:
        scheduler.result(encoded)
        yield

    tracking = asyncio.ensure_future(scheduler.run(frame(), rank=Rank.PROPAGATION, session="a"))
    await asyncio.sleep(0)
    assert await scheduler.run(log_steps([], "click", 2), rank=Rank.INTERACTIVE, session="b") == "click"
    encoded.set_result(None)
    await tracking
