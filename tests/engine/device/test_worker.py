import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import torch

from sam2_lit.engine.device import worker as worker_module
from sam2_lit.engine.device.steps import Job, Rank
from sam2_lit.engine.device.worker import DeviceWorker
from sam2_lit.errors import ErrorCode, LitError


@pytest.fixture
def worker() -> Iterator[DeviceWorker]:
    worker = DeviceWorker()
    yield worker
    worker.close()


class Gate:
    """Blocks the worker in its first step until the test has queued the jobs that follow."""

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


async def test_run_returns_what_the_steps_return(worker: DeviceWorker) -> None:
    assert await worker.run(log_steps([], "done", 3), rank=Rank.INTERACTIVE, session="a") == "done"


async def test_run_raises_what_a_step_raises(worker: DeviceWorker) -> None:
    def fail() -> Generator[None, None, None]:
        yield
        raise KeyError("wrong")

    with pytest.raises(KeyError, match="wrong"):
        await worker.run(fail(), rank=Rank.INTERACTIVE, session="a")


async def test_steps_run_in_the_order_of_their_ranks(worker: DeviceWorker) -> None:
    gate, log = Gate(), list[str]()
    jobs = [worker.run(gate.steps(), rank=Rank.PROPAGATION, session="gate")]
    jobs += [worker.run(log_steps(log, rank.name, 2), rank=rank, session="a") for rank in reversed(Rank)]
    running = [asyncio.ensure_future(job) for job in jobs]
    await asyncio.sleep(0)
    gate.open.set()

    await asyncio.gather(*running)

    assert log == ["INTERACTIVE"] * 2 + ["TRAINING"] * 2 + ["PROPAGATION"] * 2 + ["IDLE"] * 2


async def test_sessions_of_one_rank_take_turns(worker: DeviceWorker) -> None:
    gate, log = Gate(), list[str]()
    jobs = [worker.run(gate.steps(), rank=Rank.INTERACTIVE, session="gate")]
    jobs += [worker.run(log_steps(log, name, 3), rank=Rank.PROPAGATION, session=name) for name in "ab"]
    running = [asyncio.ensure_future(job) for job in jobs]
    await asyncio.sleep(0)
    gate.open.set()

    await asyncio.gather(*running)

    assert log == ["a", "b"] * 3


async def test_running_out_of_memory_is_reported_as_out_of_memory(worker: DeviceWorker) -> None:
    def allocate() -> Generator[None, None, None]:
        torch.empty(2**50)
        yield

    with pytest.raises(LitError) as error:
        await worker.run(allocate(), rank=Rank.INTERACTIVE, session="a")

    assert error.value.code is ErrorCode.OUT_OF_MEMORY


async def test_a_closed_worker_refuses_work() -> None:
    worker = DeviceWorker()
    worker.close()

    with pytest.raises(LitError) as error:
        await worker.run(log_steps([], "a", 1), rank=Rank.INTERACTIVE, session="a")

    assert error.value.code is ErrorCode.CAPACITY_EXCEEDED


async def test_closing_ends_the_remaining_jobs() -> None:
    worker, gate = DeviceWorker(), Gate()
    holding = asyncio.ensure_future(worker.run(gate.steps(), rank=Rank.INTERACTIVE, session="gate"))
    stream = worker.stream(log_steps([], "a", 9), rank=Rank.PROPAGATION, session="a", finish=finish, capacity=1)
    await asyncio.sleep(0)
    gate.open.set()
    await holding
    await anext(stream)
    await asyncio.to_thread(worker.close)

    with pytest.raises(LitError):
        while True:
            await anext(stream)


