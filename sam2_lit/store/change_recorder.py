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
    event,
    select,
)

from sam2_lit.records.changes import ChangeScope, SessionEvent, SessionPart, ranges_of
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.store.change_images import (
    CHILDREN,
    UNITS,
    Place,
    Rows,
    read_rows,
    read_units,
    row_values,
)
from sam2_lit.store.change_log import put_event
from sam2_lit.store.recorded_change import record_change
from sam2_lit.store.sequence import next_sequence
from sam2_lit.store.tables import adapters, masks, metadata, objects, prompts, sessions
from sam2_lit.store.writer import Write

Release = Callable[[Connection, list[str]], None]

BOOKKEEPING = "sam2_lit_bookkeeping"
"""An execution option of updates that change nothing that clients see."""

_RECORDER = "sam2_lit.recorder"
_PARTS = {
    prompts.name: SessionPart.PROMPTS,
    masks.name: SessionPart.MASKS,
    adapters.name: SessionPart.ADAPTERS,
}
# Bookkeeping of the tracker, which no client sees.
_UNSEEN = "prompt_changes"


def watch(engine: Engine) -> None:
    """Has statements on the engine's connections reported to the recorder of the write that they belong to."""
    event.listen(engine, "before_execute", _report)


def recorded(
    writes: Sequence[Write],
    session_id: str,
    scope: ChangeScope | None,
    begins: bool,
    release: Release,
    notify: Callable[[Connection], None],
) -> Write:
    """One write that does what `writes` do and records what they change in a session.

    Args:
        writes: of one transaction.
        session_id: the session.
        scope: the change that they belong to; None where they are in no history, and only other clients get the event.
        begins: whether no earlier transaction belongs to that change.
        release: called with folders of adapters that may not be needed any more.
        notify: called within the transaction where there is an event to tell others of.
    """

    def write(connection: Connection) -> None:
        recorder = ChangeRecorder(connection, session_id, scope, begins)
        connection.info[_RECORDER] = recorder
        try:
            for each in writes:
                each(connection)
        finally:
            del connection.info[_RECORDER]
        if recorder.finish():
            notify(connection)
        if recorder.released:
            release(connection, recorder.released)

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
        begins: bool,
    ) -> None:
        self.released: list[str] = []
        self._connection = connection
        self._session_id = session_id
        self._scope = scope
        self._begins = begins
        # What the transaction changes, as it was before.
        self._units: dict[Place, Rows] = {}
        # The objects of which clients may see another description.
        self._described: set[Place] = set()
        self._parts: set[SessionPart] = set()

    def before(self, statement: Insert | Update | Delete, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Notes the units that a statement is about to change, with their rows as they are."""
        table = statement.table
        assert isinstance(table, Table)
        given = parameters[0]
        if table is sessions and isinstance(statement, Update):
            self._session_changes(given or statement.compile().params)
        elif table.name in UNITS:
            if isinstance(statement, Insert):
                rows = parameters if given else [statement.compile().params]
                places = {(table.name, tuple(row[column] for column in UNITS[table.name])) for row in rows}
                if new := places - self._units.keys():
                    self._note(read_units(self._connection, self._session_id, new))
            else:
                condition = statement.whereclause
                assert condition is not None
                places = self._note_rows(table, condition, given, deleted=isinstance(statement, Delete))
            if table is objects and not statement.get_execution_options().get(BOOKKEEPING):
                self._described |= places

    def finish(self) -> bool:
        """Writes the images, the change and its event. Returns whether clients see anything of it."""
        parts = self._parts | {part for table, _ in self._units if (part := _PARTS.get(table)) is not None}
        if self._objects_differ():
            parts.add(SessionPart.OBJECTS)
        keys = [dict(zip(UNITS[table], key, strict=True)) for table, key in self._units if table in UNITS]
        object_ids = tuple(sorted({key["object_id"] for key in keys}))
        frames = ranges_of(key["frame_index"] for key in keys if "frame_index" in key)
        sequence = next_sequence(self._connection) if parts or self._units else 0
        change = None
        if self._scope and self._units:
            change = record_change(
                self._connection,
                self._session_id,
                self._scope,
                self._units,
                object_ids,
                frames,
                sequence,
                self._begins,
            )
            self.released += change.released
        if parts:
            scope = self._scope or ChangeScope("", datetime.now(UTC), InteractionKind.TRACKING, None)
            new_event = SessionEvent(
                sequence,
                scope.at,
                scope.kind,
                scope.client,
                scope.id if change and change.has_images else None,
                tuple(sorted(parts)),
                object_ids,
                frames,
                scope.user,
            )
            put_event(self._connection, self._session_id, new_event, change.earlier_event if change else None)
        return bool(parts)

    def _session_changes(self, values: Mapping[str, Any]) -> None:
        places: list[Place] = []
        if "lora_mode" in values:
            self._parts.add(SessionPart.SETTINGS)
            places.append((sessions.name, ("lora_mode",)))
        if "consolidated" in values:
            places.append((sessions.name, ()))
        new = [place for place in places if place not in self._units]
        self._note({place: read_rows(self._connection, self._session_id, place) for place in new})

    def _note_rows(self, table: Table, condition: Any, given: Mapping[str, Any], *, deleted: bool) -> set[Place]:
        """Notes the units with rows for which a condition with parameters is true, and returns where they are."""
        units: dict[Place, Rows] = {}
        query = select(table).where(condition).order_by(*table.primary_key)
        for row in self._connection.execute(query, given).all():
            values = row_values(table, row)
            place = (table.name, tuple(values[column] for column in UNITS[table.name]))
            units.setdefault(place, []).append(values)
        self._note(units)
        if deleted and table is objects:
            removed = [key[0] for _, key in units]
            for name in CHILDREN if removed else ():
                child = metadata.tables[name]
                of_removed = (child.c.session_id == self._session_id) & child.c.object_id.in_(removed)
                self._note_rows(child, of_removed, {}, deleted=True)
        if deleted and table is adapters:
            self.released += [row["folder"] for rows in units.values() for row in rows]
        return set(units)

    def _note(self, units: Mapping[Place, Rows]) -> None:
        for place, rows in units.items():
            self._units.setdefault(place, rows)

    def _objects_differ(self) -> bool:
        for place in self._described:
            rows = (*self._units[place], *read_rows(self._connection, self._session_id, place))
            seen = [{key: value for key, value in row.items() if key != _UNSEEN} for row in rows]
            if len(seen) == 1 or (len(seen) == 2 and seen[0] != seen[1]):
                return True
        return False
