"""Proposes the masks of a session's adapters, and applies one, as steps for the device's thread."""

from collections.abc import Iterator
from dataclasses import replace

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.learning.candidates import Proposal, propose, ranked_candidates
from sam2_lit.engine.sessions.feature_capture import capture_features, tracked_features
from sam2_lit.engine.sessions.prompt_steps import store_prompt
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import check_adapter, check_known, check_not_confirmed
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.prompts import MaskPrompt
from sam2_lit.records.results import Candidate, FrameMasks, MaskSource


def list_candidates(state: SessionState, object_id: int, frame_index: int) -> Steps[None, list[Candidate]]:
    """The masks that the object's adapters propose for a frame, that of the nearest correction first.

    Raises LitError (FEATURES_NOT_CAPTURED) where the frame was never tracked, and TrackingNeeded.
    """
    yield from ()
    check_known(state, object_id, frame_index)
    if not state.banks[object_id].records:
        return []
    features = tracked_features(state, object_id, frame_index)
    stored = state.masks.get(frame_index, object_id)
    return [each.candidate(frame_index, stored) for each in _proposals(state, object_id, frame_index, features)]


def apply_candidate(
    state: SessionState, object_id: int, frame_index: int, adapter_id: str, force: bool, interaction: Interaction
) -> Steps[None, FrameMasks]:
    """Makes an adapter's mask the object's mask on a frame; later frames are tracked from it.

    Raises:
        LitError: LORA_NOT_TRAINED, ADAPTER_NOT_FOUND, FEATURES_NOT_CAPTURED, INVALID_MASK where the adapter's mask is
            empty, or FRAME_CONFIRMED where a person confirmed the frame's mask, unless `force`.
        TrackingNeeded: the frame's features are missing or stale, and frames up to it are not tracked.
    """
    yield from ()
    check_known(state, object_id, frame_index)
    check_adapter(state, object_id, adapter_id)
    check_not_confirmed(state, object_id, frame_index, force)
    features = capture_features(state, object_id, frame_index)
    proposals = _proposals(state, object_id, frame_index, features)
    proposal = next(each for each in proposals if each.adapter_id == adapter_id)
    if not proposal.mask.any():
        raise LitError(
            ErrorCode.INVALID_MASK,
            f"adapter {adapter_id} finds nothing on frame {frame_index}; nothing was applied",
        )
    prompt = MaskPrompt(proposal.mask)
    made = state.tracker.prompt(object_id, frame_index, prompt)
    accepted = replace(made, predicted_iou=proposal.predicted_iou, object_score=proposal.object_score)
    store_prompt(state, frame_index, prompt, accepted, MaskSource.LORA, interaction)
    return state.masks_on(frame_index)


def _proposals(state: SessionState, object_id: int, frame_index: int, features: DecoderFeatures) -> Iterator[Proposal]:
    bank = state.banks[object_id]
    for each in state.relieved(lambda: ranked_candidates(state.lora_model, bank, features, frame_index)):
        yield propose(state.tracker, object_id, each)
