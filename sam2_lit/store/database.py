"""The connection to SQLite, or to the database that a URL names."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from sam2_lit.store.migrations import migrate
from sam2_lit.store.store_errors import StoreError

DATABASE_NAME = "sam2-lit.sqlite"


def open_database(url: str | None, data_dir: Path) -> Engine:
    """A database at the newest schema version: the one `url` names, or SQLite in `data_dir`. Raises StoreError.

    SQLite runs in WAL mode, so that reads never wait for writes, and syncs on every commit (`synchronous=FULL`), so
    that commits survive a power cut and not only a crash of the process.
    """
    try:
        parsed = _parsed(url) if url else URL.create("sqlite", database=str(data_dir / DATABASE_NAME))
        # Restarting the database server closes our connections; a ping finds that out and reconnects.
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
    # The `postgresql` extra installs psycopg 3; SQLAlchemy's default for this URL is psycopg2.
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # Python's sqlite3 begins transactions by itself, but not before DDL; SQLAlchemy begins them instead.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
        connection.execute(f"PRAGMA {pragma}")
