"""The log of what users did, for studies of how people annotate."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sam2_lit.records.frame_spans import FrameSpan
from sam2_lit.records.masks import RLE
from sam2_lit.records.prompts import PointPrompt, Prompt


class InteractionKind(StrEnum):
    """The kind of an interaction. The log has no names, labels, settings and tracking: only histories and events do."""

    PROMPT = "PROMPT"
    CORRECTION = "CORRECTION"
    TRAINING = "TRAINING"
    CANDIDATE = "CANDIDATE"
    CLEAR_FRAME = "CLEAR_FRAME"
    CLEAR_VIDEO = "CLEAR_VIDEO"
    REMOVE_OBJECT = "REMOVE_OBJECT"
    IMPORT = "IMPORT"
    MARK_ABSENT = "MARK_ABSENT"
    REMOVE_MASKS = "REMOVE_MASKS"
    CONFIRM = "CONFIRM"
    UNCONFIRM = "UNCONFIRM"
    RESET_LORA = "RESET_LORA"
    ADD_ADAPTERS = "ADD_ADAPTERS"
    RESET_SESSION = "RESET_SESSION"
    NAME_OBJECT = "NAME_OBJECT"
    LABEL_OBJECT = "LABEL_OBJECT"
    SET_LABELS = "SET_LABELS"
    SET_LORA_MODE = "SET_LORA_MODE"
    TRACKING = "TRACKING"
    UNDO = "UNDO"
    REDO = "REDO"


@dataclass(frozen=True)
class Interaction:
    """One action of a user.

    Attributes:
        id: unique.
        at: in UTC.
        kind: what the user did.
        object_id, frame_index: what it was done to; None where it concerns every object or frame.
        prompt: the prompt that was sent, if any; read back from the store, a drawn mask is its RLE.
        adapter_id: the adapter that was trained or chosen. This and the rest are None where no training was asked for.
        baseline_iou, training_iou: as in `AdapterRecord`.
        steps: optimizer steps.
        seconds: duration of the training.
        skipped: the error code of why nothing was trained.
        client: what the client calls itself; not in the log.
        object_ids, ranges: the objects and the frames of a change to ranges of frames; None for others.
        user: who did it, where the server has users.
    """

    id: str
    at: datetime
    kind: InteractionKind
    object_id: int | None = None
    frame_index: int | None = None
    prompt: Prompt | RLE | None = None
    adapter_id: str | None = None
    baseline_iou: float | None = None
    training_iou: float | None = None
    steps: int | None = None
    seconds: float | None = None
    skipped: str | None = None
    client: str | None = None
    object_ids: tuple[int, ...] | None = None
    ranges: tuple[FrameSpan, ...] | None = None
    user: str | None = None

    @property
    def clicks(self) -> int:
        """The number of points in the prompt."""
        return len(self.prompt.points) if isinstance(self.prompt, PointPrompt) else 0
