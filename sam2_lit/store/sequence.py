"""Numbers that give the order in which rows were written."""

from sqlalchemy import Connection, update

from sam2_lit.store.tables import database_state

_NEXT = (
    update(database_state)
    .values(last_sequence=database_state.c.last_sequence + 1)
    .returning(database_state.c.last_sequence)
)


def next_sequence(connection: Connection) -> int:
    """A number above all that this database has given before, those of deleted rows included."""
    number: int = connection.execute(_NEXT).scalar_one()
    return number
