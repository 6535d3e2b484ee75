"""Recovers the memory of frames that were tracked before a session was resumed, by tracking them again.

Their versions and stored masks stay.
"""

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.frame_tracking import recover_frame
from sam2_lit.engine.sessions.propagation_plan import Visit
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.video_tracker import PREFETCHED_FRAMES


def recover(state: SessionState, frame_index: int) -> Steps[None, None]:
    """Recovers a frame's memory where it is lost, and the lost memory that tracking it reads; one step a frame."""
    for reverse in sorted(state.tracker.lost(frame_index)):
        yield from _recover(state, frame_index, reverse)


def recover_for(state: SessionState, object_id: int, frame_index: int) -> Steps[None, None]:
    """Recovers a frame, and the memory that tracking or correcting this object on it reads."""
    memory = state.tracker.memories.get(object_id)
    if memory is not None:
        yield from recover(state, frame_index)
        yield from recover_around(
            state, Visit(frame_index, state.tracker.memories.direction_to(object_id, frame_index))
        )


def recover_for_prompt(state: SessionState, object_id: int, frame_index: int) -> Steps[None, None]:
    """Recovers what a change of the object's prompts on a frame reads: memory, only where tracking passed the frame."""
    memory = state.tracker.memories.get(object_id)
    if memory is not None and frame_index in memory.passed:
        yield from recover_for(state, object_id, frame_index)


def recover_around(state: SessionState, visit: Visit) -> Steps[None, None]:
    """Recovers the memory that tracking a frame reads."""
    if visit.reverse:
        yield from _recover_after(state, visit.frame_index)
        return
    for index in range(visit.frame_index - 1, visit.frame_index - state.tracker.reach - 1, -1):
        yield from recover(state, index)


def _recover(state: SessionState, frame_index: int, reverse: bool) -> Steps[None, None]:
    """Tracks the frame again, and first the lost frames before it, up to a gap as long as the memory's reach."""
    tracker = state.tracker
    lost = [frame_index]
    following = range(frame_index + 1, tracker.frame_count) if reverse else range(frame_index - 1, -1, -1)
    for index in following:
        if reverse in tracker.lost(index):
            lost.append(index)
        elif abs(index - lost[-1]) >= tracker.reach:
            break
    lost.reverse()
    if reverse:
        # Backward tracking began where forward tracking had begun, with the memory of the frames after.
        yield from _recover_after(state, lost[0])
    for place, index in enumerate(lost):
        if reverse in tracker.lost(index):
            tracker.prefetch(lost[place : place + PREFETCHED_FRAMES + 1])
            recover_frame(state, Visit(index, reverse))
            yield


def _recover_after(state: SessionState, frame_index: int) -> Steps[None, None]:
    for index in range(frame_index + state.tracker.reach, frame_index, -1):
        yield from recover(state, index)
