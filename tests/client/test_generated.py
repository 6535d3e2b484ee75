"""The generated client is made from the schema as it is. `scripts/check` compares it with what the generator writes."""

from pathlib import Path

from graphql import GraphQLInputObjectType, GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from pydantic import BaseModel

from sam2_lit import client
from sam2_lit.client import generated
from sam2_lit.schema import schema

SCHEMA = build_schema(schema.as_str())
DOCUMENT = parse((Path(client.__file__).parent / "operations.graphql").read_text())


def test_every_operation_of_the_client_is_valid() -> None:
    assert validate(SCHEMA, DOCUMENT) == []


def test_every_input_of_the_client_has_the_fields_of_the_schema() -> None:
    differing = {
        name: fields ^ set(kind.fields)
        for name, kind in inputs(SCHEMA).items()
        if (fields := generated_fields(name)) and fields != set(kind.fields)
    }

    assert differing == {}, "the schema has changed: run scripts/client-code"


def test_every_operation_has_a_method() -> None:
    names = [
        each.name.value for each in DOCUMENT.definitions if isinstance(each, OperationDefinitionNode) and each.name
    ]
    methods = {name.replace("_", "") for name in vars(generated.GeneratedClient)}

    assert [name for name in names if name.lower() not in methods] == []


def inputs(schema: GraphQLSchema) -> dict[str, GraphQLInputObjectType]:
    return {name: kind for name, kind in schema.type_map.items() if isinstance(kind, GraphQLInputObjectType)}


def generated_fields(name: str) -> set[str]:
    """The fields of a generated input, as GraphQL names them; empty where it was not generated."""
    model = getattr(generated, name, None)
    if model is None:
        return set()
    assert issubclass(model, BaseModel)
    return {field.alias or python_name for python_name, field in model.model_fields.items()}
