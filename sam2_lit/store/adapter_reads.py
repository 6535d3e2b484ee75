"""Reads adapters that other objects may get."""

from itertools import groupby

from sqlalchemy import Connection, select

from sam2_lit.records.adapters import AdapterRecord, AdapterSource
from sam2_lit.store.adapter_files import AdapterFiles
from sam2_lit.store.owners import seen_by
from sam2_lit.store.reads import adapter_record
from sam2_lit.store.tables import adapters, objects, sessions, videos

_MOST_ADAPTERS = 1000
"""Looked at, newest first: of each, a file says which model it is for."""


def read_adapter_sources(
    connection: Connection, files: AdapterFiles, session_id: str, label: str, viewer: str | None, model: str, most: int
) -> list[AdapterSource]:
    """The newest objects with a label, in other sessions that `viewer` may see, that have adapters of a model.

    At most `most`, the newest session first.
    """
    query = (
        select(adapters, videos.c.path, objects.c.name, sessions.c.sequence)
        .join_from(adapters, sessions, adapters.c.session_id == sessions.c.id)
        .join(objects, (objects.c.session_id == sessions.c.id) & (objects.c.object_id == adapters.c.object_id))
        .join(videos, videos.c.id == sessions.c.video_id)
        .where(objects.c.label == label, sessions.c.id != session_id, *seen_by(viewer, None))
        .order_by(sessions.c.sequence.desc(), adapters.c.object_id, adapters.c.created_at)
        .limit(_MOST_ADAPTERS)
    )
    found: list[AdapterSource] = []
    for (source_id, object_id), group in groupby(
        connection.execute(query), lambda row: (row.session_id, row.object_id)
    ):
        each = list(group)
        records = tuple(adapter_record(row) for row in each if files.revision(row.folder) == model)
        if records:
            found.append(AdapterSource(source_id, each[0].path, object_id, each[0].name, records))
        if len(found) == most:
            break
    return found


def read_adapter_contents(
    connection: Connection, files: AdapterFiles, session_id: str, object_id: int
) -> list[tuple[AdapterRecord, dict[str, bytes]]]:
    """An object's adapters, oldest first, each with its files by name; without those whose files are missing."""
    query = select(adapters).where(adapters.c.session_id == session_id, adapters.c.object_id == object_id)
    found = []
    for row in connection.execute(query.order_by(adapters.c.created_at)):
        try:
            found.append((adapter_record(row), files.content(row.folder)))
        except OSError:
            continue
    return found
