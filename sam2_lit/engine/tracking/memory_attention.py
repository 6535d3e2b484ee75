"""Conditions a frame's features on memory, for many objects of one frame at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from sam2_lit.engine.device.graphs import TensorFunction, as_graph
from sam2_lit.engine.device.helper_thread import Deferred
from sam2_lit.engine.device.kernels import Kernels
from sam2_lit.engine.tracking.attention_layer import AttentionLayer, PartialAttention, flat
from sam2_lit.engine.tracking.frame_output import KeysAndValues
from sam2_lit.engine.tracking.memory_projections import MemoryProjections
from sam2_lit.engine.tracking.memory_reader import SelectedMemory

FirstLayerStart = tuple[Tensor, Tensor, list[PartialAttention]]
"""For one part of the tokens: features and queries in the first layer, and its attention to the keys known so far."""


@dataclass(frozen=True, eq=False)
class _Split:
    """A frame's tokens in parts: the rows of each, and by layer and part what runs before and after the memory."""

    rows: list[slice]
    before: list[list[TensorFunction]]
    after: list[list[TensorFunction]]


@dataclass(frozen=True, eq=False)
class LookAhead:
    """What was computed of a frame before the frame before it was tracked.

    - split: into which parts its tokens are split.
    - features: the frame's own, `FrameEmbedding.self_attended`.
    - memories: position and features of each memory used.
    - keys_and_values: of those memories, by layer.
    - first_layer: for each part of the tokens, the first layer up to the attention to those memories.
    """

    split: _Split
    features: Tensor
    memories: Sequence[tuple[int, Tensor]]
    keys_and_values: Sequence[Deferred[KeysAndValues]]
    first_layer: Sequence[Deferred[FirstLayerStart]]

    def fits(self, features: Tensor, memories: Sequence[tuple[int, Tensor]]) -> bool:
        """Whether it was computed from exactly these features and memories."""
        return (
            features is self.features
            and len(memories) == len(self.memories)
            and all(a == b and one is other for (a, one), (b, other) in zip(memories, self.memories, strict=True))
        )


