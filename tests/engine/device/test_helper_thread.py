import threading
from collections.abc import Iterator

import pytest
import torch

from sam2_lit.engine.device.helper_thread import HelperThread
from sam2_lit.engine.device.preemption import NeverPreempted


@pytest.fixture
def beside() -> Iterator[HelperThread]:
    beside = HelperThread(NeverPreempted())
    with beside.using(2):
        yield beside


def test_shares_are_made_on_two_threads_at_once_and_come_in_order(beside: HelperThread) -> None:
    both = threading.Barrier(2, timeout=10)

    def share(name: str) -> tuple[str, str]:
        both.wait()
        return name, threading.current_thread().name

    (first, here), (second, there) = beside.share([lambda: share("first"), lambda: share("second")])

    assert (first, second) == ("first", "second")
    assert here != there


def test_what_the_second_thread_has_not_begun_is_taken_back(beside: HelperThread) -> None:
    begun, release = threading.Event(), threading.Event()

    def occupy() -> None:
        begun.set()
        release.wait(10)

    occupied = beside.later(occupy)
    begun.wait(10)
    waiting = beside.later(threading.current_thread)

    assert waiting.get() is threading.current_thread()
    release.set()
    occupied.get()


def test_without_a_second_core_everything_is_made_here_when_it_is_needed() -> None:
    made: list[int] = []
    beside = HelperThread(NeverPreempted())

    with beside.using(1):
        later = beside.later(lambda: made.append(1))

        assert made == []
        assert beside.share([threading.current_thread] * 2) == [threading.current_thread()] * 2
    later.get()
    later.get()
    assert made == [1]


def test_the_second_thread_makes_tensors_of_inference(beside: HelperThread) -> None:
    with torch.inference_mode():
        shares = beside.share([lambda: torch.ones(1) * 2, lambda: torch.ones(1) * 2])

    assert all(share.is_inference() for share in shares)


def test_an_error_of_the_second_thread_comes_where_its_result_is_needed(beside: HelperThread) -> None:
    ran = threading.Event()

    def fail() -> None:
        ran.set()
        raise ValueError("of the second thread")

    failing = beside.later(fail)
    ran.wait(10)

    with pytest.raises(ValueError, match="of the second thread"):
        failing.get()
