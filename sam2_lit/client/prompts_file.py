"""The file of prompts that `sam2-lit annotate` reads: JSON, described in docs/client.md."""

import json
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from sam2_lit.records.masks import BoolMask

Coordinate = Annotated[float, Field(ge=0, le=1)]


class PromptsError(Exception):
    """A file of prompts that cannot be used; the message says where it is wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)


class Prompt(_Strict):
    """One prompt: exactly one of points, box and mask.

    Attributes:
        points: (x, y), relative to the frame.
        labels: 1 on the object, 0 off it, for each point; all 1 where None.
        box: (x0, y0, x1, y1), relative to the frame.
        mask: a picture whose pixels are not 0 where the object is; the path is relative to the file of prompts.
    """

    object_id: int = Field(ge=0)
    frame_index: int = Field(ge=0)
    points: list[tuple[Coordinate, Coordinate]] | None = Field(None, min_length=1)
    labels: list[Annotated[int, Field(ge=0, le=1)]] | None = None
    box: tuple[Coordinate, Coordinate, Coordinate, Coordinate] | None = None
    mask: Path | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name in ("points", "box", "mask") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of points, box and mask, not {' and '.join(given) or 'none'}")
        if self.labels is not None and (self.points is None or len(self.labels) != len(self.points)):
            raise ValueError("labels are given with points, one for each")
        return self


class NamedObject(_Strict):
    """An object's name, for exports that have categories."""

    object_id: int = Field(ge=0)
    name: str = Field(min_length=1)


class Prompts(_Strict):
    """What to annotate: prompts, then, after tracking, corrections, each of which trains an adapter."""

    objects: list[NamedObject] = []
    prompts: list[Prompt] = Field(min_length=1)
    corrections: list[Prompt] = []

    @model_validator(mode="after")
    def _check(self) -> Self:
        prompted = {prompt.object_id for prompt in self.prompts}
        named = {each.object_id for each in self.objects}
        corrected = {correction.object_id for correction in self.corrections}
        if missing := sorted((named | corrected) - prompted):
            raise ValueError(f"object {missing[0]} has no prompt; add one to prompts")
        return self


def read_prompts(path: Path) -> Prompts:
    """Reads a file of prompts. Paths of masks become absolute, and each mask can be read.

    Raises:
        PromptsError: it is missing, is not JSON, or not what a file of prompts is.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PromptsError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise PromptsError(f"{path} is not JSON: {error}") from error
    try:
        read = Prompts.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        raise PromptsError(
            f"{path}: {place}{': ' if place else ''}{first['msg'].removeprefix('Value error, ')}"
        ) from error
    return read.model_copy(
        update={
            "prompts": [_with_path(prompt, path.parent) for prompt in read.prompts],
            "corrections": [_with_path(prompt, path.parent) for prompt in read.corrections],
        }
    )


def read_mask(path: Path) -> BoolMask:
    """The mask of a picture, bool [H, W]: the pixels that are not 0 (of a palette PNG, the values, not the colors).

    Raises:
        PromptsError: it cannot be read as a picture.
    """
    try:
        with Image.open(path) as picture:
            values = np.asarray(picture if picture.mode in ("P", "1") else picture.convert("L"))
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        raise PromptsError(f"{path} is not a picture that can be read: {error}") from error
    mask: BoolMask = values != 0
    return mask


def _with_path(prompt: Prompt, folder: Path) -> Prompt:
    if prompt.mask is None:
        return prompt
    found = folder / prompt.mask
    read_mask(found)
    return prompt.model_copy(update={"mask": found})
