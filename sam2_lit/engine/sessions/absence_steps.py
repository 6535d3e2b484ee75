"""What says that an object is not there, and what takes masks away, as steps for the device's thread."""

from collections.abc import Iterable, Sequence

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import check_not_first_prompt, check_object, check_range
from sam2_lit.records.frame_spans import ChangedFrames, frame_spans
from sam2_lit.records.interactions import Interaction


def mark_absent(
    state: SessionState, object_id: int, first: int, last: int, force: bool, interaction: Interaction
) -> Steps[None, ChangedFrames]:
    """Says that an object is not there on the frames from `first` to `last`, both included.

    Its prompts there are removed. Tracking keeps the frames, and remembers of them that the object was not in view.
    Frames that a person confirmed are left as they are, unless `force`.

    Raises LitError: FRAME_OUT_OF_RANGE, OBJECT_NOT_FOUND, and INVALID_MASK where the range has its first prompt.
    """
    yield from ()
    check_range(state, first, last)
    check_object(state, object_id)
    memory = state.tracker.memories.get(object_id)
    if memory is not None:
        check_not_first_prompt(state, object_id, first, last)
    kept = set() if force else state.tracker.memories.confirmed(object_id)
    all_frames = state.tracker.memories.frames_in(first, last)
    frames = [frame for frame in all_frames if frame not in kept]
    prompted = sorted(set(memory.prompted) & set(frames)) if memory else []
    with state.journal.fail_on_error():
        for frame_index in prompted:
            state.tracker.clear(object_id, frame_index)
        with state.journal.transaction():
            state.journal.log(interaction)
            for frame_index in prompted:
                state.journal.clear_prompts(object_id, frame_index)
            state.forget_given_masks(object_id, prompted)
            put_absent(state, object_id, frames)
    others = [frame for frame in all_frames if frame in kept]
    step = all_frames.step
    return ChangedFrames(object_id, frame_spans(frames, step), tuple(prompted), frame_spans(others, step))


def put_absent(state: SessionState, object_id: int, frames: Sequence[int]) -> None:
    """Marks an object absent on frames, none of them prompted, rising; within a transaction of the journal."""
    memories = state.tracker.memories
    memory = memories.get(object_id)
    passed = {frame_index: memory.passed.get(frame_index) for frame_index in frames} if memory else {}
    version = state.tracker.mark_absent(object_id, frames)
    if memory is not None:
        state.journal.set_prompt_changes(object_id, memory.prompt_changes)
    mask = state.absent_mask(object_id)
    for frame_index in frames:
        state.masks.put(frame_index, mask, version, False, passed.get(frame_index))


def unmark_absent(state: SessionState, object_id: int, frames: Sequence[int]) -> None:
    """Takes back that an object is absent on frames, none of them prompted, rising; within a transaction."""
    marked = [frame_index for frame_index in frames if frame_index in state.tracker.memories.absent(object_id)]
    if marked:
        state.tracker.forget(object_id, marked)
        if (memory := state.tracker.memories.get(object_id)) is not None:
            state.journal.set_prompt_changes(object_id, memory.prompt_changes)


def remove_masks(
    state: SessionState, object_ids: Iterable[int], first: int, last: int, force: bool, interaction: Interaction
) -> Steps[None, list[ChangedFrames]]:
    """Removes masks from the frames `first` to `last`, both included, but those of prompts; tracking makes them again.

    What is marked absent is so no more. Frames that a person confirmed are left as they are, unless `force`. Raises
    LitError: FRAME_OUT_OF_RANGE, OBJECT_NOT_FOUND.
    """
    yield from ()
    check_range(state, first, last)
    for object_id in object_ids:
        check_object(state, object_id)
    outcome = []
    frames = state.tracker.memories.frames_in(first, last)
    with state.journal.fail_on_error(), state.journal.transaction():
        state.journal.log(interaction)
        for object_id in dict.fromkeys(object_ids):
            memory = state.tracker.memories.get(object_id)
            kept = set(memory.prompted) if memory else set()
            if not force:
                kept |= state.tracker.memories.confirmed(object_id)
            removed = [frame for frame in frames if frame not in kept]
            changed = sorted(state.masks.frames_of(object_id) & set(removed))
            version = state.tracker.forget(object_id, removed)
            if memory is not None:
                state.journal.set_prompt_changes(object_id, memory.prompt_changes)
            state.masks.discard(object_id, removed, version)
            others = frame_spans([frame for frame in frames if frame in kept], frames.step)
            outcome.append(ChangedFrames(object_id, frame_spans(changed, frames.step), (), others))
    return outcome
