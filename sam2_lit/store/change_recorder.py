"""Records what a transaction changes in a session: what it replaces, for undoing it, and an event for other clients."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    Insert,
    Table,
    Update,
    bindparam,
    event,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from sam2_lit.records.changes import ChangeScope, SessionEvent, SessionPart, ranges_of
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.store.change_images import (
    CHILDREN,
    UNITS,
    Place,
    Rows,
    image_row,
    key_text,
    read_rows,
    read_units,
    row_values,
)
from sam2_lit.store.change_log import drop_undone, event_of, prune, put_event
from sam2_lit.store.sequence import next_sequence
from sam2_lit.store.tables import adapters, changed_rows, changes, events, masks, metadata, objects, prompts, sessions
from sam2_lit.store.writer import Write

Release = Callable[[Connection, list[str]], None]

_RECORDER = "sam2_lit.recorder"
_PARTS = {
    prompts.name: SessionPart.PROMPTS,
    masks.name: SessionPart.MASKS,
    adapters.name: SessionPart.ADAPTERS,
}
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
# Bookkeeping of the tracker, which no client sees.
_UNSEEN = "prompt_changes"


def watch(engine: Engine) -> None:
    """Has statements on the engine's connections reported to the recorder of the write that they belong to."""
    event.listen(engine, "before_execute", _report)


def recorded(
    writes: Sequence[Write],
    session_id: str,
    scope: ChangeScope | None,
    release: Release,
    notify: Callable[[], None],
) -> Write:
    """One write that does what `writes` do and records what they change in a session.

    Args:
        writes: of one transaction.
        session_id: the session.
        scope: the change that they belong to; None where they are in no history, and only other clients get the event.
        release: called with folders of adapters that may not be needed any more.
        notify: called within the transaction where there is an event to tell others of.
    """

    def write(connection: Connection) -> None:
        recorder = ChangeRecorder(connection, session_id, scope, release)
        connection.info[_RECORDER] = recorder
        try:
            for each in writes:
                each(connection)
        finally:
            del connection.info[_RECORDER]
        if recorder.finish():
            notify()

    return write


def _report(connection: Connection, statement: Any, multiparams: Any, params: Any, options: Any) -> None:
    recorder: ChangeRecorder | None = connection.info.get(_RECORDER)
    if recorder is not None and isinstance(statement, (Insert, Update, Delete)):
        recorder.before(statement, multiparams or [params])


