"""Conditions a frame's features on memory with few, large kernels, as suits a GPU."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from sam2_lit.engine.device.attention_kernels import attention_to_any_shape
from sam2_lit.engine.device.graphs import compiled as as_compiled
from sam2_lit.engine.device.kernels import Kernels
from sam2_lit.engine.tracking.attention_layer import flat
from sam2_lit.engine.tracking.frame_output import KeysAndValues
from sam2_lit.engine.tracking.graphed_function import TensorsFunction
from sam2_lit.engine.tracking.memory_attention import LookAhead, MemoryAttention
from sam2_lit.engine.tracking.memory_projections import consecutive_runs
from sam2_lit.engine.tracking.memory_reader import SelectedMemory


class GpuMemoryAttention(MemoryAttention):
    """As `MemoryAttention`, equal up to rounding.

    A launch takes a GPU's host longer than most kernels take the GPU. So a layer projects all memories of all objects
    at once and attends to them at once; projections are not kept for the next frame, since computing them is cheap and
    storing them is not. Nothing waits for the device.
    """

    def __init__(self, predictor: Any, kernels: Kernels, *, compiled: bool = False, cuda_graphs: bool = False) -> None:
        """`compiled` puts the layers through torch.compile as one.

        `cuda_graphs` replays all of it as CUDA graphs (`graphed_function.py`). With either, a click cannot run between
        the layers.
        """
        super().__init__(predictor, kernels)
        self._device = predictor.device
        self._compiled_layers = as_compiled(self._pass_layers, self._device, dynamic=True) if compiled else None
        self._distances = torch.zeros(0, device=self._device)
        self._pause: Callable[[], None] = (lambda: None) if cuda_graphs else predictor.preemption_point
        self._pass_memory: TensorsFunction = self._passed
        if cuda_graphs:
            self._pass_memory = predictor.graphed(self._passed)

    def condition(
        self, features: Tensor, memories: Sequence[SelectedMemory], frame_count: int, ahead: LookAhead | None = None
    ) -> Tensor:
        self._predictor.preemption_point()
        positions, distances = memories[0].layout
        tensors = [features]
        if positions:
            # In the order of the keys: by object, then by place in its memory.
            tensors.append(
                torch.cat([output["maskmem_features"] for memory in memories for _, output in memory.frames])
            )
        if distances:
            tensors.append(torch.cat([pointer for memory in memories for _, pointer in memory.pointers]))
            tensors.append(self._offsets(distances, frame_count))
        [conditioned] = self._pass_memory(*tensors, objects=len(memories), positions=positions)
        return conditioned

    def _passed(
        self, features: Tensor, *memory: Tensor, objects: int, positions: tuple[int, ...]
    ) -> tuple[Tensor, ...]:
        """Features conditioned on B objects' memory, [B, C, h, w].

        `memory` is, where there are any, the spatial memory at `positions`, [B * M, C', h, w], and the object pointers,
        [B * P, C], with their distances [P], 1 for the furthest possible.
        """
        spatial, others = (memory[0], memory[1:]) if positions else (None, memory)
        inputs = self._key_inputs(spatial) if spatial is not None else None
        pointers: Sequence[Tensor]
        if others:
            of_objects, offsets = others
            pointers = self.projections.project_pointers(torch.unflatten(of_objects, 0, (objects, -1)), offsets)
        else:
            pointers = self.projections.no_pointers(objects) * len(self._layers)

        def pairs() -> Iterator[KeysAndValues]:
            for index in range(len(self._layers)):
                self._pause()
                yield self._keys_and_values(index, objects, positions, inputs, pointers[2 * index : 2 * index + 2])

        if self._compiled_layers is not None:
            output = self._compiled_layers(features, list(pairs()))
        elif self._is_complete(positions, len(others[0]) // objects if others else 0):
            output = self._pass_layers(features, pairs())
        else:
            with attention_to_any_shape(self._device):
                output = self._pass_layers(features, pairs())
        side = self._predictor.sam_image_embedding_size
        return (torch.unflatten(output.mT, 2, (side, side)),)

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

    def _is_complete(self, positions: Sequence[int], pointers: int) -> bool:
        """Whether all tracked frames are read that ever are: then the next frames read memory of the same shape."""
        spatial = sum(position > 0 for position in positions)
        return bool(spatial >= self._predictor.num_maskmem - 1 and pointers >= self._predictor.max_obj_ptrs_in_encoder)

    def _key_inputs(self, spatial: Tensor) -> KeysAndValues:
        """What all layers project, cast once: they add the same encoding to it."""
        dtype = self._predictor.compute_dtype
        encoded, values = self._layers[0].key_inputs(flat(spatial))
        return encoded.to(dtype), values.to(dtype)

    def _keys_and_values(
        self,
        index: int,
        objects: int,
        positions: Sequence[int],
        inputs: KeysAndValues | None,
        pointers: Sequence[Tensor],
    ) -> KeysAndValues:
        """One layer's keys and values, [B, K, D] each: of the frames of each object, and then of its pointers."""
        own_keys, own_values = pointers
        if inputs is None:
            return own_keys, own_values
        layer = self._layers[index]
        runs = [layer.temporal[positions[start] : positions[end - 1] + 1] for start, end in consecutive_runs(positions)]
        keys, values = (torch.unflatten(each, 0, (objects, -1)) for each in layer.project_tokens(*inputs))
        keys += runs[0] if len(runs) == 1 else torch.cat(runs)
        keys, values = keys.flatten(1, 2), values.flatten(1, 2)
        if own_keys.shape[1]:
            keys, values = torch.cat([keys, own_keys], dim=1), torch.cat([values, own_values], dim=1)
        return keys, values

    def _offsets(self, distances: Sequence[int], frame_count: int) -> Tensor:
        """Distances in frames as `project_pointers` takes them, read from a table on the device."""
        reach = max(frame_count, *map(abs, distances))
        if len(self._distances) < 2 * reach + 1:
            self._distances = torch.arange(-reach, reach + 1, dtype=torch.float32, device=self._device)
        zero = len(self._distances) // 2
        runs = [
            self._distances[zero + distances[start] : zero + distances[end - 1] + 1]
            for start, end in consecutive_runs(distances)
        ]
        furthest = min(frame_count, self._predictor.max_obj_ptrs_in_encoder) - 1
        offsets: Tensor = (runs[0] if len(runs) == 1 else torch.cat(runs)) / furthest
        return offsets
