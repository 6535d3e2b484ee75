"""Every n-th frame of a video, as if it had no others."""

from collections.abc import Iterator, Mapping
from typing import Any

from sam2_lit.engine.tracking.frame_output import FrameOutput


def tracked_count(frame_count: int, frame_step: int) -> int:
    """How many frames of a video with so many frames are among every `frame_step`-th, from 0."""
    return -(-frame_count // frame_step)


def as_if_no_others(object_outputs: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """An object's outputs under the indices that frames would have in a video of only the frames that are tracked.

    `object_outputs` is what SAM 2 calls an object's `output_dict`. Returns also the frame step.
    """
    step = int(object_outputs["frame_step"])
    conditioning = {frame // step: output for frame, output in object_outputs["cond_frame_outputs"].items()}
    tracked = EveryNth(object_outputs["non_cond_frame_outputs"], step)
    return {**object_outputs, "cond_frame_outputs": conditioning, "non_cond_frame_outputs": tracked}, step


class EveryNth(Mapping[int, FrameOutput]):
    """Outputs of every `step`-th frame, by how many of those precede it."""

    def __init__(self, outputs: Mapping[int, FrameOutput], step: int) -> None:
        self._outputs = outputs
        self._step = step

    def __getitem__(self, position: int) -> FrameOutput:
        return self._outputs[position * self._step]

    def __iter__(self) -> Iterator[int]:
        return (frame // self._step for frame in self._outputs)

    def __len__(self) -> int:
        return len(self._outputs)
