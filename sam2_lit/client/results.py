"""What the client returns: masks as NumPy arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from sam2_lit.client.generated import AdapterFields as Adapter
from sam2_lit.client.generated import CandidateFields, MaskSource, PropagateInVideoPropagateInVideo, RLEMaskInput
from sam2_lit.records.masks import RLE, BoolMask, decode, encode


class RLEMask(Protocol):
    """A mask as the server sends it: COCO's RLE, `size` is [height, width]."""

    size: list[int]
    counts: str


class MaskOfObject(Protocol):
    """An object's mask on a frame, as the server sends it."""

    object_id: int
    predicted_iou: float | None
    object_score: float | None
    source: MaskSource

    @property
    def rle_mask(self) -> RLEMask: ...


class MasksOfFrame(Protocol):
    """A frame's masks, as the server sends them."""

    frame_index: int

    @property
    def rle_mask_list(self) -> Sequence[MaskOfObject]: ...


@dataclass(frozen=True, eq=False)
class ObjectMask:
    """An object's mask on a frame.

    Attributes:
        mask: bool [H, W] at the video's resolution.
        predicted_iou: the model's estimate of the mask's IoU, 0 to 1; None for a mask drawn by hand.
        object_score: logit that the object is in view; None for a mask drawn by hand.
        source: PROMPT, TRACKED, LORA, IMPORTED or ABSENT.
    """

    mask: BoolMask
    predicted_iou: float | None
    object_score: float | None
    source: MaskSource


@dataclass(frozen=True, eq=False)
class Frame:
    """The masks of a frame: `objects` by object id."""

    frame_index: int
    objects: dict[int, ObjectMask]

    @property
    def masks(self) -> dict[int, BoolMask]:
        """bool [H, W] by object id."""
        return {object_id: each.mask for object_id, each in self.objects.items()}


@dataclass(frozen=True, eq=False)
class Candidate:
    """A mask that an adapter proposes.

    Attributes:
        mask: bool [H, W] at the video's resolution.
        agreement: IoU with the mask that the session holds for the frame; 0 where it holds none.
    """

    adapter_id: str
    object_id: int
    frame_index: int
    mask: BoolMask
    predicted_iou: float
    object_score: float
    agreement: float


@dataclass(frozen=True, eq=False)
class TrackedFrame(Frame):
    """A frame of a propagation.

    Attributes:
        completed, total: frames tracked so far, and in all, in this propagation.
        revision: rises by one each time a correction sends the propagation back: frames are sent again.
        suggestions: in mode SUGGEST, adapters' masks that look better than the tracker's.
    """

    completed: int
    total: int
    revision: int
    suggestions: list[Candidate]


@dataclass(frozen=True, eq=False)
class Correction:
    """The result of a correction.

    Attributes:
        frame: the corrected frame.
        adapter: the adapter that was trained on it, or None.
        skipped: the error code that says why none was trained.
    """

    frame: Frame
    adapter: Adapter | None
    skipped: str | None


def frame_of(frame: MasksOfFrame) -> Frame:
    return Frame(frame.frame_index, objects_of(frame.rle_mask_list))


def tracked_frame_of(frame: PropagateInVideoPropagateInVideo) -> TrackedFrame:
    return TrackedFrame(
        frame.frame_index,
        objects_of(frame.rle_mask_list),
        frame.completed,
        frame.total,
        frame.revision,
        [candidate_of(each) for each in frame.suggestions],
    )


def objects_of(masks: Iterable[MaskOfObject]) -> dict[int, ObjectMask]:
    return {
        each.object_id: ObjectMask(mask_of(each.rle_mask), each.predicted_iou, each.object_score, each.source)
        for each in masks
    }


def candidate_of(candidate: CandidateFields) -> Candidate:
    return Candidate(
        candidate.adapter_id,
        candidate.object_id,
        candidate.frame_index,
        mask_of(candidate.rle_mask),
        candidate.predicted_iou,
        candidate.object_score,
        candidate.agreement,
    )


def mask_of(rle: RLEMask) -> BoolMask:
    height, width = rle.size
    return decode(RLE((height, width), rle.counts))


def rle_of(mask: BoolMask) -> RLEMaskInput:
    """Raises TypeError where `mask` is not a bool array [H, W]."""
    if mask.dtype != np.bool_ or mask.ndim != 2:
        raise TypeError(f"a mask is a bool array [H, W]; this one is {mask.dtype} {list(mask.shape)}")
    rle = encode(mask)
    return RLEMaskInput(size=list(rle.size), counts=rle.counts)


def points_of(points: ArrayLike) -> list[list[float]]:
    """Raises TypeError where `points` is not [N, 2]."""
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise TypeError(f"points are [N, 2], (x, y) from 0 to 1 each; these are {list(array.shape)}")
    found: list[list[float]] = array.tolist()
    return found
