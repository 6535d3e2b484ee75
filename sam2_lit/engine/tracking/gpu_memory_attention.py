"""Conditions a frame's features on memory with few, large kernels, as suits a GPU."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from sam2_lit.engine.device.graphs import compiled as as_compiled
from sam2_lit.engine.device.kernels import Kernels
from sam2_lit.engine.models.devices import compute_dtype
from sam2_lit.engine.tracking.attention_layer import flat
from sam2_lit.engine.tracking.frame_output import KeysAndValues
from sam2_lit.engine.tracking.memory_attention import LookAhead, MemoryAttention
from sam2_lit.engine.tracking.memory_projections import consecutive_runs
from sam2_lit.engine.tracking.memory_reader import SelectedMemory


class GpuMemoryAttention(MemoryAttention):
    """As `MemoryAttention`, equal up to rounding.

    A launch takes a GPU's host longer than most kernels take the GPU. So a layer projects all memories of all objects
    at once and attends to them at once; projections are not kept for the next frame, since computing them is cheap and
    storing them is not. Nothing waits for the device.
    """

    def __init__(self, predictor: Any, kernels: Kernels, *, compiled: bool = False) -> None:
        """`compiled` puts the layers through torch.compile as one: then a click cannot run between them."""
        super().__init__(predictor, kernels)
        self._device = predictor.device
        self._compiled_layers = as_compiled(self._pass_layers, self._device, dynamic=True) if compiled else None
        self._distances = torch.zeros(0, device=self._device)

    def condition(
        self, features: Tensor, memories: Sequence[SelectedMemory], frame_count: int, ahead: LookAhead | None = None
    ) -> Tensor:
        preemption_point = self._predictor.preemption_point
        preemption_point()
        pointers = self._of_pointers(memories, frame_count)
        # In the order of the keys: by object, then by place in its memory.
        spatial = [output["maskmem_features"] for memory in memories for _, output in memory.frames]
        inputs = self._key_inputs(torch.cat(spatial)) if spatial else None

        def pairs() -> Iterator[KeysAndValues]:
            for index in range(len(self._layers)):
                preemption_point()
                yield self._keys_and_values(index, memories, inputs, pointers[2 * index : 2 * index + 2])

        if self._compiled_layers is None:
            output = self._pass_layers(features, pairs())
        else:
            output = self._compiled_layers(features, list(pairs()))
        side = self._predictor.sam_image_embedding_size
        return torch.unflatten(output.mT, 2, (side, side))

    def _pass_layers(self, features: Tensor, pairs: Iterable[KeysAndValues]) -> Tensor:
        """All layers, given the keys and values of each: normed features [B, N, C]."""
        output, last = features, len(self._layers) - 1
        queries = self._layers[0].queries(slice(None), output)
        for index, (keys, values) in enumerate(pairs):
            layer = self._layers[index]
            attended, _ = layer.attend(queries, keys, values)
            output = layer.after_attention(output, attended)
            if index < last:
                following = self._layers[index + 1]
                output = following.self_attention(output, *following.self_inputs(slice(None), output))
                queries = following.queries(slice(None), output)
        normed: Tensor = self._predictor.memory_attention.norm(output)
        return normed

    def _key_inputs(self, spatial: Tensor) -> KeysAndValues:
        """What all layers project, cast once: they add the same encoding to it."""
        dtype = compute_dtype(self._device)
        encoded, values = self._layers[0].key_inputs(flat(spatial))
        return encoded.to(dtype), values.to(dtype)

    def _keys_and_values(
        self,
        index: int,
        memories: Sequence[SelectedMemory],
        inputs: KeysAndValues | None,
        pointers: Sequence[Tensor],
    ) -> KeysAndValues:
        """One layer's keys and values, [B, K, D] each: of the frames of each object, and then of its pointers."""
        own_keys, own_values = pointers
        if inputs is None:
            return own_keys, own_values
        layer, positions = self._layers[index], [position for position, _ in memories[0].frames]
        runs = [layer.temporal[positions[start] : positions[end - 1] + 1] for start, end in consecutive_runs(positions)]
        keys, values = (torch.unflatten(each, 0, (len(memories), -1)) for each in layer.project_tokens(*inputs))
        keys += runs[0] if len(runs) == 1 else torch.cat(runs)
        keys, values = keys.flatten(1, 2), values.flatten(1, 2)
        if own_keys.shape[1]:
            keys, values = torch.cat([keys, own_keys], dim=1), torch.cat([values, own_values], dim=1)
        return keys, values

    def _of_pointers(self, memories: Sequence[SelectedMemory], frame_count: int) -> Sequence[Tensor]:
        """As `MemoryProjections.of_pointers`; their distances are read from a table on the device."""
        _, distances = memories[0].layout
        if not distances:
            return self.projections.no_pointers(len(memories)) * len(self._layers)
        pointers = torch.cat([pointer for memory in memories for _, pointer in memory.pointers])
        pointers = torch.unflatten(pointers, 0, (len(memories), len(distances)))
        reach = max(frame_count, *map(abs, distances))
        if len(self._distances) < 2 * reach + 1:
            self._distances = torch.arange(-reach, reach + 1, dtype=torch.float32, device=self._device)
        zero = len(self._distances) // 2
        runs = [
            self._distances[zero + distances[start] : zero + distances[end - 1] + 1]
            for start, end in consecutive_runs(distances)
        ]
        furthest = min(frame_count, self._predictor.max_obj_ptrs_in_encoder) - 1
        offsets = (runs[0] if len(runs) == 1 else torch.cat(runs)) / furthest
        projected: tuple[Tensor, ...] = self.projections.project_pointers(pointers, offsets)
        return projected
