"""What clients send. Coordinates are relative to the frame, 0 to 1, x before y; frames count from 0."""

import re

import strawberry

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.exports import Color, ExportFormat
from sam2_lit.records.masks import RLE
from sam2_lit.records.results import LoraMode, PropagationDirection


@strawberry.input(description="A mask in COCO's run-length encoding, at the size of the video.")
class RLEMaskInput:
    size: list[int] = strawberry.field(description="[height, width] in pixels.")
    counts: str = strawberry.field(description="COCO's compressed string.")

    def to_rle(self) -> RLE:
        height, width = self.size if len(self.size) == 2 else (0, 0)
        return RLE((height, width), self.counts)


@strawberry.input
class StartSessionInput:
    path: str = strawberry.field(description="The path of a video, as `videos` lists it.")


@strawberry.input
class CloseSessionInput:
    session_id: str


@strawberry.input
class AddPointsInput:
    session_id: str
    frame_index: int
    clear_old_points: bool
    object_id: int
    labels: list[int] = strawberry.field(description="1 for the object, 0 for background.")
    points: list[list[float]] = strawberry.field(description="[x, y], each from 0 to 1.")


@strawberry.input
class AddBoxInput:
    session_id: str
    frame_index: int
    object_id: int
    box: list[float] = strawberry.field(description="[x0, y0, x1, y1], each from 0 to 1.")


@strawberry.input
class AddMaskInput:
    session_id: str
    frame_index: int
    object_id: int
    rle_mask: RLEMaskInput


@strawberry.input(description="Exactly one of points (with labels), box and rleMask.")
class AddCorrectionInput:
    session_id: str
    frame_index: int
    object_id: int
    points: list[list[float]] | None = None
    labels: list[int] | None = None
    box: list[float] | None = None
    rle_mask: RLEMaskInput | None = None
    train_lora: bool = True


@strawberry.input
class ClearPointsInFrameInput:
    session_id: str
    frame_index: int
    object_id: int


@strawberry.input
class ClearPointsInVideoInput:
    session_id: str


@strawberry.input
class RemoveObjectInput:
    session_id: str
    object_id: int


@strawberry.input(description="An empty name takes the object's name away.")
class NameObjectInput:
    session_id: str
    object_id: int
    name: str


@strawberry.input
class PropagateInVideoInput:
    session_id: str
    start_frame_index: int = 0
    direction: PropagationDirection = PropagationDirection.BOTH
    max_frames: int | None = strawberry.field(
        default=None, description="At most this many frames after the first, in each direction."
    )


@strawberry.input
class CancelPropagateInVideoInput:
    session_id: str


@strawberry.input
class PropagateToFrameInput:
    session_id: str
    frame_index: int


@strawberry.input(description="The mask defaults to what the session now holds for the frame: the correction.")
class TrainLoraInput:
    session_id: str
    object_id: int
    frame_index: int
    rle_mask: RLEMaskInput | None = None


@strawberry.input
class ApplyLoraCandidateInput:
    session_id: str
    object_id: int
    frame_index: int
    adapter_id: str


@strawberry.input
class SetLoraModeInput:
    session_id: str
    mode: LoraMode


@strawberry.input(description="objectId null: every object's.")
class ResetLoraInput:
    session_id: str
    object_id: int | None = None


@strawberry.input
class ResetSessionInput:
    session_id: str


@strawberry.input
class ObjectColourInput:
    object_id: int
    colour: str = strawberry.field(description="#rrggbb")

    def to_rgb(self) -> Color:
        """Raises INVALID_PROMPT where the colour is not of that form."""
        if re.fullmatch(r"#[0-9a-fA-F]{6}", self.colour) is None:
            raise LitError(
                ErrorCode.INVALID_PROMPT,
                f"the colour of object {self.object_id} is {self.colour!r}; it must have the form #rrggbb",
            )
        red, green, blue = bytes.fromhex(self.colour[1:])
        return red, green, blue


@strawberry.input
class ExportAnnotationsInput:
    session_id: str
    format: ExportFormat
    colours: list[ObjectColourInput] = strawberry.field(
        default_factory=list, description="Of the objects in an overlay; the others have DAVIS's colours."
    )
