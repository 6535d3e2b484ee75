"""Imports of masks: what a file holds, how it is matched with a session, and what would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sam2_lit.records.masks import RLE


class ImportFormat(StrEnum):
    """The format of a file of masks; `sam2_lit.imports.formats` describes each."""

    COCO = "COCO"
    DAVIS = "DAVIS"
    YOUTUBE_VOS = "YOUTUBE_VOS"
    YOLO_SEGMENTATION = "YOLO_SEGMENTATION"
    CVAT = "CVAT"
    LABEL_STUDIO = "LABEL_STUDIO"
    MOTS = "MOTS"
    PNG = "PNG"
    NUMPY = "NUMPY"


class FrameMatching(StrEnum):
    """How frames of a file are found in the video.

    NAME: by the name of the frame's file. INDEX: by the frame's number in the file. AUTO: by name where that finds at
    least as many frames of the video as their numbers do, else by index.
    """

    AUTO = "AUTO"
    NAME = "NAME"
    INDEX = "INDEX"


class MismatchKind(StrEnum):
    """What of a file does not match the session."""

    FRAME = "FRAME"
    SIZE = "SIZE"
    OBJECT = "OBJECT"
    PROMPTED = "PROMPTED"
    CONFIRMED = "CONFIRMED"


@dataclass(frozen=True)
class ImportOptions:
    """How a file is read and matched.

    Attributes:
        format: found from the file where None.
        video: the name of the video in the file; the only one, or that of the session's video, where None.
        frames: how frames are matched that `frame_map` does not name.
        frame_map: the frame's index by its name in the file.
        object_map: the object's id by its name or number in the file.
        force: whether masks that a person confirmed are replaced.
    """

    format: ImportFormat | None = None
    video: str | None = None
    frames: FrameMatching = FrameMatching.AUTO
    frame_map: Mapping[str, int] = field(default_factory=dict)
    object_map: Mapping[str, int] = field(default_factory=dict)
    force: bool = False


@dataclass(frozen=True)
class Mismatch:
    """Something in a file that does not match the session, and is left out."""

    kind: MismatchKind
    message: str


@dataclass(frozen=True)
class ImportedObject:
    """An object of a file.

    Attributes:
        key: what the file calls it.
        object_id: the object that it becomes.
        name: in the file; None where it has none.
        is_new: whether the session does not have the object yet.
        frame_count: the frames on which it has a mask that matches.
        label, attributes: in the file; None and empty where it has none.
    """

    key: str
    object_id: int
    name: str | None
    is_new: bool
    frame_count: int
    label: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportPlan:
    """What an import changes.

    Attributes:
        format: of the file.
        video: its name in the file.
        frames: how frames were matched.
        objects: in the order of their ids.
        masks: (frame index, object id, mask), by frame.
        kept: the same of frames on which the session's mask stays, as long as it has its prompt or is confirmed.
        replaced_mask_count: masks of the session that are replaced by other ones.
        mismatches: what is left out.
        losses: what of the file cannot be held, in words.
    """

    format: ImportFormat
    video: str
    frames: FrameMatching
    objects: tuple[ImportedObject, ...]
    masks: tuple[tuple[int, int, RLE], ...]
    kept: tuple[tuple[int, int, RLE], ...]
    replaced_mask_count: int
    mismatches: tuple[Mismatch, ...]
    losses: tuple[str, ...]
