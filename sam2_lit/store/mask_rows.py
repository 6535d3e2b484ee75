"""Writes rows of masks."""

from typing import Any

from sqlalchemy import Connection

from sam2_lit.records.results import Mask
from sam2_lit.store.journal_statements import PUT_MASK


class PutMasks:
    """Writes masks that follow each other in a transaction by one statement, in place of earlier ones."""

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._rows: list[dict[str, Any]] = []

    def add(self, frame_index: int, mask: Mask, version: int, reverse: bool, passed: bool | None) -> None:
        """Adds a mask; the arguments are those of `SessionJournal.put_mask`."""
        height, width = mask.rle.size
        row = {
            "session_id": self._session_id,
            "frame_index": frame_index,
            "object_id": mask.object_id,
            "height": height,
            "width": width,
            "counts": mask.rle.counts,
            "predicted_iou": mask.predicted_iou,
            "object_score": mask.object_score,
            "source": mask.source.value,
            "version": version,
            "reverse": reverse,
            "passed": passed,
            "confirmed": False,
        }
        self._rows.append(row)

    def __call__(self, connection: Connection) -> None:
        connection.execute(PUT_MASK[connection.dialect.name], self._rows)
