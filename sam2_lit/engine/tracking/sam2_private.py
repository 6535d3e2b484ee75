"""All private API of sam2 that is used, overridden in one class and checked when a model is built."""

import inspect
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.device.attention_kernels import attention_to_any_shape
from sam2_lit.engine.models.registry import ModelError
from sam2_lit.engine.tracking.every_nth import as_if_no_others, tracked_count
from sam2_lit.engine.tracking.frame_output import FrameOutput
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.sam2_state import InferenceState, Sam2State, keep_predicted_iou
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt, Prompt

_OVERRIDDEN: dict[str, tuple[str, ...]] = {
    "_obj_id_to_idx": ("inference_state", "obj_id"),
    "_get_image_feature": ("inference_state", "frame_idx", "batch_size"),
    "_consolidate_temp_output_across_obj": ("inference_state", "frame_idx", "is_cond", "consolidate_at_video_res"),
    "_prepare_memory_conditioned_features": (
        "frame_idx",
        "is_init_cond_frame",
        "current_vision_feats",
        "current_vision_pos_embeds",
        "feat_sizes",
        "output_dict",
        "num_frames",
        "track_in_reverse",
    ),
    "_track_step": (
        "frame_idx",
        "is_init_cond_frame",
        "current_vision_feats",
        "current_vision_pos_embeds",
        "feat_sizes",
        "point_inputs",
        "mask_inputs",
        "output_dict",
        "num_frames",
        "track_in_reverse",
        "prev_sam_mask_logits",
    ),
}
"""The private methods of SAM2VideoPredictor and SAM2Base that are overridden, and their parameters."""

_CALLED: dict[str, tuple[str, ...]] = {
    "_run_memory_encoder": (
        "inference_state",
        "frame_idx",
        "batch_size",
        "high_res_masks",
        "object_score_logits",
        "is_mask_from_pts",
    ),
    "_run_single_frame_inference": (
        "inference_state",
        "output_dict",
        "frame_idx",
        "batch_size",
        "is_init_cond_frame",
        "point_inputs",
        "mask_inputs",
        "reverse",
        "run_mem_encoder",
        "prev_sam_mask_logits",
    ),
}
"""Those that are called."""


@dataclass(frozen=True, eq=False)
class PromptedMask:
    """The mask that a prompt makes, and the model's own estimates of it.

    - logits: [1, 1, 4h, 4w], mask logits; over 0 is the object.
    - predicted_iou: 0 to 1. object_score: a logit, over 0 the object is in the frame.
    """

    logits: Tensor
    predicted_iou: float
    object_score: float


