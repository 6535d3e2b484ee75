"""Random operations on the schema: every root field, with arguments that are sometimes valid, sometimes arbitrary."""

from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    get_named_type,
)
from graphql.type import is_leaf_type
from hypothesis import strategies as st

Drawn = tuple[str, dict[str, Any]]

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(),
    st.text(max_size=30),
    st.lists(st.integers(), max_size=3),
)
INTEGERS = st.one_of(st.integers(0, 3), st.integers(-(2**31), 2**31 - 1), st.integers())
FLOATS = st.one_of(st.floats(0, 1), st.floats())
TEXTS = st.one_of(st.text(max_size=40), st.sampled_from(["", "\x00", "../../etc/passwd", "x" * 5000]))


class Operations:
    """Draws operations; `known` has meaningful values for names of arguments and input fields."""

    def __init__(self, schema: GraphQLSchema, known: dict[str, list[Any]]) -> None:
        self._schema = schema
        self._known = known

    def of(self, kind: str) -> st.SearchStrategy[Drawn]:
        """`kind` is query, mutation or subscription."""
        root = self._schema.get_root_type(OperationType(kind))
        assert root is not None
        return st.sampled_from(sorted(root.fields)).flatmap(lambda name: self._operation(kind, name, root.fields[name]))

    def _operation(self, kind: str, name: str, field: GraphQLField) -> st.SearchStrategy[Drawn]:
        declared = ", ".join(f"${each}: {argument.type}" for each, argument in field.args.items())
        given = ", ".join(f"{each}: ${each}" for each in field.args)
        document = (
            f"{kind} {f'({declared})' if declared else ''} {{ {name}{f'({given})' if given else ''}"
            f" {selection(get_named_type(field.type))} }}"
        )
        variables = {each: self._value(each, argument) for each, argument in field.args.items()}
        return st.fixed_dictionaries(variables).map(lambda drawn: (document, drawn))

    def _value(self, name: str, argument: GraphQLArgument) -> st.SearchStrategy[Any]:
        # Mostly values of the right type, since no others reach a resolver.
        return st.integers(0, 9).flatmap(lambda n: ANYTHING if n == 0 else self._typed(name, argument.type))

    def _typed(self, name: str, kind: Any) -> st.SearchStrategy[Any]:
        if isinstance(kind, GraphQLNonNull):
            return self._typed(name, kind.of_type)
        if name in self._known:
            known = st.sampled_from(self._known[name])
            return st.integers(0, 4).flatmap(lambda n: self._plain(name, kind) if n == 0 else known)
        return self._plain(name, kind)

    def _plain(self, name: str, kind: Any) -> st.SearchStrategy[Any]:
        if isinstance(kind, GraphQLList):
            return st.lists(self._typed(f"{name}[]", kind.of_type), max_size=4)
        if isinstance(kind, GraphQLInputObjectType):
            needed = {
                each: self._typed(each, field.type) for each, field in kind.fields.items() if is_needed(field.type)
            }
            others = {each: self._typed(each, field.type) for each, field in kind.fields.items() if each not in needed}
            return st.fixed_dictionaries(needed, optional=others)
        if isinstance(kind, GraphQLEnumType):
            return st.sampled_from(sorted(kind.values))
        scalars = {"Int": INTEGERS, "Float": FLOATS, "Boolean": st.booleans(), "String": TEXTS, "ID": TEXTS}
        return scalars.get(getattr(kind, "name", ""), ANYTHING)


def is_needed(kind: Any) -> bool:
    return isinstance(kind, GraphQLNonNull)


def selection(kind: Any, depth: int = 4) -> str:
    """Every field of a type that needs no argument, down to the leaves."""
    if is_leaf_type(kind):
        return ""
    if isinstance(kind, GraphQLUnionType) or not isinstance(kind, GraphQLObjectType):
        return "{ __typename }"
    chosen = [
        f"{name} {selection(get_named_type(field.type), depth - 1)}"
        for name, field in kind.fields.items()
        if (is_leaf_type(get_named_type(field.type)) or depth > 0)
        and not any(is_needed(argument.type) for argument in field.args.values())
    ]
    return "{ " + " ".join(chosen or ["__typename"]) + " }"
