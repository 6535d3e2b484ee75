"""What the engine returns: plain frozen data, without tensors and without GraphQL.

Frame indices count from 0 in presentation order. Object ids are the client's. Masks are at the video's resolution.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.frame_spans import FrameSpan
from sam2_lit.records.masks import RLE
from sam2_lit.records.users import NO_OWNER, Owner
from sam2_lit.records.videos import VideoEntry


class MaskSource(StrEnum):
    """What made a mask: a prompt on its frame, the tracker, an adapter, another program, or nothing.

    ABSENT: a person said that the object is not there. The mask is empty, and tracking keeps it.
    """

    PROMPT = "PROMPT"
    TRACKED = "TRACKED"
    LORA = "LORA"
    IMPORTED = "IMPORTED"
    ABSENT = "ABSENT"


class LoraMode(StrEnum):
    """How trained adapters are used during tracking.

    OFF: not at all. SUGGEST: their masks are returned as candidates. AUTO: a candidate replaces the tracked mask where
    the selection rule prefers it.
    """

    OFF = "OFF"
    SUGGEST = "SUGGEST"
    AUTO = "AUTO"


class PropagationDirection(StrEnum):
    """The direction of tracking from its first frame; `BOTH` is forward, then backward."""

    FORWARD = "FORWARD"
    BACKWARD = "BACKWARD"
    BOTH = "BOTH"


@dataclass(frozen=True)
class Mask:
    """One object's mask on a frame.

    Attributes:
        object_id: the object.
        rle: the mask; empty where the object is not in view.
        predicted_iou: the model's estimate of the mask's IoU, 0 to 1; None for a mask drawn by hand.
        object_score: the model's logit for the object being in view, positive where it is; None for a mask drawn by
            hand.
        source: what made it.
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
    """A mask that an adapter proposes for a frame.

    Attributes:
        adapter_id: the adapter.
        object_id: the object that the adapter belongs to.
        frame_index: the frame.
        rle: the proposed mask.
        predicted_iou: as in `Mask`, estimated with the adapter.
        object_score: as in `Mask`.
        agreement: IoU with the mask that the session holds on the frame, 0 to 1; 0 where it holds none.
    """

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

    Attributes:
        propagation_id: the propagation.
        sequence: the number of the event in its propagation, from 0.
        frame_index: the frame.
        masks: in the order in which the objects were added.
        completed: frames tracked so far, this one included.
        total: frames that the whole propagation tracks.
        revision: counts from 0; rises each time a change made meanwhile sends the stream back to an earlier frame.
        suggestions: candidates on the frame, in SUGGEST mode.
        reverse: whether it was tracked from later frames.
        last_change: the version of the last change of a prompt that the propagation had seen.
        version: that of the session's memory up to which all that was tracked was sent by then.
    """

    propagation_id: str
    sequence: int
    frame_index: int
    masks: tuple[Mask, ...]
    completed: int
    total: int
    revision: int
    suggestions: tuple[Candidate, ...]
    reverse: bool = False
    last_change: int = 0
    version: int = 0


@dataclass(frozen=True)
class ResumeFrom:
    """Where to resume a propagation: at the event `sequence` of the propagation named, or of the latest one."""

    sequence: int
    propagation_id: str | None = None


@dataclass(frozen=True)
class TrainedAdapter:
    """An adapter and the object that it belongs to."""

    object_id: int
    record: AdapterRecord


@dataclass(frozen=True)
class TrainingProgress:
    """One training step.

    Attributes:
        object_id, frame_index: the correction that is trained on.
        step: counts from 1 to at most `steps`.
        steps: the most steps that this training takes.
        loss: 20 x focal + dice.
        iou: of the adapter's mask with the corrected mask, 0 to 1, at the decoder's resolution.
        adapter: the trained adapter, in the last event only.
        background: whether the training has answered, and continues while the device is idle. Its steps are counted on
            from those before; it has a last event of its own where the adapter has become better.
    """

    object_id: int
    frame_index: int
    step: int
    steps: int
    loss: float
    iou: float
    adapter: TrainedAdapter | None
    background: bool = False


class TrackingPurpose(StrEnum):
    """What frames are tracked for: `propagateToFrame`, or what a call has to track first."""

    PROPAGATE_TO_FRAME = "PROPAGATE_TO_FRAME"
    PROMPT = "PROMPT"
    CORRECTION = "CORRECTION"
    TRAINING = "TRAINING"
    CANDIDATES = "CANDIDATES"


@dataclass(frozen=True)
class TrackingProgress:
    """One frame tracked on the way to something.

    - completed: frames that the call has tracked so far, this one included.
    - total: `completed` and the frames known to follow; it rises where a changed prompt makes tracked frames stale.
    """

    purpose: TrackingPurpose
    frame_index: int
    completed: int
    total: int


@dataclass(frozen=True)
class Correction:
    """The result of a correction.

    Attributes:
        frame: the corrected frame.
        adapter: the adapter that was trained, None where none was.
        skipped: the error code of why none was trained, None where training succeeded or was not asked for.
    """

    frame: FrameMasks
    adapter: TrainedAdapter | None
    skipped: str | None


@dataclass(frozen=True)
class ObjectInfo:
    """An object.

    Attributes:
        object_id: the client's id.
        name: None where it was given none.
        prompted_frames: rising.
        adapters: oldest first.
        label: the name of its label class; None where it has none.
        attributes: text by key, in the order in which it was given.
    """

    object_id: int
    name: str | None
    prompted_frames: tuple[int, ...]
    adapters: tuple[TrainedAdapter, ...]
    label: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ObjectFrames:
    """What the masks of an object are worth, by frame.

    Attributes:
        absent: a person said that the object is not there.
        confirmed: a person confirmed the mask.
        stale: a prompt that the mask was tracked from has changed since.
    """

    absent: tuple[FrameSpan, ...]
    confirmed: tuple[FrameSpan, ...]
    stale: tuple[FrameSpan, ...]


@dataclass(frozen=True)
class SessionInfo:
    """The current state of a session.

    Attributes:
        session_id: the session.
        video: its video.
        lora_mode: how it uses adapters.
        objects: in the order in which they were added.
        tracked_frame_count: frames that have a mask of at least one object.
        created_at: in UTC.
        frame_step: it works on every so many-th frame of the video, from 0.
        owner: who started it, and whether it is theirs alone.
    """

    session_id: str
    video: VideoEntry
    lora_mode: LoraMode
    objects: tuple[ObjectInfo, ...]
    tracked_frame_count: int
    created_at: datetime
    frame_step: int = 1
    owner: Owner = NO_OWNER


@dataclass(frozen=True)
class ModelInfo:
    """The model that the engine runs.

    Attributes:
        name: as given to `--model`.
        device: as PyTorch names it.
        image_size: side of the square that frames are resized to, in pixels.
        parameter_count: of the whole model.
        checkpoint: the file name of the weights.
        lora_targets: the names of the projections in the mask decoder that adapters change.
        prompts_are_local: clicks on a tracked frame change the tracked mask around them and nowhere else, as they do
            with a drawn mask, and boxes cut off what is outside of them. Otherwise the model's own answer is the mask,
            as in SAM 2's predictor.
        fingerprint: differs between models with different weights.
    """

    name: str
    device: str
    image_size: int
    parameter_count: int
    checkpoint: str
    lora_targets: tuple[str, ...]
    prompts_are_local: bool = False
    fingerprint: str = ""
