"""Undoes and redoes changes: exchanges the rows that a change left for the images of what they were before."""

from dataclasses import replace

from sqlalchemy import Connection, delete, func, insert, select, update

from sam2_lit.records.changes import Change, ChangeScope, SessionEvent, SessionPart
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.store.change_images import (
    CHILDREN,
    UNITS,
    Place,
    Rows,
    decode,
    image_row,
    place_of,
    read_units,
    restore_row,
    restore_units,
)
from sam2_lit.store.change_log import next_change, put_event
from sam2_lit.store.sequence import next_sequence
from sam2_lit.store.tables import changed_rows, changes, interactions, masks, metadata, objects, sessions

_PARTS = (SessionPart.OBJECTS, SessionPart.PROMPTS, SessionPart.MASKS, SessionPart.ADAPTERS)


def swap_change(connection: Connection, session_id: str, redo: bool, scope: ChangeScope) -> Change | None:
    """Undoes the latest change, or redoes the one undone last, and logs that. Returns None where there is none.

    Both exchange every row of the change for its image, so each is the exact inverse of the other, as long as changes
    are undone from the latest and redone from the earliest. The clock of the session never runs back: `last_version`
    is above all versions of what is taken away, so that no version is ever given twice.
    """
    change = next_change(connection, session_id, redo)
    if change is None:
        return None
    targets = {
        place_of(row.table_name, row.key): row
        for row in connection.execute(select(changed_rows).where(changed_rows.c.change_id == change.id)).all()
    }
    rows = {place: decode(metadata.tables[place[0]], row.image) for place, row in targets.items()}
    rows |= {place: [] for place in _left_behind(connection, session_id, rows)}
    last_version = _last_version(connection, session_id)
    images = read_units(connection, session_id, rows)
    _restore_all(connection, session_id, rows)
    connection.execute(delete(changed_rows).where(changed_rows.c.change_id == change.id))
    replaced = [image_row(change.id, place, before) for place, before in images.items()]
    connection.execute(insert(changed_rows), replaced)
    nbytes = sum(len(row["image"] or b"") for row in replaced)
    connection.execute(update(changes).where(changes.c.id == change.id).values(is_undone=not redo, nbytes=nbytes))
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(last_version=last_version))
    parts = (SessionPart.SETTINGS,) if change.kind is InteractionKind.SET_LORA_MODE else _PARTS
    _log(connection, session_id, scope, change)
    new_event = SessionEvent(
        next_sequence(connection),
        scope.at,
        scope.kind,
        scope.client,
        change.id,
        parts,
        change.object_ids,
        change.frames,
        scope.user,
    )
    put_event(connection, session_id, new_event)
    return replace(change, is_undone=not redo)


def _left_behind(connection: Connection, session_id: str, rows: dict[Place, Rows]) -> list[Place]:
    """The units of objects that are about to go, made since by what was undone without them: tracked masks."""
    gone = [key[0] for (table, key), target in rows.items() if table == objects.name and not target]
    found: list[Place] = []
    for name in CHILDREN if gone else ():
        child = metadata.tables[name]
        columns = [child.c[column] for column in UNITS[name]]
        query = select(*columns).where(child.c.session_id == session_id, child.c.object_id.in_(gone)).distinct()
        found += [place for key in connection.execute(query) if (place := (name, tuple(key))) not in rows]
    return found


def _restore_all(connection: Connection, session_id: str, rows: dict[Place, Rows]) -> None:
    """Restores objects before what belongs to them, and deletes them after it."""
    owners = {place: target for place, target in rows.items() if place[0] not in CHILDREN}
    for place, target in owners.items():
        if target:
            restore_row(connection, session_id, place, target)
    restore_units(connection, session_id, {place: rows[place] for place in rows if place not in owners})
    for place, target in owners.items():
        if not target:
            restore_row(connection, session_id, place, target)


def _last_version(connection: Connection, session_id: str) -> int:
    query = select(func.coalesce(func.max(masks.c.version), 0)).where(masks.c.session_id == session_id)
    newest: list[int] = [connection.execute(query).scalar_one()]
    newest.append(connection.execute(select(sessions.c.last_version).where(sessions.c.id == session_id)).scalar_one())
    rows = connection.execute(select(objects.c.prompt_changes).where(objects.c.session_id == session_id))
    newest += [version for changed in rows.scalars() for version in changed.values()]
    return max(newest)


def _log(connection: Connection, session_id: str, scope: ChangeScope, change: Change) -> None:
    row = {
        "id": scope.id,
        "session_id": session_id,
        "at": scope.at,
        "kind": scope.kind.value,
        "user": scope.user,
        "object_id": change.object_ids[0] if len(change.object_ids) == 1 else None,
        "frame_index": change.frames[0][0] if len(change.frames) == 1 and len(set(change.frames[0])) == 1 else None,
        "prompt": None,
        "clicks": 0,
        "sequence": next_sequence(connection),
    }
    connection.execute(insert(interactions).values(row))
