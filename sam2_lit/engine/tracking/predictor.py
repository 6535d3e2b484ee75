"""SAM 2's video predictor: prompts by the official code, tracked frames by our own.

All of SAM 2's private API that is used is overridden here, and listed in `_OVERRIDDEN`.
"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor

from sam2_lit.engine.device.helper_thread import HelperThread
from sam2_lit.engine.device.mapped_tensors import all_in_mapped_memory, in_mapped_memory
from sam2_lit.engine.device.preemption import NeverPreempted, Preemption
from sam2_lit.engine.models.loading import autocast
from sam2_lit.engine.models.registry import ModelError
from sam2_lit.engine.tracking.frame_output import FrameOutput, from_own_tensors
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding, ImageEncoder
from sam2_lit.engine.tracking.mask_decoder import DecodedObjects, MaskDecoder
from sam2_lit.engine.tracking.memory_attention import LookAhead, MemoryAttention
from sam2_lit.engine.tracking.memory_encoder import MemoryEncoder
from sam2_lit.engine.tracking.memory_reader import MemoryReader, SelectedMemory
from sam2_lit.engine.tracking.sam2_state import InferenceState, Sam2State, keep_predicted_iou
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from sam2_lit.engine.tracking.weight_layout import lay_out
from sam2_lit.lora.layers import Adapter
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt, Prompt

_OVERRIDDEN = {
    "_obj_id_to_idx": ("inference_state", "obj_id"),
    "_get_image_feature": ("inference_state", "frame_idx", "batch_size"),
    "_consolidate_temp_output_across_obj": ("inference_state", "frame_idx", "is_cond", "consolidate_at_video_res"),
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


@dataclass(frozen=True, eq=False)
class PromptedMask:
    """The mask that a prompt makes, and the model's own estimates of it.

    - logits: [1, 1, 4h, 4w], mask logits; over 0 is the object.
    - predicted_iou: 0 to 1. object_score: a logit, over 0 the object is in the frame.
    """

    logits: Tensor
    predicted_iou: float
    object_score: float


class LitPredictor(SAM2VideoPredictor):
    """The official predictor, with equal results up to rounding. One device uses it at a time.

    Prompts run through the official code. Frames are tracked by `condition`, `decode` and `encode_memory`, in inference
    mode: the official steps, for all objects at once. SAM 2's own modules are `image_encoder`, `memory_attention`,
    `sam_mask_decoder` and `memory_encoder`. Our classes ImageEncoder, MemoryAttention, MaskDecoder and MemoryEncoder
    compute the same from their weights, only faster: the attributes `fast_…`.

    A frame that is corrected after it was tracked becomes a conditioning frame (`add_all_frames_to_correct_as_cond`):
    otherwise propagating over the frame again would lose the correction.
    """

    def __init__(self, **configuration: Any) -> None:
        """Raises ModelError where the installed sam2 has another private API than the one this is written for."""
        _check_private_api()
        configuration["add_all_frames_to_correct_as_cond"] = True
        if find_spec("sam2._C") is None:
            # Without sam2's CUDA extension the official predictor does not fill holes either, and warns on each frame.
            configuration["fill_hole_area"] = 0
        # It is for masks of one batch that must not overlap; the official predictor's batches are of one object.
        configuration["non_overlap_masks_for_mem_enc"] = False
        super().__init__(**configuration)
        self.memory_reader = MemoryReader(self)
        self._preemption: Preemption = NeverPreempted()
        self._memory_positions: list[Tensor] | None = None
        self._device: torch.device | None = None
        self.memory_attention.register_forward_pre_hook(_memory_in_float32, with_kwargs=True)

    @property
    def device(self) -> torch.device:
        """Where the weights are. SAM2Base searches its parameters for it each time; once prepared it is fixed."""
        found: torch.device = self._device or super().device
        return found

    @torch.inference_mode(False)
    @torch.no_grad()
    def prepare(self, *, preemption: Preemption | None = None, compiled: bool = False) -> None:
        """Lays the model out for inference, once its weights are loaded and it is on its device.

        May be called again, which only changes what preempts it.

        Args:
            preemption: what may run between the parts of encoding and tracking a frame; nothing where it is None.
            compiled: puts the image encoder and the memory encoder through torch.compile, which `warm_up` then runs.
        """
        self._preemption = preemption or NeverPreempted()
        self.helper = HelperThread(self._preemption)
        if self._device is not None:
            return
        self._device = self.device
        # Graphs hold weights as constants.
        self.requires_grad_(False)
        lay_out(self)
        # Position encoding of the decoder's pixels: the same for every frame and prompt.
        positions = self.sam_prompt_encoder.get_dense_pe()
        self.sam_prompt_encoder.get_dense_pe = lambda: positions
        self.fast_image_encoder = ImageEncoder(self, compiled=compiled)
        self.fast_memory_encoder = MemoryEncoder(self, compiled=compiled)
        if not compiled:
            for part in (*self.memory_encoder.mask_downsampler.encoder, *self.memory_encoder.fuser.layers):
                part.register_forward_pre_hook(lambda *_: self.preemption_point())
        self.fast_memory_attention = MemoryAttention(self)
        self.fast_mask_decoder = MaskDecoder(self)

    def preemption_point(self) -> None:
        """Called between the parts of encoding and tracking a frame: a click may run here, on any thread."""
        self._preemption.yield_to_interactive()

    @torch.inference_mode()
    def warm_up(self) -> None:
        """Runs every part once on a black frame, so that the first click does not wait for one-time work."""
        embedding = self.encode_image(torch.zeros(3, self.image_size, self.image_size))
        for _ in range(2):
            decoded = self.decode(embedding, embedding.top)
            [output] = self.encode_memory(embedding, decoded)
            self.condition(embedding, [self.memory_reader.select(1, False, {0: output}, {}, 2)], 2)

    def init_state(self, frames: FrameSource, pool: MemoryPool) -> Sam2State:
        """The state of a video whose frames are decoded on demand, and whose tracked frames `pool` holds."""
        return Sam2State.new(frames, pool, self.device)

    def add_object(self, state: Sam2State, object_id: int) -> None:
        """Makes an object, unless the state has it."""
        self._obj_id_to_idx(state.raw, object_id)

    def add_prompt(self, state: Sam2State, object_id: int, frame_index: int, prompt: Prompt) -> PromptedMask:
        """Adds a prompt to an object, new or not. Points and boxes are in 0 to 1 of the video's width and height."""
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

    @torch.inference_mode()
    def encode_image(self, image: Tensor) -> FrameEmbedding:
        """The embedding of a frame [3, S, S]. May run while another thread tracks."""
        with autocast(self.device):
            high_resolution, top = self.fast_image_encoder(image.to(self.device).float().unsqueeze(0))
            levels = tuple(in_mapped_memory(level) for level in high_resolution)
            self_attended = in_mapped_memory(self.fast_memory_attention.first_attention(top))
            return FrameEmbedding(levels, in_mapped_memory(top), self_attended)

    def condition(
        self,
        embedding: FrameEmbedding,
        memories: Sequence[SelectedMemory],
        frame_count: int,
        ahead: LookAhead | None = None,
    ) -> Tensor:
        """The frame's features conditioned on B objects' memory, [B, C, h, w]; `ahead` is from `look_ahead`."""
        with autocast(self.device):
            return self.fast_memory_attention.condition(embedding.self_attended, memories, frame_count, ahead)

    def look_ahead(self, embedding: FrameEmbedding, memories: Sequence[SelectedMemory]) -> LookAhead:
        """Starts on the helper thread what `condition` will need, before the frame before is tracked."""
        return self.fast_memory_attention.look_ahead(embedding.self_attended, memories)

    def decode(self, embedding: FrameEmbedding, conditioned: Tensor, adapter: Adapter | None = None) -> DecodedObjects:
        """The masks of B objects on a tracked frame, from features [B, C, h, w] conditioned on the memory of each.

        With an adapter B is 1, and the mask decoder uses the adapter.
        """
        with autocast(self.device):
            return self.fast_mask_decoder(embedding, conditioned, adapter)

    def encode_memory(self, embedding: FrameEmbedding, decoded: DecodedObjects) -> list[FrameOutput]:
        """The output of each of B objects, with its memory for later frames."""
        with autocast(self.device):
            features = self.fast_memory_encoder(embedding.top, decoded.image_logits, decoded.object_scores)
        if self._memory_positions is None:
            encoding = self.memory_encoder.position_encoding(features[:1])
            self._memory_positions = [encoding.to(decoded.logits.dtype).clone()]
        tensors = all_in_mapped_memory([features, decoded.logits, decoded.pointers, decoded.object_scores])
        return [
            from_own_tensors([tensor[each : each + 1] for tensor in tensors], self._memory_positions)
            for each in range(len(features))
        ]

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
        position = self.fast_memory_attention.position.transpose(0, 1).expand(-1, batch_size, -1)
        # SAM 2 reads neither the image nor the positions of other levels.
        return None, None, features, [position], [tuple(level.shape[-2:]) for level in levels]

    def _consolidate_temp_output_across_obj(
        self, inference_state: InferenceState, frame_idx: int, is_cond: bool, consolidate_at_video_res: bool = False
    ) -> dict[str, Tensor]:
        # `add_prompt` returns the mask of its own object: the others' need not be enlarged.
        return {"pred_masks_video_res": torch.empty(1, 1, *Sam2State(inference_state).video_size, device=self.device)}

    def _track_step(self, *arguments: Any) -> tuple[Any, ...]:
        # SAM2Base.track_step passes them by position.
        step: tuple[Any, ...] = super()._track_step(*arguments)
        _, (_, _, ious, *_), _, _ = step
        # The decoder's mask is the one with the highest estimate (SAM2Base._forward_sam_heads).
        keep_predicted_iou(arguments[_OVERRIDDEN["_track_step"].index("output_dict")], ious.float().max())
        return step


def _check_private_api() -> None:
    for name, parameters in _OVERRIDDEN.items():
        method = getattr(SAM2VideoPredictor, name, None)
        if method is None or tuple(inspect.signature(method).parameters)[1:] != parameters:
            raise ModelError(
                f"sam2 {version('sam2')} has no SAM2VideoPredictor.{name}({', '.join(parameters)}), which sam2-lit"
                " overrides: install the version of sam2 that its pyproject.toml names"
            )


def _memory_in_float32(
    memory_attention: torch.nn.Module, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    # Memory is stored in bfloat16. Concatenated with object pointers it becomes float32, but a frame tracked from later
    # prompts alone has none, and without autocast the official predictor fails there.
    return arguments, {**keywords, "memory": keywords["memory"].to(keywords["curr"][0].dtype)}
