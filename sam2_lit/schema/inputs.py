"""GraphQL inputs. Coordinates are relative to the frame, 0 to 1, x before y; frame indices start at 0."""

import re
from typing import BinaryIO, Protocol, runtime_checkable

import strawberry

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.formats import FORMATS_DESCRIPTION
from sam2_lit.records.exports import Color, ExportFormat, ExportSelection
from sam2_lit.records.masks import RLE
from sam2_lit.records.results import LoraMode

strawberry.enum(ExportFormat, description=FORMATS_DESCRIPTION)


@runtime_checkable
class UploadedFile(Protocol):
    """A file of a multipart request, as the server's framework has parsed it."""

    @property
    def filename(self) -> str | None: ...

    @property
    def file(self) -> BinaryIO: ...


def uploaded_file(file: object) -> UploadedFile:
    """The file of an argument. Raises LitError (UNSUPPORTED_MEDIA) where it is not one."""
    if not isinstance(file, UploadedFile):
        raise LitError(
            ErrorCode.UNSUPPORTED_MEDIA, "the file must be a part of a GraphQL multipart request, not of its JSON"
        )
    return file


@strawberry.input(description="A mask in COCO's run-length encoding, at the size of the video.")
class RLEMaskInput:
    size: list[int] = strawberry.field(description="[height, width] in pixels.")
    counts: str = strawberry.field(description="COCO's compressed string.")

    def to_rle(self) -> RLE:
        height, width = self.size if len(self.size) == 2 else (0, 0)
        return RLE((height, width), self.counts)


@strawberry.input
class DeleteUploadInput:
    path: str = strawberry.field(description="The path of an upload, as `videos` lists it.")


@strawberry.input
class StartSessionInput:
    path: str = strawberry.field(description="The path of a video, as `videos` lists it.")
    frame_step: int = strawberry.field(
        default=1,
        description="The session works on every so many-th frame, from 0, as if the video had no others: 12 of a video "
        "of 60 frames a second are 5 a second. Frames keep their indices.",
    )
    frame_rate: float | None = strawberry.field(
        default=None,
        description="In place of frameStep: about so many frames a second. The session's frameStep is the one whose "
        "rate is nearest.",
    )
    private: bool = strawberry.field(
        default=False,
        description="Whether only the user who starts it may see it: for others neither it nor its exports exist, nor "
        "does its video, if that is an upload of this user on which there is no other session. A session on a private "
        "upload is private.",
    )


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


@strawberry.input(
    description="An empty mask says that the object is not there, on any frame but that of its first prompt."
)
class AddMaskInput:
    session_id: str
    frame_index: int
    object_id: int
    rle_mask: RLEMaskInput


@strawberry.input(
    description="Exactly one of points (with labels), box and rleMask. An empty rleMask says that the object is not "
    "there, on any frame but that of its first prompt; it trains nothing."
)
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
class ContinueSessionInput:
    session_id: str


@strawberry.input
class RemoveObjectInput:
    session_id: str
    object_id: int


@strawberry.input(description="An empty name removes the object's name.")
class NameObjectInput:
    session_id: str
    object_id: int
    name: str


@strawberry.input(description="The mask defaults to the one that the session holds for the frame: the correction.")
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
    force: bool = strawberry.field(default=False, description="Replaces the mask also where it was confirmed.")


@strawberry.input
class SetLoraModeInput:
    session_id: str
    mode: LoraMode


@strawberry.input(description="objectId null: the adapters of every object.")
class ResetLoraInput:
    session_id: str
    object_id: int | None = None


@strawberry.input
class ResetSessionInput:
    session_id: str


@strawberry.input
class ObjectColorInput:
    object_id: int
    color: str = strawberry.field(description="#rrggbb")


@strawberry.input(description="The deprecated spelling of ObjectColorInput.")
class ObjectColourInput:
    object_id: int
    colour: str = strawberry.field(description="#rrggbb")


@strawberry.input
class CancelExportInput:
    session_id: str


@strawberry.input
class ExportAnnotationsInput:
    session_id: str
    format: ExportFormat
    other_session_ids: list[str] = strawberry.field(
        default_factory=list, description="Further sessions that become one data set with this one."
    )
    object_ids: list[int] | None = strawberry.field(default=None, description="Null: every object.")
    start_frame_index: int = 0
    end_frame_index: int | None = strawberry.field(default=None, description="Included; null: the last frame.")
    include_pictures: bool = strawberry.field(
        default=False, description="Adds the frames as JPEGs, where the format has a place for them."
    )
    no_overlap: bool = strawberry.field(
        default=False,
        description="Leaves each pixel to one of the objects that are exported, that with the lowest id of those whose "
        "masks have it, as formats with one object a pixel do.",
    )
    colors: list[ObjectColorInput] = strawberry.field(
        default_factory=list,
        description="Colors of objects in an overlay; the other objects get the colors of DAVIS's palette.",
    )
    colours: list[ObjectColourInput] = strawberry.field(default_factory=list, deprecation_reason="Use colors.")

    def selection(self) -> ExportSelection:
        object_ids = None if self.object_ids is None else tuple(self.object_ids)
        return ExportSelection(
            object_ids, self.start_frame_index, self.end_frame_index, self.include_pictures, self.no_overlap
        )

    def rgb_by_object(self) -> dict[int, Color]:
        """RGB, 0 to 255, by object id. Raises INVALID_PROMPT for a color that is not #rrggbb."""
        if self.colors and self.colours:
            raise LitError(
                ErrorCode.INVALID_PROMPT, "colors and colours were both sent; send only colors, colours is deprecated"
            )
        written = {each.object_id: each.color for each in self.colors}
        written |= {each.object_id: each.colour for each in self.colours}
        return {object_id: _rgb(object_id, color) for object_id, color in written.items()}


def _rgb(object_id: int, color: str) -> Color:
    if re.fullmatch(r"#[0-9a-fA-F]{6}", color) is None:
        raise LitError(
            ErrorCode.INVALID_PROMPT, f"the color of object {object_id} is {color!r}; it must have the form #rrggbb"
        )
    red, green, blue = bytes.fromhex(color[1:])
    return red, green, blue
