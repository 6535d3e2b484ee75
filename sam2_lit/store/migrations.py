"""The version of the database schema, and the migrations between versions."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, text

from sam2_lit.store.store_errors import NewerDatabase
from sam2_lit.store.tables import metadata

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


MIGRATIONS: tuple[Migration, ...] = (_add_consolidated,)
"""`MIGRATIONS[n]` migrates from version n + 1 to n + 2. A new database is created from `tables` at once."""


def migrate(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Migrates a database to the newest version, within the caller's transaction. Raises NewerDatabase."""
    newest = len(migrations) + 1
    if not inspect(connection).has_table("schema_version"):
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE schema_version (version INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO schema_version VALUES (:version)"), {"version": newest})
        return
    version = connection.execute(text("SELECT version FROM schema_version")).scalar_one()
    if version > newest:
        raise NewerDatabase(f"the database has schema version {version}; this sam2-lit knows versions up to {newest}")
    for migration in migrations[version - 1 :]:
        migration(connection)
    connection.execute(text("UPDATE schema_version SET version = :version"), {"version": newest})
