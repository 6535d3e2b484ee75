"""Progress of files."""

from typing import Self

import strawberry

from sam2_lit.records import file_progress


@strawberry.type(description="How far a file is read or written.")
class FileProgress:
    completed: int = strawberry.field(description="Frames so far; one whose picture is written too counts twice.")
    total: int

    @classmethod
    def of(cls, progress: file_progress.FileProgress) -> Self:
        return cls(completed=progress.completed, total=progress.total)
