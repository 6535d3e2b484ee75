from hypothesis import given
from hypothesis import strategies as st

from sam2_lit.engine.object_memory import ObjectMemory


def tracked_through(first: int, last: int) -> ObjectMemory:
    """Prompted on `first` and tracked to `last`, one version a frame."""
    memory = ObjectMemory()
    memory.prompt(first, 1)
    step = 1 if last > first else -1
    for version, frame in enumerate(range(first + step, last + step, step), start=2):
        memory.track(frame, step < 0, version)
    return memory


def test_a_prompt_makes_the_frames_tracked_after_it_stale_and_no_others() -> None:
    memory = tracked_through(0, 9)

    memory.prompt(5, 100)

    assert [frame for frame in range(10) if memory.is_current(frame)] == [0, 1, 2, 3, 4, 5]


def test_after_backward_tracking_the_frames_before_a_prompt_are_the_stale_ones() -> None:
    memory = tracked_through(9, 0)

    memory.prompt(5, 100)

    assert [frame for frame in range(10) if memory.is_current(frame)] == [5, 6, 7, 8, 9]


def test_a_frame_tracked_again_is_current_again() -> None:
    memory = tracked_through(0, 9)
    memory.prompt(5, 100)

    memory.track(6, False, 101)

    assert memory.is_current(6)
    assert not memory.is_current(7)


def test_clearing_a_prompt_makes_what_it_led_to_stale() -> None:
    memory = tracked_through(0, 4)
    memory.prompt(2, 100)
    memory.track(3, False, 101)

    memory.clear(2, 102)

    assert not memory.is_current(2)
    assert not memory.is_current(3)


def test_the_memory_under_a_frame_changes_with_a_prompt_anywhere_but_on_it() -> None:
    memory = tracked_through(0, 9)
    before = memory.under(5, False, 3)

    memory.prompt(5, 100)
    assert memory.under(5, False, 3) == before

    memory.prompt(9, 101)
    assert memory.under(5, False, 3) != before


def test_the_memory_under_a_frame_changes_when_a_frame_within_reach_is_tracked_again() -> None:
    memory = tracked_through(0, 9)
    before = memory.under(8, False, 3)

    memory.track(4, False, 100)
    assert memory.under(8, False, 3) == before

    memory.track(5, False, 101)
    assert memory.under(8, False, 3) != before


def stale_by_definition(memory: ObjectMemory) -> list[int]:
    return [frame for frame in sorted(memory.tracked) if not memory.is_current(frame)]


changes = st.lists(
    st.tuples(st.sampled_from(["prompt", "clear", "absent", "forget", "confirm", "track"]), *[st.integers(0, 9)] * 2),
    max_size=30,
)


@given(changes)
def test_the_stale_frames_are_the_tracked_ones_that_are_not_current(made: list[tuple[str, int, int]]) -> None:
    memory = tracked_through(4, 9)
    for version, (kind, first, last) in enumerate(made, start=100):
        frames = [frame for frame in range(min(first, last), max(first, last) + 1) if frame not in memory.prompted]
        match kind:
            case "prompt":
                memory.prompt(first, version, is_absent=first != 4 and last > 5)
            case "clear" if first in memory.prompted[1:]:
                memory.clear(first, version)
            case "absent":
                memory.mark_absent(frames, version)
            case "forget":
                memory.forget(frames, version)
            case "confirm":
                memory.confirmed.update(frames)
            case "track" if not memory.keeps(first) and first not in memory.prompted:
                memory.track(first, last < 5, version)

    assert memory.stale() == stale_by_definition(memory)
    assert not memory.absent.keys() & memory.tracked.keys()
    assert not set(memory.prompted) & memory.tracked.keys()


def test_a_mark_of_absence_makes_the_frames_tracked_after_its_range_stale_and_no_others() -> None:
    forward, backward = tracked_through(0, 9), tracked_through(9, 0)

    for memory in (forward, backward):
        memory.mark_absent([4, 5, 6], 100)

    assert forward.stale() == [7, 8, 9]
    assert backward.stale() == [0, 1, 2, 3]
    forward.forget([4, 5, 6], 101)
    assert [frame for frame in range(10) if forward.is_current(frame)] == [0, 1, 2, 3]


def test_the_memory_under_a_frame_changes_with_an_absence_within_reach() -> None:
    memory = tracked_through(0, 9)
    before = memory.under(8, False, 3)

    memory.mark_absent([2, 3], 100)
    assert memory.under(8, False, 3) == before

    memory.mark_absent([6], 101)
    assert memory.under(8, False, 3) != before
