"""The connection to SQLite, or to what a database URL names."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from sam2_lit.store.errors import StoreError
from sam2_lit.store.migrations import migrate

DATABASE_NAME = "sam2-lit.sqlite"


def open_database(url: str | None, data_dir: Path) -> Engine:
    """A database at the newest schema version: `url`'s, or SQLite in `data_dir`. Raises StoreError.

    SQLite writes ahead (WAL), so that reading never waits for writing, and syncs with every commit
    (`synchronous=FULL`): what was committed outlives a power cut, not only the end of the process.
    """
    engine = create_engine(url or f"sqlite:///{data_dir / DATABASE_NAME}", pool_size=8, max_overflow=24)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with engine.begin() as connection:
            migrate(connection)
    except DBAPIError as error:
        raise StoreError(f"the database cannot be used: {error.orig}") from error
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # Python's driver begins transactions by itself, and not before DDL; SQLAlchemy's own BEGIN takes its place.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
        connection.execute(f"PRAGMA {pragma}")
