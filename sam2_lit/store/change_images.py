"""Images of rows: what the rows of a session were, so that a change can be undone to the bit.

A unit is the rows of a table that change together: an object's mask on a frame, an object's prompts on a frame, an
adapter, a column of the session itself. An image is a unit's rows at some moment; no image (null) is a unit without
rows.
"""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from sam2_lit.store.tables import Moment, adapters, masks, metadata, objects, prompted_frames, prompts, sessions

UNITS: Mapping[str, tuple[str, ...]] = {
    objects.name: ("object_id",),
    prompted_frames.name: ("object_id", "frame_index"),
    prompts.name: ("object_id", "frame_index"),
    masks.name: ("object_id", "frame_index"),
    adapters.name: ("object_id", "adapter_id"),
}
"""By table, the columns that name a unit in a session. Every table with rows of objects is here."""

CHILDREN = tuple(name for name in UNITS if name != objects.name)
"""Tables whose rows are deleted with their object."""

# Numbers its rows itself: they are restored in order, with other numbers.
_NUMBERED = {prompts.name: "id"}
# The columns of `sessions` that a unit with this key has; earlier releases wrote an empty key.
_SESSION_COLUMNS = {(): ("consolidated",), ("lora_mode",): ("lora_mode",)}

Rows = list[dict[str, Any]]
"""Rows by column key."""

Place = tuple[str, tuple[Any, ...]]
"""A table's name, and the values that name a unit in it."""


def key_text(place: Place) -> str:
    return json.dumps(place[1])


def place_of(table: str, key: str) -> Place:
    return table, tuple(json.loads(key))


def where(session_id: str, place: Place) -> list[ColumnElement[bool]]:
    """The condition for a unit's rows."""
    table = metadata.tables[place[0]]
    if table is sessions:
        return [sessions.c.id == session_id]
    named = zip(UNITS[table.name], place[1], strict=True)
    return [table.c.session_id == session_id, *(table.c[column] == value for column, value in named)]


def read_rows(connection: Connection, session_id: str, place: Place) -> Rows:
    """A unit's rows, by column key."""
    table = metadata.tables[place[0]]
    query = select(table).where(*where(session_id, place)).order_by(*table.primary_key)
    rows = [row_values(table, row) for row in connection.execute(query)]
    if table is sessions:
        return [{column: row[column] for column in _SESSION_COLUMNS[place[1]]} for row in rows]
    return rows


def read_units(connection: Connection, session_id: str, places: Collection[Place]) -> dict[Place, Rows]:
    """The rows of many units, with one query for each table."""
    found: dict[Place, Rows] = {place: [] for place in places}
    for name, keys in _by_table(places).items():
        table = metadata.tables[name]
        if table is sessions:
            found |= {(name, key): read_rows(connection, session_id, (name, key)) for key in keys}
            continue
        parameters: dict[str, Any] = {"session_id": session_id}
        if "frame_index" in UNITS[name]:
            at = UNITS[name].index("frame_index")
            parameters |= {"first": min(key[at] for key in keys), "last": max(key[at] for key in keys)}
        for row in connection.execute(_rows_between(name), parameters):
            values = row_values(table, row)
            place = (name, tuple(values[column] for column in UNITS[name]))
            if place in found:
                found[place].append(values)
    return found


@cache
def _rows_between(name: str) -> Select[Any]:
    """A session's rows of a table, on a range of frames where its units have one. Built once: it runs each frame."""
    table = metadata.tables[name]
    query = select(table).where(table.c.session_id == bindparam("session_id")).order_by(*table.primary_key)
    if "frame_index" in UNITS[name]:
        query = query.where(table.c.frame_index.between(bindparam("first"), bindparam("last")))
    return query


def row_values(table: Table, row: Row[Any]) -> dict[str, Any]:
    """A row of `select(table)` by column key, without what is not restored."""
    values = dict(zip(table.c.keys(), row, strict=True))
    values.pop(_NUMBERED.get(table.name, ""), None)
    return values


def encode(table: Table, rows: Sequence[Mapping[str, Any]]) -> bytes | None:
    """The image of a unit's rows; None where there are none."""
    if not rows:
        return None
    written = [{key: _to_json(table, key, value) for key, value in row.items()} for row in rows]
    return json.dumps(written).encode()


def image_row(change_id: str, place: Place, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The row of `changed_rows` with the image of a unit's rows."""
    return {
        "change_id": change_id,
        "table_name": place[0],
        "key": key_text(place),
        "image": encode(metadata.tables[place[0]], rows),
        "folder": rows[0].get("folder") if rows else None,
    }


def decode(table: Table, image: bytes | None) -> list[dict[str, Any]]:
    """The rows of an image."""
    if image is None:
        return []
    return [{key: _from_json(table, key, value) for key, value in row.items()} for row in json.loads(image)]


def restore_row(connection: Connection, session_id: str, place: Place, rows: Rows) -> None:
    """Makes these the rows of an object or a session: updated in place, since others are deleted with them."""
    table = metadata.tables[place[0]]
    which = where(session_id, place)
    if not rows:
        connection.execute(delete(table).where(*which))
    elif not connection.execute(update(table).where(*which).values(rows[0])).rowcount:
        connection.execute(insert(table).values(rows[0]))


def restore_units(connection: Connection, session_id: str, units: Mapping[Place, Rows]) -> None:
    """Makes these the rows of many units of objects, with two statements for each table."""
    for name, keys in _by_table(units).items():
        table, columns = metadata.tables[name], UNITS[name]
        which = [table.c[column] == bindparam(f"unit_{column}") for column in columns]
        gone = [{f"unit_{column}": value for column, value in zip(columns, key, strict=True)} for key in keys]
        connection.execute(delete(table).where(table.c.session_id == session_id, *which), gone)
        if rows := [row for key in keys for row in units[name, key]]:
            connection.execute(insert(table), rows)


def _by_table(places: Collection[Place]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name, key in places:
        found.setdefault(name, []).append(key)
    return found


def _to_json(table: Table, key: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, datetime) else value


def _from_json(table: Table, key: str, value: Any) -> Any:
    kind = table.c[key].type
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return datetime.fromisoformat(value) if isinstance(kind, Moment) else value
