"""Gets the captured features of an object on a frame of a session, or says that tracking is needed first."""

import logging

from sam2_lit.engine.learning.adapter_training import check_can_learn, current_features
from sam2_lit.engine.sessions.frame_tracking import store_consolidated
from sam2_lit.engine.sessions.memory_recovery import need_recovered_for
from sam2_lit.engine.sessions.propagation import need_tracked_to
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.features import DecoderFeatures

logger = logging.getLogger("sam2_lit.lora")


def capture_features(state: SessionState, object_id: int, frame_index: int) -> DecoderFeatures:
    """The mask decoder's inputs on a frame, fresh under the object's memory as it is now.

    Raises LitError (FEATURES_NOT_CAPTURED) on the object's first prompted frame, which has no memory to track from, and
    TrackingNeeded where they are missing or stale and the frames up to it are not all tracked.
    """
    check_can_learn(state.tracker.memories, object_id, frame_index)
    need_recovered_for(state, object_id, frame_index)
    if state.tracker.captured(object_id, frame_index) is None:
        need_tracked_to(state, frame_index)
    features = _current_features(state, object_id, frame_index)
    logger.info("Features captured successfully. Shape: %s", features.image_embedding.shape)
    return features


def tracked_features(state: SessionState, object_id: int, frame_index: int) -> DecoderFeatures:
    """As `capture_features`, but only for a frame that was tracked: nothing is tracked to it, and no mask changes.

    Raises LitError (FEATURES_NOT_CAPTURED) where the frame was never tracked, and TrackingNeeded where memory that it
    needs was lost.
    """
    need_recovered_for(state, object_id, frame_index)
    memory = state.tracker.memories.get(object_id)
    if memory is None or not (frame_index in memory.tracked or frame_index in memory.prompted[1:]):
        raise LitError(
            ErrorCode.FEATURES_NOT_CAPTURED,
            f"object {object_id} was not tracked on frame {frame_index}; track it first, with propagateToFrame",
        )
    return _current_features(state, object_id, frame_index)


def _current_features(state: SessionState, object_id: int, frame_index: int) -> DecoderFeatures:
    features = current_features(state.tracker, object_id, frame_index)
    memories = state.tracker.memories
    if state.consolidated != memories.consolidated:
        with state.journal.transaction():
            store_consolidated(state, memories.consolidated)
    return features
