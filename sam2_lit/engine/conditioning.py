"""SAM 2's memory attention, for many objects of one frame at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from sam2.modeling.sam.transformer import RoPEAttention
from sam2.modeling.sam2_utils import get_1d_sine_pe, select_closest_cond_frames
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.cores import cores

# Projecting a memory costs its width for each key, attending to it as much as there are queries: below this share of
# the queries it is not worth keeping what was projected.
_WORTH_KEEPING = 1 / 20

FrameOutput = dict[str, Any]
"""What SAM 2 keeps of one object on one frame: SAM2VideoPredictor._run_single_frame_inference says what is in it.

Beside that, `projections` is there while it is worth keeping: for each layer of the memory attention, its keys
(without temporal encoding) and values, [N, D] each.
"""


@dataclass(frozen=True)
class ReadMemory:
    """What tracking one object on one frame reads.

    - frames: (temporal position, output) of each frame whose memory is attended to, in SAM 2's order; a prompted
      frame's position is 0.
    - pointers: (distance in frames, object pointer [1, C]) of each object pointer attended to.
    """

    frames: tuple[tuple[int, FrameOutput], ...]
    pointers: tuple[tuple[int, Tensor], ...]

    @property
    def layout(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Objects with the same one can be conditioned as one batch."""
        return tuple(position for position, _ in self.frames), tuple(distance for distance, _ in self.pointers)


