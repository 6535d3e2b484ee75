"""The simulated user of the LIT paper (arXiv 2603.26929)."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean

import numpy as np

from sam2_lit.engine.engine import Engine
from sam2_lit.errors import LitError
from sam2_lit.evaluation.clicks import Click, next_click
from sam2_lit.evaluation.davis import DatasetError, Sequence, Truth
from sam2_lit.evaluation.effort import Effort
from sam2_lit.evaluation.rows import Mode, Outcome, Row, Trace
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE, BoolMask
from sam2_lit.records.results import FrameMasks, LoraMode

LORA_MODES = {
    Mode.OFF: LoraMode.OFF,
    Mode.SUGGEST: LoraMode.SUGGEST,
    Mode.AUTO: LoraMode.AUTO,
    Mode.REFERENCE: LoraMode.SUGGEST,
}


@dataclass(frozen=True)
class Protocol:
    """- threshold: a mask with a lower IoU is corrected; a mask or candidate with this IoU or more is accepted. At 0
      nothing is corrected.
    - max_clicks: the most clicks of one correction; if they do not reach the threshold, the mask is drawn.
    - corrects: whether the user corrects at all.
    - shift: pixels of the video by which the first mask is shifted to the right, or to the left where negative. The
      difference between the results of two shifts estimates how much of a difference is chance.
    """

    threshold: float = 0.5
    max_clicks: int = 3
    corrects: bool = True
    shift: int = 0


async def annotate(
    engine: Engine,
    session_id: str,
    sequence: Sequence,
    object_id: int,
    first: int,
    mode: Mode,
    protocol: Protocol,
    on_frame: Callable[[], object] = lambda: None,
) -> Outcome:
    """Annotates one object from its first mask, on frame `first`, to the end of the video, frame by frame.

    The session is one on the sequence's video, and is reset first. A frame that does not show the object is not
    corrected, since there is nothing to click on or to draw. `on_frame` is called after each evaluated frame.

    Raises DatasetError where the protocol's shift moves the first mask out of the frame.
    """
    given = shifted(sequence.truth(object_id, first).mask, protocol.shift)
    if not given.any():
        raise DatasetError(
            f"a shift of {protocol.shift} moves the first mask of object {object_id} of {sequence.name} out of the "
            "frame; choose a smaller one"
        )
    if mode is Mode.COPY:
        return _copied(sequence, object_id, first, given, protocol, on_frame)
    await engine.reset_session(session_id)
    await engine.set_lora_mode(session_id, LORA_MODES[mode])
    await engine.add_mask(session_id, object_id, first, masks.encode(given))
    kind = ReferenceUser if mode is Mode.REFERENCE else User
    user = kind(engine, session_id, object_id, mode, protocol)
    for index in sequence.evaluated_frames(first):
        await user.annotate_frame(index, sequence.truth(object_id, index))
        on_frame()
    return user.outcome(sequence.name)


def shifted(mask: BoolMask, pixels: int) -> BoolMask:
    """The mask [H, W] moved to the right by `pixels`, to the left where negative; cut off at the frame's border."""
    width = mask.shape[1]
    moved = np.zeros_like(mask)
    moved[:, max(0, pixels) : max(0, width + pixels)] = mask[:, max(0, -pixels) : max(0, width - pixels)]
    return moved


