"""Writes what commit 6d8f076 stored in SQLite into PostgreSQL, by plain SQL and with that commit's tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql

_LAYOUT = Path(__file__).parent / "earlier_data" / "6d8f076.postgresql.sql"
# In the order in which rows refer to each other.
_TABLES = (
    "schema_version",
    "videos",
    "sessions",
    "objects",
    "prompted_frames",
    "prompts",
    "masks",
    "adapters",
    "interactions",
)
_MOMENTS, _BOOLEANS = ("created_at", "at"), ("reverse",)


def copy_to_postgresql(source: Path, url: str) -> None:
    """Creates the tables in an empty database and inserts every row of `source`."""
    with closing(sqlite3.connect(source)) as rows, psycopg.connect(url) as target:
        target.execute(_LAYOUT.read_bytes())
        for table in _TABLES:
            found = rows.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in found.description]
            insertion = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join(sql.Placeholder() * len(names)),
            )
            for row in found:
                target.execute(insertion, [_converted(name, value) for name, value in zip(names, row, strict=True)])
        target.execute("SELECT setval('prompts_id_seq', (SELECT max(id) FROM prompts))")


def _converted(column: str, value: object) -> object:
    if value is None:
        return None
    if column in _MOMENTS:
        return f"{value}+00"
    return bool(value) if column in _BOOLEANS else value
