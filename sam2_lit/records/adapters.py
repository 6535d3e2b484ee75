"""A trained adapter without its weights."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AdapterRecord:
    """What is known of an adapter beside its weights; the schema's `LoraAdapter`.

    `frame_indices` are the frames whose corrections it was trained on, oldest first; `baseline_iou` and
    `training_iou` are of the newest of them, before and after training, at the decoder's resolution; `steps` and
    `seconds` are the last training's; `created_at` is in UTC.
    """

    adapter_id: str
    rank: int
    frame_indices: tuple[int, ...]
    baseline_iou: float
    training_iou: float
    steps: int
    seconds: float
    created_at: datetime
