"""Errors of the machine, as real ones."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from sam2_lit.errors import ErrorCode
from sam2_lit.machine_errors import user_error


def test_a_database_that_another_program_has_locked_is_reported_as_a_limit_of_the_server(tmp_path: Path) -> None:
    database = create_engine(
        f"sqlite:///{tmp_path / 'db.sqlite'}", connect_args={"timeout": 0, "isolation_level": None}
    )
    with database.connect() as holding, database.connect() as waiting:
        holding.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError) as locked:
            waiting.exec_driver_sql("BEGIN IMMEDIATE")
        holding.exec_driver_sql("ROLLBACK")
    database.dispose()

    error = user_error(locked.value)

    assert error is not None and error.code is ErrorCode.CAPACITY_EXCEEDED
    assert "another program" in error.message
