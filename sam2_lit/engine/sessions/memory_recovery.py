"""Recovers the memory of frames that were tracked before a session was resumed, by tracking them again.

Their versions and stored masks stay.
"""

from sam2_lit.engine.sessions.frame_tracking import recover_frame
from sam2_lit.engine.sessions.propagation_plan import Visit
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.tracking_needed import TrackedOnTheWay, TrackingNeeded, WaySteps
from sam2_lit.engine.video_tracker import PREFETCHED_FRAMES


def recover(state: SessionState, frame_index: int) -> WaySteps:
    """Recovers a frame's memory where it is lost, and the lost memory that tracking it reads; one step a frame."""
    for reverse in sorted(state.tracker.lost(frame_index)):
        yield from _recover(state, frame_index, reverse)


def recover_for(state: SessionState, object_id: int, frame_index: int) -> WaySteps:
    """Recovers a frame, and the memory that tracking or correcting this object on it reads."""
    memory = state.tracker.memories.get(object_id)
    if memory is not None:
        yield from recover(state, frame_index)
        yield from recover_around(
            state, Visit(frame_index, state.tracker.memories.direction_to(object_id, frame_index))
        )


def need_recovered_for(state: SessionState, object_id: int, frame_index: int) -> None:
    """Raises TrackingNeeded where memory is lost that tracking or correcting this object on a frame reads."""
    memories = state.tracker.memories
    if object_id not in memories:
        return
    visit = Visit(frame_index, memories.direction_to(object_id, frame_index))
    if any(state.tracker.lost(index) for index in (frame_index, *_frames_read(state, visit))):
        raise TrackingNeeded(recover_for(state, object_id, frame_index))


def need_recovered_for_prompt(state: SessionState, object_id: int, frame_index: int) -> None:
    """As `need_recovered_for`, for a change of prompts: it reads memory only where tracking passed the frame."""
    memory = state.tracker.memories.get(object_id)
    if memory is not None and frame_index in memory.passed:
        need_recovered_for(state, object_id, frame_index)


def recover_around(state: SessionState, visit: Visit) -> WaySteps:
    """Recovers the memory that tracking a frame reads."""
    for index in _frames_read(state, visit):
        yield from recover(state, index)


def _frames_read(state: SessionState, visit: Visit) -> range:
    """The frames whose memory tracking a frame may read, in the order in which they are recovered."""
    frame_index, reach, step = visit.frame_index, state.tracker.reach, state.tracker.memories.frame_step
    if visit.reverse:
        return range(frame_index + reach, frame_index, -step)
    return range(frame_index - step, frame_index - reach - 1, -step)


def _recover(state: SessionState, frame_index: int, reverse: bool) -> WaySteps:
    """Tracks the frame again, and first the lost frames before it, up to a gap as long as the memory's reach."""
    tracker, step = state.tracker, state.tracker.memories.frame_step
    lost = [frame_index]
    following = (
        range(frame_index + step, tracker.frame_count, step) if reverse else range(frame_index - step, -1, -step)
    )
    for index in following:
        if reverse in tracker.lost(index):
            lost.append(index)
        elif abs(index - lost[-1]) >= tracker.reach:
            break
    lost.reverse()
    if reverse:
        # Backward tracking began where forward tracking had begun, with the memory of the frames after.
        yield from recover_around(state, Visit(lost[0], reverse=True))
    for place, index in enumerate(lost):
        if reverse in tracker.lost(index):
            tracker.prefetch(lost[place : place + PREFETCHED_FRAMES + 1])
            recover_frame(state, Visit(index, reverse))
            yield TrackedOnTheWay(index, len(lost) - place - 1)
