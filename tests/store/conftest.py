from collections.abc import Iterator

import pytest

from tests.store.postgresql import Postgresql, postgresql


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgresql]:
    """A PostgreSQL server for all tests of the store."""
    with postgresql() as server:
        yield server
