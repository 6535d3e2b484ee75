"""Names of files, folders and frames that every system can write and that stay readable."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sam2_lit.media.sources import FILE_SUFFIXES

_MAX_BYTES = 120
# Refused by Windows, or a path.
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
# Needs quotes in a shell, or is special to glob.
_AWKWARD = re.compile(r"[\s\[\]]+")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def safe_stem(stem: str, fallback: str = "frame") -> str:
    """A file name without suffix that Linux, macOS and Windows take: letters of every language stay.

    What cannot stay becomes `_`. The result has at most 120 bytes, and is `fallback` where no letter or digit is left.
    """
    composed = unicodedata.normalize("NFC", stem)
    visible = "".join(each for each in composed if unicodedata.category(each) not in _INVISIBLE)
    cleaned = _UNSAFE.sub("_", visible).encode()[:_MAX_BYTES].decode(errors="ignore").strip(" ").rstrip(". ")
    if not any(each.isalnum() for each in cleaned):
        return fallback
    return f"_{cleaned}" if cleaned.split(".")[0].casefold() in _DEVICES else cleaned


def safe_name(name: str, fallback: str = "video") -> str:
    """As `safe_stem`, also without spaces and brackets."""
    return safe_stem(_AWKWARD.sub("_", name).strip("_"), fallback)


def video_name(path: str) -> str:
    """The safe name of a video by its path: without the suffix of a video file; a folder's name keeps its dots."""
    name = PurePosixPath(path).name
    stem, dot, suffix = name.rpartition(".")
    return safe_name(stem if dot and f".{suffix.lower()}" in FILE_SUFFIXES else name)


def unique_names(names: Iterable[str]) -> list[str]:
    """The names in order, with `_2`, `_3`, … appended where one differs from no earlier one in more than case."""
    taken: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique


@dataclass(frozen=True)
class FrameNames:
    """How an export names frames: as the source's files are named, or by index, `00000`.

    Attributes:
        stems: the source's file names without suffixes, safe as names; None for a source that is one file.
    """

    stems: tuple[str, ...] | None

    @classmethod
    def of(cls, stems: Sequence[str] | None) -> "FrameNames":
        """By index where the files' names do not stay different as safe names."""
        if stems is None:
            return cls(None)
        safe = tuple(map(safe_stem, stems))
        return cls(safe if len({each.casefold() for each in safe}) == len(safe) else None)

    @property
    def source(self) -> str:
        return "index" if self.stems is None else "file"

    def __getitem__(self, index: int) -> str:
        return f"{index:05}" if self.stems is None else self.stems[index]
