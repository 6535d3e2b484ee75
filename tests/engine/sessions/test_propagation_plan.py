"""The order in which frames are tracked, over the memory of objects alone."""

import pytest

from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.sessions.propagation_plan import PropagationPlan, Visit, plan_visits
from sam2_lit.records.results import PropagationDirection
from sam2_lit.records.tracking_scope import EVERYTHING, TrackingScope

FORWARD, BACKWARD, BOTH = PropagationDirection.FORWARD, PropagationDirection.BACKWARD, PropagationDirection.BOTH


@pytest.mark.parametrize(
    ("direction", "max_frames", "last", "frames"),
    [
        (FORWARD, None, None, [2, 3, 4]),
        (BACKWARD, None, None, [2, 1, 0]),
        (BOTH, None, None, [2, 3, 4, 1, 0]),
        (BOTH, 1, None, [2, 3, 1]),
        (FORWARD, 0, None, [2]),
        (FORWARD, None, 3, [2, 3]),
        (BACKWARD, None, 1, [2, 1]),
        (BOTH, None, 3, [2, 3]),
        (BOTH, None, 1, [2, 1]),
        (BOTH, None, 2, [2]),
        (BOTH, 1, 4, [2, 3]),
    ],
)
def test_a_plan_visits_frames_forward_then_backward(
    direction: PropagationDirection, max_frames: int | None, last: int | None, frames: list[int]
) -> None:
    scope = TrackingScope(2, direction, max_frames, last)

    assert [visit.frame_index for visit in plan_visits(5, 2, scope)] == frames


@pytest.fixture
def memories() -> ObjectMemories:
    """One object, prompted on frame 0."""
    memories = ObjectMemories()
    memories.add(1).prompt(0, memories.change())
    return memories


def visit_next(plan: PropagationPlan, memories: ObjectMemories) -> int:
    """Does the plan's next visit as a tracker would, and returns its frame."""
    visit = plan.next()
    assert visit is not None
    for object_id in plan.objects(visit):
        if visit.frame_index not in memories[object_id].prompted:
            memories[object_id].track(visit.frame_index, visit.reverse, memories.tick())
    plan.done()
    return visit.frame_index


def run(plan: PropagationPlan, memories: ObjectMemories) -> list[int]:
    """All that is left of a plan."""
    frames = []
    while plan.next() is not None:
        frames.append(visit_next(plan, memories))
    return frames


def test_a_changed_prompt_repeats_its_frame_and_those_after_it(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, 6, TrackingScope(0, FORWARD))
    assert [visit_next(plan, memories) for _ in range(4)] == [0, 1, 2, 3]

    memories[1].prompt(1, memories.change())

    assert run(plan, memories) == [1, 2, 3, 4, 5]
    assert (plan.revision, plan.completed, plan.total) == (1, 6, 6)


def test_a_range_that_becomes_absent_is_repeated_and_so_are_the_frames_after_it(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, 6, TrackingScope(0, FORWARD))
    assert [visit_next(plan, memories) for _ in range(5)] == [0, 1, 2, 3, 4]

    memories.mark_absent(1, [1, 2, 3])

    assert run(plan, memories) == [1, 2, 3, 4, 5]
    assert plan.revision == 1


def test_a_changed_prompt_that_no_tracked_frame_depends_on_repeats_nothing(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, 6, TrackingScope(0, FORWARD))
    assert [visit_next(plan, memories) for _ in range(3)] == [0, 1, 2]

    memories[1].prompt(5, memories.change())

    assert visit_next(plan, memories) == 3
    assert plan.revision == 0


def test_a_repeated_visit_tracks_only_what_is_stale(memories: ObjectMemories) -> None:
    memories.add(2).prompt(0, memories.change())
    plan = PropagationPlan(memories, 6, TrackingScope(0, FORWARD))
    for _ in range(3):
        visit_next(plan, memories)
    memories[1].prompt(1, memories.change())

    assert plan.next() == Visit(1, reverse=False)
    visit_next(plan, memories)
    visit = plan.next()

    assert visit == Visit(2, reverse=False)
    assert plan.objects(visit) == [1]


def test_upcoming_frames_follow_the_next_visit(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, 6, TrackingScope(2, BOTH))
    plan.next()

    assert plan.upcoming(4) == [3, 4, 5, 1]


def test_without_a_start_each_object_is_tracked_outward_from_its_own_first_prompt(memories: ObjectMemories) -> None:
    memories.add(2).prompt(3, memories.change())
    plan = PropagationPlan(memories, 6, EVERYTHING)

    visited = []
    while (visit := plan.next()) is not None:
        visited.append((visit.frame_index, visit.reverse, plan.objects(visit)))
        visit_next(plan, memories)

    forward = [(0, False, [1]), (1, False, [1]), (2, False, [1]), *((index, False, [1, 2]) for index in (3, 4, 5))]
    assert visited == [*forward, *((index, True, [2]) for index in (2, 1, 0))]


def test_an_object_that_is_prompted_meanwhile_is_tracked_outward_too(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, 6, EVERYTHING)
    assert [visit_next(plan, memories) for _ in range(4)] == [0, 1, 2, 3]

    memories.add(2).prompt(2, memories.change())

    assert run(plan, memories) == [2, 3, 4, 5, 1, 0]
    assert all(memories[2].is_current(index) for index in range(6))
    assert plan.completed == plan.total


@pytest.mark.parametrize("start", [None, 0])
def test_what_skips_current_masks_goes_back_to_those_that_a_changed_prompt_made_stale(
    memories: ObjectMemories, start: int | None
) -> None:
    run(PropagationPlan(memories, 6, EVERYTHING), memories)
    for index in (4, 5):
        memories[1].tracked.pop(index)
    plan = PropagationPlan(memories, 6, TrackingScope(start, FORWARD, skip_current=True))
    assert [visit_next(plan, memories) for _ in range(2)] == [0, 4]

    memories[1].prompt(2, memories.change())

    # The tracker notes that it passed a prompt; here none is, so prompts are passed again.
    assert run(plan, memories) == [2, 3, 4, 5]
    assert plan.completed == plan.total


def test_only_named_objects_are_tracked(memories: ObjectMemories) -> None:
    memories.add(2).prompt(3, memories.change())
    plan = PropagationPlan(memories, 6, TrackingScope(object_ids=frozenset([2])))

    assert run(plan, memories) == [3, 4, 5, 2, 1, 0]
    assert not memories[1].tracked


def test_from_a_start_on_which_it_has_no_prompt_an_object_that_is_not_named_is_tracked_where_it_has_no_current_mask(
    memories: ObjectMemories,
) -> None:
    run(PropagationPlan(memories, 6, TrackingScope(0, FORWARD, last=3)), memories)
    memories.add(2).prompt(5, memories.change())
    before = dict(memories[1].tracked)

    run(PropagationPlan(memories, 6, TrackingScope(5, BACKWARD)), memories)

    assert {index: memories[1].tracked[index] for index in before} == before
    assert sorted(memories[1].tracked) == [1, 2, 3, 4, 5]


def test_a_named_object_is_tracked_again_from_any_start(memories: ObjectMemories) -> None:
    run(PropagationPlan(memories, 6, TrackingScope(0, FORWARD)), memories)
    before = dict(memories[1].tracked)

    run(PropagationPlan(memories, 6, TrackingScope(5, BACKWARD, object_ids=frozenset([1]))), memories)

    assert all(memories[1].tracked[index].version > before[index].version for index in before)
