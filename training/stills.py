"""Photographs with instance masks: a folder of them, which of them may be trained on, and how they are packed.

A folder holds for each photograph NAME a `NAME.jpg` and a `NAME.png` (palette or gray PNG of the same size: 0
background, 1 and up one number per instance, 255 not labelled), and `meta.json`, a list with one entry per photograph:
`file` (NAME), `source`, `licence`, `url`. `training.download_stills` makes such a folder from COCO and Open Images.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

LONGEST_SIDE = 512
"""Pixels: larger photographs are shrunk to it."""
IGNORED = 255
NOT_TRAINED_ON = re.compile(r"davis", re.IGNORECASE)
"""DAVIS measures: a picture that comes from it is refused whatever its licence says."""
PERMITTED = re.compile(
    r"\bCC[ -]BY\b|\bCC0\b|public domain|no known copyright|\bMIT\b|\bBSD\b|\bApache\b", re.IGNORECASE
)
RESTRICTED = re.compile(r"\bNC\b|\bND\b|non-?commercial|no-?deriv|all rights reserved|research only", re.IGNORECASE)


@dataclass(frozen=True)
class Photograph:
    """One entry of a folder's `meta.json`."""

    file: str
    source: str
    licence: str
    url: str


def permitted(licence: str) -> bool:
    """Whether pictures under this licence may be trained on and the weights given away under Apache-2.0.

    Attribution and share-alike licences are; a non-commercial or no-derivatives clause on any part (the image or its
    masks) is not, and neither is a licence that this function does not know.
    """
    return bool(PERMITTED.search(licence)) and not RESTRICTED.search(licence)


def photographs(folder: Path) -> list[Photograph]:
    """The photographs of `folder` that may be trained on, sorted by name.

    A picture without an entry in `meta.json`, or whose entry has no permitted licence, is left out.
    """
    entries = json.loads((folder / "meta.json").read_text())
    found = [Photograph(each["file"], each["source"], each["licence"], each.get("url", "")) for each in entries]
    return sorted(
        (
            each
            for each in found
            if permitted(each.licence) and not NOT_TRAINED_ON.search(f"{each.file} {each.source} {each.url}")
        ),
        key=lambda each: each.file,
    )


def packed(folder: Path, photograph: Photograph) -> tuple[bytes, bytes] | None:
    """The photograph as JPEG and its instance numbers as a gray PNG; None where no instance is labelled.

    Numbers are made consecutive from 1; 255 stays what it is. Masks are shrunk without interpolation.
    """
    with Image.open(folder / f"{photograph.file}.jpg") as opened:
        picture = opened.convert("RGB")
    with Image.open(folder / f"{photograph.file}.png") as opened:
        labels = Image.fromarray(np.array(opened, dtype=np.uint8))
    if picture.size != labels.size:
        raise ValueError(f"{photograph.file}: the picture is {picture.size}, its mask {labels.size} pixels")
    scale = LONGEST_SIDE / max(picture.size)
    content = (folder / f"{photograph.file}.jpg").read_bytes()
    if scale < 1:
        size = (round(picture.width * scale), round(picture.height * scale))
        labels = labels.resize(size, Image.Resampling.NEAREST)
        out = io.BytesIO()
        picture.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=90)
        content = out.getvalue()
    numbers = np.array(labels)
    instances = [value for value in np.unique(numbers) if value not in (0, IGNORED)]
    if not instances:
        return None
    consecutive = np.zeros(256, np.uint8)
    consecutive[instances] = np.arange(1, len(instances) + 1)
    consecutive[IGNORED] = IGNORED
    out = io.BytesIO()
    Image.fromarray(consecutive[numbers]).save(out, "PNG", optimize=True)
    return content, out.getvalue()


def pack_folder(folder: Path) -> Iterator[tuple[Photograph, bytes, bytes]]:
    """Every photograph of the folder that may be trained on, with what `packed` makes of it."""
    for photograph in photographs(folder):
        contents = packed(folder, photograph)
        if contents is not None:
            yield photograph, *contents
