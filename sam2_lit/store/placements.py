"""Which worker owns which session, in the database that all processes share."""

from sqlalchemy import Connection, Engine, select, update

from sam2_lit.records.placement import Place
from sam2_lit.store.tables import sessions


class Placements:
    """The owner of each session. It changes by compare-and-set: of two that claim at once, one gets the session.

    Every method waits for the database, so an event loop runs it on a thread. Raises SQLAlchemy's errors.
    """

    def __init__(self, engine: Engine) -> None:
        # Under REPEATABLE READ, the one that loses a race would get an error instead of the winner's row.
        self._engine = engine.execution_options(isolation_level="READ COMMITTED")

    def of(self, session_id: str) -> Place | None:
        """The owner of a session; None where there is no such session."""
        if not session_id.isprintable():
            # Never one of our ids, and PostgreSQL rejects a NUL in text.
            return None
        with self._engine.begin() as connection:
            return _read(connection, session_id)

    def claim(self, session_id: str, worker: str, epoch: int) -> Place | None:
        """Makes a worker the owner of a session whose epoch is `epoch`, and raises that by one.

        Returns the owner afterwards: where another was faster, that one; None where there is no such session.
        """
        change = (
            update(sessions)
            .where(sessions.c.id == session_id, sessions.c.epoch == epoch)
            .values(worker=worker, epoch=sessions.c.epoch + 1)
        )
        with self._engine.begin() as connection:
            connection.execute(change)
            return _read(connection, session_id)

    def release(self, session_id: str, epoch: int) -> None:
        """Leaves a session without an owner, unless it has another by now."""
        change = update(sessions).where(sessions.c.id == session_id, sessions.c.epoch == epoch).values(worker=None)
        with self._engine.begin() as connection:
            connection.execute(change)


def _read(connection: Connection, session_id: str) -> Place | None:
    row = connection.execute(select(sessions.c.worker, sessions.c.epoch).where(sessions.c.id == session_id)).first()
    return None if row is None else Place(row.worker, row.epoch)
