"""Queries of the log of what users did."""

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from sam2_lit.records.interactions import Interaction, InteractionKind
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.store.paging import read_page
from sam2_lit.store.prompt_json import from_json
from sam2_lit.store.tables import interactions


def read_interactions(connection: Connection, session_id: str) -> list[Interaction]:
    """A session's interactions, oldest first."""
    rows = connection.execute(_interactions_of(session_id).order_by(interactions.c.sequence))
    return [_interaction(row) for row in rows]


def read_interaction_page(connection: Connection, session_id: str, request: PageRequest) -> Page[Interaction]:
    """A page of a session's interactions, oldest first."""
    rows, has_previous, has_next = read_page(connection, _interactions_of(session_id), interactions.c.sequence, request)
    return Page(tuple((row.sequence, _interaction(row)) for row in rows), has_previous, has_next)


def _interactions_of(session_id: str) -> Select[Any]:
    return select(interactions).where(interactions.c.session_id == session_id)


def _interaction(row: Row[Any]) -> Interaction:
    return Interaction(
        id=row.id,
        at=row.at,
        kind=InteractionKind(row.kind),
        object_id=row.object_id,
        frame_index=row.frame_index,
        prompt=None if row.prompt is None else from_json(row.prompt),
        adapter_id=row.adapter_id,
        baseline_iou=row.baseline_iou,
        training_iou=row.training_iou,
        steps=row.steps,
        seconds=row.seconds,
        skipped=row.skipped,
        object_ids=None if row.object_ids is None else tuple(row.object_ids),
        ranges=None if row.ranges is None else tuple((first, last) for first, last in row.ranges),
        user=row.user,
    )
