"""What importing masks does to a session, as steps for the device's thread."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.absence_steps import put_absent, unmark_absent
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import check_frame_of, check_name, check_prompt
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.records.imports import ImportedObject
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.labels import check_attributes, check_text
from sam2_lit.records.masks import RLE, is_empty
from sam2_lit.records.results import Mask, MaskSource, ObjectInfo


@dataclass(frozen=True)
class Description:
    """What an import says of an object: a name, a label and attributes; None leaves each as it is."""

    object_id: int
    name: str | None
    label: str | None
    attributes: Mapping[str, str] | None


def described_by(imported: ImportedObject, known: ObjectInfo | None) -> Description:
    """What a file says of an object, without what the object in the session has already."""
    return Description(
        imported.object_id,
        None if known and known.name else imported.name,
        None if known and known.label else imported.label,
        None if known and known.attributes else imported.attributes or None,
    )


def import_masks(
    state: SessionState,
    described: Sequence[Description],
    found: Sequence[tuple[int, int, RLE]],
    force: bool,
    interaction: Interaction,
) -> Steps[None, None]:
    """Puts masks on frames, all or none; a frame on which the object has a prompt keeps the prompt's mask.

    So does one that a person confirmed, unless `force`.

    They replace earlier masks, and are replaced by those of later tracking. The tracker does not know them: an object
    without prompts is not tracked from them, but any of them may become its prompt. An empty one says that the object
    is not there, as `mark_absent` does.

    Args:
        state: the session.
        described: the objects of the file; one without a mask to put is left as it is.
        found: (frame index, object id, mask). The masks have the video's size.
        force: whether masks that a person confirmed are replaced.
        interaction: what is logged.

    Raises:
        LitError: FRAME_OUT_OF_RANGE, INVALID_PROMPT for an id, a name, a label or attributes, CAPACITY_EXCEEDED over
            `max_objects`.
    """
    yield from ()
    found = [each for each in found if not _is_kept(state, each[1], each[0], force)]
    with_masks = {object_id for _, object_id, _ in found}
    described = [each for each in described if each.object_id in with_masks]
    new = [each.object_id for each in described if each.object_id not in state.banks]
    _check(state, described, new, found)
    memories = state.tracker.memories
    with state.journal.transaction():
        state.journal.log(interaction)
        for object_id in new:
            state.banks[object_id] = AdapterBank(state.settings.banking)
            state.journal.add_object(object_id)
        for each in described:
            if each.name is not None:
                state.journal.name_object(each.object_id, each.name)
            state.journal.label_object(each.object_id, each.label, each.attributes)
        shown, absent = defaultdict[int, dict[int, RLE]](dict), defaultdict[int, list[int]](list)
        for frame_index, object_id, rle in sorted(found, key=lambda each: each[:2]):
            if is_empty(rle):
                absent[object_id].append(frame_index)
            else:
                shown[object_id][frame_index] = rle
        for object_id, frames in absent.items():
            put_absent(state, object_id, frames)
        for object_id, rles in shown.items():
            memories.confirmed(object_id).difference_update(rles)
            unmark_absent(state, object_id, list(rles))
            version = memories.tick()
            for frame_index, rle in rles.items():
                mask = Mask(object_id, rle, None, None, MaskSource.IMPORTED)
                state.masks.put(frame_index, mask, version, False)


def _is_kept(state: SessionState, object_id: int, frame_index: int, force: bool) -> bool:
    memories = state.tracker.memories
    is_confirmed = frame_index in memories.confirmed(object_id)
    return (is_confirmed and not force) or (object_id in memories and frame_index in memories[object_id].prompted)


def _check(
    state: SessionState, described: Sequence[Description], new: Sequence[int], found: Sequence[tuple[int, int, RLE]]
) -> None:
    for object_id in new:
        check_prompt(state, object_id, 0)
    if new and len(state.banks) + len(new) > state.settings.max_objects:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"the session has {len(state.banks)} objects and the file {len(new)} others; "
            f"the limit is {state.settings.max_objects}",
        )
    for each in described:
        check_name(each.name or "")
        if each.label:
            check_text("label", each.label)
        check_attributes(each.attributes or {})
    for frame_index in {frame_index for frame_index, _, _ in found}:
        check_frame_of(state, frame_index)