class PromptPredictor(SAM2VideoPredictor):
    """The official predictor for prompts, over frames that are decoded on demand. A prompt returns what it makes.

    A frame that is corrected after it was tracked becomes a conditioning frame (`add_all_frames_to_correct_as_cond`):
    otherwise propagating over the frame again would lose the correction.
    """

    vision_position: Tensor
    """Position encoding of a frame's tokens, [1, N, C]; subclasses set it."""

    def __init__(self, **configuration: Any) -> None:
        """Raises ModelError where the installed sam2 has another private API than the one this is written for."""
        _check_private_api()
        configuration["add_all_frames_to_correct_as_cond"] = True
        # Holes are filled by sam2's CUDA extension, which is rarely built; the masks of prompts and those of tracked
        # frames, which our own code makes, are to be the same with it and without.
        configuration["fill_hole_area"] = 0
        # It is for masks of one batch that must not overlap; the official predictor's batches are of one object.
        configuration["non_overlap_masks_for_mem_enc"] = False
        super().__init__(**configuration)
        self.memory_attention.register_forward_pre_hook(_memory_in_float32, with_kwargs=True)

    def init_state(self, frames: FrameSource, pool: MemoryPool, frame_step: int = 1) -> Sam2State:
        """The state of a video whose frames are decoded on demand, and whose tracked frames `pool` holds."""
        return Sam2State.new(frames, pool, self.device, frame_step)

    def add_object(self, state: Sam2State, object_id: int) -> None:
        """Makes an object, unless the state has it."""
        self._obj_id_to_idx(state.raw, object_id)

    def add_prompt(self, state: Sam2State, object_id: int, frame_index: int, prompt: Prompt) -> PromptedMask:
        """Adds a prompt to an object, new or not. Points and boxes are in 0 to 1 of the video's width and height.

        Points that clear earlier ones, and boxes, read nothing of the frame's earlier prompts.
        """
        prior = state.prior(object_id, frame_index)
        if forgets(prompt):
            made = self.add_refining_prompt(state, object_id, frame_index, prompt, prior)
        else:
            made = self._add_prompt(state, object_id, frame_index, prompt)
        state.keep_prior(object_id, frame_index, prior)
        return made

    def add_refining_prompt(
        self, state: Sam2State, object_id: int, frame_index: int, prompt: Prompt, mask: Tensor | None
    ) -> PromptedMask:
        """As `add_prompt`, of a prompt that refines a mask, logits [1, 1, 4h, 4w]; None is none."""
        self.add_object(state, object_id)
        with state.forgotten(object_id, frame_index, mask):
            return self._add_prompt(state, object_id, frame_index, prompt)

    def add_prompt_alone(self, state: Sam2State, object_id: int, frame_index: int, prompt: Prompt) -> PromptedMask:
        """As `add_prompt` on a frame that was not tracked and has no other prompt, whatever it has."""
        self.add_object(state, object_id)
        with state.forgotten(object_id, frame_index, None, is_tracked=False):
            return self._add_prompt(state, object_id, frame_index, prompt)

    def _add_prompt(self, state: Sam2State, object_id: int, frame_index: int, prompt: Prompt) -> PromptedMask:
        match prompt:
            case MaskPrompt(mask):
                self.add_new_mask(state.raw, frame_index, object_id, torch.from_numpy(mask))
            case PointPrompt(points, labels, clear_old_points):
                self.add_new_points_or_box(
                    state.raw,
                    frame_index,
                    object_id,
                    points=np.asarray(points, dtype=np.float32),
                    labels=np.asarray(labels, dtype=np.int32),
                    clear_old_points=clear_old_points,
                    normalize_coords=False,
                )
            case BoxPrompt(box):
                self.add_new_points_or_box(
                    state.raw,
                    frame_index,
                    object_id,
                    box=np.asarray(box, dtype=np.float32),
                    normalize_coords=False,
                )
        output = state.prompt_output(object_id, frame_index)
        estimates = [state.take_predicted_iou(object_id), output["object_score_logits"].float().squeeze()]
        return PromptedMask(output["pred_masks"], *torch.stack(estimates).tolist())

    def mask_as_logits(self, mask: Tensor) -> Tensor:
        """A mask, bool [H, W], as the decoder's mask input, logits [1, 1, 4h, 4w]: `SAM2Base._use_mask_as_output`."""
        logits = mask[None, None].float().to(self.device) * 20 - 10
        side = self.image_size // 4
        return F.interpolate(logits, size=(side, side), mode="bilinear", align_corners=False, antialias=True)

    def encode_prompt_memory(self, state: Sam2State, object_id: int, frame_index: int) -> None:
        """Encodes the memory of a restored conditioning output, as `propagate_in_video_preflight` does."""
        output = state.conditioning_outputs(object_id)[frame_index]
        size = (self.image_size, self.image_size)
        output["maskmem_features"], output["maskmem_pos_enc"] = self._run_memory_encoder(
            inference_state=state.raw,
            frame_idx=frame_index,
            batch_size=1,
            high_res_masks=F.interpolate(output["pred_masks"], size=size, mode="bilinear", align_corners=False),
            object_score_logits=output["object_score_logits"],
            is_mask_from_pts=True,
        )

    def mask_output(self, state: Sam2State, frame_index: int, mask: Tensor) -> FrameOutput:
        """What the official predictor makes of a mask as the only prompt, with its memory.

        `mask` is float [1, 1, S, S], 1 on the object, at the model's image size. The memory of an empty mask is that of
        "no object".
        """
        output: FrameOutput
        output, _ = self._run_single_frame_inference(
            inference_state=state.raw,
            output_dict={},
            frame_idx=frame_index,
            batch_size=1,
            is_init_cond_frame=True,
            point_inputs=None,
            mask_inputs=mask,
            reverse=False,
            run_mem_encoder=True,
        )
        return output

    def _obj_id_to_idx(self, inference_state: InferenceState, obj_id: int) -> int:
        state = Sam2State(inference_state)
        is_new = obj_id not in state
        index: int = super()._obj_id_to_idx(inference_state, obj_id)
        if is_new:
            state.use_pool(obj_id)
        return index

    def _get_image_feature(self, inference_state: InferenceState, frame_idx: int, batch_size: int) -> tuple[Any, ...]:
        embedding = Sam2State(inference_state).frames.embedding(frame_idx)
        levels = [level.expand(batch_size, -1, -1, -1) for level in (*embedding.high_resolution, embedding.top)]
        features = [level.flatten(2).permute(2, 0, 1) for level in levels]
        position = self.vision_position.transpose(0, 1).expand(-1, batch_size, -1)
        # SAM 2 reads neither the image nor the positions of other levels.
        return None, None, features, [position], [tuple(level.shape[-2:]) for level in levels]

    def _consolidate_temp_output_across_obj(
        self, inference_state: InferenceState, frame_idx: int, is_cond: bool, consolidate_at_video_res: bool = False
    ) -> dict[str, Tensor]:
        # `add_prompt` returns the mask of its own object: the others' need not be enlarged.
        return {"pred_masks_video_res": torch.empty(1, 1, *Sam2State(inference_state).video_size, device=self.device)}

    def _prepare_memory_conditioned_features(
        self, frame_idx: int, *, output_dict: dict[str, Any], num_frames: int, **others: Any
    ) -> Tensor:
        # SAM2Base._track_step passes them by name.
        outputs, step = as_if_no_others(output_dict)
        # Only here, so that a frame which a click encodes is encoded as one that is tracked.
        with attention_to_any_shape(self.device):
            conditioned: Tensor = super()._prepare_memory_conditioned_features(
                frame_idx=frame_idx // step, output_dict=outputs, num_frames=tracked_count(num_frames, step), **others
            )
        return conditioned

    def _track_step(self, *arguments: Any) -> tuple[Any, ...]:
        # SAM2Base.track_step passes them by position.
        step: tuple[Any, ...] = super()._track_step(*arguments)
        _, (_, _, ious, *_), _, _ = step
        # The decoder's mask is the one with the highest estimate (SAM2Base._forward_sam_heads).
        keep_predicted_iou(arguments[_OVERRIDDEN["_track_step"].index("output_dict")], ious.float().max())
        return step


def forgets(prompt: Prompt) -> bool:
    """Whether a prompt is answered as if nothing had been said of its frame before."""
    return isinstance(prompt, BoxPrompt) or (isinstance(prompt, PointPrompt) and prompt.clear_old_points)


def _check_private_api() -> None:
    for name, parameters in (_OVERRIDDEN | _CALLED).items():
        method = getattr(SAM2VideoPredictor, name, None)
        if method is None or tuple(inspect.signature(method).parameters)[1:] != parameters:
            raise ModelError(
                f"sam2 {version('sam2')} has no SAM2VideoPredictor.{name}({', '.join(parameters)}), which sam2-lit"
                " uses: install the version of sam2 that its pyproject.toml names"
            )


def _memory_in_float32(
    memory_attention: torch.nn.Module, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    # Memory is stored in bfloat16. Concatenated with object pointers it becomes float32, but a frame tracked from later
    # prompts alone has none, and without autocast the official predictor fails there.
    return arguments, {**keywords, "memory": keywords["memory"].to(keywords["curr"][0].dtype)}
