"""What changes a session's objects and settings, as steps for the device's thread."""

from collections.abc import Mapping, Sequence

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.prompt_steps import remove_prompts
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import check_label, check_name, check_object
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.labels import Label, check_attributes
from sam2_lit.records.results import FrameMasks, LoraMode


def reset_session(state: SessionState, interaction: Interaction) -> Steps[None, None]:
    """Removes every object with its prompts, masks and adapters."""
    yield from ()
    with state.journal.transaction():
        state.journal.log(interaction)
        remove_prompts(state)
        state.journal.remove_objects()
        state.banks.clear()


def remove_object(state: SessionState, object_id: int, interaction: Interaction) -> Steps[None, list[FrameMasks]]:
    """Removes an object. Returns the frames it was prompted on, with the masks of every other object there.

    Raises LitError (OBJECT_NOT_FOUND).
    """
    yield from ()
    check_object(state, object_id)
    memory = state.tracker.memories.get(object_id)
    frames = sorted(memory.prompted) if memory else []
    with state.journal.transaction():
        state.journal.log(interaction)
        if memory is not None:
            state.tracker.remove(object_id)
        else:
            state.tracker.memories.remove(object_id)
        state.forget_given_masks(object_id)
        state.masks.remove_object(object_id, state.tracker.memories.clock)
        state.journal.remove_object(object_id)
        del state.banks[object_id]
    return [state.all_masks_on(frame_index) for frame_index in frames]


def name_object(state: SessionState, object_id: int, name: str, scope: ChangeScope) -> Steps[None, None]:
    """Names an object; an empty name removes its name. Raises LitError (OBJECT_NOT_FOUND, INVALID_PROMPT)."""
    yield from ()
    check_object(state, object_id)
    check_name(name)
    with state.journal.transaction(scope):
        state.journal.name_object(object_id, name or None)


def label_object(
    state: SessionState,
    object_id: int,
    label: str | None,
    attributes: Mapping[str, str] | None,
    known: Sequence[Label],
    scope: ChangeScope,
) -> Steps[None, None]:
    """Gives an object a label of those that its project has, and attributes; None leaves each as it is.

    An empty label removes its label. Raises LitError (OBJECT_NOT_FOUND, INVALID_PROMPT).
    """
    yield from ()
    check_object(state, object_id)
    if label:
        check_label(label, known)
    if attributes is not None:
        check_attributes(attributes)
    with state.journal.transaction(scope):
        state.journal.label_object(object_id, label, attributes)


def set_lora_mode(state: SessionState, mode: LoraMode, scope: ChangeScope) -> Steps[None, None]:
    """Sets what adapters do while frames are tracked; the mode that is set already is no change."""
    yield from ()
    if mode is state.lora_mode:
        return
    with state.journal.transaction(scope):
        state.journal.set_lora_mode(mode)
        state.lora_mode = mode