async def test_an_error_outside_every_step_ends_the_worker_and_fails_its_jobs_and_all_later_ones(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def on_step(rank: Rank, seconds: float) -> None:
        raise SystemExit("cannot count")

    worker = DeviceWorker(on_step)
    gate = Gate()
    running = asyncio.ensure_future(worker.run(gate.steps(), rank=Rank.INTERACTIVE, session="a"))
    await asyncio.sleep(0)
    stream = worker.stream(log_steps([], "b", 2), rank=Rank.PROPAGATION, session="b", finish=finish)
    gate.open.set()

    for waiting in (running, anext(stream), worker.run(log_steps([], "c", 2), rank=Rank.TRAINING, session="c")):
        with pytest.raises(LitError, match="device thread died") as error:
            await waiting
        assert error.value.code is ErrorCode.INTERNAL
    assert worker.death is error.value
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [SystemExit]
    worker.close()


async def test_threads_that_wait_for_interactive_work_go_on_once_the_worker_has_died() -> None:
    def on_step(rank: Rank, seconds: float) -> None:
        raise SystemExit("cannot count")

    worker = DeviceWorker(on_step)
    began = threading.Event()

    def work_ahead() -> None:
        began.set()
        worker.yield_to_interactive()

    ahead = threading.Thread(target=work_ahead)
    with worker.interactive_first("a"):
        ahead.start()
        await asyncio.to_thread(began.wait)
        # For the thread to wait.
        await asyncio.sleep(0.05)
        with pytest.raises(LitError, match="device thread died"):
            await worker.run(log_steps([], "b", 2), rank=Rank.INTERACTIVE, session="b")
        await asyncio.to_thread(ahead.join)
    worker.close()


async def test_an_error_outside_a_step_that_runs_inside_another_one_fails_both() -> None:
    inside = threading.Event()

    def on_step(rank: Rank, seconds: float) -> None:
        if inside.is_set():
            inside.clear()
            raise OSError("cannot count")

    worker = DeviceWorker(on_step)
    gate, started = Gate(), threading.Event()

    def frame() -> Generator[None, None, None]:
        started.set()
        gate.open.wait()
        inside.set()
        worker.yield_to_interactive()
        yield

    tracking = asyncio.ensure_future(worker.run(frame(), rank=Rank.PROPAGATION, session="a"))
    await asyncio.to_thread(started.wait)
    click = asyncio.ensure_future(worker.run(log_steps([], "b", 3), rank=Rank.INTERACTIVE, session="b"))
    await asyncio.sleep(0)
    gate.open.set()

    for waiting in (tracking, click):
        with pytest.raises(LitError, match="device thread died"):
            await waiting
    worker.close()


async def test_a_step_that_raises_system_exit_fails_its_job_only(worker: DeviceWorker) -> None:
    def leave() -> Generator[None, None, None]:
        yield
        raise SystemExit("enough")

    with pytest.raises(RuntimeError, match="SystemExit was raised: enough"):
        await worker.run(leave(), rank=Rank.INTERACTIVE, session="a")

    assert await worker.run(log_steps([], "done", 1), rank=Rank.INTERACTIVE, session="a") == "done"


async def test_interactive_work_runs_between_the_parts_of_another_sessions_step(worker: DeviceWorker) -> None:
    gate, started, log = Gate(), threading.Event(), list[str]()

    def frame() -> Generator[None, None, None]:
        log.append("first part")
        started.set()
        gate.open.wait()
        worker.yield_to_interactive()
        log.append("second part")
        yield

    tracking = asyncio.ensure_future(worker.run(frame(), rank=Rank.PROPAGATION, session="a"))
    await asyncio.to_thread(started.wait)
    clicks = [
        asyncio.ensure_future(worker.run(log_steps(log, name, 1), rank=Rank.INTERACTIVE, session=name))
        for name in ("a", "b")
    ]
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(tracking, *clicks)

    assert log == ["first part", "b", "second part", "a"]


async def test_work_ahead_on_another_thread_waits_for_interactive_work(worker: DeviceWorker) -> None:
    gate, log, ahead_began = Gate(), list[str](), threading.Event()

    def click() -> Generator[None, None, None]:
        yield from gate.steps()
        # Turns for the other thread, which would log if it did not wait.
        for _ in range(100):
            time.sleep(0)
        log.append("clicked")

    def encode() -> None:
        ahead_began.set()
        worker.yield_to_interactive()
        log.append("encoded")

    clicking = asyncio.ensure_future(worker.run(click(), rank=Rank.INTERACTIVE, session="a"))
    await asyncio.sleep(0)
    ahead = threading.Thread(target=encode)
    ahead.start()
    ahead_began.wait()
    gate.open.set()
    await clicking
    await asyncio.to_thread(ahead.join)

    assert log == ["clicked", "encoded"]


async def test_interactive_work_can_wait_for_another_thread(worker: DeviceWorker) -> None:
    with ThreadPoolExecutor(1) as ahead:

        def click() -> Generator[None, None, str]:
            yield
            return worker.wait_for(ahead.submit(lambda: worker.yield_to_interactive() or "encoded"))

        assert await worker.run(click(), rank=Rank.INTERACTIVE, session="a") == "encoded"


async def test_interactive_work_runs_while_a_step_waits_for_another_thread(worker: DeviceWorker) -> None:
    encoded: Future[None] = Future()
    started = threading.Event()

    def frame() -> Generator[None, None, None]:
        started.set()
        worker.wait_for(encoded)
        yield

    tracking = asyncio.ensure_future(worker.run(frame(), rank=Rank.PROPAGATION, session="a"))
    await asyncio.to_thread(started.wait)
    assert await worker.run(log_steps([], "click", 2), rank=Rank.INTERACTIVE, session="b") == "click"
    encoded.set_result(None)
    await tracking


async def test_other_threads_wait_for_interactive_work_again_once_the_worker_has_waited_for_them(
    worker: DeviceWorker,
) -> None:
    encoded: Future[None] = Future()
    started, returned = threading.Event(), threading.Event()

    def frame() -> Generator[None, None, None]:
        started.set()
        worker.wait_for(encoded)
        yield

    def work_ahead() -> None:
        worker.yield_to_interactive()
        returned.set()

    tracking = asyncio.ensure_future(worker.run(frame(), rank=Rank.PROPAGATION, session="a"))
    await asyncio.to_thread(started.wait)
    encoded.set_result(None)
    await tracking
    ahead = threading.Thread(target=work_ahead)
    with worker.interactive_first("b"):
        ahead.start()
        assert not await asyncio.to_thread(returned.wait, 0.1)
    await asyncio.to_thread(ahead.join)


async def test_propagation_has_its_turns_while_training_lasts(worker: DeviceWorker) -> None:
    def long_training() -> Generator[int, None, None]:
        while True:
            time.sleep(0.02)
            yield 1

    training = asyncio.ensure_future(worker.run(long_training(), rank=Rank.TRAINING, session="a"))
    await asyncio.sleep(0)
    await worker.run(log_steps([], "b", 3), rank=Rank.PROPAGATION, session="b")

    assert not training.done()
    training.cancel()


async def test_closing_waits_for_the_step_that_runs() -> None:
    worker, gate = DeviceWorker(), Gate()
    closed = threading.Event()

    def close() -> None:
        worker.close()
        closed.set()

    running = asyncio.ensure_future(worker.run(gate.steps(), rank=Rank.TRAINING, session="a"))
    while not worker.steps_run[Rank.TRAINING]:
        await asyncio.sleep(0)
    closing = threading.Thread(target=close)
    closing.start()
    assert not await asyncio.to_thread(closed.wait, 0.1)
    gate.open.set()
    await asyncio.to_thread(closing.join)
    with pytest.raises(LitError):
        await running


async def test_a_call_that_is_cancelled_before_its_turn_runs_no_step_and_ends_its_generator(
    worker: DeviceWorker,
) -> None:
    gate, log = Gate(), list[str]()

    def steps() -> Generator[None, None, None]:
        log.append("ran")
        yield

    holding = asyncio.ensure_future(worker.run(gate.steps(), rank=Rank.PROPAGATION, session="a"))
    waiting = asyncio.ensure_future(worker.run(steps(), rank=Rank.PROPAGATION, session="b"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.open.set()
    await holding
    await worker.run(log_steps([], "c", 2), rank=Rank.PROPAGATION, session="c")

    assert log == []


async def test_a_call_that_is_cancelled_while_its_last_step_runs_leaves_no_error(worker: DeviceWorker) -> None:
    gate, errors = Gate(), list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: errors.append(context))

    def steps() -> Generator[None, None, str]:
        gate.open.wait()
        return "done"
        yield

    calling = asyncio.ensure_future(worker.run(steps(), rank=Rank.TRAINING, session="a"))
    while not worker.steps_run[Rank.TRAINING]:
        await asyncio.sleep(0)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    gate.open.set()
    await worker.run(log_steps([], "b", 2), rank=Rank.TRAINING, session="b")

    assert errors == []


async def test_a_job_that_has_ended_is_not_held(worker: DeviceWorker) -> None:
    class Session:
        pass

    session = Session()
    held = weakref.ref(session)

    def steps(session: Session) -> Generator[None, None, None]:
        yield
        assert session is not None

    gc.disable()
    try:
        await worker.run(steps(session), rank=Rank.TRAINING, session="a")
        del session
        while held() is not None:
            await asyncio.sleep(0.001)
    finally:
        gc.enable()


async def test_a_stream_goes_on_over_many_steps_that_yield_nothing(worker: DeviceWorker) -> None:
    def steps() -> Generator[int | None, None, None]:
        for _ in range(50):
            yield None
        yield 1

    stream = worker.stream(steps(), rank=Rank.PROPAGATION, session="a", finish=finish)

    assert [each async for each in stream] == [10]


async def test_a_click_runs_to_its_end_before_one_of_another_session(worker: DeviceWorker) -> None:
    log: list[str] = []
    began, queued = threading.Event(), threading.Event()

    def first() -> Generator[None, None, None]:
        began.set()
        queued.wait()
        worker.yield_to_interactive()
        log.append("a")
        yield

    with worker.interactive_first("a"), worker.interactive_first("b"):
        one = asyncio.ensure_future(worker.run(first(), rank=Rank.INTERACTIVE, session="a"))
        await asyncio.to_thread(began.wait)
        other = asyncio.ensure_future(worker.run(log_steps(log, "b", 1), rank=Rank.INTERACTIVE, session="b"))
        await asyncio.sleep(0)
        queued.set()
        await asyncio.gather(one, other)

    assert log == ["a", "b"]


async def test_the_jobs_of_a_worker_do_not_pile_up(worker: DeviceWorker) -> None:
    def jobs() -> int:
        return sum(type(each) is Job for each in gc.get_objects())

    before = jobs()
    for _ in range(5):
        await worker.run(log_steps([], "done", 2), rank=Rank.TRAINING, session="a")
    # The thread may still hold the last one.
    assert jobs() <= before + 1


async def test_nothing_but_clicks_runs_while_the_answer_to_a_click_is_sent(
    worker: DeviceWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_RESPONSE_SECONDS", 3600.0)
    log: list[str] = []
    with worker.interactive_first("a"):
        pass
    background = asyncio.ensure_future(worker.run(log_steps(log, "b", 1), rank=Rank.PROPAGATION, session="b"))
    for _ in range(5):
        await worker.run(log_steps(log, "c", 1), rank=Rank.INTERACTIVE, session="c")
    background.cancel()

    assert log == ["c"] * 5


async def test_a_click_while_another_ones_answer_is_sent_does_not_extend_the_pause(
    worker: DeviceWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_RESPONSE_SECONDS", 0.0)
    with worker.interactive_first("a"):
        # From here on a pause would not end.
        monkeypatch.setattr(worker_module, "_RESPONSE_SECONDS", 3600.0)
        with worker.interactive_first("b"):
            pass
        monkeypatch.setattr(worker_module, "_RESPONSE_SECONDS", 0.0)

    assert await worker.run(log_steps([], "done", 1), rank=Rank.PROPAGATION, session="b") == "done"


async def test_steps_are_counted_by_rank_and_their_seconds_are_without_those_of_steps_that_ran_inside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, seconds = 0.0, list[tuple[Rank, float]]()
    monkeypatch.setattr(worker_module, "time", SimpleNamespace(perf_counter=lambda: now))
    worker = DeviceWorker(lambda rank, taken: seconds.append((rank, taken)))
    gate, started = Gate(), threading.Event()

    def frame() -> Generator[None, None, None]:
        nonlocal now
        started.set()
        gate.open.wait()
        now += 1
        worker.yield_to_interactive()
        now += 2
        yield

    def click() -> Generator[None, None, None]:
        nonlocal now
        now += 10
        yield from ()

    tracking = asyncio.ensure_future(worker.run(frame(), rank=Rank.PROPAGATION, session="a"))
    await asyncio.to_thread(started.wait)
    clicking = asyncio.ensure_future(worker.run(click(), rank=Rank.INTERACTIVE, session="b"))
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(tracking, clicking)
    worker.close()

    # The last is the one that ends the frame's generator.
    assert seconds == [(Rank.INTERACTIVE, 10), (Rank.PROPAGATION, 3), (Rank.PROPAGATION, 0)]
    assert worker.steps_run == {Rank.INTERACTIVE: 1, Rank.PROPAGATION: 2}


async def test_draining_returns_once_what_was_yielded_is_finished(worker: DeviceWorker) -> None:
    go, finished = threading.Event(), list[int]()

    def finish_later(item: int) -> int:
        go.wait()
        finished.append(item)
        return item

    stream = worker.stream(log_steps([], "a", 3), rank=Rank.PROPAGATION, session="a", finish=finish_later)
    await worker.run(log_steps([], "b", 6), rank=Rank.PROPAGATION, session="b")
    draining = asyncio.ensure_future(worker.drain())
    await asyncio.sleep(0)
    go.set()
    await draining

    assert finished == [0, 1, 2]
    stream.close()


async def test_closing_ends_the_workers_threads() -> None:
    before = set(threading.enumerate())
    worker = DeviceWorker()
    await worker.drain()
    threads = set(threading.enumerate()) - before
    assert {each.name for each in threads} == {"sam2-lit-device", "sam2-lit-finish-0"}

    await asyncio.to_thread(worker.close)

    assert not any(each.is_alive() for each in threads)
