import threading
from collections.abc import Iterator

import pytest
import torch

from sam2_lit.engine.device.helper_thread import HelperThread
from sam2_lit.engine.device.preemption import NeverPreempted


@pytest.fixture
def helper() -> Iterator[HelperThread]:
    helper = HelperThread(NeverPreempted())
    with helper.using_cores(2):
        yield helper


def test_parts_run_on_two_threads_at_once_and_return_in_order(helper: HelperThread) -> None:
    both = threading.Barrier(2, timeout=10)

    def part(name: str) -> tuple[str, str]:
        both.wait()
        return name, threading.current_thread().name

    (first, here), (second, there) = helper.run_parts([lambda: part("first"), lambda: part("second")])

    assert (first, second) == ("first", "second")
    assert here != there


def test_work_that_the_helper_has_not_started_is_taken_back(helper: HelperThread) -> None:
    begun, release = threading.Event(), threading.Event()

    def occupy() -> None:
        begun.set()
        release.wait(10)

    occupied = helper.start(occupy)
    begun.wait()
    waiting = helper.start(threading.current_thread)

    assert waiting.result() is threading.current_thread()
    release.set()
    occupied.result()


def test_without_a_second_core_work_runs_on_the_calling_thread_when_needed() -> None:
    made: list[int] = []
    helper = HelperThread(NeverPreempted())

    with helper.using_cores(1):
        later = helper.start(lambda: made.append(1))

        assert made == []
        assert helper.run_parts([threading.current_thread] * 2) == [threading.current_thread()] * 2
    later.result()
    later.result()
    assert made == [1]


def test_the_helper_makes_inference_tensors(helper: HelperThread) -> None:
    with torch.inference_mode():
        parts = helper.run_parts([lambda: torch.ones(1) * 2, lambda: torch.ones(1) * 2])

    assert all(part.is_inference() for part in parts)


def test_an_error_on_the_helper_is_raised_where_its_result_is_needed(helper: HelperThread) -> None:
    ran = threading.Event()

    def fail() -> None:
        ran.set()
        raise ValueError("of the second thread")

    failing = helper.start(fail)
    ran.wait()

    with pytest.raises(ValueError, match="of the second thread"):
        failing.result()
