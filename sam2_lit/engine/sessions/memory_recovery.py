"""Recovers the memory of frames that were tracked before a session was resumed, by tracking them again.

They are tracked under the prompts as they are now. Their stored masks stay, unless a changed prompt made them stale.
"""

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.frame_tracking import put_masks, track_and_encode
from sam2_lit.engine.sessions.propagation_plan import Visit
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.video_tracker import PREFETCHED_FRAMES


def recover(state: SessionState, frame_index: int) -> Steps[None, None]:
    """Recovers a frame's memory where it is lost, and that of the frames tracked before it; one step a frame."""
    if frame_index not in state.unrecovered:
        return
    reverse = state.unrecovered[frame_index]
    ahead = sorted(
        (
            index
            for index, in_reverse in state.unrecovered.items()
            if in_reverse is reverse and (index >= frame_index if reverse else index <= frame_index)
        ),
        reverse=reverse,
    )
    if reverse:
        # Backward tracking began where forward tracking had begun, with the memory of the frames after.
        yield from _recover_after(state, ahead[0])
    for index in ahead:
        if index not in state.unrecovered:
            continue
        current = {owner for owner, memory in state.tracker.memories.items() if memory.is_current(index)}
        state.tracker.prefetch([each for each in ahead if each in range(index, index + PREFETCHED_FRAMES + 1)])
        visit = Visit(index, reverse)
        made = track_and_encode(state, visit, again=True)
        with state.journal.transaction():
            put_masks(state, visit, [each for each in made if each[0].object_id not in current])
        state.unrecovered.pop(index, None)
        yield


def recover_for(state: SessionState, object_id: int, frame_index: int) -> Steps[None, None]:
    """Recovers a frame, and the memory that tracking this object on it again reads."""
    yield from recover(state, frame_index)
    memories = state.tracker.memories
    if object_id in memories:
        yield from recover_around(state, Visit(frame_index, memories.direction_to(object_id, frame_index)))


def recover_around(state: SessionState, visit: Visit) -> Steps[None, None]:
    """Recovers the memory that tracking a frame reads."""
    if visit.reverse:
        yield from _recover_after(state, visit.frame_index)
        return
    for index in range(visit.frame_index - 1, visit.frame_index - state.tracker.reach - 1, -1):
        yield from recover(state, index)


def _recover_after(state: SessionState, frame_index: int) -> Steps[None, None]:
    for index in range(frame_index + state.tracker.reach, frame_index, -1):
        yield from recover(state, index)
