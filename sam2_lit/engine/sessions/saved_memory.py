"""The memory of a session's objects as the store has it."""

from collections import defaultdict
from collections.abc import Sequence

from sam2_lit.engine.object_memory import ObjectMemory, TrackedFrame
from sam2_lit.records.frame_spans import frame_spans
from sam2_lit.records.results import MaskSource, ObjectFrames
from sam2_lit.store.saved_session import SavedObject, SavedPrompts, SavedVersion


def saved_memory(prompted: Sequence[int], changes: dict[int, int], versions: Sequence[SavedVersion]) -> ObjectMemory:
    """An object's memory, of the versions of its masks.

    `prompted` is in the order of first prompts, `changes` as in `ObjectMemory.prompt_changes`.
    """
    tracked = {
        made.frame_index: TrackedFrame(made.reverse, made.version)
        for made in versions
        if made.frame_index not in prompted and made.is_tracked
    }
    absent = {made.frame_index: made.version for made in versions if made.source is MaskSource.ABSENT}
    written = absent | {index: changes[index] for index in prompted}
    written |= {index: frame.version for index, frame in tracked.items()}
    return ObjectMemory(
        prompted=list(prompted),
        tracked=tracked,
        written=written,
        prompt_changes=changes,
        absent=absent,
        confirmed={made.frame_index for made in versions if made.is_confirmed},
    )


def resumed_memory(saved_object: SavedObject, versions: Sequence[SavedVersion]) -> ObjectMemory:
    """As `saved_memory`, with the direction in which tracking passed each frame."""
    prompted = [frame.frame_index for frame in saved_object.frames]
    memory = saved_memory(prompted, saved_object.prompt_changes, versions)
    memory.passed = {index: frame.reverse for index, frame in memory.tracked.items()}
    memory.passed |= {made.frame_index: made.passed for made in versions if made.passed is not None}
    memory.passed |= {frame.frame_index: frame.reverse for frame in saved_object.frames if frame.reverse is not None}
    return memory


def object_frames(
    frame_step: int, prompts: Sequence[SavedPrompts], saved: Sequence[SavedVersion]
) -> dict[int, ObjectFrames]:
    """What the masks of each object are worth, by object id; every `frame_step`-th frame is worked on."""
    versions = by_object(saved)

    def of(each: SavedPrompts) -> ObjectFrames:
        memory = saved_memory(each.frames, each.changes, versions[each.object_id])
        marked = (sorted(memory.absent), sorted(memory.confirmed), memory.stale())
        return ObjectFrames(*(frame_spans(frames, frame_step) for frames in marked))

    return {each.object_id: of(each) for each in prompts}


def by_object(saved: Sequence[SavedVersion]) -> dict[int, list[SavedVersion]]:
    """The versions of masks by object id; an empty list for any other."""
    versions = defaultdict[int, list[SavedVersion]](list)
    for made in saved:
        versions[made.object_id].append(made)
    return versions
