"""What prompts and their removal do to a session, as steps for the device's thread."""

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.frame_tracking import (
    VersionedMask,
    encode_mask,
    put_masks,
    store_consolidated,
    track_and_encode,
)
from sam2_lit.engine.sessions.given_masks import note_prompt, refined_mask, saved_prompts
from sam2_lit.engine.sessions.memory_recovery import need_recovered_for_prompt
from sam2_lit.engine.sessions.propagation_plan import Visit
from sam2_lit.engine.sessions.session_state import GivenMask, SessionState
from sam2_lit.engine.sessions.validation import check_known, check_not_first_prompt, check_prompt
from sam2_lit.engine.video_tracker import ObjectMask
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.prompts import MaskPrompt, Prompt
from sam2_lit.records.results import FrameMasks, MaskSource


def prompt_frame(
    state: SessionState, object_id: int, frame_index: int, prompt: Prompt, interaction: Interaction
) -> Steps[None, FrameMasks]:
    """Segments an object by a prompt. Clicks on a mask that `refined_mask` keeps change what is around them.

    An empty mask says that the object is not there. Raises LitError (FRAME_OUT_OF_RANGE, INVALID_PROMPT, INVALID_MASK,
    CAPACITY_EXCEEDED), and TrackingNeeded where the frame's memory was lost.
    """
    yield from ()
    check_prompt(state, object_id, frame_index)
    is_absent = isinstance(prompt, MaskPrompt) and prompt.is_empty
    if is_absent:
        check_not_first_prompt(state, object_id, frame_index, frame_index)
    need_recovered_for_prompt(state, object_id, frame_index)
    refined = refined_mask(state, object_id, frame_index, prompt)
    applied = prompt if refined is None else MaskPrompt(refined[1])
    made = state.tracker.prompt(object_id, frame_index, applied)
    source = MaskSource.ABSENT if is_absent else MaskSource.PROMPT
    store_prompt(state, frame_index, prompt, made, source, interaction, refined[0] if refined else None)
    return state.masks_on(frame_index)


def clear_frame(
    state: SessionState, object_id: int, frame_index: int, interaction: Interaction
) -> Steps[None, FrameMasks]:
    """Removes a frame's prompts, and that it was marked absent. Where tracking had passed it, it is tracked again.

    Raises LitError (FRAME_OUT_OF_RANGE, OBJECT_NOT_FOUND), and TrackingNeeded where the frame's memory was lost.
    """
    yield from ()
    check_known(state, object_id, frame_index)
    need_recovered_for_prompt(state, object_id, frame_index)
    memories = state.tracker.memories
    memory = memories.get(object_id)
    is_prompted = memory is not None and frame_index in memory.prompted
    if not is_prompted and frame_index not in memories.absent(object_id):
        return state.all_masks_on(frame_index)
    with state.journal.fail_on_error():
        passed = memory.passed.get(frame_index) if memory else None
        if is_prompted:
            state.tracker.clear(object_id, frame_index)
        else:
            state.tracker.forget(object_id, [frame_index])
        state.forget_given_masks(object_id, None if object_id not in memories else [frame_index])
        version, visit = memories.clock, Visit(frame_index, bool(passed))
        made: list[VersionedMask] = []
        scope = ChangeScope.of(interaction)
        if object_id in memories and passed is not None:
            made = track_and_encode(state, visit, [object_id], scope)
        with state.journal.transaction(scope):
            state.journal.log(interaction)
            if memory is not None and object_id not in memories:
                # With its last prompt. Those that say that it is not there went with it.
                state.journal.clear_prompts(object_id)
                state.masks.remove_object(object_id, memories.clock)
            else:
                state.journal.clear_prompts(object_id, frame_index)
                if memory is not None:
                    state.journal.set_prompt_changes(object_id, memory.prompt_changes)
                state.masks.discard(object_id, [frame_index], version)
                put_masks(state, visit, made)
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
    refined: GivenMask | None = None,
) -> None:
    """Stores a prompt that the tracker has, its mask, and what it left in the object's memory.

    `refined` is the mask that clicks have changed.
    """
    object_id = made.object_id
    with state.journal.fail_on_error():
        conditioning = state.tracker.conditioning(object_id, frame_index)
        mask = encode_mask(made, source)
    memory = state.tracker.memories[object_id]
    with state.journal.transaction():
        state.journal.log(interaction)
        if object_id not in state.banks:
            state.banks[object_id] = AdapterBank(state.settings.banking)
            state.journal.add_object(object_id)
        saved, replaces = saved_prompts(prompt, refined)
        # Clicks alone have replaced a given mask of which they left nothing.
        replaces = replaces or (object_id, frame_index) in state.given_masks
        state.journal.prompt(object_id, frame_index, saved, conditioning, replaces)
        if (passed := memory.passed.get(frame_index)) is not None:
            state.journal.pass_prompt(object_id, frame_index, passed)
        state.journal.set_prompt_changes(object_id, memory.prompt_changes)
        store_consolidated(state, state.tracker.memories.consolidated)
        state.masks.put(frame_index, mask, made.version, False)
    note_prompt(state, object_id, frame_index, prompt, mask.rle, refined)


def remove_prompts(state: SessionState) -> None:
    """Removes all prompts and masks; to be called within a transaction of the journal."""
    state.tracker.reset()
    state.given_masks.clear()
    for object_id in state.banks:
        state.masks.remove_object(object_id, state.tracker.memories.clock)
    state.journal.clear_prompts()
