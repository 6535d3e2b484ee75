"""Trained adapters without their weights."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AdapterRecord:
    """A trained adapter without its weights.

    Attributes:
        adapter_id: stays the same through further training.
        rank: of the low-rank matrices.
        frame_indices: the frames whose corrections it was trained on, oldest correction first; none of this session's
            video for an adapter that was copied or imported, until it is trained on.
        baseline_iou, training_iou: IoU with the newest correction, 0 to 1, before and after training, at the decoder's
            resolution.
        steps: optimizer steps of the last training.
        seconds: duration of the last training.
        created_at: in UTC.
    """

    adapter_id: str
    rank: int
    frame_indices: tuple[int, ...]
    baseline_iou: float
    training_iou: float
    steps: int
    seconds: float
    created_at: datetime


@dataclass(frozen=True)
class AdapterSource:
    """An object of a stored session whose adapters another object may get.

    Attributes:
        session_id, video_path: the session, and its video as clients name it.
        object_id, name: the object, and what a person called it.
        adapters: those of the model that runs, oldest first.
    """

    session_id: str
    video_path: str
    object_id: int
    name: str | None
    adapters: tuple[AdapterRecord, ...]
