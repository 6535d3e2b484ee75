"""Captures again what fine-tuning replays, after a session was resumed: the store has adapters, but no samples."""

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.learning.adapter_training import make_sample
from sam2_lit.engine.sessions.feature_capture import tracked_features
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.errors import LitError
from sam2_lit.records import masks


def recover_samples(state: SessionState, object_id: int) -> Steps[None, None]:
    """Gives the object's bank the samples that it lacks, one a step: corrected frames, as memory and masks are now.

    A frame whose correction was removed, or that was trained on another mask than a correction's, is left out. Raises
    TrackingNeeded where memory that a frame needs was lost.
    """
    bank = state.banks.get(object_id)
    if bank is None:
        return
    for adapter_id, frame_index in bank.lost_samples():
        # Tracking, which nothing here excludes, may have changed the object's memory since the last step.
        memory = state.tracker.memories.get(object_id)
        stored = state.masks.get(frame_index, object_id)
        if memory is not None and frame_index in memory.prompted and stored is not None:
            try:
                features = tracked_features(state, object_id, frame_index)
                sample = make_sample(features, masks.decode(stored.rle), frame_index)
            except LitError:
                continue
            bank.restore_sample(state.lora_model, adapter_id, sample)
            yield
    bank.samples_restored()
