"""Imports."""

from typing import Self

import strawberry

from sam2_lit.records import imports
from sam2_lit.records.imports import FrameMatching, ImportFormat, MismatchKind
from sam2_lit.schema.types.labels import Attribute

strawberry.enum(
    MismatchKind,
    description="FRAME: a frame that the video does not have. SIZE: of another size. OBJECT: an object that could "
    "become several, or one of another name. PROMPTED: a frame on which the session has a prompt, whose mask stays. "
    "CONFIRMED: a frame whose mask was confirmed, and stays without force.",
)


@strawberry.type(description="An object of a file, and the object that it becomes.")
class ImportedObject:
    source: str = strawberry.field(description="What the file calls it: a key for objectMap.")
    object_id: int
    name: str | None
    label: str | None
    attributes: list[Attribute]
    is_new: bool
    frame_count: int

    @classmethod
    def of(cls, each: imports.ImportedObject) -> Self:
        return cls(
            source=each.key,
            object_id=each.object_id,
            name=each.name,
            label=each.label,
            attributes=[Attribute(key=key, value=value) for key, value in each.attributes.items()],
            is_new=each.is_new,
            frame_count=each.frame_count,
        )


@strawberry.type(description="Something in a file that does not match the session, and is left out.")
class ImportMismatch:
    kind: MismatchKind
    message: str


@strawberry.type
class Import:
    applied: bool = strawberry.field(
        description="Whether the session was changed: not in a dry run, nor with mismatches that are not ignored."
    )
    format: ImportFormat
    video: str = strawberry.field(description="The video's name in the file.")
    frames: FrameMatching = strawberry.field(description="How frames were matched.")
    objects: list[ImportedObject]
    frame_count: int
    mask_count: int
    replaced_mask_count: int = strawberry.field(description="Masks of the session that other ones replace.")
    mismatches: list[ImportMismatch]
    losses: list[str] = strawberry.field(description="What of the file a session cannot hold, in words.")

    @classmethod
    def of(cls, plan: imports.ImportPlan, applied: bool) -> Self:
        return cls(
            applied=applied,
            format=plan.format,
            video=plan.video,
            frames=plan.frames,
            objects=[ImportedObject.of(each) for each in plan.objects],
            frame_count=len({frame_index for frame_index, _, _ in plan.masks}),
            mask_count=len(plan.masks),
            replaced_mask_count=plan.replaced_mask_count,
            mismatches=[ImportMismatch(kind=each.kind, message=each.message) for each in plan.mismatches],
            losses=list(plan.losses),
        )


@strawberry.type
class CancelImport:
    success: bool = strawberry.field(description="Whether there was anything to end.")
