"""SAM 2's memory attention, for many objects of one frame at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from sam2.modeling.sam.transformer import RoPEAttention
from sam2.modeling.sam2_utils import get_1d_sine_pe, select_closest_cond_frames
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.cores import cores
from sam2_lit.engine.traced import traced

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
    - encodings that depend on positions alone are kept;
    - what runs between two moments at which a click may go first is one graph (`traced.py`).
    """

    def __init__(self, predictor: Any) -> None:
        self._predictor = predictor
        self._device = predictor.device
        side = predictor.sam_image_embedding_size
        self._tokens = side * side
        position = predictor.image_encoder.neck.position_encoding(torch.zeros(1, 1, side, side))
        self.position = _flat(position).to(self._device)
        count = len(predictor.memory_attention.layers)
        self._layers = [_Layer(predictor, index, self.position) for index in range(count)]
        self._width = predictor.memory_attention.layers[0].cross_attn_image.internal_dim
        self._keeps = bool(predictor.mem_dim >= self._tokens * _WORTH_KEEPING)
        features = torch.zeros(2, predictor.hidden_dim, side, side, device=self._device)
        self.first_attention = traced(self._first_attention, features)
        self._after = [traced(partial(self._after_layer, index), _flat(features)) for index in range(count)]
        pointers = torch.zeros(2, 3, predictor.hidden_dim, device=self._device)
        self._project_pointers = traced(self._pointer_keys, pointers, torch.zeros(3, device=self._device))

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
        pointers = self._pointers(memories, frame_count)
        output = attended
        between_parts = self._predictor.between_parts
        for index, layer in enumerate(self._layers):
            between_parts()
            keys, values = self._memory_of(index, memories, pointers[2 * index : 2 * index + 2])
            between_parts()
            output = layer.attend_to_memory(output, keys, values)
            between_parts()
            output = self._after[index](output)
        return output

    def nbytes_for(self, memory: ReadMemory) -> int:
        """The bytes of keys and values of one layer that an object with this memory needs."""
        return int(2 * 4 * self._width * self._tokens * max(1, len(memory.frames)))

    def _memory_frame(self, frame_index: int, back: int, reverse: bool) -> int:
        """The frame that SAM 2 remembers `back` memories before this one: the last, then every stride-th."""
        direction = -1 if reverse else 1
        if back == 1:
            return frame_index - direction
        stride = self._predictor.memory_temporal_stride_for_eval
        nearest = -(-(frame_index + 2) // stride) * stride if reverse else (frame_index - 2) // stride * stride
        return int(nearest - direction * (back - 2) * stride)

    def _first_attention(self, top: Tensor) -> Tensor:
        """Features [1, C, h, w] after the first layer's self-attention, [1, N, C]: the same for every object."""
        output = _flat(top)
        if self._predictor.memory_attention.pos_enc_at_input:
            output = output + 0.1 * self.position
        return self._layers[0].attend_to_self(output)

    def _after_layer(self, index: int, output: Tensor) -> Tensor:
        """What follows a layer's attention to memory, [B, N, C] to the same; after the last, [B, C, h, w]."""
        output = self._layers[index].feed_forward(output)
        if index + 1 < len(self._layers):
            return self._layers[index + 1].attend_to_self(output)
        side = self._predictor.sam_image_embedding_size
        conditioned: Tensor = self._predictor.memory_attention.norm(output)
        return torch.unflatten(conditioned.mT, 2, (side, side))

    def _memory_of(
        self, index: int, memories: Sequence[ReadMemory], pointers: Sequence[Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Keys and values, [B, K, D] each, of all that B objects remember."""
        positions, _ = memories[0].layout
        projected = [
            self._projected(index, [memory.frames[place][1] for memory in memories]) for place in range(len(positions))
        ]
        spatial = len(positions) * self._tokens
        keys, values = (extra.new_empty(len(memories), spatial + extra.shape[1], self._width) for extra in pointers)
        for owner, of_owner in enumerate(zip(*projected, strict=True)):
            torch.cat([*(key for key, _ in of_owner), pointers[0][owner]], out=keys[owner])
            torch.cat([*(value for _, value in of_owner), pointers[1][owner]], out=values[owner])
        for start, end in _runs(positions):
            at = keys[:, start * self._tokens : end * self._tokens]
            at += self._layers[index].temporal[positions[start] : positions[end - 1] + 1].flatten(0, 1)
        return keys, values

    def _projected(self, index: int, outputs: list[FrameOutput]) -> list[tuple[Tensor, Tensor]]:
        """Keys and values, [N, D] each, of the memory that each object has of one frame."""
        kept = [output["projections"][index] for output in outputs if len(output.get("projections", ())) > index]
        if len(kept) == len(outputs):
            return kept
        memory = torch.cat([output["maskmem_features"].to(self._device) for output in outputs])
        projected = list(zip(*self._layers[index].project(memory), strict=True))
        if self._keeps:
            for output, pair in zip(outputs, projected, strict=True):
                output["projections"] = [*output.get("projections", ())[:index], pair]
        return projected

    def _pointers(self, memories: Sequence[ReadMemory], frame_count: int) -> Sequence[Tensor]:
        """Keys and values of the object pointers for each layer in turn, [B, P, D] each."""
        predictor = self._predictor
        _, distances = memories[0].layout
        if not distances:
            return [self.position.new_empty(len(memories), 0, self._width)] * (2 * len(self._layers))
        pointers = torch.cat([pointer for memory in memories for _, pointer in memory.pointers])
        pointers = torch.unflatten(pointers, 0, (len(memories), len(distances)))
        furthest = min(frame_count, predictor.max_obj_ptrs_in_encoder) - 1
        offsets = torch.tensor(distances, device=self._device) / furthest
        # Products of so few rows round differently when they are shared.
        with cores(1):
            projected: tuple[Tensor, ...] = self._project_pointers(pointers, offsets)
        return projected

    def _pointer_keys(self, pointers: Tensor, offsets: Tensor) -> tuple[Tensor, ...]:
        """What `_pointers` answers with, of pointers [B, P, C] and their distances [P], 1 for the furthest."""
        predictor = self._predictor
        split = predictor.hidden_dim // predictor.mem_dim if predictor.mem_dim < predictor.hidden_dim else 1
        tokens = encoded = torch.unflatten(pointers, 2, (split, predictor.mem_dim)).flatten(1, 2)
        if predictor.add_tpos_enc_to_obj_ptrs:
            width = predictor.hidden_dim if predictor.proj_tpos_enc_in_obj_ptrs else predictor.mem_dim
            encoding = predictor.obj_ptr_tpos_proj(get_1d_sine_pe(offsets, dim=width))
            encoded = tokens + encoding.repeat_interleave(split, dim=0)
        made: list[Tensor] = []
        for layer in predictor.memory_attention.layers:
            attention = layer.cross_attn_image
            made.append(attention.k_proj(encoded if layer.pos_enc_at_cross_attn_keys else tokens))
            made.append(attention.v_proj(tokens))
        return tuple(made)


class _Layer:
    """One layer of the memory attention as functions of tensors. N is the pixels of a frame, D the attention's width.

    - project: memory features [B, M, h, w] to its keys without temporal encoding and its values, [B, N, D] each.
    - attend_to_memory: features [B, N, C] or [1, N, C], keys and values [B, K, D] to features [B, N, C].
    - temporal: [P, N, D], what the temporal encoding of each of P positions adds to the keys.
    """

    def __init__(self, predictor: Any, index: int, position: Tensor) -> None:
        side = predictor.sam_image_embedding_size
        device = predictor.device
        self._layer = predictor.memory_attention.layers[index]
        self._position = position
        encoding = predictor.memory_encoder.position_encoding(torch.zeros(1, 1, side, side))
        self._memory_position = _flat(encoding).to(device)
        self._rotations = {
            attention: attention.compute_cis(end_x=side, end_y=side).to(device)
            for attention in (self._layer.self_attn, self._layer.cross_attn_image)
            if isinstance(attention, RoPEAttention)
        }
        self.temporal = self._temporal(predictor.maskmem_tpos_enc, side * side)
        attention = self._layer.cross_attn_image
        features = torch.zeros(2, side * side, predictor.hidden_dim, device=device)
        memory = torch.zeros(2, predictor.mem_dim, side, side, dtype=torch.bfloat16, device=device)
        keys = torch.zeros(2, 2 * side * side, attention.internal_dim, device=device)
        self.project = traced(self._project, memory)
        self.attend_to_memory = traced(self._to_memory, features, keys, keys)

    def attend_to_self(self, output: Tensor) -> Tensor:
        attention = self._layer.self_attn
        normed = self._layer.norm1(output)
        queries = normed + self._position if self._layer.pos_enc_at_attn else normed
        q = self._rotated(attention, attention.q_proj(queries))
        k = self._rotated(attention, attention.k_proj(queries))
        return output + _attend(attention, q, k, attention.v_proj(normed))

    def _project(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        attention = self._layer.cross_attn_image
        values = encoded = _flat(memory).to(self._memory_position.dtype)
        if self._layer.pos_enc_at_cross_attn_keys:
            encoded = values + self._memory_position
        return self._rotated(attention, attention.k_proj(encoded)), attention.v_proj(values)

    def _to_memory(self, output: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        attention = self._layer.cross_attn_image
        queries = self._layer.norm2(output)
        if self._layer.pos_enc_at_cross_attn_queries:
            queries = queries + self._position
        q = self._rotated(attention, attention.q_proj(queries))
        # In the first layer the objects share their queries.
        return output + _attend(attention, q.expand(keys.shape[0], -1, -1), keys, values)

    def feed_forward(self, output: Tensor) -> Tensor:
        layer = self._layer
        hidden = layer.activation(layer.linear1(layer.norm3(output)))
        fed: Tensor = output + layer.linear2(hidden)
        return fed

    def _temporal(self, encodings: Tensor, tokens: int) -> Tensor:
        """Of SAM 2's encodings [P, 1, 1, M], the one of position 0 last."""
        attention = self._layer.cross_attn_image
        encodings = encodings.detach().flip(0).flatten(1)
        if not self._layer.pos_enc_at_cross_attn_keys:
            encodings = torch.zeros_like(encodings)
        keys = F.linear(encodings, attention.k_proj.weight)
        return self._rotated(attention, keys[:, None].expand(-1, tokens, -1))

    def _rotated(self, attention: Any, x: Tensor) -> Tensor:
        """Rotary encoding of x [B, N, D], as sam2.modeling.position_encoding.apply_rotary_enc."""
        rotation = self._rotations.get(attention)
        if rotation is None:
            return x
        heads = torch.unflatten(x.float(), -1, (attention.num_heads, -1, 2))
        turned = torch.view_as_complex(heads) * rotation[:, None]
        return torch.view_as_real(turned).flatten(2).to(x.dtype)


def _runs(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Where positions that follow each other start and end."""
    starts = [place for place, each in enumerate(positions) if place == 0 or positions[place - 1] != each - 1]
    return list(zip(starts, [*starts[1:], len(positions)], strict=True))


def _attend(attention: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    q, k, v = (torch.unflatten(x, -1, (attention.num_heads, -1)).transpose(1, 2) for x in (q, k, v))
    out = F.scaled_dot_product_attention(q, k, v)
    attended: Tensor = attention.out_proj(out.transpose(1, 2).flatten(2))
    return attended


def _flat(features: Tensor) -> Tensor:
    """[B, C, h, w] as [B, h * w, C]."""
    return features.flatten(2).mT
