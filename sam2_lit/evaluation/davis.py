"""Data sets in DAVIS layout: frames, and palette PNGs whose pixels are object numbers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.media.readers.folder import frame_files
from sam2_lit.records import masks
from sam2_lit.records.masks import BoolMask

VOID = 255
"""Pixels of this value are not annotated: they count in no IoU."""


class DatasetError(Exception):
    """A data set that cannot be evaluated; the message says what is wrong with it."""


@dataclass(frozen=True, eq=False)
class Truth:
    """One object on one frame, bool [H, W] each: `mask` is its ground truth, `valid` is False on void pixels."""

    mask: BoolMask
    valid: BoolMask

    def iou(self, mask: BoolMask) -> float:
        """IoU of a mask with the truth where the annotation is valid; 1.0 where both are empty there."""
        return masks.iou(mask & self.valid, self.mask & self.valid)


@dataclass(frozen=True)
class Sequence:
    """One video of a data set, with its annotation files by frame index. Frames without a file are not evaluated."""

    name: str
    frame_count: int
    annotations: dict[int, Path]

    def truth(self, object_id: int, frame_index: int) -> Truth:
        labels = _labels(self.annotations[frame_index])
        return Truth(labels == object_id, labels != VOID)

    def objects(self) -> dict[int, int]:
        """The first annotated frame that shows each object, by the object's value in the annotations."""
        first: dict[int, int] = {}
        for index in sorted(self.annotations):
            for value in np.unique(_labels(self.annotations[index])).tolist():
                if value not in (0, VOID):
                    first.setdefault(value, index)
        return dict(sorted(first.items()))

    def evaluated_frames(self, first: int) -> list[int]:
        """The annotated frames after `first`, in order; a frame that is void throughout is not annotated."""
        return [
            index
            for index, file in sorted(self.annotations.items())
            if index > first and bool((_labels(file) != VOID).any())
        ]


@dataclass(frozen=True)
class Dataset:
    """`frames_dir` holds one folder of frames for each sequence."""

    frames_dir: Path
    sequences: tuple[Sequence, ...]


def open_dataset(folder: Path, names: tuple[str, ...] = ()) -> Dataset:
    """Opens a data set with `JPEGImages/` and `Annotations/`, with or without a folder for the resolution in each.

    Args:
        folder: contains the two folders.
        names: the sequences to open; empty for all that are annotated.

    Raises:
        DatasetError: a folder or a sequence is missing, or an annotation belongs to no frame.
    """
    frames_dir, annotations_dir = _sequence_folders(folder, "JPEGImages"), _sequence_folders(folder, "Annotations")
    known = sorted(path.name for path in annotations_dir.iterdir() if path.is_dir())
    if missing := [name for name in names if name not in known]:
        raise DatasetError(f"{annotations_dir} has no sequence {', '.join(missing)}; it has {', '.join(known)}")
    return Dataset(frames_dir, tuple(_sequence(frames_dir / name, annotations_dir / name) for name in names or known))


def _sequence_folders(folder: Path, name: str) -> Path:
    """The folder whose folders are sequences: `name` itself, or the only folder in it (`480p`, `Full-Resolution`)."""
    top = folder / name
    if not top.is_dir():
        raise DatasetError(f"{folder} is not a data set in DAVIS layout: it has no folder {name}")
    folders = [path for path in sorted(top.iterdir()) if path.is_dir()]
    within = [path for path in folders if any(each.is_dir() for each in path.iterdir())]
    if len(within) > 1:
        found = ", ".join(path.name for path in within)
        raise DatasetError(f"{top} has several resolutions ({found}); keep only one of them")
    if not folders:
        raise DatasetError(f"{top} has no sequences")
    return within[0] if within else top


def _sequence(frames: Path, annotations: Path) -> Sequence:
    if not frames.is_dir():
        raise DatasetError(f"the sequence {annotations.name} has annotations but no frames: {frames} is missing")
    index_of = {path.stem: index for index, path in enumerate(frame_files(frames))}
    files = {path.stem: path for path in frame_files(annotations) if path.suffix.lower() == ".png"}
    if unmatched := sorted(files.keys() - index_of.keys()):
        raise DatasetError(f"{files[unmatched[0]]} belongs to no frame of {frames}")
    if not files:
        raise DatasetError(f"{annotations} has no annotations (.png)")
    return Sequence(annotations.name, len(index_of), {index_of[stem]: path for stem, path in files.items()})


def _labels(path: Path) -> NDArray[np.uint8]:
    """[H, W]: the value of each pixel."""
    with Image.open(path) as image:
        if image.mode not in ("P", "L", "1"):
            raise DatasetError(
                f"{path} has mode {image.mode}; an annotation must be a palette PNG with one value for each object"
            )
        return np.array(image.convert("L") if image.mode == "1" else image, dtype=np.uint8)
