from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from sam2_lit.schema import schema

CONTRACT = Path(__file__).with_name("contract.graphql")


def test_the_schema_has_everything_that_clients_are_promised() -> None:
    promised = build_schema(CONTRACT.read_text())

    assert find_breaking_changes(promised, build_schema(schema.as_str())) == []
