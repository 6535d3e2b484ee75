"""The connection to SQLite, or to what a database URL names."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from sam2_lit.store.migrations import migrate
from sam2_lit.store.store_errors import StoreError

DATABASE_NAME = "sam2-lit.sqlite"


def open_database(url: str | None, data_dir: Path) -> Engine:
    """A database at the newest schema version: `url`'s, or SQLite in `data_dir`. Raises StoreError.

    SQLite writes ahead (WAL), so that reading never waits for writing, and syncs with every commit
    (`synchronous=FULL`): what was committed outlives a power cut, not only the end of the process.
    """
    try:
        parsed = _parsed(url) if url else URL.create("sqlite", database=str(data_dir / DATABASE_NAME))
        # A database that was restarted closed its connections: asked first, they are made anew instead of failing.
        engine = create_engine(parsed, pool_size=8, max_overflow=24, pool_pre_ping=url is not None)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(f"--database-url is not understood: {error}") from error
    except ModuleNotFoundError as error:
        raise StoreError(f"{error.name} is missing: pip install 'sam2-lit[postgresql]'") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with engine.begin() as connection:
            migrate(connection)
    except DBAPIError as error:
        raise StoreError(f"the database cannot be used: {error.orig}") from error
    return engine


def _parsed(url: str) -> URL:
    parsed = make_url(url)
    # Of PostgreSQL's drivers this is the one that comes with the extra; SQLAlchemy's own default is its predecessor.
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # Python's driver begins transactions by itself, and not before DDL; SQLAlchemy's own BEGIN takes its place.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
        connection.execute(f"PRAGMA {pragma}")
