"""Selects the memory that SAM 2 attends to on a frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sam2.modeling.sam2_utils import select_closest_cond_frames
from torch import Tensor

from sam2_lit.engine.tracking.frame_output import FrameOutput


@dataclass(frozen=True)
class SelectedMemory:
    """The memory of one object that is attended to on one frame.

    - frames: (temporal position, output) of each frame whose spatial memory is attended to, in SAM 2's order. The
      position of a conditioning frame is 0, that of the frame just tracked `num_maskmem - 1`.
    - pointers: (distance in frames, object pointer [1, C]) of each object pointer attended to.
    """

    frames: tuple[tuple[int, FrameOutput], ...]
    pointers: tuple[tuple[int, Tensor], ...]

    @property
    def layout(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Positions and distances: objects for which they are equal can be tracked as one batch."""
        return tuple(position for position, _ in self.frames), tuple(distance for distance, _ in self.pointers)


class MemoryReader:
    """The selection that `SAM2Base._prepare_memory_conditioned_features` makes on frames to be tracked."""

    def __init__(self, predictor: Any) -> None:
        self._predictor = predictor

    @property
    def reach(self) -> int:
        """How many frames back tracked frames are read: as spatial memory, or for their object pointers."""
        predictor = self._predictor
        spatial = (predictor.num_maskmem - 1) * predictor.memory_temporal_stride_for_eval
        return int(max(spatial, predictor.max_obj_ptrs_in_encoder - 1))

    def select(
        self,
        frame_index: int,
        reverse: bool,
        conditioning: dict[int, FrameOutput],
        tracked: Mapping[int, FrameOutput],
        frame_count: int,
    ) -> SelectedMemory:
        """Selects from an object's conditioning and tracked outputs, by frame; `frame_count` is the video's."""
        predictor = self._predictor
        selected, others = select_closest_cond_frames(frame_index, conditioning, predictor.max_cond_frames_in_attn)
        frames = [(0, output) for output in selected.values()]
        for position in range(1, predictor.num_maskmem):
            frame = self._memory_frame(frame_index, predictor.num_maskmem - position, reverse)
            output = tracked.get(frame) or others.get(frame)
            if output is not None:
                frames.append((position, output))
        pointers: list[tuple[int, Tensor]] = []
        if predictor.use_obj_ptrs_in_encoder:
            sign = -1 if reverse else 1
            for frame, output in selected.items():
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
        return SelectedMemory(tuple(frames), tuple(pointers))

    def _memory_frame(self, frame_index: int, back: int, reverse: bool) -> int:
        """The frame that is `back` memories before this one: the frame just before, then every stride-th frame."""
        direction = -1 if reverse else 1
        if back == 1:
            return frame_index - direction
        stride = self._predictor.memory_temporal_stride_for_eval
        nearest = -(-(frame_index + 2) // stride) * stride if reverse else (frame_index - 2) // stride * stride
        return int(nearest - direction * (back - 2) * stride)
