"""Keys and values that the memory attention attends to: projected from spatial memory and object pointers."""

from collections.abc import Sequence
from typing import Any

import torch
from sam2.modeling.sam2_utils import get_1d_sine_pe
from torch import Tensor

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.device.graphs import as_graph
from sam2_lit.engine.tracking.attention_layer import AttentionLayer
from sam2_lit.engine.tracking.frame_output import FrameOutput, KeysAndValues
from sam2_lit.engine.tracking.memory_reader import SelectedMemory

# Projecting a memory costs its width for each key, attending to it as much as there are queries: below this fraction of
# the queries a projection is not worth the memory.
_WORTH_KEEPING = 1 / 20


class MemoryProjections:
    """Projects each frame's memory once, not each time that a later frame reads it.

    The projection and the rotary encoding are linear, so the temporal encoding of the keys, which changes with the
    distance to the frame, is added afterwards. `places` are indices into `SelectedMemory.frames`. `project_pointers`
    computes what `of_pointers` returns, from pointers [B, P, C] and their distances [P], 1 for the furthest possible.
    """

    def __init__(self, predictor: Any, layers: Sequence[AttentionLayer]) -> None:
        self._predictor = predictor
        self._layers = layers
        self._device = predictor.device
        self._tokens = predictor.sam_image_embedding_size**2
        self._width = predictor.memory_attention.layers[0].cross_attn_image.internal_dim
        self._are_kept = bool(predictor.mem_dim >= self._tokens * _WORTH_KEEPING)
        pointers = torch.zeros(2, 3, predictor.hidden_dim, device=self._device)
        self.project_pointers = as_graph(self._pointer_projections, pointers, torch.zeros(3, device=self._device))

    def nbytes_for(self, memory: SelectedMemory) -> int:
        """The bytes of one layer's keys and values for an object with this memory."""
        number = self._predictor.compute_dtype.itemsize
        return int(2 * number * self._width * self._tokens * max(1, len(memory.frames)))

    def no_pointers(self, objects: int) -> list[Tensor]:
        """One layer's keys and values of no object pointers, [B, 0, D] each."""
        return [torch.empty(objects, 0, self._width, dtype=self._predictor.kept_dtype, device=self._device)] * 2

    def of_frames(
        self, layer: int, memories: Sequence[SelectedMemory], places: Sequence[int]
    ) -> list[list[KeysAndValues]]:
        """For each of the frames at `places`, one layer's keys and values of each object."""
        return [self._of_frame(layer, [memory.frames[place][1] for memory in memories]) for place in places]

    def joined(
        self,
        layer: int,
        memories: Sequence[SelectedMemory],
        places: Sequence[int],
        projected: Sequence[Sequence[KeysAndValues]],
        pointers: Sequence[Tensor],
    ) -> KeysAndValues:
        """Keys and values, [B, K, D] each, of the frames at `places` and then of object pointers.

        `projected` is from `of_frames`; `pointers` are the layer's two of `of_pointers`.
        """
        spatial = len(places) * self._tokens
        keys, values = (each.new_empty(len(memories), spatial + each.shape[1], self._width) for each in pointers)
        for index in range(len(memories)):
            torch.cat([*(of_frame[index][0] for of_frame in projected), pointers[0][index]], out=keys[index])
            torch.cat([*(of_frame[index][1] for of_frame in projected), pointers[1][index]], out=values[index])
        positions = [memories[0].frames[place][0] for place in places]
        for start, end in consecutive_runs(positions):
            at = keys[:, start * self._tokens : end * self._tokens]
            at += self._layers[layer].temporal[positions[start] : positions[end - 1] + 1].flatten(0, 1)
        return keys, values

    def of_pointers(self, memories: Sequence[SelectedMemory], frame_count: int) -> Sequence[Tensor]:
        """Keys and values of the object pointers for each layer in turn, [B, P, D] each."""
        _, distances = memories[0].layout
        if not distances:
            return self.no_pointers(len(memories)) * len(self._layers)
        pointers = torch.cat([pointer for memory in memories for _, pointer in memory.pointers])
        pointers = torch.unflatten(pointers, 0, (len(memories), len(distances)))
        furthest = min(frame_count, self._predictor.max_obj_ptrs_in_encoder) - 1
        offsets = torch.tensor(distances, device=self._device) / furthest
        # Products of so few rows round differently when several cores compute them.
        with use_threads(1):
            projected: tuple[Tensor, ...] = self.project_pointers(pointers, offsets)
        return projected

    def _of_frame(self, layer: int, outputs: list[FrameOutput]) -> list[KeysAndValues]:
        """One layer's keys and values of the memory that each object has of one frame."""
        known = [output["projections"][layer] for output in outputs if layer in output.get("projections", ())]
        if len(known) == len(outputs):
            return known
        memory = torch.cat([output["maskmem_features"].to(self._device) for output in outputs])
        projected = list(zip(*self._layers[layer].project(memory), strict=True))
        if self._are_kept:
            for output, pair in zip(outputs, projected, strict=True):
                output.setdefault("projections", {})[layer] = pair
        return projected

    def _pointer_projections(self, pointers: Tensor, offsets: Tensor) -> tuple[Tensor, ...]:
        """As `of_pointers`, from pointers [B, P, C] and their distances [P], 1 for the furthest possible."""
        predictor = self._predictor
        split = predictor.hidden_dim // predictor.mem_dim if predictor.mem_dim < predictor.hidden_dim else 1
        tokens = encoded = torch.unflatten(pointers, 2, (split, predictor.mem_dim)).flatten(1, 2)
        if predictor.add_tpos_enc_to_obj_ptrs:
            width = predictor.hidden_dim if predictor.proj_tpos_enc_in_obj_ptrs else predictor.mem_dim
            encoding = predictor.obj_ptr_tpos_proj(get_1d_sine_pe(offsets, dim=width))
            encoded = tokens + encoding.repeat_interleave(split, dim=0)
        projections: list[Tensor] = []
        for layer in predictor.memory_attention.layers:
            attention = layer.cross_attn_image
            projections.append(attention.k_proj(encoded if layer.pos_enc_at_cross_attn_keys else tokens))
            projections.append(attention.v_proj(tokens))
        return tuple(projections)


def drop_projections(output: FrameOutput) -> None:
    output.pop("projections", None)


def consecutive_runs(positions: Sequence[int]) -> list[tuple[int, int]]:
    """The (start, end) of each run of positions that follow each other."""
    starts = [place for place, each in enumerate(positions) if place == 0 or positions[place - 1] != each - 1]
    return list(zip(starts, [*starts, len(positions)][1:], strict=True))
