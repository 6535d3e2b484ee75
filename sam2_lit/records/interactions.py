"""What a user did to a session."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sam2_lit.records.prompts import PointPrompt, Prompt


class InteractionKind(StrEnum):
    """What a user did to a session."""

    PROMPT = "PROMPT"
    CORRECTION = "CORRECTION"
    TRAINING = "TRAINING"
    CANDIDATE = "CANDIDATE"
    CLEAR_FRAME = "CLEAR_FRAME"
    CLEAR_VIDEO = "CLEAR_VIDEO"
    REMOVE_OBJECT = "REMOVE_OBJECT"
    RESET_LORA = "RESET_LORA"
    RESET_SESSION = "RESET_SESSION"


@dataclass(frozen=True)
class Interaction:
    """One thing that a user did, for studies of how people annotate.

    `at` is in UTC; `clicks` are the points of `prompt`. The rest is what a correction or a training came to, None where
    none was asked for: the adapter with its IoU on the frame before and after, or `skipped`, the error code that says
    why there is none.
    """

    id: str
    at: datetime
    kind: InteractionKind
    object_id: int | None = None
    frame_index: int | None = None
    prompt: Prompt | None = None
    adapter_id: str | None = None
    baseline_iou: float | None = None
    training_iou: float | None = None
    steps: int | None = None
    seconds: float | None = None
    skipped: str | None = None

    @property
    def clicks(self) -> int:
        return len(self.prompt.points) if isinstance(self.prompt, PointPrompt) else 0