class User:
    """The annotator of one object, with a record of what they did.

    `found` has the IoU of each frame before the user acted, `corrected` the indices of the frames that they corrected.
    """

    def __init__(self, engine: Engine, session_id: str, object_id: int, mode: Mode, protocol: Protocol) -> None:
        self.engine = engine
        self.session_id = session_id
        self.object_id = object_id
        self._mode = mode
        self._protocol = protocol
        self._frames: list[int] = []
        self.found: list[float] = []
        self._left: list[float] = []
        self.corrected: list[int] = []
        self._accepted: list[int] = []
        self._effort = Effort()
        self._train_seconds: list[float] = []

    async def annotate_frame(self, index: int, truth: Truth) -> None:
        """Tracks the frame; where its mask is wrong, accepts a candidate or corrects it."""
        mask = self.mask_of(await self.engine.propagate_to_frame(self.session_id, index))
        self._effort += Effort(watched=1)
        found = left = truth.iou(mask)
        if self._protocol.corrects and found < self._protocol.threshold and truth.mask.any():
            accepted = await self._accept_candidate(index, truth) if self._mode.offers_candidates else None
            left = await self._correct(index, mask, truth) if accepted is None else accepted
            # While the user looks on, the device is idle.
            await self.engine.finish_learning(self.session_id)
        self._frames.append(index)
        self.found.append(found)
        self._left.append(left)

    def outcome(self, sequence: str) -> Outcome:
        row = Row(
            mode=self._mode,
            sequence=sequence,
            object=self.object_id,
            threshold=self._protocol.threshold,
            shift=self._protocol.shift,
            frames=len(self._frames),
            corrections=len(self.corrected),
            accepted=len(self._accepted),
            clicks=self._effort.clicks,
            j=mean(self._left),
            train_seconds=tuple(self._train_seconds),
            effort=self._effort,
        )
        trace = Trace(
            tuple(self._frames), tuple(self.found), tuple(self._left), tuple(self.corrected), tuple(self._accepted)
        )
        return Outcome(row, trace)

    async def _accept_candidate(self, index: int, truth: Truth) -> float | None:
        """Accepts the candidate with the highest IoU if it reaches the threshold. Returns its IoU, otherwise None."""
        candidates = await self.engine.lora_candidates(self.session_id, self.object_id, index)
        rated = [(truth.iou(masks.decode(candidate.rle)), candidate.adapter_id) for candidate in candidates]
        self._effort += Effort(judged=len(rated))
        iou, adapter_id = max(rated, default=(0.0, ""))
        if iou < self._protocol.threshold:
            return None
        frame = await self.engine.apply_lora_candidate(self.session_id, self.object_id, index, adapter_id)
        self._effort += Effort(taken=1)
        self._accepted.append(index)
        return truth.iou(self.mask_of(frame))

    async def _correct(self, index: int, mask: BoolMask, truth: Truth) -> float:
        """Clicks, then draws the mask if clicks do not reach the threshold. Returns the final IoU."""
        self.corrected.append(index)
        for count in range(self._protocol.max_clicks):
            click = next_click(mask, truth)
            if click is None:
                break
            self._effort += Effort(clicks=1, clicked_frames=int(count == 0))
            mask = await self._click(index, click)
            if truth.iou(mask) >= self._protocol.threshold:
                await self._train(index, truth)
                return truth.iou(mask)
        self._effort += Effort(drawn=1)
        return truth.iou(await self._draw(index, truth))

    async def _click(self, index: int, click: Click) -> BoolMask:
        frame = await self.engine.add_points(
            self.session_id, self.object_id, index, [(click.x, click.y)], [click.label], clear_old_points=False
        )
        return self.mask_of(frame)

    async def _draw(self, index: int, truth: Truth) -> BoolMask:
        correction = await self.engine.add_correction(
            self.session_id,
            self.object_id,
            index,
            rle=masks.encode(truth.mask),
            train_lora=self._mode.learns,
        )
        if correction.adapter is not None:
            self._train_seconds.append(correction.adapter.record.seconds)
        return self.mask_of(correction.frame)

    async def _train(self, index: int, truth: Truth) -> None:
        """Trains on the mask that the clicks made."""
        if not self._mode.learns:
            return
        try:
            adapter = await self.engine.train_lora(self.session_id, self.object_id, index, self._target(truth))
        except LitError:
            # The correction holds although nothing could be trained; the engine has logged why.
            return
        self._train_seconds.append(adapter.record.seconds)

    def _target(self, truth: Truth) -> RLE | None:
        """What to train on where clicks were enough; None for the mask that they made."""
        return None

    def mask_of(self, frame: FrameMasks) -> BoolMask:
        return masks.decode(next(mask.rle for mask in frame.masks if mask.object_id == self.object_id))


class ReferenceUser(User):
    """As `User`, and adapters are trained on the ground truth even where clicks were enough, as the LIT authors do."""

    def _target(self, truth: Truth) -> RLE | None:
        return masks.encode(truth.mask)


def _copied(
    sequence: Sequence,
    object_id: int,
    first: int,
    mask: BoolMask,
    protocol: Protocol,
    on_frame: Callable[[], object],
) -> Outcome:
    frames = sequence.evaluated_frames(first)
    ious = []
    for index in frames:
        ious.append(sequence.truth(object_id, index).iou(mask))
        on_frame()
    row = Row(
        mode=Mode.COPY,
        sequence=sequence.name,
        object=object_id,
        threshold=protocol.threshold,
        shift=protocol.shift,
        frames=len(frames),
        corrections=0,
        accepted=0,
        clicks=0,
        j=mean(ious),
        train_seconds=(),
        effort=Effort(),
    )
    return Outcome(row, Trace(tuple(frames), tuple(ious), tuple(ious), (), ()))
