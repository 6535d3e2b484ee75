"""Ranges of frames, and what a change of one did."""

from collections.abc import Iterable
from dataclasses import dataclass

FrameSpan = tuple[int, int]
"""The first and the last frame, both included."""


@dataclass(frozen=True)
class ChangedFrames:
    """What a change of one object's masks on a range of frames did.

    Attributes:
        changed: the frames whose masks were replaced or removed.
        cleared_prompts: those of them that had prompts, which are gone.
        kept: the frames in the range that keep their masks.
    """

    object_id: int
    changed: tuple[FrameSpan, ...]
    cleared_prompts: tuple[int, ...]
    kept: tuple[FrameSpan, ...]


def frame_spans(frames: Iterable[int], step: int = 1) -> tuple[FrameSpan, ...]:
    """Rising frame indices as ranges; those that are `step` apart follow each other."""
    ranges: list[FrameSpan] = []
    for frame_index in frames:
        if ranges and ranges[-1][1] == frame_index - step:
            ranges[-1] = (ranges[-1][0], frame_index)
        else:
            ranges.append((frame_index, frame_index))
    return tuple(ranges)
