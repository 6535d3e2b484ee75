"""Notifies the processes that share a PostgreSQL database of changes that others of them have stored."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

logger = logging.getLogger(__name__)

_CHANNEL = "sam2_lit_changes"
# How long closing may take, and how long it takes to try again after the connection was lost.
_PAUSE_SECONDS = 0.5


def notify(connection: Connection, session_id: str) -> None:
    """Within a transaction: once it is committed, every process that listens receives the session's id."""
    connection.execute(select(func.pg_notify(_CHANNEL, session_id)))


class Notifications:
    """Listens on a thread and a connection of its own, by PostgreSQL's LISTEN."""

    def __init__(self, engine: Engine, changed: Callable[[str], None], missed: Callable[[], None]) -> None:
        """Calls `changed` with the id of every session that has changed.

        `missed` is called whenever it has begun to listen, also after a connection was lost: anything may have changed
        before.
        """
        self._engine = engine
        self._changed = changed
        self._missed = missed
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sam2-lit-notifications", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _work(self) -> None:
        # Imported only where PostgreSQL is used.
        import psycopg

        while not self._closed.is_set():
            try:
                with closing(self._connect()) as connection:
                    self._missed()
                    while not self._closed.is_set():
                        for each in connection.notifies(timeout=_PAUSE_SECONDS):
                            self._changed(each.payload)
            except (psycopg.Error, DBAPIError, OSError) as error:
                logger.warning("changes of other processes are not noticed until the database answers: %s", error)
                self._closed.wait(_PAUSE_SECONDS)

    def _connect(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        connection.rollback()
        connection.autocommit = True
        connection.execute(f"LISTEN {_CHANNEL}")
        return connection
