"""What prompts and their removal do to a session, as steps for the device's thread."""

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.frame_tracking import (
    VersionedMask,
    encode_mask,
    put_masks,
    store_consolidated,
    track_and_encode,
)
from sam2_lit.engine.sessions.memory_recovery import need_recovered_for_prompt
from sam2_lit.engine.sessions.propagation_plan import Visit
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import check_known, check_prompt
from sam2_lit.engine.video_tracker import ObjectMask
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.prompts import Prompt
from sam2_lit.records.results import FrameMasks, MaskSource


def prompt_frame(
    state: SessionState, object_id: int, frame_index: int, prompt: Prompt, interaction: Interaction
) -> Steps[None, FrameMasks]:
    """Segments an object by a prompt.

    Raises LitError (FRAME_OUT_OF_RANGE, INVALID_PROMPT, CAPACITY_EXCEEDED), and TrackingNeeded where the frame's memory
    was lost.
    """
    yield from ()
    check_prompt(state, object_id, frame_index)
    need_recovered_for_prompt(state, object_id, frame_index)
    made = state.tracker.prompt(object_id, frame_index, prompt)
    store_prompt(state, frame_index, prompt, made, MaskSource.PROMPT, interaction)
    return state.masks_on(frame_index)


def clear_frame(
    state: SessionState, object_id: int, frame_index: int, interaction: Interaction
) -> Steps[None, FrameMasks]:
    """Removes a frame's prompts. Where tracking had passed the frame, its tracked mask is made again.

    Raises LitError (FRAME_OUT_OF_RANGE, OBJECT_NOT_FOUND), and TrackingNeeded where the frame's memory was lost.
    """
    yield from ()
    check_known(state, object_id, frame_index)
    need_recovered_for_prompt(state, object_id, frame_index)
    memory = state.tracker.memories.get(object_id)
    if memory is None or frame_index not in memory.prompted:
        return state.all_masks_on(frame_index)
    with state.journal.fail_on_error():
        passed = memory.passed.get(frame_index)
        state.tracker.clear(object_id, frame_index)
        has_prompts = object_id in state.tracker.memories
        visit = Visit(frame_index, bool(passed))
        made: list[VersionedMask] = []
        if has_prompts and passed is not None:
            made = track_and_encode(state, visit, ChangeScope.of(interaction))
        with state.journal.transaction():
            state.journal.log(interaction)
            state.journal.clear_prompts(object_id, frame_index)
            if has_prompts:
                state.journal.set_prompt_changes(object_id, memory.prompt_changes)
                state.masks.discard(frame_index, object_id)
                put_masks(state, visit, made)
            else:
                state.masks.remove_object(object_id, state.tracker.memories.clock)
    return state.all_masks_on(frame_index)


def clear_video(state: SessionState, interaction: Interaction) -> Steps[None, None]:
    """Removes every prompt and mask; objects and their adapters stay."""
    yield from ()
    with state.journal.transaction():
        state.journal.log(interaction)
        remove_prompts(state)


def store_prompt(
    state: SessionState,
    frame_index: int,
    prompt: Prompt,
    made: ObjectMask,
    source: MaskSource,
    interaction: Interaction,
) -> None:
    """Stores a prompt that the tracker has, its mask, and what it left in the object's memory."""
    object_id = made.object_id
    conditioning = state.tracker.conditioning(object_id, frame_index)
    mask = encode_mask(made, source)
    memory = state.tracker.memories[object_id]
    with state.journal.transaction():
        state.journal.log(interaction)
        if object_id not in state.banks:
            state.banks[object_id] = AdapterBank(state.settings.banking)
            state.journal.add_object(object_id)
        state.journal.prompt(object_id, frame_index, prompt, conditioning)
        if (passed := memory.passed.get(frame_index)) is not None:
            state.journal.pass_prompt(object_id, frame_index, passed)
        state.journal.set_prompt_changes(object_id, memory.prompt_changes)
        store_consolidated(state, state.tracker.memories.consolidated)
        state.masks.put(frame_index, mask, made.version, False)


def remove_prompts(state: SessionState) -> None:
    """Removes all prompts and masks; to be called within a transaction of the journal."""
    state.tracker.reset()
    for object_id in state.banks:
        state.masks.remove_object(object_id, state.tracker.memories.clock)
    state.journal.clear_prompts()
