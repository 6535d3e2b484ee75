"""Stores a change of a session: what it replaces, for undoing it, and what is known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sam2_lit.records.changes import ChangeScope, Ranges, SessionEvent, ranges_of
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.store.change_images import Place, Rows, image_row, key_text
from sam2_lit.store.change_log import event_of, make_room
from sam2_lit.store.tables import changed_rows, changes, events

_PUT_CHANGE = insert(changes)
# The first image of a unit counts. Built once, by dialect: it is executed for every frame that is tracked.
_PUT_IMAGE = {
    "sqlite": sqlite.insert(changed_rows).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(changed_rows).on_conflict_do_nothing(),
}
_LATER = changes.alias()
# A change, whether there is a newer one, and where all of it is one event, that event.
_KNOWN = (
    select(
        changes.c.sequence,
        changes.c.is_kept,
        changes.c.is_undone,
        changes.c.object_ids.label("changed_object_ids"),
        changes.c.frames.label("changed_frames"),
        changes.c.nbytes,
        exists()
        .where(_LATER.c.session_id == changes.c.session_id, _LATER.c.sequence > changes.c.sequence)
        .label("has_newer"),
        events.c.sequence.label("event_sequence"),
        *(column for column in events.c if column.name != "sequence"),
    )
    .outerjoin_from(
        changes, events, (events.c.change_id == changes.c.id) & (events.c.kind == InteractionKind.TRACKING.value)
    )
    .where(changes.c.id == bindparam("change"))
)


@dataclass(frozen=True)
class RecordedChange:
    """A change as it is stored.

    Attributes:
        has_images: whether it can be undone.
        earlier_event: that of the same tracking, whose place a new one takes.
        released: folders of adapters that may not be needed any more.
    """

    has_images: bool
    earlier_event: SessionEvent | None
    released: list[str]


def record_change(
    connection: Connection,
    session_id: str,
    scope: ChangeScope,
    units: Mapping[Place, Rows],
    object_ids: Sequence[int],
    frames: Ranges,
    sequence: int,
    begins: bool,
) -> RecordedChange:
    """Stores what a transaction of a change replaces. A new change drops what could be redone, and the oldest images.

    Args:
        connection: in the transaction.
        session_id: the session.
        scope: the change; earlier transactions may belong to it too.
        units: what the transaction changes, with its rows before.
        object_ids: the objects that it changes.
        frames: the frames that it changes.
        sequence: the number of the change, where it is new.
        begins: whether it is known to be new.
    """
    known = None if begins else connection.execute(_KNOWN, {"change": scope.id}).first()
    # The frames of a tracking are in its event, and its bytes are counted later: this is for every frame.
    is_tracking = scope.kind is InteractionKind.TRACKING
    if known is None:
        images = [image_row(scope.id, place, rows) for place, rows in units.items()]
        nbytes = 0 if is_tracking else 1 + _nbytes(images)
        released = make_room(connection, session_id, nbytes)
        row = {
            "id": scope.id,
            "session_id": session_id,
            "sequence": sequence,
            "at": scope.at,
            "kind": scope.kind.value,
            "client": scope.client,
            "user": scope.user,
            "object_ids": [] if is_tracking else object_ids,
            "frames": [] if is_tracking else frames,
            "is_undone": False,
            "is_kept": True,
            "nbytes": nbytes,
        }
        connection.execute(_PUT_CHANGE, row)
        _put_images(connection, images)
        return RecordedChange(True, None, released)
    has_images = known.is_kept and not known.is_undone
    if has_images:
        newer = _newer_than(connection, session_id, known.sequence) if known.has_newer else ()
        images = [
            _image_of_newer(connection, scope.id, place, newer) or image_row(scope.id, place, rows)
            for place, rows in units.items()
        ]
        _put_images(connection, images)
        if not is_tracking:
            values = {
                "object_ids": sorted({*known.changed_object_ids, *object_ids}),
                "frames": ranges_of((), [*known.changed_frames, *frames]),
                "nbytes": known.nbytes + _nbytes(images),
            }
            connection.execute(update(changes).where(changes.c.id == scope.id).values(values))
    earlier = None if known.event_sequence is None else event_of(known, known.event_sequence)
    return RecordedChange(has_images, earlier, [])


def _nbytes(images: Sequence[Mapping[str, Any]]) -> int:
    return sum(len(each["image"] or b"") for each in images)


def _put_images(connection: Connection, images: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(_PUT_IMAGE[connection.dialect.name], images)


def _newer_than(connection: Connection, session_id: str, sequence: int) -> list[str]:
    """The changes of a session after one, oldest first, that have images."""
    newer = (changes.c.session_id == session_id, changes.c.sequence > sequence, changes.c.is_kept)
    return list(connection.execute(select(changes.c.id).where(*newer).order_by(changes.c.sequence)).scalars())


def _image_of_newer(connection: Connection, scope_id: str, place: Place, newer: Sequence[str]) -> dict[str, Any] | None:
    for change_id in newer:
        which = (changed_rows.c.table_name == place[0], changed_rows.c.key == key_text(place))
        query = select(changed_rows.c.image, changed_rows.c.folder).where(changed_rows.c.change_id == change_id, *which)
        row = connection.execute(query).first()
        if row is not None:
            return {
                "change_id": scope_id,
                "table_name": place[0],
                "key": key_text(place),
                "image": row.image,
                "folder": row.folder,
            }
    return None
