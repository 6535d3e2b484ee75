"""SAM 2's memory attention, for many objects of one frame at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from sam2.modeling.sam2_utils import get_1d_sine_pe, select_closest_cond_frames
from torch import Tensor

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.device.graphs import TensorFunction, as_graph
from sam2_lit.engine.device.helper_thread import Deferred
from sam2_lit.engine.tracking.attention_layer import Attended, AttentionLayer, flat

# Projecting a memory costs its width for each key, attending to it as much as there are queries: below this share of
# the queries it is not worth keeping what was projected.
_WORTH_KEEPING = 1 / 20

FrameOutput = dict[str, Any]
"""What SAM 2 keeps of one object on one frame: SAM2VideoPredictor._run_single_frame_inference says what is in it.

Beside that, `projections` is there while it is worth keeping: by layer of the memory attention, its keys (without
temporal encoding) and values.
"""

Pair = tuple[Tensor, Tensor]
"""Keys and values: [N, D] each of one object's memory of a frame, [B, K, D] each of all that is attended to."""


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


Begun = tuple[Tensor, Tensor, list[Attended]]
"""A share's features and queries in the first layer, and what they attended to so far."""


@dataclass(frozen=True, eq=False)
class _Cut:
    """A frame's tokens as shares: the rows of each, and by layer and share what runs before and after the memory."""

    rows: list[slice]
    ask: list[list[TensorFunction]]
    after: list[list[TensorFunction]]


@dataclass(frozen=True, eq=False)
class Ahead:
    """What was begun of a frame before the frame before it was tracked.

    - cut: into which shares its tokens are cut.
    - attended: the frame's own features.
    - known: position and features of each memory that it was begun with.
    - gathered: for each layer, their keys and values.
    - first: for each share of the tokens, the first layer as far as they tell.
    """

    cut: _Cut
    attended: Tensor
    known: Sequence[tuple[int, Tensor]]
    gathered: Sequence[Deferred[Pair]]
    first: Sequence[Deferred[Begun]]

    def fits(self, attended: Tensor, known: Sequence[tuple[int, Tensor]]) -> bool:
        """Whether a frame with these features remembers exactly this."""
        return (
            attended is self.attended
            and len(known) == len(self.known)
            and all(a == b and one is other for (a, one), (b, other) in zip(known, self.known, strict=True))
        )


