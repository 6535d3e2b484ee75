"""SAM 2's video predictor, with its decoder's inputs kept and its video read frame by frame."""

from collections import OrderedDict
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.frames import EncodedFrame, FrameSource
from sam2_lit.lora.features import DecoderFeatures

InferenceState = dict[str, Any]
"""SAM 2's own state of a video: sam2.sam2_video_predictor.SAM2VideoPredictor.init_state says what is in it."""


@dataclass(frozen=True)
class DecoderPass:
    """What went into the mask decoder the last time it ran, and its own estimates of what came out.

    `features` is None where the image features were not conditioned on memory: on an object's first prompted frame,
    and for a mask prompt.
    """

    features: DecoderFeatures | None
    predicted_iou: float
    object_score: float


class LitPredictor(SAM2VideoPredictor):
    """The official predictor; its numbers are untouched.

    A frame that is corrected after it was tracked conditions later frames (`add_all_frames_to_correct_as_cond`):
    otherwise propagating over the frame again would lose the correction.
    """

    def __init__(self, **configuration: Any) -> None:
        configuration["add_all_frames_to_correct_as_cond"] = True
        if find_spec("sam2._C") is None:
            # Without sam2's CUDA extension the official predictor leaves holes as they are too, with a warning a frame.
            configuration["fill_hole_area"] = 0
        super().__init__(**configuration)
        self.decoder_pass: DecoderPass | None = None
        self.memory_attention.register_forward_pre_hook(_memory_in_float32, with_kwargs=True)

    @torch.inference_mode()
    def init_state(self, frames: FrameSource) -> InferenceState:
        """The state that SAM2VideoPredictor.init_state makes, over frames that are decoded when they are asked for."""
        return {
            "images": frames,
            "num_frames": len(frames),
            "offload_video_to_cpu": False,
            "offload_state_to_cpu": False,
            "video_height": frames.height,
            "video_width": frames.width,
            "device": self.device,
            "storage_device": self.device,
            "point_inputs_per_obj": {},
            "mask_inputs_per_obj": {},
            "cached_features": {},
            "constants": {},
            "obj_id_to_idx": OrderedDict(),
            "obj_idx_to_id": OrderedDict(),
            "obj_ids": [],
            "output_dict_per_obj": {},
            "temp_output_dict_per_obj": {},
            "frames_tracked_per_obj": {},
        }

    @torch.inference_mode()
    def encode_image(self, image: torch.Tensor) -> EncodedFrame:
        """A frame, [3, S, S], and its embeddings, as SAM2VideoPredictor keeps them. Safe beside tracking."""
        batch = image.to(self.device).float().unsqueeze(0)
        return batch, self.forward_image(batch)

    def _get_image_feature(self, inference_state: InferenceState, frame_idx: int, batch_size: int) -> tuple[Any, ...]:
        if frame_idx not in inference_state["cached_features"]:
            encoded = inference_state["images"].encoded(frame_idx)
            if encoded is not None:
                inference_state["cached_features"] = {frame_idx: encoded}
        features: tuple[Any, ...] = super()._get_image_feature(inference_state, frame_idx, batch_size)
        return features

    def _track_step(
        self,
        frame_idx: int,
        is_init_cond_frame: bool,
        current_vision_feats: list[torch.Tensor],
        current_vision_pos_embeds: list[torch.Tensor],
        feat_sizes: list[tuple[int, int]],
        point_inputs: dict[str, torch.Tensor] | None,
        mask_inputs: torch.Tensor | None,
        *memory_arguments: Any,
    ) -> tuple[Any, ...]:
        output: tuple[Any, ...] = super()._track_step(
            frame_idx,
            is_init_cond_frame,
            current_vision_feats,
            current_vision_pos_embeds,
            feat_sizes,
            point_inputs,
            mask_inputs,
            *memory_arguments,
        )
        _, sam_outputs, high_resolution, image_embedding = output
        _, _, ious, _, _, _, object_score_logits = sam_outputs
        features = None
        if not is_init_cond_frame and mask_inputs is None:
            features = DecoderFeatures(
                image_embedding=image_embedding,
                high_resolution=tuple(high_resolution or ()),
                multimask=self._use_multimask(is_init_cond_frame=False, point_inputs=None),
            )
        # The decoder answers with the mask of the highest estimate (SAM2Base._forward_sam_heads).
        estimates = torch.stack([ious.float().max(), object_score_logits.float().squeeze()]).tolist()
        self.decoder_pass = DecoderPass(features, *estimates)
        return output


def _memory_in_float32(
    memory_attention: torch.nn.Module, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    # Memory is kept in bfloat16. Object pointers beside it make it float32, but a frame tracked from later prompts
    # alone has none, and without autocast the official predictor fails there.
    return arguments, {**keywords, "memory": keywords["memory"].to(keywords["curr"][0].dtype)}
