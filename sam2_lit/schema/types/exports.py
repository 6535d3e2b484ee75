"""Exports."""

from typing import Self

import strawberry

from sam2_lit.exports.export_files import ExportFile


@strawberry.type
class Export:
    url: str = strawberry.field(description="Where to download the file, for at least a day.")
    filename: str
    media_type: str
    byte_size: int
    losses: list[str] = strawberry.field(
        description="What the format could not hold, in words: for example masks that overlap, in a palette PNG."
    )
    user: str | None = strawberry.field(description="Who made it; null where the server has no users.")

    @classmethod
    def of(cls, export: ExportFile, base_url: str) -> Self:
        return cls(
            url=f"{base_url}exports/{export.id}",
            filename=export.file.name,
            media_type=export.media_type,
            byte_size=export.byte_size,
            losses=list(export.losses),
            user=export.owner.user,
        )


@strawberry.type
class CancelExport:
    success: bool = strawberry.field(description="Whether there was anything to end.")
