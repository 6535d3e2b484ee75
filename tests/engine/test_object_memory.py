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
