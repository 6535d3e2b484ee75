"""The history of a session and the events of its changes, in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from sam2_lit.records.changes import Change, SessionEvent, SessionPart, ranges_of
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.store.paging import read_page
from sam2_lit.store.tables import adapters, changed_rows, changes, events

MAX_CHANGES = 100
"""How many changes of a session can be undone."""
MAX_BYTES = 64 * 1024**2
"""How much of what they replaced is stored for that."""


# Built once: they are executed for every frame that is tracked and every prompt.
_PUT_EVENT = insert(events)
_REPLACE_EVENT = update(events).where(events.c.sequence == bindparam("replaced"))
# How many changes a session can undo, what they take, the least that one takes, and how many it can redo.
_KEPT = select(
    func.count().filter(changes.c.is_kept).label("kept"),
    func.coalesce(func.sum(changes.c.nbytes), 0).label("nbytes"),
    func.min(changes.c.nbytes).filter(changes.c.is_kept).label("least"),
    func.count().filter(changes.c.is_undone).label("undone"),
).where(changes.c.session_id == bindparam("session"))


def put_event(
    connection: Connection, session_id: str, new_event: SessionEvent, earlier: SessionEvent | None = None
) -> None:
    """Stores an event; it takes the place of an earlier one of the same tracking, whose frames it then has too."""
    values: dict[str, Any] = {
        "session_id": session_id,
        "at": new_event.at,
        "kind": new_event.kind.value,
        "client": new_event.client,
        "user": new_event.user,
        "change_id": new_event.change_id,
        "parts": new_event.parts,
        "object_ids": new_event.object_ids,
        "frames": new_event.frames,
        "sequence": new_event.sequence,
    }
    if earlier is None:
        connection.execute(_PUT_EVENT, values)
        return
    values["parts"] = sorted({*earlier.parts, *new_event.parts})
    values["object_ids"] = sorted({*earlier.object_ids, *new_event.object_ids})
    values["frames"] = ranges_of((), [*earlier.frames, *new_event.frames])
    connection.execute(_REPLACE_EVENT, {"replaced": earlier.sequence, **values})


def event_of(row: Row[Any], sequence: int) -> SessionEvent:
    """An event from a row of `events`, with its sequence number."""
    return SessionEvent(
        sequence,
        row.at,
        InteractionKind(row.kind),
        row.client,
        row.change_id,
        tuple(map(SessionPart, row.parts)),
        tuple(row.object_ids),
        ranges_of((), row.frames),
        row.user,
    )


def read_events(connection: Connection, session_id: str, after: int, most: int) -> list[SessionEvent]:
    """The first `most` events of a session after a sequence number."""
    query = select(events).where(events.c.session_id == session_id, events.c.sequence > after)
    rows = connection.execute(query.order_by(events.c.sequence).limit(most))
    return [event_of(row, row.sequence) for row in rows]


def read_last_event(connection: Connection, session_id: str) -> int:
    """The sequence number of a session's last event; 0 without any."""
    query = select(func.coalesce(func.max(events.c.sequence), 0)).where(events.c.session_id == session_id)
    return int(connection.execute(query).scalar_one())


def read_change_page(connection: Connection, session_id: str, request: PageRequest) -> Page[Change]:
    """A page of a session's history, oldest first."""
    query = select(changes).where(changes.c.session_id == session_id)
    rows, has_previous, has_next = read_page(connection, query, changes.c.sequence, request)
    found = _changes_of(connection, rows)
    return Page(tuple((row.sequence, each) for row, each in zip(rows, found, strict=True)), has_previous, has_next)


def read_change(connection: Connection, change_id: str) -> Change | None:
    """A change of a history; None where it is gone."""
    row = connection.execute(select(changes).where(changes.c.id == change_id)).first()
    return None if row is None else _changes_of(connection, [row])[0]


def next_change(connection: Connection, session_id: str, redo: bool) -> Change | None:
    """The change that an undo, or a redo, is of; None where there is none that can be."""
    query = select(changes).where(changes.c.session_id == session_id, changes.c.is_undone == redo)
    order = changes.c.sequence if redo else changes.c.sequence.desc()
    row = connection.execute(query.order_by(order).limit(1)).first()
    return _changes_of(connection, [row])[0] if row is not None and row.is_kept else None


