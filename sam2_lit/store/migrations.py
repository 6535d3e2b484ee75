"""The version of the database schema, and the migrations between versions."""

import secrets
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.schema import CreateIndex, CreateTable

from sam2_lit.store.store_errors import NewerDatabase
from sam2_lit.store.tables import changed_rows, changes, database_state, events, metadata, uploads

Migration = Callable[[Connection], None]


def _add_consolidated(connection: Connection) -> None:
    # Tracking a frame consolidates every prompt before it.
    connection.execute(text("ALTER TABLE sessions ADD COLUMN consolidated INTEGER NOT NULL DEFAULT 0"))
    connection.execute(
        text(
            "UPDATE sessions SET consolidated = COALESCE("
            "(SELECT MAX(stamp) FROM masks WHERE session_id = sessions.id AND source = 'TRACKED'), 0)"
        )
    )


def _add_identity_and_sequences(connection: Connection) -> None:
    connection.execute(
        text("CREATE TABLE database_state (id VARCHAR(64) NOT NULL PRIMARY KEY, last_sequence INTEGER NOT NULL)")
    )
    for table, moment in (("sessions", "created_at"), ("interactions", "at")):
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0"))
        connection.execute(
            text(
                f"UPDATE {table} SET sequence = numbered.place"
                f' FROM (SELECT id, row_number() OVER (ORDER BY "{moment}", id) AS place FROM {table}) AS numbered'
                f" WHERE numbered.id = {table}.id"
            )
        )
    connection.execute(text("CREATE UNIQUE INDEX ix_sessions_sequence ON sessions (sequence)"))
    connection.execute(text("CREATE UNIQUE INDEX ix_interactions_sequence ON interactions (session_id, sequence)"))
    given = "(SELECT count(*) FROM sessions) + (SELECT count(*) FROM interactions)"
    connection.execute(text(f"INSERT INTO database_state SELECT :id, {given}"), {"id": _new_id()})


def _add_frame_digests(connection: Connection) -> None:
    binary = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    connection.execute(text(f"ALTER TABLE videos ADD COLUMN frame_digests {binary}"))


def _add_labels(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE objects ADD COLUMN label TEXT"))
    connection.execute(text("ALTER TABLE objects ADD COLUMN attributes JSON"))
    connection.execute(text("CREATE TABLE label_sets (project TEXT NOT NULL PRIMARY KEY, labels JSON NOT NULL)"))


def _add_history(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE sessions ADD COLUMN last_version INTEGER NOT NULL DEFAULT 0"))
    for table in (changes, changed_rows, events):
        connection.execute(CreateTable(table))
        for index in table.indexes:
            connection.execute(CreateIndex(index))


def _add_frame_step(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE sessions ADD COLUMN frame_step INTEGER NOT NULL DEFAULT 1"))


def _add_absences_and_confirmations(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE masks ADD COLUMN passed BOOLEAN"))
    connection.execute(text("ALTER TABLE masks ADD COLUMN confirmed BOOLEAN NOT NULL DEFAULT FALSE"))
    for name in ("object_ids", "ranges"):
        connection.execute(text(f"ALTER TABLE interactions ADD COLUMN {name} JSON"))


def _add_users(connection: Connection) -> None:
    for table in ("sessions", "interactions", "changes", "events"):
        # `_add_history` makes tables as they are now.
        if "user_name" not in [each["name"] for each in inspect(connection).get_columns(table)]:
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN user_name TEXT"))
    connection.execute(text("ALTER TABLE sessions ADD COLUMN private BOOLEAN NOT NULL DEFAULT FALSE"))
    connection.execute(CreateTable(uploads))


def _add_placement(connection: Connection) -> None:
    if "epoch" not in [each["name"] for each in inspect(connection).get_columns("sessions")]:
        connection.execute(text("ALTER TABLE sessions ADD COLUMN worker TEXT"))
        connection.execute(text("ALTER TABLE sessions ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0"))


MIGRATIONS: tuple[Migration, ...] = (
    _add_consolidated,
    _add_identity_and_sequences,
    _add_frame_digests,
    _add_labels,
    _add_history,
    _add_frame_step,
    _add_absences_and_confirmations,
    _add_users,
    _add_placement,
)
"""`MIGRATIONS[n]` migrates from version n + 1 to n + 2. A new database is created from `tables` at once."""


def migrate(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Migrates a database to the newest version, within the caller's transaction. Raises NewerDatabase."""
    newest = len(migrations) + 1
    if not inspect(connection).has_table("schema_version"):
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE schema_version (version INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO schema_version VALUES (:version)"), {"version": newest})
        connection.execute(insert(database_state).values(id=_new_id(), last_sequence=0))
        return
    version = connection.execute(text("SELECT version FROM schema_version")).scalar_one()
    if version > newest:
        raise NewerDatabase(f"the database has schema version {version}; this sam2-lit knows versions up to {newest}")
    for migration in migrations[version - 1 :]:
        migration(connection)
    connection.execute(text("UPDATE schema_version SET version = :version"), {"version": newest})


def _new_id() -> str:
    return secrets.token_hex(8)
