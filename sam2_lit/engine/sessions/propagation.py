"""Tracks many frames of a session, one step a frame."""

from dataclasses import dataclass

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.learning.candidates import Proposal
from sam2_lit.engine.sessions.frame_tracking import (
    encoded,
    put_masks,
    remember_latest,
    suggestions,
    track_and_encode,
    track_frame,
)
from sam2_lit.engine.sessions.memory_recovery import recover_around
from sam2_lit.engine.sessions.propagation_plan import PropagationPlan, Visit
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.tracking_needed import TrackedOnTheWay, TrackingNeeded, WaySteps
from sam2_lit.engine.sessions.validation import check_prompted
from sam2_lit.engine.video_tracker import PREFETCHED_FRAMES, ObjectMask
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.records.results import FrameMasks, PropagatedFrame, PropagationDirection
from sam2_lit.records.tracking_scope import TrackingScope


@dataclass(frozen=True)
class TrackedStep:
    """The result of one step of a propagation, before its masks are encoded."""

    visit: Visit
    made: list[ObjectMask]
    proposals: list[Proposal]
    completed: int
    total: int
    revision: int
    last_change: int
    version: int


def masks_tracked_to(state: SessionState, frame_index: int) -> Steps[None, FrameMasks]:
    """The masks of a frame, once every object has a current mask on the way to it. Raises LitError (NO_PROMPTS)."""
    yield from ()
    check_prompted(state)
    need_tracked_to(state, frame_index)
    return state.masks_on(frame_index)


def need_tracked_to(state: SessionState, frame_index: int) -> None:
    """Raises TrackingNeeded where an object has no current mask on the way to a frame."""
    if _due(state, frame_index):
        raise TrackingNeeded(track_to(state, frame_index))


def track_to(state: SessionState, frame_index: int) -> WaySteps:
    """Tracks each object from its own first prompt to a frame, where it has no current mask."""
    memories = state.tracker.memories
    scope = ChangeScope.new(InteractionKind.TRACKING)
    while due := _due(state, frame_index):
        change = memories.last_change
        for position, (visit, objects) in enumerate(due, 1):
            # Recovering memory may have tracked it meanwhile.
            if all(memories[each].is_current(visit.frame_index) for each in objects if each in memories):
                continue
            upcoming = due[position - 1 : position + PREFETCHED_FRAMES]
            state.tracker.prefetch([each.frame_index for each, _ in upcoming])
            yield from recover_around(state, visit)
            made = track_and_encode(state, visit, objects, scope)
            with state.journal.transaction(scope):
                put_masks(state, visit, made)
            yield TrackedOnTheWay(visit.frame_index, len(due) - position)
            # A prompt that changed between two steps may have made stale what was tracked already.
            if memories.last_change != change:
                break
        else:
            return


def _due(state: SessionState, frame_index: int) -> list[tuple[Visit, list[int]]]:
    """The visits that `track_to` makes, in order, each with the objects that it tracks."""
    memories = state.tracker.memories
    due: dict[Visit, list[int]] = {}
    for each in memories:
        path = memories.path_to(each, frame_index)
        for index in path:
            if not memories[each].is_current(index):
                due.setdefault(Visit(index, path.step < 0), []).append(each)
    return sorted(due.items(), key=lambda item: item[0].place)


def begin_plan(state: SessionState, tracked: TrackingScope) -> Steps[None, PropagationPlan]:
    """Plans a propagation, and recovers the memory around its first frames. Yields None after each frame of that."""
    memories = state.tracker.memories
    starts = {tracked.start}
    if tracked.skip_current:
        # It may begin far from the first prompts; each step recovers what it reads.
        starts = set()
    elif tracked.start is None:
        wanted = tracked.object_ids
        starts = {memories[each].first_prompt for each in memories if wanted is None or each in wanted}
    for start in sorted(start for start in starts if start is not None):
        if tracked.direction is not PropagationDirection.BACKWARD:
            for _ in recover_around(state, Visit(start, reverse=False)):
                yield None
        if tracked.direction is not PropagationDirection.FORWARD:
            for _ in recover_around(state, Visit(start, reverse=True)):
                yield None
    return PropagationPlan(memories, state.tracker.frame_count, tracked)


def propagate(state: SessionState, plan: PropagationPlan, scope: ChangeScope) -> Steps[TrackedStep | None, None]:
    """Tracks what is left of a plan, frame by frame.

    Frames that are tracked already are tracked again, as the official predictor does, where the plan says so. Ends
    early when the last prompt of the last object is removed. A step that recovers memory yields None. All of it is one
    change, `scope`.
    """
    memories = state.tracker.memories
    while (visit := plan.next()) is not None and memories:
        if plan.objects(visit):
            for _ in recover_around(state, visit):
                yield None
            state.tracker.prefetch([visit.frame_index, *plan.upcoming(PREFETCHED_FRAMES)])
        made = track_frame(state, visit, plan.objects(visit), scope, again=True, force=plan.force)
        # Suggestions compare with the latest mask of the frame before, so they come first.
        proposals = suggestions(state, visit, made)
        remember_latest(state, visit.frame_index, made)
        plan.done()
        counts = (plan.completed, plan.total, plan.revision)
        yield TrackedStep(visit, made, proposals, *counts, plan.seen_change, plan.sent_version)


def finish_step(
    state: SessionState, step: TrackedStep, propagation_id: str, sequence: int, scope: ChangeScope
) -> PropagatedFrame:
    """Encodes and stores the masks of a step; runs alongside the tracking of later frames.

    Returns it as the event `sequence` of a propagation.
    """
    frame_index = step.visit.frame_index
    # The tracker has these frames: without their masks, the session must be loaded again.
    with state.journal.fail_on_error():
        made = encoded(step.made)
    with state.journal.transaction(scope):
        put_masks(state, step.visit, made)
    return PropagatedFrame(
        propagation_id=propagation_id,
        sequence=sequence,
        frame_index=frame_index,
        masks=state.masks_on(frame_index).masks,
        completed=step.completed,
        total=step.total,
        revision=step.revision,
        suggestions=tuple(
            each.candidate(frame_index, state.masks.get(frame_index, each.object_id)) for each in step.proposals
        ),
        reverse=step.visit.reverse,
        last_change=step.last_change,
        version=step.version,
    )
