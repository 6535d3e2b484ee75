"""What the database knows of one change: enough to answer as the call that made it."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from sam2_lit.records.changes import Change
from sam2_lit.records.interactions import Interaction, InteractionKind
from sam2_lit.store.change_images import place_of
from sam2_lit.store.change_log import read_change
from sam2_lit.store.interaction_reads import read_interaction
from sam2_lit.store.tables import changed_rows, events, masks, prompted_frames


@dataclass(frozen=True)
class ChangeFacts:
    """A change that is stored, with what it replaced.

    Attributes:
        interaction: as it is in the log.
        prompted, masked: (object, frame) of the prompted frames, and of the masks, that it replaced or removed.
        reverted: the change that it undid or redid.
    """

    interaction: Interaction
    prompted: frozenset[tuple[int, int]]
    masked: frozenset[tuple[int, int]]
    reverted: Change | None


def read_change_facts(connection: Connection, session_id: str, change_id: str) -> ChangeFacts | None:
    """The change with the id of an interaction; None where that is not in the log."""
    interaction = read_interaction(connection, session_id, change_id)
    if interaction is None:
        return None
    tables = (prompted_frames.name, masks.name)
    query = select(changed_rows.c.table_name, changed_rows.c.key).where(
        changed_rows.c.change_id == change_id, changed_rows.c.table_name.in_(tables), changed_rows.c.image.is_not(None)
    )
    replaced: dict[str, set[tuple[int, int]]] = {name: set() for name in tables}
    for row in connection.execute(query):
        table, key = place_of(row.table_name, row.key)
        object_id, frame_index = key
        replaced[table].add((object_id, frame_index))
    reverted = None
    if interaction.kind in (InteractionKind.UNDO, InteractionKind.REDO):
        # The event of an undo names the change that it is of, and has its time.
        which = (events.c.session_id == session_id, events.c.kind == interaction.kind.value)
        reverted_id = connection.execute(
            select(events.c.change_id).where(*which, events.c.at == interaction.at)
        ).scalar()
        reverted = None if reverted_id is None else read_change(connection, reverted_id)
    prompted, masked = (frozenset(replaced[name]) for name in tables)
    return ChangeFacts(interaction, prompted, masked, reverted)
