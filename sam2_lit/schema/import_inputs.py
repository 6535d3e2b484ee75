"""GraphQL inputs of imports."""

import strawberry

from sam2_lit.imports.formats import IMPORT_FORMATS_DESCRIPTION
from sam2_lit.records.imports import FrameMatching, ImportFormat, ImportOptions

strawberry.enum(ImportFormat, description=IMPORT_FORMATS_DESCRIPTION)
strawberry.enum(
    FrameMatching,
    description="NAME: by the names of files. INDEX: by number. AUTO: by name where that finds at least as many frames "
    "of the video as their numbers do, else by index.",
)


@strawberry.input
class FrameMapInput:
    source: str = strawberry.field(description="The frame's name in the file, without suffix; else its number.")
    frame_index: int


@strawberry.input
class ObjectMapInput:
    source: str = strawberry.field(description="The object's key in the file, or its name.")
    object_id: int


@strawberry.input
class ImportAnnotationsInput:
    session_id: str
    format: ImportFormat | None = strawberry.field(default=None, description="Null: found from the file.")
    video: str | None = strawberry.field(
        default=None, description="The video in the file; null: the only one, or that of the session's video."
    )
    frames: FrameMatching = FrameMatching.AUTO
    frame_map: list[FrameMapInput] = strawberry.field(default_factory=list)
    object_map: list[ObjectMapInput] = strawberry.field(default_factory=list)
    force: bool = strawberry.field(default=False, description="Replaces masks that were confirmed, too.")
    dry_run: bool = strawberry.field(default=False, description="Only says what an import would change.")
    ignore_mismatches: bool = strawberry.field(
        default=False, description="Imports what matches. Without it, nothing is imported where something does not."
    )

    def options(self) -> ImportOptions:
        return ImportOptions(
            self.format,
            self.video,
            self.frames,
            {each.source: each.frame_index for each in self.frame_map},
            {each.source: each.object_id for each in self.object_map},
            self.force,
        )


@strawberry.input
class CancelImportInput:
    session_id: str