class ChangeRecorder:
    """What one transaction changes. Statements are reported before they are executed.

    A unit's image is that from before the change, so only the first statement on it counts. A change may take several
    transactions, such as a tracking: where a newer change has an image of a unit that an older one changes only now,
    the older gets that image too, so that undoing both, the newer first, gives what was before both.
    """

    def __init__(
        self,
        connection: Connection,
        session_id: str,
        scope: ChangeScope | None,
        release: Release,
    ) -> None:
        self._connection = connection
        self._session_id = session_id
        self._scope = scope
        self._release = release
        self._touched: set[Place] = set()
        self._objects: dict[int, dict[str, Any] | None] = {}
        self._parts: set[SessionPart] = set()
        self._newer: list[str] | None = None
        self._earlier_event: SessionEvent | None = None
        self._is_recording: bool | None = None
        self._has_begun = False
        self._nbytes = 0

    def before(self, statement: Insert | Update | Delete, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Notes the units that a statement is about to change, with their rows as they are."""
        table = statement.table
        assert isinstance(table, Table)
        if table is sessions and isinstance(statement, Update):
            self._session_changes(statement.compile().params)
        elif table.name in UNITS:
            if isinstance(statement, Insert):
                rows = parameters if parameters[0] else [statement.compile().params]
                places = {(table.name, tuple(given[column] for column in UNITS[table.name])) for given in rows}
                if new := places - self._touched:
                    self._note(read_units(self._connection, self._session_id, new))
            else:
                condition = statement.whereclause
                assert condition is not None
                self._note_rows(table, condition, with_children=isinstance(statement, Delete))

    def finish(self) -> bool:
        """Writes the event, and completes the change. Returns whether clients see anything of it."""
        parts = self._parts | {part for table, _ in self._touched if (part := _PARTS.get(table)) is not None}
        if self._objects_differ():
            parts.add(SessionPart.OBJECTS)
        if not parts and not self._is_recording:
            return False
        keys = [dict(zip(UNITS[table], key, strict=True)) for table, key in self._touched if table in UNITS]
        object_ids = sorted({key["object_id"] for key in keys})
        frames = ranges_of(key["frame_index"] for key in keys if "frame_index" in key)
        scope = self._scope or ChangeScope("", datetime.now(UTC), InteractionKind.TRACKING, None)
        is_in_history = bool(self._is_recording)
        if parts:
            new_event = SessionEvent(
                next_sequence(self._connection),
                scope.at,
                scope.kind,
                scope.client,
                scope.id if is_in_history else None,
                tuple(sorted(parts)),
                tuple(object_ids),
                frames,
            )
            put_event(self._connection, self._session_id, new_event, self._earlier_event)
        # The frames of a tracking are in its event, and how large it is is counted later: this is for every frame.
        if is_in_history and scope.kind is not InteractionKind.TRACKING:
            which = changes.c.id == scope.id
            known = self._connection.execute(
                select(changes.c.object_ids, changes.c.frames, changes.c.nbytes).where(which)
            ).one()
            values = {
                "object_ids": sorted({*known.object_ids, *object_ids}),
                "frames": ranges_of((), [*known.frames, *frames]),
                "nbytes": known.nbytes + self._nbytes,
            }
            self._connection.execute(update(changes).where(which).values(values))
        if self._has_begun:
            self._release(self._connection, prune(self._connection, self._session_id))
        return bool(parts)

    def _session_changes(self, values: Mapping[str, Any]) -> None:
        if "lora_mode" in values:
            self._parts.add(SessionPart.SETTINGS)
        if "consolidated" in values:
            place = (sessions.name, ())
            if place not in self._touched:
                self._note({place: read_rows(self._connection, self._session_id, place)})

    def _note_rows(self, table: Table, condition: Any, *, with_children: bool) -> None:
        units: dict[Place, Rows] = {}
        query = select(table).where(condition).order_by(*table.primary_key)
        for row in self._connection.execute(query).all():
            values = row_values(table, row)
            place = (table.name, tuple(values[column] for column in UNITS[table.name]))
            units.setdefault(place, []).append(values)
        self._note(units)
        if with_children and table is objects:
            removed = [key[0] for _, key in units]
            for name in CHILDREN if removed else ():
                child = metadata.tables[name]
                of_removed = (child.c.session_id == self._session_id) & child.c.object_id.in_(removed)
                self._note_rows(child, of_removed, with_children=False)

    def _note(self, units: Mapping[Place, Rows]) -> None:
        new = {place: rows for place, rows in units.items() if place not in self._touched}
        if not new:
            return
        self._touched |= new.keys()
        for (name, key), rows in new.items():
            if name == objects.name:
                self._objects[key[0]] = dict(rows[0]) if rows else None
        if self._scope is None or not self._recording(self._scope):
            return
        change_id = self._scope.id
        images = [self._image_of_newer(place) or image_row(change_id, place, rows) for place, rows in new.items()]
        self._nbytes += sum(len(each["image"] or b"") for each in images)
        self._connection.execute(_PUT_IMAGE[self._connection.dialect.name], images)

    def _recording(self, scope: ChangeScope) -> bool:
        """Whether the change is recorded: it is begun here, or it is there and its images are kept."""
        if self._is_recording is None:
            known = self._connection.execute(_KNOWN, {"change": scope.id}).first()
            if known is None:
                self._release(self._connection, drop_undone(self._connection, self._session_id))
                row = {
                    "id": scope.id,
                    "session_id": self._session_id,
                    "sequence": next_sequence(self._connection),
                    "at": scope.at,
                    "kind": scope.kind.value,
                    "client": scope.client,
                    "object_ids": [],
                    "frames": [],
                    "is_undone": False,
                    "is_kept": True,
                    "nbytes": 0,
                }
                self._connection.execute(insert(changes).values(row))
            self._has_begun = known is None
            self._is_recording = known is None or (known.is_kept and not known.is_undone)
            if known is not None and known.event_sequence is not None:
                self._earlier_event = event_of(known, known.event_sequence)
            if known is not None and known.has_newer:
                newer = (changes.c.session_id == self._session_id, changes.c.sequence > known.sequence)
                query = select(changes.c.id).where(*newer, changes.c.is_kept).order_by(changes.c.sequence)
                self._newer = list(self._connection.execute(query).scalars())
        return self._is_recording

    def _image_of_newer(self, place: Place) -> dict[str, Any] | None:
        assert self._scope is not None
        for change_id in self._newer or ():
            query = select(changed_rows.c.image, changed_rows.c.folder)
            row = self._connection.execute(query.where(changed_rows.c.change_id == change_id, *_at(place))).first()
            if row is not None:
                return {
                    "change_id": self._scope.id,
                    "table_name": place[0],
                    "key": key_text(place),
                    "image": row.image,
                    "folder": row.folder,
                }
        return None

    def _objects_differ(self) -> bool:
        for object_id, before in self._objects.items():
            now = read_rows(self._connection, self._session_id, (objects.name, (object_id,)))
            seen = [{key: value for key, value in row.items() if key != _UNSEEN} for row in (before, *now) if row]
            if len(seen) == 1 or (len(seen) == 2 and seen[0] != seen[1]):
                return True
        return False


def _at(place: Place) -> tuple[Any, Any]:
    return changed_rows.c.table_name == place[0], changed_rows.c.key == key_text(place)
