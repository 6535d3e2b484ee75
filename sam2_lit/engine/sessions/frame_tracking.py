"""Tracks one frame of a session, with the adapters that its LoRA mode lets in."""

import logging
from collections.abc import Collection, Sequence
from functools import partial

from sam2_lit.engine.learning.adapter_training import current_features
from sam2_lit.engine.learning.candidates import Proposal, better_candidates, has_near_adapter, propose, trusted_adapter
from sam2_lit.engine.sessions.propagation_plan import Visit
from sam2_lit.engine.sessions.session_state import LatestMask, SessionState
from sam2_lit.engine.video_tracker import ChooseAdapter, ObjectEstimate, ObjectMask
from sam2_lit.lora.layers import Adapter
from sam2_lit.machine_errors import is_out_of_memory
from sam2_lit.records import masks
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.results import LoraMode, Mask, MaskSource

logger = logging.getLogger("sam2_lit.engine")

VersionedMask = tuple[Mask, int]
"""A mask and the version under which the tracker made it."""


def track_frame(
    state: SessionState,
    visit: Visit,
    object_ids: Collection[int],
    scope: ChangeScope,
    *,
    again: bool,
    force: bool = False,
) -> list[ObjectMask]:
    """Tracks a frame, as `VideoTracker.track` does, and journals in `scope` which frames it passes without a change.

    In mode AUTO an adapter whose mask looks better replaces the tracked mask.
    """
    frame_index, reverse = visit.frame_index, visit.reverse
    memories = state.tracker.memories
    newly_passed = [
        object_id
        for object_id in object_ids
        if object_id in memories and memories[object_id].passed.get(frame_index) != reverse
    ]
    prompted = [object_id for object_id in newly_passed if frame_index in memories[object_id].prompted]
    kept = [object_id for object_id in newly_passed if memories[object_id].keeps(frame_index, force=force)]
    # Tracking consolidates all prompts.
    last_change = memories.last_change
    if prompted or kept or state.consolidated != last_change:
        with state.journal.transaction(scope):
            store_consolidated(state, last_change)
            for object_id in prompted:
                state.journal.pass_prompt(object_id, frame_index, reverse)
            for object_id in kept:
                state.journal.pass_mask(object_id, frame_index, reverse)
    return state.tracker.track(
        frame_index, reverse, again=again, object_ids=object_ids, force=force, choose=_chooser(state, visit)
    )


def recover_frame(state: SessionState, visit: Visit) -> None:
    """Makes the lost memory of a frame again, as it was tracked."""
    state.tracker.recover(visit.frame_index, visit.reverse, choose=_chooser(state, visit))


def store_consolidated(state: SessionState, version: int) -> None:
    """Stores up to which version prompts are consolidated; to be called within a transaction of the journal."""
    if state.consolidated != version:
        state.journal.set_consolidated(version)
        state.consolidated = version


def track_and_encode(
    state: SessionState, visit: Visit, object_ids: Collection[int], scope: ChangeScope
) -> list[VersionedMask]:
    """Tracks a frame for objects that have no current mask, and encodes the masks; `put_masks` stores them."""
    made = track_frame(state, visit, object_ids, scope, again=False)
    remember_latest(state, visit.frame_index, made)
    # The tracker has the frame: without its masks, the session must be loaded again.
    with state.journal.fail_on_error():
        return encoded(made)


def encoded(made: Sequence[ObjectMask]) -> list[VersionedMask]:
    return [
        (encode_mask(each, MaskSource.LORA if each.by_adapter else MaskSource.TRACKED), each.version) for each in made
    ]


def encode_mask(made: ObjectMask, source: MaskSource) -> Mask:
    return Mask(made.object_id, masks.encode(made.mask), made.predicted_iou, made.object_score, source)


def put_masks(state: SessionState, visit: Visit, made: Sequence[VersionedMask]) -> None:
    """Stores masks; to be called within a transaction of the journal."""
    for mask, version in made:
        state.masks.put(visit.frame_index, mask, version, visit.reverse)


def remember_latest(state: SessionState, frame_index: int, made: Sequence[ObjectMask]) -> None:
    """Keeps each object's mask for the next frame's comparison (`mask_before`)."""
    for each in made:
        state.latest[each.object_id] = LatestMask(frame_index, state.tracker.memories.last_change, each)


def suggestions(state: SessionState, visit: Visit, made: Sequence[ObjectMask]) -> list[Proposal]:
    """In mode SUGGEST, the adapters' masks that look better than those just tracked.

    Where memory runs out there are none: the masks just tracked must not be lost with them.
    """
    if state.lora_mode is not LoraMode.SUGGEST:
        return []
    proposals: list[Proposal] = []
    for object_id in (each.object_id for each in made if state.banks[each.object_id].records):
        try:
            proposals += state.relieved(partial(_proposals, state, visit, object_id))
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            logger.warning("no suggestions on frame %d, since memory ran out", visit.frame_index)
    return proposals


def _proposals(state: SessionState, visit: Visit, object_id: int) -> list[Proposal]:
    features = current_features(state.tracker, object_id, visit.frame_index)
    before = mask_before(state, object_id, visit)
    bank, step = state.banks[object_id], state.tracker.memories.frame_step
    found = better_candidates(state.lora_model, bank, features, visit.frame_index, before, step)
    return [propose(state.tracker, object_id, each.candidate) for each in found]


def mask_before(state: SessionState, object_id: int, visit: Visit) -> BoolMask | None:
    """The object's mask, bool [H, W], on the frame that tracking comes from; None where it has none."""
    frame_index = state.tracker.memories.before(visit.frame_index, visit.reverse)
    latest = state.latest.get(object_id)
    now = (frame_index, state.tracker.memories.last_change)
    if latest is not None and (latest.frame_index, latest.last_change) == now:
        return latest.mask.mask
    stored = state.masks.get(frame_index, object_id)
    return masks.decode(stored.rle) if stored else None


def _chooser(state: SessionState, visit: Visit) -> ChooseAdapter | None:
    if state.lora_mode is not LoraMode.AUTO or not any(bank.records for bank in state.banks.values()):
        return None

    step = state.tracker.memories.frame_step

    def choose(object_id: int, estimate: ObjectEstimate) -> Adapter | None:
        bank = state.banks[object_id]
        if not has_near_adapter(bank, visit.frame_index, step):
            return None
        before = mask_before(state, object_id, visit)
        return trusted_adapter(state.lora_model, bank, estimate.features, visit.frame_index, before, step)

    return choose
