"""A session of the client for asyncio."""

import io
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sam2_lit.client.async_session_files import AsyncSessionFiles
from sam2_lit.client.connection import Patience
from sam2_lit.client.errors import ConnectionFailed, SessionNotFound
from sam2_lit.client.generated import (
    PROPAGATE_IN_VIDEO_GQL,
    AddCorrectionInput,
    ApplyLoraCandidateInput,
    CloseSessionInput,
    LoraMode,
    NameObjectInput,
    PropagateInVideo,
    PropagateInVideoInput,
    PropagationDirection,
    RemoveObjectInput,
    SetLoraModeInput,
    TrainLoraInput,
)
from sam2_lit.client.generated import AdapterFields as Adapter
from sam2_lit.client.generated import SessionFields as SessionInfo
from sam2_lit.client.results import (
    Candidate,
    Correction,
    Frame,
    TrackedFrame,
    candidate_of,
    frame_of,
    points_of,
    rle_of,
    tracked_frame_of,
)
from sam2_lit.records.masks import BoolMask


class AsyncSession(AsyncSessionFiles):
    """A session on a video. Frame indices start at 0; object ids are yours to choose, integers from 0.

    Points and boxes are relative to the frame, 0 to 1, x before y. Masks are bool [H, W] at the video's resolution.
    Every method raises SessionNotFound where the session was closed.
    """

    async def name_object(self, object_id: int, name: str) -> None:
        """Names an object; an empty name removes it. Raises ObjectNotFound, InvalidPrompt."""
        await self._connection.name_object(NameObjectInput(session_id=self.session_id, object_id=object_id, name=name))

    async def remove_object(self, object_id: int) -> None:
        """Removes an object with its masks and adapters. Raises ObjectNotFound."""
        await self._connection.remove_object(RemoveObjectInput(session_id=self.session_id, object_id=object_id))

    async def track(
        self,
        start_frame_index: int | None = None,
        direction: PropagationDirection | None = None,
        max_frames: int | None = None,
        *,
        object_ids: Sequence[int] | None = None,
        last_frame_index: int | None = None,
        force: bool = False,
        skip_current: bool = False,
    ) -> AsyncGenerator[TrackedFrame, None]:
        """Tracks objects, by default each from its own first prompt on: yields each frame as soon as it is tracked.

        Closing the generator (`contextlib.aclosing`) ends the tracking within a frame. Where the connection breaks on
        the way, the tracking is resumed: no frame is missing, none comes twice. What is not given is left to the
        server.

        Args:
            max_frames: at most this many frames after the first, in each direction.
            object_ids: the objects to track; others keep their masks.
            last_frame_index: the other end of the range of frames to track.
            force: tracks over masks that are confirmed, too.
            skip_current: tracks an object only where it has no current mask; passes over frames where none is due.

        Raises:
            NoPrompts, FrameOutOfRange, ObjectNotFound, CapacityExceeded, OutOfMemory.
            ConnectionFailed: there is no connection, or it stays broken for the client's `reconnect_seconds`.
            SequenceNotFound: the server no longer has the tracking that broke.
        """
        given = {
            "start_frame_index": start_frame_index,
            "direction": direction,
            "max_frames": max_frames,
            "object_ids": None if object_ids is None else list(object_ids),
            "last_frame_index": last_frame_index,
            "force": force or None,
            "skip_current": skip_current or None,
        }
        arguments: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        patience = Patience(self._connection.reconnect_seconds)
        while True:
            request = PropagateInVideoInput(session_id=self.session_id, **arguments)
            events = self._connection.subscribe(PROPAGATE_IN_VIDEO_GQL, "PropagateInVideo", {"input": request})
            try:
                async with aclosing(events):
                    async for data in events:
                        frame = PropagateInVideo.model_validate(data).propagate_in_video
                        arguments |= {"propagation_id": frame.propagation_id, "from_sequence": frame.sequence + 1}
                        patience.restore()
                        yield tracked_frame_of(frame)
                return
            except ConnectionFailed:
                if "from_sequence" not in arguments or not await patience.wait():
                    raise

    async def correct(
        self,
        object_id: int,
        frame_index: int,
        *,
        points: ArrayLike | None = None,
        labels: Sequence[int] | None = None,
        box: Sequence[float] | None = None,
        mask: BoolMask | None = None,
        train: bool = True,
    ) -> Correction:
        """Adds a prompt where the tracker was wrong, and trains an adapter on the result.

        Args:
            points, labels, box, mask: exactly one prompt, as of `add_points`, `add_box` and `add_mask`. Points add to
                the frame's earlier ones.
            train: whether to train an adapter.

        Raises:
            InvalidPrompt, InvalidMask, FrameOutOfRange, CapacityExceeded.
            Cancelled: the tracking that the correction needed first was cancelled.
        """
        prompt: dict[str, Any] = {}
        if points is not None:
            prompt["points"] = clicked = points_of(points)
            prompt["labels"] = [1] * len(clicked) if labels is None else list(labels)
        if box is not None:
            prompt["box"] = [float(side) for side in box]
        if mask is not None:
            prompt["rle_mask"] = rle_of(mask)
        request = AddCorrectionInput(
            session_id=self.session_id, object_id=object_id, frame_index=frame_index, train_lora=train, **prompt
        )
        corrected = await self._connection.add_correction(request)
        return Correction(frame_of(corrected.frame), corrected.adapter, corrected.skipped)

    async def train(self, object_id: int, frame_index: int, mask: BoolMask | None = None) -> Adapter:
        """Trains an adapter on a frame's correction, or on `mask`.

        Raises:
            FeaturesNotCaptured, LoraNotTrained, NoPrompts, InvalidMask, ObjectNotFound, FrameOutOfRange, Cancelled.
        """
        given = {} if mask is None else {"rle_mask": rle_of(mask)}
        request = TrainLoraInput(session_id=self.session_id, object_id=object_id, frame_index=frame_index, **given)
        return await self._connection.train_lora(request)

    async def candidates(self, object_id: int, frame_index: int) -> list[Candidate]:
        """The masks that the object's adapters propose. Raises FeaturesNotCaptured, ObjectNotFound, FrameOutOfRange."""
        found = await self._connection.lora_candidates(self.session_id, object_id, frame_index)
        return [candidate_of(each) for each in found]

    async def apply(self, candidate: Candidate, *, force: bool = False) -> Frame:
        """Makes a candidate the object's mask on its frame.

        Raises AdapterNotFound, InvalidMask, and FrameConfirmed where the frame is confirmed, unless `force`.
        """
        request = ApplyLoraCandidateInput(
            session_id=self.session_id,
            object_id=candidate.object_id,
            frame_index=candidate.frame_index,
            adapter_id=candidate.adapter_id,
            force=force,
        )
        return frame_of(await self._connection.apply_lora_candidate(request))

    async def set_lora_mode(self, mode: LoraMode) -> None:
        """What adapters do while tracking: OFF, SUGGEST or AUTO."""
        await self._connection.set_lora_mode(SetLoraModeInput(session_id=self.session_id, mode=mode))

    async def masks(self, first: int = 0, last: int | None = None) -> list[Frame]:
        """What was tracked or drawn on the frames `first` to `last`, included; computes nothing."""
        found = await self._connection.session_masks(self.session_id, first, last)
        if found is None:
            raise self._closed()
        return [frame_of(each) for each in found.masks]

    async def info(self) -> SessionInfo:
        """The session's objects, their names, prompted frames and adapters, its mode and its video."""
        found = await self._connection.session(self.session_id)
        if found is None:
            raise self._closed()
        return found

    async def picture(self, frame_index: int) -> NDArray[np.uint8]:
        """The picture of a frame, RGB [H, W, 3]. Raises FrameOutOfRange."""
        from PIL import Image

        content = io.BytesIO()
        await self._connection.download(self.video.frame_url_template.replace("{index}", str(frame_index)), content)
        with Image.open(content) as picture:
            return np.array(picture.convert("RGB"))

    async def close(self) -> None:
        """Ends the session for good: the server deletes it."""
        await self._connection.close_session(CloseSessionInput(session_id=self.session_id))

    def _closed(self) -> SessionNotFound:
        return SessionNotFound(f"there is no session {self.session_id!r}")
