"""What the engine answers with: plain frozen data, no tensors and no GraphQL."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.masks import RLE
from sam2_lit.records.videos import VideoEntry


class MaskSource(StrEnum):
    """Where a mask comes from: a prompt on its frame, the tracker, or an adapter."""

    PROMPT = "PROMPT"
    TRACKED = "TRACKED"
    LORA = "LORA"


class LoraMode(StrEnum):
    """What trained adapters do while frames are tracked."""

    OFF = "OFF"
    SUGGEST = "SUGGEST"
    AUTO = "AUTO"


class PropagationDirection(StrEnum):
    """Where tracking goes from its first frame; `BOTH` is forward, then backward."""

    FORWARD = "FORWARD"
    BACKWARD = "BACKWARD"
    BOTH = "BOTH"


@dataclass(frozen=True)
class Mask:
    """One object's mask on a frame.

    `predicted_iou` (0 to 1) and `object_score` (a logit) are the model's own estimates, None for a mask drawn by
    hand.
    """

    object_id: int
    rle: RLE
    predicted_iou: float | None
    object_score: float | None
    source: MaskSource


@dataclass(frozen=True)
class FrameMasks:
    """The masks of one frame, in the order in which the objects were added."""

    frame_index: int
    masks: tuple[Mask, ...]


@dataclass(frozen=True)
class Candidate:
    """A mask that an adapter proposes. `agreement` is its IoU with the mask that the session holds."""

    adapter_id: str
    object_id: int
    frame_index: int
    rle: RLE
    predicted_iou: float
    object_score: float
    agreement: float


@dataclass(frozen=True)
class PropagatedFrame:
    """One tracked frame of a stream.

    `completed` of `total` frames are done. `revision` rises each time a change made meanwhile sends the stream back.
    """

    frame_index: int
    masks: tuple[Mask, ...]
    completed: int
    total: int
    revision: int
    suggestions: tuple[Candidate, ...]


@dataclass(frozen=True)
class TrainedAdapter:
    """An adapter and the object it belongs to."""

    object_id: int
    record: AdapterRecord


@dataclass(frozen=True)
class TrainingProgress:
    """One training step: `step` counts from 1 to at most `steps`. The last event has the adapter."""

    object_id: int
    frame_index: int
    step: int
    steps: int
    loss: float
    iou: float
    adapter: TrainedAdapter | None


@dataclass(frozen=True)
class Correction:
    """A correction as it was taken. `skipped` is the error code that says why no adapter was trained."""

    frame: FrameMasks
    adapter: TrainedAdapter | None
    skipped: str | None


@dataclass(frozen=True)
class ObjectInfo:
    """An object, its name if it was given one, its prompted frames in rising order, its adapters, oldest first."""

    object_id: int
    name: str | None
    prompted_frames: tuple[int, ...]
    adapters: tuple[TrainedAdapter, ...]


@dataclass(frozen=True)
class SessionInfo:
    """A session as it stands."""

    session_id: str
    video: VideoEntry
    lora_mode: LoraMode
    objects: tuple[ObjectInfo, ...]
    tracked_frame_count: int
    created_at: datetime


@dataclass(frozen=True)
class ModelInfo:
    """The model that the engine runs."""

    name: str
    device: str
    image_size: int
    parameter_count: int
    checkpoint: str
    lora_targets: tuple[str, ...]
