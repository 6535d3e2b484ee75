"""How far a file is read or written."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileProgress:
    """Frames that were read or written so far, and in all; a frame counts again where its picture is written too."""

    completed: int
    total: int