class MemoryConditioner:
    """`SAM2Base._prepare_memory_conditioned_features` of tracked frames, equal up to rounding.

    What makes it cheaper than SAM2Base with the same weights:
    - objects run as one batch, and the first self-attention, which no memory has entered yet, once for a frame;
    - a frame's memory is projected to keys and values once, not each time that a later frame reads it: the projection
      and the rotary encoding are linear, so the temporal encoding, which changes with the distance, is added after;
    - encodings that depend on positions alone are kept.
    """

    def __init__(self, predictor: Any) -> None:
        self._predictor = predictor
        self._attention = predictor.memory_attention
        side = predictor.sam_image_embedding_size
        self._tokens = side * side
        device = predictor.device
        self.position = _flat(predictor.image_encoder.neck.position_encoding(torch.zeros(1, 1, side, side))).to(device)
        encoding = predictor.memory_encoder.position_encoding(torch.zeros(1, 1, side, side))
        self._memory_position = _flat(encoding).to(device)
        self._rotations = {
            attention: attention.compute_cis(end_x=side, end_y=side).to(device)
            for layer in self._attention.layers
            for attention in (layer.self_attn, layer.cross_attn_image)
            if isinstance(attention, RoPEAttention)
        }
        self._temporal: dict[tuple[int, int], Tensor] = {}
        self._keeps = bool(predictor.mem_dim >= self._tokens * _WORTH_KEEPING)

    def first_attention(self, top: Tensor) -> Tensor:
        """Features [1, C, h, w] after the first layer's self-attention, [1, N, C]: the same for every object."""
        output = _flat(top)
        if self._attention.pos_enc_at_input:
            output = output + 0.1 * self.position
        return self._attend_to_self(self._attention.layers[0], output)

    def read(
        self,
        frame_index: int,
        reverse: bool,
        prompted: dict[int, FrameOutput],
        tracked: Any,
        frame_count: int,
    ) -> ReadMemory:
        """Chooses what SAM2Base reads on a frame. `tracked` and `prompted` map a frame's index to its output."""
        predictor = self._predictor
        chosen, others = select_closest_cond_frames(frame_index, prompted, predictor.max_cond_frames_in_attn)
        frames = [(0, output) for output in chosen.values()]
        for position in range(1, predictor.num_maskmem):
            frame = self._memory_frame(frame_index, predictor.num_maskmem - position, reverse)
            output = tracked.get(frame) or others.get(frame)
            if output is not None:
                frames.append((position, output))
        pointers: list[tuple[int, Tensor]] = []
        if predictor.use_obj_ptrs_in_encoder:
            sign = -1 if reverse else 1
            for frame, output in chosen.items():
                distance = (frame_index - frame) * sign
                if distance >= 0 or not predictor.only_obj_ptrs_in_the_past_for_eval:
                    signed = predictor.use_signed_tpos_enc_to_obj_ptrs
                    pointers.append((distance if signed else abs(distance), output["obj_ptr"]))
            for distance in range(1, min(frame_count, predictor.max_obj_ptrs_in_encoder)):
                frame = frame_index - sign * distance
                if not 0 <= frame < frame_count:
                    break
                output = tracked.get(frame) or others.get(frame)
                if output is not None:
                    pointers.append((distance, output["obj_ptr"]))
        return ReadMemory(tuple(frames), tuple(pointers))

    def condition(self, attended: Tensor, memories: Sequence[ReadMemory], frame_count: int) -> Tensor:
        """Features conditioned on each object's memory.

        Args:
            attended: [1, N, C], from `first_attention`.
            memories: of B objects, all of one layout.
            frame_count: of the video; SAM 2 takes no more object pointers than that.

        Returns:
            [B, C, h, w], as the mask decoder takes it.
        """
        count = len(memories)
        pointers = self._pointers(memories, frame_count)
        output = attended
        between_parts = self._predictor.between_parts
        for index, layer in enumerate(self._attention.layers):
            between_parts()
            if index > 0:
                output = self._attend_to_self(layer, output)
                between_parts()
            keys, values = self._memory_of(index, layer.cross_attn_image, memories, pointers)
            between_parts()
            output = self._attend_to_memory(layer, output, keys, values)
            between_parts()
            hidden = layer.activation(layer.linear1(layer.norm3(output)))
            output = output + layer.linear2(hidden)
        conditioned: Tensor = self._attention.norm(output)
        side = self._predictor.sam_image_embedding_size
        return conditioned.mT.reshape(count, -1, side, side)

    def nbytes_for(self, memory: ReadMemory) -> int:
        """The bytes of keys and values of one layer that an object with this memory needs."""
        width = self._attention.layers[0].cross_attn_image.internal_dim
        return int(2 * 4 * width * self._tokens * max(1, len(memory.frames)))

    def _memory_frame(self, frame_index: int, back: int, reverse: bool) -> int:
        """The frame that SAM 2 remembers `back` memories before this one: the last, then every stride-th."""
        direction = -1 if reverse else 1
        if back == 1:
            return frame_index - direction
        stride = self._predictor.memory_temporal_stride_for_eval
        nearest = -(-(frame_index + 2) // stride) * stride if reverse else (frame_index - 2) // stride * stride
        return int(nearest - direction * (back - 2) * stride)

    def _attend_to_self(self, layer: Any, output: Tensor) -> Tensor:
        attention = layer.self_attn
        normed = layer.norm1(output)
        queries = normed + self.position if layer.pos_enc_at_attn else normed
        q = self._rotated(attention, attention.q_proj(queries))
        k = self._rotated(attention, attention.k_proj(queries))
        return output + _attend(attention, q, k, attention.v_proj(normed))

    def _attend_to_memory(self, layer: Any, output: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        attention = layer.cross_attn_image
        queries = layer.norm2(output)
        if layer.pos_enc_at_cross_attn_queries:
            queries = queries + self.position
        q = self._rotated(attention, attention.q_proj(queries))
        # In the first layer the objects share their queries.
        return output + _attend(attention, q.expand(len(keys), -1, -1), keys, values)

    def _memory_of(
        self, index: int, attention: Any, memories: Sequence[ReadMemory], pointers: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, Tensor]:
        """Keys and values, [B, K, D] each, of all that B objects remember."""
        positions, _ = memories[0].layout
        extra_k, extra_v = self._pointer_keys(index, attention, pointers)
        spatial = len(positions) * self._tokens
        shape = (len(memories), spatial + extra_k.shape[1], extra_k.shape[2])
        keys, values = extra_k.new_empty(shape), extra_v.new_empty(shape)
        keys[:, spatial:], values[:, spatial:] = extra_k, extra_v
        for place, position in enumerate(positions):
            at = slice(place * self._tokens, (place + 1) * self._tokens)
            temporal = self._temporal_keys(index, attention, position)
            projected = self._projected(index, attention, [memory.frames[place][1] for memory in memories])
            for owner, (key, value) in enumerate(projected):
                torch.add(key, temporal, out=keys[owner, at])
                values[owner, at] = value
        return keys, values

    def _projected(self, index: int, attention: Any, outputs: list[FrameOutput]) -> list[tuple[Tensor, Tensor]]:
        """Keys and values, [N, D] each, of the memory that each object has of one frame."""
        kept = [output["projections"][index] for output in outputs if len(output.get("projections", ())) > index]
        if len(kept) == len(outputs):
            return kept
        device = self._predictor.device
        memory = torch.cat([_flat(output["maskmem_features"].to(device)) for output in outputs])
        memory = memory.to(self._memory_position.dtype)
        encoded = memory
        if self._attention.layers[index].pos_enc_at_cross_attn_keys:
            encoded = memory + self._memory_position
        keys = self._rotated(attention, attention.k_proj(encoded))
        projected = list(zip(keys, attention.v_proj(memory), strict=True))
        if self._keeps:
            for output, pair in zip(outputs, projected, strict=True):
                output["projections"] = [*output.get("projections", ())[:index], pair]
        return projected

    def _pointer_keys(
        self, index: int, attention: Any, pointers: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, Tensor]:
        if pointers is None:
            return (attention.k_proj.weight.new_empty(1, 0, attention.internal_dim),) * 2
        values, encoding = pointers
        keyed = values + encoding if self._attention.layers[index].pos_enc_at_cross_attn_keys else values
        # Products of so few rows round differently when they are shared.
        with cores(1):
            return attention.k_proj(keyed), attention.v_proj(values)

    def _temporal_keys(self, index: int, attention: Any, position: int) -> Tensor:
        """What the temporal encoding of a memory adds to its keys, [N, D]."""
        if (index, position) not in self._temporal:
            predictor = self._predictor
            encoding = predictor.maskmem_tpos_enc[predictor.num_maskmem - position - 1].view(1, 1, -1)
            if not self._attention.layers[index].pos_enc_at_cross_attn_keys:
                encoding = torch.zeros_like(encoding)
            keys = F.linear(encoding, attention.k_proj.weight)
            self._temporal[index, position] = self._rotated(attention, keys.expand(1, self._tokens, -1))[0]
        return self._temporal[index, position]

    def _pointers(self, memories: Sequence[ReadMemory], frame_count: int) -> tuple[Tensor, Tensor] | None:
        """Object pointers as tokens [B, P, M] and their encoding [1, P, M], M the width of a memory."""
        predictor = self._predictor
        _, distances = memories[0].layout
        if not distances:
            return None
        tokens = torch.stack([torch.cat([pointer for _, pointer in memory.pointers]) for memory in memories])
        split = predictor.hidden_dim // predictor.mem_dim if predictor.mem_dim < predictor.hidden_dim else 1
        tokens = tokens.reshape(len(memories), -1, predictor.mem_dim)
        if not predictor.add_tpos_enc_to_obj_ptrs:
            return tokens, torch.zeros_like(tokens[:1])
        furthest = min(frame_count, predictor.max_obj_ptrs_in_encoder) - 1
        width = predictor.hidden_dim if predictor.proj_tpos_enc_in_obj_ptrs else predictor.mem_dim
        offsets = torch.tensor(distances, device=predictor.device) / furthest
        with cores(1):
            encoding = predictor.obj_ptr_tpos_proj(get_1d_sine_pe(offsets, dim=width))
        return tokens, encoding.repeat_interleave(split, dim=0)[None]

    def _rotated(self, attention: Any, x: Tensor) -> Tensor:
        """Rotary encoding of x [B, N, D], as sam2.modeling.position_encoding.apply_rotary_enc."""
        rotation = self._rotations.get(attention)
        if rotation is None:
            return x
        heads = x.float().reshape(*x.shape[:-1], attention.num_heads, -1, 2)
        turned = torch.view_as_complex(heads) * rotation[:, None]
        return torch.view_as_real(turned).flatten(2).to(x.dtype)


def _attend(attention: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    count, length, width = q.shape
    q, k, v = (
        x.reshape(count, -1, attention.num_heads, width // attention.num_heads).transpose(1, 2) for x in (q, k, v)
    )
    out = F.scaled_dot_product_attention(q, k, v)
    attended: Tensor = attention.out_proj(out.transpose(1, 2).reshape(count, length, width))
    return attended


def _flat(features: Tensor) -> Tensor:
    """[B, C, h, w] as [B, h * w, C]."""
    return features.flatten(2).mT