class MemoryAttention:
    """`SAM2Base._prepare_memory_conditioned_features` of tracked frames, equal up to rounding.

    The weights are those of SAM 2's module of the same name, whose layers are called part by part. Faster than SAM2Base
    because
    - objects run as one batch, and the first self-attention, which no memory has entered yet, once for a frame;
    - a frame's memory is projected to keys and values once (`memory_projections.py`);
    - encodings that depend on positions alone are computed once;
    - what runs between two points at which a click may preempt is one graph (`graphs.py`);
    - with two cores, the frame's tokens are two parts, each computed by a thread of its own (`helper_thread.py`) from
      one self-attention to the next;
    - on a CPU, attention to the memories that are known before the frame before is tracked is computed by itself, which
      can happen while that frame is tracked (`look_ahead`).
    """

    def __init__(self, predictor: Any, kernels: Kernels) -> None:
        self._predictor = predictor
        self._on_cpu = predictor.device.type == "cpu"
        side = predictor.sam_image_embedding_size
        position = predictor.image_encoder.neck.position_encoding(torch.zeros(1, 1, side, side))
        self.position = flat(position).to(predictor.device)
        count = len(predictor.memory_attention.layers)
        self._layers = [AttentionLayer(predictor, index, self.position, kernels) for index in range(count)]
        self.projections = MemoryProjections(predictor, self._layers)
        shape = (2, predictor.hidden_dim, side, side)
        features = torch.zeros(shape, dtype=predictor.kept_dtype, device=predictor.device)
        self.first_attention = as_graph(self._first_attention, features)
        tokens = side * side
        half = tokens // 2
        self._whole = self._split([slice(0, tokens)], flat(features))
        self._halves = self._split([slice(0, half), slice(half, tokens)], flat(features)) if self._on_cpu else None

    def look_ahead(self, features: Tensor, memories: Sequence[SelectedMemory]) -> LookAhead:
        """Starts what `condition` will need of the memories that are known before the frame before is tracked.

        Args:
            features: [1, N, C], from `first_attention`.
            memories: of B objects, all of one layout; the frame before and object pointers are not read.
        """
        known, _ = self._known_and_new(memories[0])
        start = self._predictor.helper.start
        split = self._split_for(len(memories))
        parts = range(len(split.rows))
        if not known:
            first = [start(partial(self._start, split, part, features, None)) for part in parts]
            return LookAhead(split, features, [], [], first)
        keys_and_values: list[Deferred[KeysAndValues]] = []
        no_pointers = self.projections.no_pointers(len(memories))
        for index in range(len(self._layers)):
            projected = self.projections.of_frames(index, memories, known)
            keys_and_values.append(
                start(partial(self.projections.joined, index, memories, known, projected, no_pointers))
            )
            if index == 0:
                first = [start(partial(self._start, split, part, features, keys_and_values[0])) for part in parts]
        return LookAhead(split, features, self._known_memories(memories), keys_and_values, first)

    def condition(
        self, features: Tensor, memories: Sequence[SelectedMemory], frame_count: int, ahead: LookAhead | None = None
    ) -> Tensor:
        """Features conditioned on each object's memory.

        Args:
            features: [1, N, C], from `first_attention`.
            memories: of B objects, all of one layout.
            frame_count: of the video, which SAM 2 scales the distances of object pointers by.
            ahead: from `look_ahead`; ignored where it is of another frame or of memory that has changed since.

        Returns:
            [B, C, h, w], as the mask decoder takes it.
        """
        if ahead is None or not ahead.fits(features, self._known_memories(memories)):
            ahead = self.look_ahead(features, memories)
        helper, preemption_point = self._predictor.helper, self._predictor.preemption_point
        preemption_point()
        _, new = self._known_and_new(memories[0])
        # The first layer's are needed at once, so this thread computes them.
        projected = [
            helper.start(partial(self.projections.of_frames, index, memories, new))
            for index in range(1, len(self._layers))
        ]
        pointers = self.projections.of_pointers(memories, frame_count)
        projected.insert(0, Deferred(partial(self.projections.of_frames, 0, memories, new)))
        outputs: list[tuple[Tensor, ...]] = []
        for index in range(len(self._layers)):
            preemption_point()
            pairs = [each.result() for each in ahead.keys_and_values[index : index + 1]]
            if new or memories[0].pointers:
                own = pointers[2 * index : 2 * index + 2]
                pairs.append(self.projections.joined(index, memories, new, projected[index].result(), own))
            # The self-attention of each part reads the keys and values of all parts.
            of_all = [torch.cat(parts, dim=1) for parts in zip(*(each[2:] for each in outputs), strict=True)]
            outputs = helper.run_parts(
                [
                    partial(
                        self._layer,
                        ahead.split,
                        index,
                        part,
                        ahead.first_layer[part] if index == 0 else None,
                        (*outputs[part][:2], *of_all) if outputs else (),
                        pairs,
                    )
                    for part in range(len(ahead.split.rows))
                ]
            )
        conditioned = torch.cat([output for output, *_ in outputs], dim=1)
        side = self._predictor.sam_image_embedding_size
        return torch.unflatten(conditioned.mT, 2, (side, side))

    def _first_attention(self, top: Tensor) -> Tensor:
        """Features [1, C, h, w] after the first layer's self-attention, [1, N, C]: the same for every object."""
        output = flat(top)
        if self._predictor.memory_attention.pos_enc_at_input:
            output = output + 0.1 * self.position
        return self._layers[0].self_attention(output, *self._layers[0].self_inputs(slice(None), output))

    def _split(self, rows: list[slice], features: Tensor) -> _Split:
        """The graphs for parts of these rows; `features` [2, N, C] is an example."""
        before: list[list[TensorFunction]] = []
        after: list[list[TensorFunction]] = []
        for index, layer in enumerate(self._layers):
            inputs = layer.self_inputs(slice(None), features) if index > 0 else ()
            before.append([])
            after.append([])
            for each in rows:
                part = features[:, each]
                # A part has queries of its own, and keys and values of all parts.
                of_part = [tensor[:, each] if place == 0 else tensor for place, tensor in enumerate(inputs)]
                queries = layer.queries(each, part)
                attended = layer.attend(queries, queries, queries)
                before[index].append(as_graph(partial(self._before_attention, index, each), part, *of_part))
                after[index].append(as_graph(partial(self._after_attention, index, each), part, *attended, *attended))
        return _Split(rows, before, after)

    def _split_for(self, objects: int) -> _Split:
        """Halves where a second thread has a core, or for a batch, whose large products might round differently whole.

        One object's tokens round the same in halves and whole.
        """
        return self._halves if self._halves and (objects > 1 or self._predictor.helper.is_available) else self._whole

    def _before_attention(self, index: int, rows: slice, output: Tensor, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """A part's features after the layer's self-attention, and its queries to the memory.

        `inputs` are queries, keys and values of the self-attention; none for the first layer, whose input has it done.
        """
        layer = self._layers[index]
        output = layer.self_attention(output, *inputs) if inputs else output
        return output, layer.queries(rows, output)

    def _after_attention(self, index: int, rows: slice, output: Tensor, *attended: Tensor) -> tuple[Tensor, ...]:
        """The layer's output [B, n, C] and what the next one's self-attention needs; after the last, normed."""
        output = self._layers[index].join(output, *attended)
        if index + 1 < len(self._layers):
            return output, *self._layers[index + 1].self_inputs(rows, output)
        return (self._predictor.memory_attention.norm(output),)

    def _start(
        self, split: _Split, part: int, features: Tensor, pair: Deferred[KeysAndValues] | None
    ) -> FirstLayerStart:
        """The first layer of a part up to the attention to `pair`."""
        output, queries = split.before[0][part](features[:, split.rows[part]])
        return output, queries, [self._layers[0].attend(queries, *pair.result())] if pair is not None else []

    def _layer(
        self,
        split: _Split,
        index: int,
        part: int,
        start: Deferred[FirstLayerStart] | None,
        inputs: Sequence[Tensor],
        pairs: Sequence[KeysAndValues],
    ) -> tuple[Tensor, ...]:
        """One layer for one part of the tokens, as `_after_attention` returns it."""
        attended: list[PartialAttention] = []
        if start is not None:
            output, queries, attended = start.result()
        else:
            output, queries = split.before[index][part](*inputs)
        for pair in pairs[len(attended) :]:
            self._predictor.preemption_point()
            attended = [*attended, self._layers[index].attend(queries, *pair)]
        self._predictor.preemption_point()
        outputs: tuple[Tensor, ...] = split.after[index][part](output, *attended[0], *attended[-1])
        return outputs

    def _known_memories(self, memories: Sequence[SelectedMemory]) -> list[tuple[int, Tensor]]:
        """Position and features of each memory of every object that is known ahead."""
        known, _ = self._known_and_new(memories[0])
        frames = [memory.frames[place] for memory in memories for place in known]
        return [(position, output["maskmem_features"]) for position, output in frames]

    def _known_and_new(self, memory: SelectedMemory) -> tuple[list[int], list[int]]:
        """The places of the frames that are known before the frame before is tracked, and of the others."""
        newest = self._predictor.num_maskmem - 1
        known = [place for place, (position, _) in enumerate(memory.frames) if self._on_cpu and position != newest]
        return known, [place for place in range(len(memory.frames)) if place not in known]
