"""Captures again what fine-tuning replays, after a session was resumed: the store has adapters, but no samples."""

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.learning.adapter_training import make_sample
from sam2_lit.engine.sessions.feature_capture import tracked_features
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.errors import LitError
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE


def recover_samples(state: SessionState, object_id: int) -> Steps[None, None]:
    """Gives the object's bank the samples that it lacks, one a step: as memory and the frames' masks are now.

    A frame whose correction was removed is left out. Raises TrackingNeeded where memory that a frame needs was lost.
    """
    bank = state.banks.get(object_id)
    if bank is None:
        return
    for adapter_id, frame_index, trained in bank.lost_samples():
        # Tracking, which nothing here excludes, may have changed the object's memory since the last step.
        rle = trained or correction_mask(state, object_id, frame_index)
        if rle is not None:
            try:
                features = tracked_features(state, object_id, frame_index)
                sample = make_sample(features, masks.decode(rle), frame_index)
            except LitError:
                continue
            bank.restore_sample(state.lora_model, adapter_id, sample)
            yield
    bank.samples_restored()


def correction_mask(state: SessionState, object_id: int, frame_index: int) -> RLE | None:
    """The object's mask on a frame where it has a prompt; None on others."""
    memory = state.tracker.memories.get(object_id)
    stored = state.masks.get(frame_index, object_id)
    if memory is None or frame_index not in memory.prompted or stored is None:
        return None
    return stored.rle