def _changes_of(connection: Connection, rows: Sequence[Row[Any]]) -> list[Change]:
    """Changes by their rows; what a tracking changed is in its event."""
    kind = InteractionKind.TRACKING.value
    tracked = [row.id for row in rows if row.kind == kind]
    query = select(events).where(events.c.change_id.in_(tracked), events.c.kind == kind)
    tracking_events = {row.change_id: row for row in connection.execute(query)} if tracked else {}
    return [
        Change(
            row.id,
            row.at,
            InteractionKind(row.kind),
            row.client,
            tuple(tracking_events.get(row.id, row).object_ids),
            ranges_of((), tracking_events.get(row.id, row).frames),
            row.is_undone,
            row.is_kept,
            row.user,
        )
        for row in rows
    ]


def make_room(connection: Connection, session_id: str, nbytes: int) -> list[str]:
    """Drops what could be redone, and the images beyond the limits once a change with images of `nbytes` comes.

    Returns the folders of adapters that they named.
    """
    known = connection.execute(_KEPT, {"session": session_id}).one()
    released = _drop_undone(connection, session_id) if known.undone else []
    # The bytes of a tracking are counted once it is in the past.
    if known.undone or known.kept >= MAX_CHANGES or known.nbytes + nbytes > MAX_BYTES or known.least == 0:
        released += _prune(connection, session_id, nbytes)
    return released


def _drop_undone(connection: Connection, session_id: str) -> list[str]:
    """Drops what could be redone, since something else was done. Returns the folders of adapters that it named."""
    gone = select(changes.c.id).where(changes.c.session_id == session_id, changes.c.is_undone)
    folders = _folders(connection, gone)
    connection.execute(delete(changes).where(changes.c.id.in_(gone)))
    return folders


def _prune(connection: Connection, session_id: str, nbytes: int) -> list[str]:
    """Drops the images of the oldest changes so that one more with images of `nbytes` is within the limits.

    Returns the folders of adapters that they named.
    """
    query = select(changes.c.id, changes.c.nbytes).where(changes.c.session_id == session_id, changes.c.is_kept)
    kept = connection.execute(query.order_by(changes.c.sequence.desc())).all()
    beyond, total = [], nbytes
    for place, row in enumerate(kept, 1):
        total += row.nbytes or _count_bytes(connection, row.id)
        if place >= MAX_CHANGES or total > MAX_BYTES:
            beyond.append(row.id)
    return forget_images(connection, beyond)


def _count_bytes(connection: Connection, change_id: str) -> int:
    """Counts and notes the size of a change's images."""
    query = select(func.coalesce(func.sum(func.length(changed_rows.c.image)), 0))
    nbytes = int(connection.execute(query.where(changed_rows.c.change_id == change_id)).scalar_one())
    connection.execute(update(changes).where(changes.c.id == change_id).values(nbytes=nbytes + 1))
    return nbytes


def forget_images(connection: Connection, change_ids: Sequence[str]) -> list[str]:
    """Drops what changes replaced; they stay in the history. Returns the folders of adapters that it named."""
    if not change_ids:
        return []
    folders = _folders(connection, change_ids)
    connection.execute(delete(changed_rows).where(changed_rows.c.change_id.in_(change_ids)))
    connection.execute(update(changes).where(changes.c.id.in_(change_ids)).values(is_kept=False, nbytes=0))
    return folders


def folders_of(connection: Connection, session_id: str | None = None) -> list[str]:
    """The folders of all adapters of a session, or of every session, those in images too."""
    now = select(adapters.c.folder)
    before = select(changed_rows.c.folder).join_from(changed_rows, changes).where(changed_rows.c.folder.is_not(None))
    if session_id is not None:
        now = now.where(adapters.c.session_id == session_id)
        before = before.where(changes.c.session_id == session_id)
    return [*connection.execute(now).scalars(), *connection.execute(before).scalars()]


def unused(connection: Connection, folders: Sequence[str]) -> list[str]:
    """Those folders of adapters that neither an adapter nor an image names."""
    if not folders:
        return []
    used = {
        *connection.execute(select(adapters.c.folder).where(adapters.c.folder.in_(folders))).scalars(),
        *connection.execute(select(changed_rows.c.folder).where(changed_rows.c.folder.in_(folders))).scalars(),
    }
    return [folder for folder in folders if folder not in used]


def _folders(connection: Connection, change_ids: Any) -> list[str]:
    query = select(changed_rows.c.folder).where(changed_rows.c.change_id.in_(change_ids))
    return [folder for folder in connection.execute(query).scalars() if folder is not None]
