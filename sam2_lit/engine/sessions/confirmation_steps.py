"""What keeps finished masks as they are, as steps for the device's thread."""

from collections.abc import Sequence

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import check_object, check_range
from sam2_lit.records.frame_spans import FrameSpan, frame_spans
from sam2_lit.records.interactions import Interaction


def confirm_frames(
    state: SessionState,
    object_ids: Sequence[int],
    ranges: Sequence[FrameSpan],
    confirmed: bool,
    interaction: Interaction,
) -> Steps[None, None]:
    """Confirms the masks that objects have on ranges of frames, or takes that back; frames without a mask stay so.

    Raises LitError: FRAME_OUT_OF_RANGE, OBJECT_NOT_FOUND.
    """
    yield from ()
    for first, last in ranges:
        check_range(state, first, last)
    for object_id in object_ids:
        check_object(state, object_id)
    memories = state.tracker.memories
    wanted = {frame_index for first, last in ranges for frame_index in memories.frames_in(first, last)}
    with state.journal.transaction():
        state.journal.log(interaction)
        for object_id in dict.fromkeys(object_ids):
            known = memories.confirmed(object_id)
            if confirmed:
                frames = sorted(wanted & state.masks.frames_of(object_id))
                known.update(frames)
                state.masks.confirm(object_id, frames, memories.clock)
            else:
                frames = sorted(wanted & known)
                known.difference_update(frames)
                for each in frame_spans(frames):
                    state.journal.confirm_masks(object_id, each, False)
