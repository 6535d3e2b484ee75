"""Prompts on a frame that has a mask already: clicks change what is around them, boxes what is outside of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sam2_lit.engine.sessions.box_masks import FITS, fit, within
from sam2_lit.engine.sessions.mask_blending import blended
from sam2_lit.engine.sessions.session_state import GivenMask, SessionState
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE, BoolMask
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt, Prompt
from sam2_lit.records.results import MaskSource
from sam2_lit.store.saved_session import SavedPrompt


def refined_mask(
    state: SessionState, object_id: int, frame_index: int, prompt: Prompt
) -> tuple[GivenMask, BoolMask] | None:
    """What clicks make of a mask that was drawn, imported, accepted or, for some models, tracked; or what a box makes.

    Returns the mask with all its clicks, and the result, bool [H, W]. None where the model's own answer is the mask:
    the prompt is a mask, clicks have no mask to change or leave nothing of it, or a box has nothing to cut off.
    """
    if isinstance(prompt, BoxPrompt) and state.device.model.prompts_are_local:
        return _boxed(state, object_id, frame_index, prompt)
    if not isinstance(prompt, PointPrompt):
        return None
    given = state.given_masks.get((object_id, frame_index))
    given = given or _imported(state, object_id, frame_index) or _tracked(state, object_id, frame_index, prompt)
    if given is None:
        return None
    points, labels = prompt.points, prompt.labels
    if not prompt.clear_old_points:
        points, labels = (*given.points, *points), (*given.labels, *labels)
    mask = masks.decode(given.rle)
    proposal = state.tracker.refine(object_id, frame_index, PointPrompt(points, labels, True), mask)
    result = blended(mask, proposal, points, labels)
    return (replace(given, points=points, labels=labels), result) if result.any() else None


def note_prompt(
    state: SessionState, object_id: int, frame_index: int, prompt: Prompt, made: RLE, refined: GivenMask | None
) -> None:
    """Notes what further clicks on the frame change; `made` is the mask that the prompt made."""
    if refined is None and isinstance(prompt, MaskPrompt) and not prompt.is_empty:
        refined = GivenMask(made)
    if refined is not None:
        state.given_masks[object_id, frame_index] = refined
    else:
        state.given_masks.pop((object_id, frame_index), None)


def saved_prompts(prompt: Prompt, refined: GivenMask | None) -> tuple[Sequence[Prompt | RLE], bool]:
    """The prompts of a frame that are stored, and whether they replace the earlier ones."""
    if refined is not None:
        clicks = [PointPrompt(refined.points, refined.labels, True)] if refined.points else []
        return [refined.rle, *clicks], True
    return [prompt], not isinstance(prompt, PointPrompt) or prompt.clear_old_points


def restored_mask(prompts: Sequence[SavedPrompt]) -> GivenMask | None:
    """The given mask of a frame with these prompts, oldest first."""
    if not prompts or not isinstance(prompts[0], RLE) or masks.is_empty(prompts[0]):
        return None
    clicks = [each for each in prompts[1:] if isinstance(each, PointPrompt)]
    points = tuple(point for each in clicks for point in each.points)
    return GivenMask(prompts[0], points, tuple(label for each in clicks for label in each.labels))


def _boxed(
    state: SessionState, object_id: int, frame_index: int, prompt: BoxPrompt
) -> tuple[GivenMask, BoolMask] | None:
    """The tracked mask within the box, or the model's answer to the box alone where that fits the box better."""
    tracked = state.tracker.tracked_mask(object_id, frame_index)
    found = None if tracked is None else within(tracked, prompt.box)
    if found is None or fit(found, prompt.box) < FITS:
        answer = state.tracker.segment(object_id, frame_index, prompt)
        cut = within(answer, prompt.box)
        if found is None and np.array_equal(cut, answer):
            return None
        if found is None or fit(cut, prompt.box) > fit(found, prompt.box):
            found = cut
    return (GivenMask(masks.encode(found)), found) if found.any() else None


def _imported(state: SessionState, object_id: int, frame_index: int) -> GivenMask | None:
    stored = state.masks.get(frame_index, object_id)
    return GivenMask(stored.rle) if stored is not None and stored.source is MaskSource.IMPORTED else None


def _tracked(state: SessionState, object_id: int, frame_index: int, prompt: PointPrompt) -> GivenMask | None:
    """The tracked mask of a frame without other prompts than this one, where the model's clicks are local."""
    memory = state.tracker.memories.get(object_id)
    if not state.device.model.prompts_are_local or memory is None:
        return None
    if frame_index in memory.prompted and not prompt.clear_old_points:
        return None
    mask = state.tracker.tracked_mask(object_id, frame_index)
    return GivenMask(masks.encode(mask)) if mask is not None and mask.any() else None
