"""The order in which frames are tracked, over the memory of objects alone."""

import pytest

from sam2_lit.engine.object_memory import ObjectMemories
from sam2_lit.engine.sessions.propagation_plan import PropagationPlan, Visit, plan_visits
from sam2_lit.records.results import PropagationDirection

FORWARD, BACKWARD, BOTH = PropagationDirection.FORWARD, PropagationDirection.BACKWARD, PropagationDirection.BOTH


@pytest.mark.parametrize(
    ("direction", "max_frames", "frames"),
    [
        (FORWARD, None, [2, 3, 4]),
        (BACKWARD, None, [2, 1, 0]),
        (BOTH, None, [2, 3, 4, 1, 0]),
        (BOTH, 1, [2, 3, 1]),
        (FORWARD, 0, [2]),
    ],
)
def test_a_plan_visits_frames_forward_then_backward(
    direction: PropagationDirection, max_frames: int | None, frames: list[int]
) -> None:
    assert [visit.frame_index for visit in plan_visits(5, 2, direction, max_frames)] == frames


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
    if visit.frame_index not in memories[1].prompted:
        memories[1].track(visit.frame_index, visit.reverse, memories.tick())
    plan.done()
    return visit.frame_index


def test_a_changed_prompt_repeats_the_frames_after_it(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, plan_visits(6, 0, FORWARD, None))
    assert [visit_next(plan, memories) for _ in range(4)] == [0, 1, 2, 3]

    memories[1].prompt(1, memories.change())

    assert [visit_next(plan, memories) for _ in range(4)] == [2, 3, 4, 5]
    assert plan.next() is None
    assert (plan.revision, plan.completed, plan.total) == (1, 6, 6)


def test_a_changed_prompt_that_no_tracked_frame_depends_on_repeats_nothing(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, plan_visits(6, 0, FORWARD, None))
    assert [visit_next(plan, memories) for _ in range(3)] == [0, 1, 2]

    memories[1].prompt(5, memories.change())

    assert visit_next(plan, memories) == 3
    assert plan.revision == 0


def test_a_repeated_visit_is_known_as_one(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, plan_visits(6, 0, FORWARD, None))
    first_time = []
    for _ in range(3):
        plan.next()
        first_time.append(not plan.is_revisit())
        visit_next(plan, memories)
    memories[1].prompt(1, memories.change())

    assert plan.next() == Visit(2, reverse=False)
    assert first_time == [True, True, True]
    assert plan.is_revisit()


def test_upcoming_frames_follow_the_next_visit(memories: ObjectMemories) -> None:
    plan = PropagationPlan(memories, plan_visits(6, 2, BOTH, None))
    plan.next()

    assert plan.upcoming(4) == [3, 4, 5, 1]
