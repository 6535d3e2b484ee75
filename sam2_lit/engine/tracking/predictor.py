"""SAM 2's video predictor, with its decoder's inputs kept and its video read frame by frame."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from importlib.util import find_spec
from typing import Any

import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.device.graphs import as_graph
from sam2_lit.engine.device.helper_thread import HelperThread
from sam2_lit.engine.device.mapped_tensors import all_in_mapped_memory, in_mapped_memory
from sam2_lit.engine.device.preemption import NeverPreempted, Preemption
from sam2_lit.engine.models.loading import autocast
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding, ImageEncoder
from sam2_lit.engine.tracking.memory_attention import Ahead, FrameOutput, MemoryAttention, ReadMemory
from sam2_lit.engine.tracking.memory_encoder import MemoryEncoder
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from sam2_lit.engine.tracking.weight_layout import lay_out
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter, attached

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


@dataclass(frozen=True, eq=False)
class DecodedObjects:
    """The mask decoder's answer for B objects on a tracked frame.

    - logits: [B, 1, 4h, 4w] float32, the object is where they are over 0; -1024 everywhere where it is absent.
    - image_logits: [B, 1, S, S], the same at the model's image size.
    - pointers: [B, C], object pointers.
    - object_scores: [B, 1], logits; over 0 the object is in the frame.
    - predicted_ious: [B], 0 to 1.
    """

    logits: torch.Tensor
    image_logits: torch.Tensor
    pointers: torch.Tensor
    object_scores: torch.Tensor
    predicted_ious: torch.Tensor

    def replaced(self, index: int, by: "DecodedObjects") -> "DecodedObjects":
        """These with object `index` decoded another way, `by` a batch of one."""
        pairs = ((getattr(self, each.name), getattr(by, each.name)) for each in fields(self))
        return DecodedObjects(*(torch.cat([all_[:index], one, all_[index + 1 :]]) for all_, one in pairs))


class LitPredictor(SAM2VideoPredictor):
    """The official predictor, its numbers kept up to rounding.

    Prompts run through the official code. Frames are tracked by `condition`, `decode` and `encode_memory`, in inference
    mode: the official steps, for all objects at once.

    A frame that is corrected after it was tracked conditions later frames (`add_all_frames_to_correct_as_cond`):
    otherwise propagating over the frame again would lose the correction.
    """

    def __init__(self, **configuration: Any) -> None:
        configuration["add_all_frames_to_correct_as_cond"] = True
        if find_spec("sam2._C") is None:
            # Without sam2's CUDA extension the official predictor leaves holes as they are too, with a warning a frame.
            configuration["fill_hole_area"] = 0
        # It is for masks of one batch that must not overlap; the official predictor's batches are of one object.
        configuration["non_overlap_masks_for_mem_enc"] = False
        super().__init__(**configuration)
        self.decoder_pass: DecoderPass | None = None
        self.preemption: Preemption = NeverPreempted()
        self.helper = HelperThread(lambda: self.preemption)
        self._memory_positions: list[torch.Tensor] | None = None
        self._device: torch.device | None = None
        self.memory_attention.register_forward_pre_hook(_memory_in_float32, with_kwargs=True)

    @property
    def device(self) -> torch.device:
        """Where the weights are, which SAM2Base looks up among its parameters each time; it stays once prepared."""
        found: torch.device = self._device or super().device
        return found

    @torch.inference_mode()
    def init_state(self, frames: FrameSource, pool: MemoryPool) -> InferenceState:
        """The state that SAM2VideoPredictor.init_state makes, over frames that are decoded when they are asked for.

        Tracked frames are held by `pool`.
        """
        self.prepare()
        return {
            "memory_pool": pool,
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

    @torch.inference_mode(False)
    @torch.no_grad()
    def prepare(self, *, compiled: bool = False) -> None:
        """Lays the model out for inference, once its weights are loaded and it is on its device. Again is harmless.

        `compiled` puts the image encoder and the memory encoder through torch.compile, which `warm_up` then runs.
        """
        if hasattr(self, "conditioner"):
            return
        self._device = self.device
        # Graphs hold weights as constants.
        self.requires_grad_(False)
        lay_out(self)
        # Positions of the decoder's pixels: the same for every frame and prompt.
        positions = self.sam_prompt_encoder.get_dense_pe()
        self.sam_prompt_encoder.get_dense_pe = lambda: positions
        self.embedder = ImageEncoder(self, compiled=compiled)
        self.write_memory = MemoryEncoder(self, compiled=compiled)
        if not compiled:
            for part in (*self.memory_encoder.mask_downsampler.encoder, *self.memory_encoder.fuser.layers):
                part.register_forward_pre_hook(lambda *_: self.preemption_point())
        self.conditioner = MemoryAttention(self)
        side, width = self.sam_image_embedding_size, self.hidden_dim
        levels = [torch.zeros(2, width, side, side)]
        if self.use_high_res_features_in_sam:
            levels += [torch.zeros(2, width // 8, 4 * side, 4 * side), torch.zeros(2, width // 4, 2 * side, 2 * side)]
        self._decode_traced = as_graph(self._decode, *(level.to(self.device) for level in levels))

    def preemption_point(self) -> None:
        """Called between the parts of encoding and tracking a frame: a click may go first, on any thread."""
        self.preemption.yield_to_interactive()

    @torch.inference_mode()
    def warm_up(self) -> None:
        """Runs every part once on a black frame, so that the first click does not wait for what the first run makes."""
        embedding = self.encode_image(torch.zeros(3, self.image_size, self.image_size))
        for _ in range(2):
            decoded = self.decode(embedding, embedding.top)
            [output] = self.encode_memory(embedding, decoded)
            self.condition(embedding, [self.conditioner.read(1, False, {0: output}, {}, 2)], 2)

    @torch.inference_mode()
    def encode_image(self, image: torch.Tensor) -> FrameEmbedding:
        """The embedding of a frame [3, S, S]. Safe beside tracking."""
        with autocast(self.device):
            high_resolution, top = self.embedder(image.to(self.device).float().unsqueeze(0))
            levels = tuple(in_mapped_memory(level) for level in high_resolution)
            return FrameEmbedding(
                levels, in_mapped_memory(top), in_mapped_memory(self.conditioner.first_attention(top))
            )

    def condition(
        self,
        embedding: FrameEmbedding,
        memories: Sequence[ReadMemory],
        frame_count: int,
        ahead: Ahead | None = None,
    ) -> torch.Tensor:
        """The frame's features conditioned on B objects' memory, [B, C, h, w]; `ahead` is what was begun of it."""
        with autocast(self.device):
            return self.conditioner.condition(embedding.attended, memories, frame_count, ahead)

    def decode(
        self, embedding: FrameEmbedding, conditioned: torch.Tensor, adapter: Adapter | None = None
    ) -> "DecodedObjects":
        """The masks of B objects on a tracked frame, from features [B, C, h, w] conditioned on their memory.

        With an adapter, as the mask decoder makes them while it is attached.
        """
        with autocast(self.device):
            if adapter is not None:
                with attached(self.sam_mask_decoder, adapter):
                    return DecodedObjects(*self._decode(conditioned, *embedding.high_resolution))
            half = len(conditioned) // 2
            # Cut also where there is one core: what a product of more objects sums up may round otherwise.
            groups = [conditioned[:half], conditioned[half:]] if half and self.device.type == "cpu" else [conditioned]
            made = self.helper.share([partial(self._decode_group, embedding, group) for group in groups])
        return DecodedObjects(*(made[0] if len(made) == 1 else map(torch.cat, zip(*made, strict=True))))

    def _decode_group(self, embedding: FrameEmbedding, conditioned: torch.Tensor) -> tuple[torch.Tensor, ...]:
        levels = [level.expand(len(conditioned), -1, -1, -1) for level in embedding.high_resolution]
        decoded: tuple[torch.Tensor, ...] = self._decode_traced(conditioned, *levels)
        return decoded

    def _decode(self, conditioned: torch.Tensor, *levels: torch.Tensor) -> tuple[torch.Tensor, ...]:
        _, _, ious, low, high, pointers, scores = self._forward_sam_heads(
            backbone_features=conditioned,
            high_res_features=list(levels) or None,
            multimask_output=self.multimask_on_tracked_frames,
        )
        # The decoder answers with the mask of the highest estimate (SAM2Base._forward_sam_heads).
        return low, high, pointers, scores, ious.float().amax(dim=-1)

    def encode_memory(self, embedding: FrameEmbedding, decoded: "DecodedObjects") -> list[FrameOutput]:
        """What later frames remember of B objects, as SAM2VideoPredictor._run_single_frame_inference keeps it."""
        with autocast(self.device):
            features = self.write_memory(embedding.top, decoded.image_logits, decoded.object_scores)
        if self._memory_positions is None:
            encoding = self.memory_encoder.position_encoding(features[:1])
            self._memory_positions = [encoding.to(decoded.logits.dtype).clone()]
        kept = all_in_mapped_memory([features, decoded.logits, decoded.pointers, decoded.object_scores])
        names = ("maskmem_features", "pred_masks", "obj_ptr", "object_score_logits")
        return [
            {"maskmem_pos_enc": self._memory_positions}
            | {name: tensor[each : each + 1] for name, tensor in zip(names, kept, strict=True)}
            for each in range(len(features))
        ]

    @property
    def multimask_on_tracked_frames(self) -> bool:
        """Whether a tracked frame's mask is the best of the decoder's three, rather than its single one."""
        return bool(self._use_multimask(is_init_cond_frame=False, point_inputs=None))

    def _obj_id_to_idx(self, inference_state: InferenceState, obj_id: int) -> int:
        is_new = obj_id not in inference_state["obj_id_to_idx"]
        index: int = super()._obj_id_to_idx(inference_state, obj_id)
        if is_new:
            frames = inference_state["memory_pool"].frames()
            inference_state["output_dict_per_obj"][index]["non_cond_frame_outputs"] = frames
        return index

    def _get_image_feature(self, inference_state: InferenceState, frame_idx: int, batch_size: int) -> tuple[Any, ...]:
        embedding: FrameEmbedding = inference_state["images"].embedding(frame_idx)
        levels = [level.expand(batch_size, -1, -1, -1) for level in (*embedding.high_resolution, embedding.top)]
        features = [level.flatten(2).permute(2, 0, 1) for level in levels]
        position = self.conditioner.position.transpose(0, 1).expand(-1, batch_size, -1)
        # The last level is the only one whose positions and image are read.
        return None, None, features, [position], [tuple(level.shape[-2:]) for level in levels]

    def _consolidate_temp_output_across_obj(
        self, inference_state: InferenceState, frame_idx: int, is_cond: bool, consolidate_at_video_res: bool = False
    ) -> dict[str, torch.Tensor]:
        # A prompt answers with its own object's mask: the others' are not scaled up for nothing.
        size = (inference_state["video_height"], inference_state["video_width"])
        return {"pred_masks_video_res": torch.empty(1, 1, *size, device=self.device)}

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
                multimask=self.multimask_on_tracked_frames,
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
