"""Masks by hand: prompts, absence and confirmation."""

from collections.abc import Sequence

from numpy.typing import ArrayLike

from sam2_lit.client.async_session_records import AsyncSessionRecords
from sam2_lit.client.connection import Connection
from sam2_lit.client.generated import (
    AddBoxInput,
    AddMaskInput,
    AddPointsInput,
    ClearPointsInFrameInput,
    ConfirmFramesInput,
    FrameSpanInput,
    MarkAbsentInput,
    RemoveMasksInput,
    UnconfirmFramesInput,
)
from sam2_lit.client.generated import VideoFields as Video
from sam2_lit.client.results import Frame, frame_of, points_of, rle_of
from sam2_lit.records.masks import BoolMask


class AsyncSessionMasks(AsyncSessionRecords):
    """The part of `AsyncSession` that says what objects are like on frames."""

    def __init__(self, connection: Connection, session_id: str, video: Video) -> None:
        super().__init__(connection, session_id)
        self.video = video

    async def add_points(
        self,
        object_id: int,
        frame_index: int,
        points: ArrayLike,
        labels: Sequence[int] | None = None,
        *,
        clear: bool = True,
    ) -> Frame:
        """Segments an object by clicks.

        Args:
            points: [N, 2], (x, y).
            labels: 1 on the object, 0 off it, for each point; all 1 where None.
            clear: whether the points replace earlier prompts of the frame, or add to them.

        Raises:
            InvalidPrompt, FrameOutOfRange, CapacityExceeded.
        """
        clicked = points_of(points)
        prompt = AddPointsInput(
            session_id=self.session_id,
            object_id=object_id,
            frame_index=frame_index,
            points=clicked,
            labels=[1] * len(clicked) if labels is None else list(labels),
            clear_old_points=clear,
        )
        return frame_of(await self._connection.add_points(prompt))

    async def add_box(self, object_id: int, frame_index: int, box: Sequence[float]) -> Frame:
        """Segments an object by a box, (x0, y0, x1, y1). Raises InvalidPrompt, FrameOutOfRange, CapacityExceeded."""
        prompt = AddBoxInput(
            session_id=self.session_id, object_id=object_id, frame_index=frame_index, box=[float(side) for side in box]
        )
        return frame_of(await self._connection.add_box(prompt))

    async def add_mask(self, object_id: int, frame_index: int, mask: BoolMask) -> Frame:
        """Sets an object's mask. An empty one says that the object is not there, as `mark_absent` does for a range.

        Raises InvalidMask, FrameOutOfRange, CapacityExceeded.
        """
        prompt = AddMaskInput(
            session_id=self.session_id, object_id=object_id, frame_index=frame_index, rle_mask=rle_of(mask)
        )
        return frame_of(await self._connection.add_mask(prompt))

    async def mark_absent(
        self, object_id: int, first: int, last: int | None = None, *, force: bool = False
    ) -> list[int]:
        """Says that an object is not there on the frames `first` to `last`, included; None is the last of the video.

        Returns the frames there whose prompts were removed. Frames that are confirmed stay, unless `force`. Raises
        InvalidMask where one would be the object's first prompt, ObjectNotFound, FrameOutOfRange.
        """
        request = MarkAbsentInput(
            session_id=self.session_id,
            object_id=object_id,
            first=first,
            last=last,
            force=force,
        )
        return (await self._connection.mark_absent(request)).cleared_prompts

    async def remove_masks(
        self, object_ids: Sequence[int], first: int, last: int | None = None, *, force: bool = False
    ) -> None:
        """Removes objects' masks from the frames `first` to `last`, included, but those of prompts.

        Tracking the frames makes masks again. Frames that are confirmed stay, unless `force`. Raises ObjectNotFound,
        FrameOutOfRange.
        """
        request = RemoveMasksInput(
            session_id=self.session_id,
            object_ids=list(object_ids),
            first=first,
            last=last,
            force=force,
        )
        await self._connection.remove_masks(request)

    async def confirm(self, object_ids: Sequence[int], first: int, last: int | None = None) -> None:
        """Confirms the masks of objects on the frames `first` to `last`, included: nothing but a prompt replaces them.

        Raises ObjectNotFound, FrameOutOfRange.
        """
        ranges = [self._range(first, last)]
        await self._connection.confirm_frames(
            ConfirmFramesInput(session_id=self.session_id, object_ids=list(object_ids), ranges=ranges)
        )

    async def unconfirm(self, object_ids: Sequence[int], first: int, last: int | None = None) -> None:
        """Takes back what `confirm` did. Raises ObjectNotFound, FrameOutOfRange."""
        ranges = [self._range(first, last)]
        await self._connection.unconfirm_frames(
            UnconfirmFramesInput(session_id=self.session_id, object_ids=list(object_ids), ranges=ranges)
        )

    async def clear_points(self, object_id: int, frame_index: int) -> Frame:
        """Removes an object's prompts on a frame, and that it is absent. Raises ObjectNotFound, FrameOutOfRange."""
        cleared = ClearPointsInFrameInput(session_id=self.session_id, object_id=object_id, frame_index=frame_index)
        return frame_of(await self._connection.clear_points_in_frame(cleared))

    def _range(self, first: int, last: int | None) -> FrameSpanInput:
        return FrameSpanInput(first=first, last=self.video.frame_count - 1 if last is None else last)
