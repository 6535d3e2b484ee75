"""What a file of masks holds, before it is matched with a session."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.imports.import_files import ImportFiles
from sam2_lit.imports.sidecars import Sidecar
from sam2_lit.records.masks import RLE

MAX_MASKS = 2_000_000
_MAX_DIGITS = 18


@dataclass
class ParsedFrame:
    """A frame: its masks by the keys of its video's objects.

    Attributes:
        name: of its file, without suffix; None where the file has none.
        index: its number in the file; None where it has none.
        masks: empty ones are objects that are not in view.
        other_size: (height, width) where that is not the video's; the masks are not decoded then.
    """

    name: str | None
    index: int | None
    masks: dict[str, RLE] = field(default_factory=dict)
    other_size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.name is not None:
            self.name = unicodedata.normalize("NFC", self.name)

    @property
    def label(self) -> str:
        return self.name if self.name is not None else str(self.index)


@dataclass(frozen=True)
class ParsedObject:
    """An object: its name, its id where the file has ids, its label ("" for none) and attributes.

    Each is None where the file does not say.
    """

    name: str | None
    object_id: int | None
    label: str | None = None
    attributes: Mapping[str, str] | None = None


@dataclass
class ParsedVideo:
    """One video of a file. `objects` are by key: what the file calls them."""

    name: str
    objects: dict[str, ParsedObject] = field(default_factory=dict)
    frames: list[ParsedFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = unicodedata.normalize("NFC", self.name)

    def known(self, key: str, name: str | None, object_id: int | None) -> str:
        """Adds an object where it is new; returns its key."""
        self.objects.setdefault(key, ParsedObject(name, object_id))
        return key

    def describe(self, key: str, label: str | None, attributes: Mapping[str, str] | None) -> None:
        """Gives an object a label and attributes, where it has none yet."""
        each = self.objects[key]
        label = label if each.label is None else each.label
        self.objects[key] = replace(each, label=label, attributes=each.attributes or attributes)


@dataclass
class Reading:
    """One file that is read.

    Attributes:
        files: of the upload.
        sidecar: None where the file is not an export of sam2-lit.
        size: (height, width) of the video's masks.
        step: called with the frames so far and in all; raises LitError (CANCELLED).
        losses: what cannot be held, in words.
    """

    files: ImportFiles
    sidecar: Sidecar | None
    size: tuple[int, int]
    step: Callable[[int, int], None]
    losses: list[str] = field(default_factory=list)

    def lose(self, loss: str) -> None:
        if loss not in self.losses:
            self.losses.append(loss)

    def is_other_size(self, frame: ParsedFrame, size: tuple[int, int]) -> bool:
        """Whether masks of `size` are none of the video's; notes it in the frame."""
        if size != self.size:
            frame.other_size = size
        return size != self.size


def count_masks(videos: list[ParsedVideo]) -> None:
    """Raises LitError (UPLOAD_TOO_LARGE) where there are too many."""
    count = sum(len(frame.masks) for video in videos for frame in video.frames)
    if count > MAX_MASKS:
        raise LitError(ErrorCode.UPLOAD_TOO_LARGE, f"the file has {count} masks; at most {MAX_MASKS} are imported")


def number_in(name: str) -> int | None:
    """The last number in a frame's name, which is its index where frames are named so; None where it is too large."""
    found = re.findall(r"[0-9]+", name)
    return int(found[-1]) if found and len(found[-1]) <= _MAX_DIGITS else None