class MemoryAttention:
    """`SAM2Base._prepare_memory_conditioned_features` of tracked frames, equal up to rounding.

    What makes it cheaper than SAM2Base with the same weights:
    - objects run as one batch, and the first self-attention, which no memory has entered yet, once for a frame;
    - a frame's memory is projected to keys and values once, not each time that a later frame reads it: the projection
      and the rotary encoding are linear, so the temporal encoding, which changes with the distance, is added after;
    - encodings that depend on positions alone are kept;
    - what runs between two moments at which a click may go first is one graph (`as_graph.py`);
    - where there are two cores, the frame's tokens are two shares, each with a thread of its own (`helper.py`) from
      one self-attention to the next;
    - on a CPU, attention to memories that are known before the frame before is tracked is a part by itself, which can
      be done while that frame is (`look_ahead`).
    """

    def __init__(self, predictor: Any) -> None:
        self._predictor = predictor
        self._device = predictor.device
        self._is_cut = predictor.device.type == "cpu"
        side = predictor.sam_image_embedding_size
        self._tokens = side * side
        position = predictor.image_encoder.neck.position_encoding(torch.zeros(1, 1, side, side))
        self.position = flat(position).to(self._device)
        count = len(predictor.memory_attention.layers)
        self._layers = [AttentionLayer(predictor, index, self.position) for index in range(count)]
        self._width = predictor.memory_attention.layers[0].cross_attn_image.internal_dim
        self._keeps = bool(predictor.mem_dim >= self._tokens * _WORTH_KEEPING)
        features = torch.zeros(2, predictor.hidden_dim, side, side, device=self._device)
        self.first_attention = as_graph(self._first_attention, features)
        half = self._tokens // 2
        self._whole = self._cut([slice(0, self._tokens)], flat(features))
        self._halves = self._cut([slice(0, half), slice(half, self._tokens)], flat(features)) if self._is_cut else None
        pointers = torch.zeros(2, 3, predictor.hidden_dim, device=self._device)
        self._project_pointers = as_graph(self._pointer_keys, pointers, torch.zeros(3, device=self._device))

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

    def look_ahead(self, attended: Tensor, memories: Sequence[ReadMemory]) -> Ahead:
        """Begins on what `condition` will need of memories that are known before the frame before is tracked.

        Args:
            attended: [1, N, C], from `first_attention`.
            memories: of B objects, all of one layout; of the frame before and of object pointers nothing is read.
        """
        known, _ = self._places(memories[0])
        later = self._predictor.helper.later
        cut = self._cut_for(len(memories))
        shares = range(len(cut.rows))
        if not known:
            first = [later(partial(self._begin, cut, share, attended, None)) for share in shares]
            return Ahead(cut, attended, [], [], first)
        gathered = []
        nothing = [self.position.new_empty(len(memories), 0, self._width)] * 2
        for index in range(len(self._layers)):
            projected = self._projections(index, memories, known)
            gathered.append(later(partial(self._gathered, index, memories, known, projected, nothing)))
            if index == 0:
                first = [later(partial(self._begin, cut, share, attended, gathered[0])) for share in shares]
        return Ahead(cut, attended, self._known(memories), gathered, first)

    def condition(
        self, attended: Tensor, memories: Sequence[ReadMemory], frame_count: int, ahead: Ahead | None = None
    ) -> Tensor:
        """Features conditioned on each object's memory.

        Args:
            attended: [1, N, C], from `first_attention`.
            memories: of B objects, all of one layout.
            frame_count: of the video; SAM 2 takes no more object pointers than that.
            ahead: what `look_ahead` began; another frame's, or one begun before what was remembered changed, is not
                taken.

        Returns:
            [B, C, h, w], as the mask decoder takes it.
        """
        if ahead is None or not ahead.fits(attended, self._known(memories)):
            ahead = self.look_ahead(attended, memories)
        helper, preemption_point = self._predictor.helper, self._predictor.preemption_point
        preemption_point()
        new = self._places(memories[0])[1]
        # Those of the first layer are made here.
        projected = [
            helper.later(partial(self._projections, index, memories, new)) for index in range(1, len(self._layers))
        ]
        pointers = self._pointers(memories, frame_count)
        projected.insert(0, Deferred(partial(self._projections, 0, memories, new)))
        made: list[tuple[Tensor, ...]] = []
        for index in range(len(self._layers)):
            preemption_point()
            pairs = [each.get() for each in ahead.gathered[index : index + 1]]
            if new or memories[0].pointers:
                extra = pointers[2 * index : 2 * index + 2]
                pairs.append(self._gathered(index, memories, new, projected[index].get(), extra))
            # Keys and values of the self-attention are those of all shares.
            everyone = [torch.cat(parts, dim=1) for parts in zip(*(each[2:] for each in made), strict=True)]
            made = helper.share(
                [
                    partial(
                        self._layer_of,
                        ahead.cut,
                        index,
                        share,
                        ahead.first[share] if index == 0 else None,
                        (*made[share][:2], *everyone) if made else (),
                        pairs,
                    )
                    for share in range(len(ahead.cut.rows))
                ]
            )
        outputs = [output for output, *_ in made]
        side = self._predictor.sam_image_embedding_size
        return torch.unflatten(torch.cat(outputs, dim=1).mT, 2, (side, side))

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
        output = flat(top)
        if self._predictor.memory_attention.pos_enc_at_input:
            output = output + 0.1 * self.position
        return self._layers[0].to_self(output, *self._layers[0].self_inputs(slice(None), output))

    def _cut(self, rows: list[slice], features: Tensor) -> _Cut:
        """`rows` are those of each share of the tokens, `features` [2, N, C] an example."""
        ask: list[list[TensorFunction]] = []
        after: list[list[TensorFunction]] = []
        for index, layer in enumerate(self._layers):
            inputs = layer.self_inputs(slice(None), features) if index > 0 else ()
            ask.append([])
            after.append([])
            for each in rows:
                part = features[:, each]
                of_share = [tensor[:, each] if place == 0 else tensor for place, tensor in enumerate(inputs)]
                queries = layer.queries(each, part)
                attended = layer.attend(queries, queries, queries)
                ask[index].append(as_graph(partial(self._before_attention, index, each), part, *of_share))
                after[index].append(as_graph(partial(self._after_attention, index, each), part, *attended, *attended))
        return _Cut(rows, ask, after)

    def _cut_for(self, objects: int) -> _Cut:
        """One object's tokens are cut where a second core has time for a share, which rounds alike; those of more
        always, since products of so many rows may not."""
        return self._halves if self._halves and (objects > 1 or self._predictor.helper.is_there) else self._whole

    def _before_attention(self, index: int, rows: slice, output: Tensor, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """A share's features after the layer's self-attention (the first layer's have it behind them), and queries."""
        layer = self._layers[index]
        output = layer.to_self(output, *inputs) if inputs else output
        return output, layer.queries(rows, output)

    def _after_attention(self, index: int, rows: slice, output: Tensor, *attended: Tensor) -> tuple[Tensor, ...]:
        """The layer's output [B, n, C] and what the next one's self-attention needs; after the last, normed."""
        output = self._layers[index].join(output, *attended)
        if index + 1 < len(self._layers):
            return output, *self._layers[index + 1].self_inputs(rows, output)
        return (self._predictor.memory_attention.norm(output),)

    def _begin(self, cut: _Cut, share: int, attended: Tensor, pair: Deferred[Pair] | None) -> Begun:
        """The first layer of a share up to what `pair` tells."""
        output, queries = cut.ask[0][share](attended[:, cut.rows[share]])
        return output, queries, [self._layers[0].attend(queries, *pair.get())] if pair is not None else []

    def _layer_of(
        self,
        cut: _Cut,
        index: int,
        share: int,
        begun: Deferred[Begun] | None,
        inputs: Sequence[Tensor],
        pairs: Sequence[Pair],
    ) -> tuple[Tensor, ...]:
        """One layer for one share of the tokens, as `_after_attention` returns it."""
        attended: list[Attended] = []
        if begun is not None:
            output, queries, attended = begun.get()
        else:
            output, queries = cut.ask[index][share](*inputs)
        for pair in pairs[len(attended) :]:
            self._predictor.preemption_point()
            attended = [*attended, self._layers[index].attend(queries, *pair)]
        self._predictor.preemption_point()
        made: tuple[Tensor, ...] = cut.after[index][share](output, *attended[0], *attended[-1])
        return made

    def _known(self, memories: Sequence[ReadMemory]) -> list[tuple[int, Tensor]]:
        """Of every object, each memory that is known ahead, with its position."""
        places, _ = self._places(memories[0])
        frames = [memory.frames[place] for memory in memories for place in places]
        return [(position, output["maskmem_features"]) for position, output in frames]

    def _places(self, memory: ReadMemory) -> tuple[list[int], list[int]]:
        """Which frames that are read are known before the frame before is tracked, and which are not."""
        newest = self._predictor.num_maskmem - 1
        known = [place for place, (position, _) in enumerate(memory.frames) if self._is_cut and position != newest]
        return known, [place for place in range(len(memory.frames)) if place not in known]

    def _projections(self, index: int, memories: Sequence[ReadMemory], places: Sequence[int]) -> list[list[Pair]]:
        """What a layer projects of the frames at `places` of what is read: for each of them, of each object."""
        return [self._projected(index, [memory.frames[place][1] for memory in memories]) for place in places]

    def _gathered(
        self,
        index: int,
        memories: Sequence[ReadMemory],
        places: Sequence[int],
        projected: Sequence[Sequence[Pair]],
        pointers: Sequence[Tensor],
    ) -> Pair:
        """Keys and values, [B, K, D] each, of the frames at `places` and of object pointers after them."""
        spatial = len(places) * self._tokens
        keys, values = (each.new_empty(len(memories), spatial + each.shape[1], self._width) for each in pointers)
        for owner in range(len(memories)):
            torch.cat([*(of_frame[owner][0] for of_frame in projected), pointers[0][owner]], out=keys[owner])
            torch.cat([*(of_frame[owner][1] for of_frame in projected), pointers[1][owner]], out=values[owner])
        positions = [memories[0].frames[place][0] for place in places]
        for start, end in _runs(positions):
            at = keys[:, start * self._tokens : end * self._tokens]
            at += self._layers[index].temporal[positions[start] : positions[end - 1] + 1].flatten(0, 1)
        return keys, values

    def _projected(self, index: int, outputs: list[FrameOutput]) -> list[Pair]:
        """Keys and values, [N, D] each, of the memory that each object has of one frame."""
        kept = [output["projections"][index] for output in outputs if index in output.get("projections", ())]
        if len(kept) == len(outputs):
            return kept
        memory = torch.cat([output["maskmem_features"].to(self._device) for output in outputs])
        projected = list(zip(*self._layers[index].project(memory), strict=True))
        if self._keeps:
            for output, pair in zip(outputs, projected, strict=True):
                output.setdefault("projections", {})[index] = pair
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
        with use_threads(1):
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


def _runs(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Where positions that follow each other start and end."""
    starts = [place for place, each in enumerate(positions) if place == 0 or positions[place - 1] != each - 1]
    return list(zip(starts, [*starts, len(positions)][1:], strict=True))
