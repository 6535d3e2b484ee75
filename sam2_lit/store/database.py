"""The connections to SQLite, or to the database that a URL names."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.store.migrations import migrate
from sam2_lit.store.store_errors import DatabaseInUse, StoreError
from sam2_lit.store.tables import database_state

_WRITES = "sam2_lit_writes"

DATABASE_NAME = "sam2-lit.sqlite"

# The first half of the lock's key is ours; the second is the schema's, which has its own tables.
_TRY_LOCK = "SELECT pg_try_advisory_lock(727207263, hashtext(current_schema()))"
_TRY_SHARED_LOCK = "SELECT pg_try_advisory_lock_shared(727207263, hashtext(current_schema()))"
# Held while the schema is created or migrated.
_LOCK_SCHEMA = text("SELECT pg_advisory_xact_lock(727207264, hashtext(current_schema()))")
# PostgreSQL notices that a killed server is gone only after what that was doing.
_LOCK_SECONDS = 2.0
_LOCK_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Database:
    """A database at the newest schema version.

    - reads: each transaction sees one snapshot.
    - writes: on PostgreSQL one connection, which holds an advisory lock: after it was lost, nothing is written before
      the lock is held again. A server that is alone holds it exclusively, processes that share the database together.
    - id: made when the database was created; never changes.
    - lock: of an SQLite file that a URL names; that in the data directory needs none of its own.
    """

    reads: Engine
    writes: Engine
    id: str
    lock: FileLock | None

    def dispose(self) -> None:
        self.reads.dispose()
        self.writes.dispose()
        if self.lock is not None:
            self.lock.release()


def open_database(url: str | None, data_dir: Path, *, shared: bool = False) -> Database:
    """The database that `url` names, or SQLite in `data_dir`, migrated to the newest schema version.

    SQLite runs in WAL mode, so that reads never wait for writes, and syncs on every commit (`synchronous=FULL`), so
    that commits survive a power cut and not only a crash of the process. `shared` is for PostgreSQL that other
    processes use too, each with fewer connections.

    Raises:
        StoreError: where it cannot be used; DatabaseInUse where another server uses it.
    """
    try:
        parsed = _parsed(url) if url else URL.create("sqlite", database=str(data_dir / DATABASE_NAME))
        if is_sqlite := parsed.get_backend_name() == "sqlite":
            reads = create_engine(parsed, pool_size=8, max_overflow=24)
            event.listen(reads, "connect", _prepare_sqlite)
            event.listen(reads, "begin", _begin_sqlite)
            writes: Engine = reads.execution_options(**{_WRITES: True})
        else:
            # Restarting the database server closes our connections; a ping finds that out and reconnects.
            size, overflow = (4, 4) if shared else (8, 24)
            reads = create_engine(
                parsed,
                pool_size=size,
                max_overflow=overflow,
                pool_pre_ping=True,
                isolation_level="REPEATABLE READ",
            )
            writes = create_engine(parsed, pool_size=1, max_overflow=0, pool_pre_ping=True)
            event.listen(writes, "connect", lambda connection, _: _lock_postgresql(connection, parsed, shared))
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(f"--database-url is not understood: {error}") from error
    except ModuleNotFoundError as error:
        raise StoreError(f"{error.name} is missing: pip install 'sam2-lit[postgresql]'") from error
    try:
        lock = _lock_sqlite(parsed) if url and is_sqlite and parsed.database else None
        with writes.begin() as connection:
            if not is_sqlite:
                connection.execute(_LOCK_SCHEMA)
            migrate(connection)
            database_id = connection.execute(select(database_state.c.id)).scalar_one()
    except LitError as error:
        raise DatabaseInUse(error.message) from None
    except OSError as error:
        raise StoreError(f"the database cannot be used: {error}") from error
    except DBAPIError as error:
        [reason, *_] = str(error.orig).splitlines() or [""]
        raise StoreError(f"the database cannot be used: {reason}") from error
    return Database(reads, writes, database_id, lock)


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


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads before it writes would fail at once where another has written or writes meanwhile.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lock_sqlite(url: URL) -> FileLock | None:
    """Locks a file next to the database. Raises LitError (CAPACITY_EXCEEDED) where another server holds it.

    None where its folder does not exist: acquiring would create it, and opening the database reports the error.
    """
    if not Path(url.database or "").parent.is_dir():
        return None
    lock = FileLock(f"{url.database}.lock", blocking=False, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise _in_use(url) from None
    return lock


def _lock_postgresql(connection: Any, url: URL, shared: bool) -> None:
    """Takes the lock of the database for as long as `connection` is open. Raises LitError (CAPACITY_EXCEEDED)."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        [locked] = connection.execute(_TRY_SHARED_LOCK if shared else _TRY_LOCK).fetchone()
        connection.rollback()
        if locked:
            return
        if time.monotonic() > deadline:
            raise _in_use(url)
        time.sleep(_LOCK_PAUSE_SECONDS)


def _in_use(url: URL) -> LitError:
    name = url.render_as_string(hide_password=True)
    return LitError(
        ErrorCode.CAPACITY_EXCEEDED, f"{name} is in use by another sam2-lit server; give --database-url another one"
    )
