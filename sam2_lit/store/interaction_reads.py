"""Queries of the log of what users did."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Row, Select, case, false, func, select

from sam2_lit.records.interactions import Interaction, InteractionKind
from sam2_lit.records.masks import RLE
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.store.paging import read_page
from sam2_lit.store.prompt_json import from_json
from sam2_lit.store.tables import changes, interactions

_TRAINS = (InteractionKind.CORRECTION.value, InteractionKind.TRAINING.value)


def read_interactions(connection: Connection, session_id: str) -> list[Interaction]:
    """A session's interactions, oldest first."""
    rows = connection.execute(_interactions_of(session_id).order_by(interactions.c.sequence))
    return [_interaction(row) for row in rows]


def read_interaction_page(connection: Connection, session_id: str, request: PageRequest) -> Page[Interaction]:
    """A page of a session's interactions, oldest first."""
    rows, has_previous, has_next = read_page(connection, _interactions_of(session_id), interactions.c.sequence, request)
    return Page(tuple((row.sequence, _interaction(row)) for row in rows), has_previous, has_next)


def read_interaction(connection: Connection, session_id: str, interaction_id: str) -> Interaction | None:
    """The interaction with an id; None where the session has none."""
    row = connection.execute(_interactions_of(session_id).where(interactions.c.id == interaction_id)).first()
    return None if row is None else _interaction(row)


def read_trained_masks(connection: Connection, session_id: str) -> dict[str, dict[int, RLE]]:
    """By adapter id and frame, the mask that the adapter was trained on last, where it is no correction's."""
    # Corrections are most of the log, and their prompts are not needed.
    drawn = case((interactions.c.kind == InteractionKind.TRAINING.value, interactions.c.prompt))
    query = (
        select(interactions.c.adapter_id, interactions.c.frame_index, drawn)
        .outerjoin(changes, changes.c.id == interactions.c.id)
        .where(
            interactions.c.session_id == session_id,
            interactions.c.adapter_id.is_not(None),
            interactions.c.kind.in_(_TRAINS),
            func.coalesce(changes.c.is_undone, false()).is_(False),
        )
        .order_by(interactions.c.sequence)
    )
    last = {(adapter_id, frame): prompt for adapter_id, frame, prompt in connection.execute(query)}
    found = defaultdict[str, dict[int, RLE]](dict)
    for (adapter_id, frame_index), prompt in last.items():
        if prompt is not None and isinstance(mask := from_json(prompt), RLE):
            found[adapter_id][frame_index] = mask
    return found


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
