"""Reads and writes the labels of projects."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from sam2_lit.records.changes import ChangeScope, SessionEvent, SessionPart
from sam2_lit.records.labels import Label, LabelAttribute, project_of
from sam2_lit.store.change_log import put_event
from sam2_lit.store.sequence import next_sequence
from sam2_lit.store.tables import label_sets, sessions, videos


def read_labels(connection: Connection, project: str) -> tuple[Label, ...] | None:
    """The labels that were set for a project; None where none were."""
    row = connection.execute(select(label_sets.c.labels).where(label_sets.c.project == project)).first()
    return None if row is None else tuple(map(_label, row.labels))


def write_labels(
    connection: Connection, project: str, labels: tuple[Label, ...] | None, scope: ChangeScope
) -> list[str]:
    """Stores the labels of a project in place of its earlier ones; None removes them.

    Adds an event to each session of the project, and returns their ids.
    """
    connection.execute(delete(label_sets).where(label_sets.c.project == project))
    if labels is not None:
        connection.execute(insert(label_sets).values(project=project, labels=[asdict(each) for each in labels]))
    paths = connection.execute(select(sessions.c.id, videos.c.path).join_from(sessions, videos)).all()
    concerned = [row.id for row in paths if project_of(row.path) == project]
    for session_id in concerned:
        parts = (SessionPart.LABELS,)
        new_event = SessionEvent(
            next_sequence(connection), scope.at, scope.kind, scope.client, None, parts, (), (), scope.user
        )
        put_event(connection, session_id, new_event)
    return concerned


def _label(content: dict[str, Any]) -> Label:
    attributes = tuple(LabelAttribute(each["name"], tuple(each["values"])) for each in content["attributes"])
    return Label(content["name"], content["color"], content["key"], attributes)
