"""Limits of one GraphQL document: depth, aliases, tokens, introspection."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)
from strawberry.extensions import SchemaExtension

from sam2_lit.errors import ErrorCode

_CAPACITY = {"code": ErrorCode.CAPACITY_EXCEEDED.value}
_ABORTED = "Parsing aborted."
_MOST_COMPARISONS = 50_000
_FRAGMENT_COMPARISON = 50
"""graphql-core compares any two fields of one name, and any two fragments, which takes as long as 50 of the former."""


@dataclass(frozen=True)
class QueryLimits:
    """- depth: the most levels of nested fields; introspection fields do not count.
    - aliases: the most aliased fields; those of a fragment count once for each time it is spread.
    - tokens: the most tokens.
    - introspection: whether `__schema` and `__type` are answered.
    """

    depth: int = 12
    aliases: int = 50
    tokens: int = 10_000
    introspection: bool = True


class QueryLimitsExtension(SchemaExtension):
    """Refuses an operation that exceeds the limits of its context.

    Strawberry's limiters visit a fragment each time it is spread, so a small document can take them hours, and fail on
    an undefined fragment. Here each fragment is measured once.
    """

    def on_operation(self) -> Iterator[None]:
        limits: QueryLimits = self.execution_context.context.query_limits
        rules: list[Any] = [_rule(limits)]
        if not limits.introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        self.execution_context.parse_options["max_tokens"] = limits.tokens
        self.execution_context.validation_rules += tuple(rules)
        yield

    def on_parse(self) -> Iterator[None]:
        yield
        for error in self.execution_context.pre_execution_errors or ():
            if error.message.endswith(_ABORTED):
                error.extensions = dict(_CAPACITY)

    def on_validate(self) -> Iterator[None]:
        document = self.execution_context.graphql_document
        if document is not None and _comparisons(document) > _MOST_COMPARISONS:
            self.execution_context.validation_rules = (_TooRepetitive,)
        yield


class _TooRepetitive(ValidationRule):
    """Refuses any document, in place of the rules that would compare its fields for minutes."""

    def enter_document(self, node: DocumentNode, *_: Any) -> None:
        message = "the document repeats fields or fragments too often; ask in several requests"
        self.report_error(GraphQLError(message, extensions=dict(_CAPACITY)))


def _comparisons(document: DocumentNode) -> int:
    """At most how many pairs graphql-core compares to validate the document."""
    repeated: Counter[str] = Counter()
    left = [each.selection_set for each in document.definitions if hasattr(each, "selection_set")]
    while left:
        for node in left.pop().selections:
            match node:
                case FieldNode():
                    repeated[node.alias.value if node.alias else node.name.value] += 1
                case FragmentSpreadNode():
                    repeated["..."] += 1
            if inner := getattr(node, "selection_set", None):
                left.append(inner)
    fragments = sum(isinstance(each, FragmentDefinitionNode) for each in document.definitions)
    return sum(map(_pairs, repeated.values())) + _FRAGMENT_COMPARISON * _pairs(fragments)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


@dataclass(frozen=True)
class _Size:
    depth: int
    aliases: int


class _Measurer:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Size] = {}
        self._within: set[str] = set()

    def measure(self, selections: SelectionSetNode | None) -> _Size:
        depth = aliases = 0
        for node in selections.selections if selections else ():
            match node:
                case FieldNode():
                    inner = self.measure(node.selection_set)
                    own = 0 if node.name.value.startswith("__") else 1 + inner.depth
                    depth, aliases = max(depth, own), aliases + inner.aliases + bool(node.alias)
                case InlineFragmentNode():
                    inner = self.measure(node.selection_set)
                    depth, aliases = max(depth, inner.depth), aliases + inner.aliases
                case FragmentSpreadNode():
                    inner = self._measure_fragment(node.name.value)
                    depth, aliases = max(depth, inner.depth), aliases + inner.aliases
        return _Size(depth, aliases)

    def _measure_fragment(self, name: str) -> _Size:
        fragment = self._fragments.get(name)
        # GraphQL's own rules report a fragment that is undefined or contains itself.
        if fragment is None or name in self._within:
            return _Size(0, 0)
        if name not in self._known:
            self._within.add(name)
            self._known[name] = self.measure(fragment.selection_set)
            self._within.discard(name)
        return self._known[name]


@cache
def _rule(limits: QueryLimits) -> type[ValidationRule]:
    class WithinLimits(ValidationRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            definitions = context.document.definitions
            measurer = _Measurer(
                {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
            )
            for operation in definitions:
                if isinstance(operation, OperationDefinitionNode):
                    size = measurer.measure(operation.selection_set)
                    self._check("levels of fields", size.depth, limits.depth, operation)
                    self._check("aliases", size.aliases, limits.aliases, operation)

        def _check(self, what: str, found: int, allowed: int, operation: OperationDefinitionNode) -> None:
            if found > allowed:
                message = f"the operation has {found} {what}; at most {allowed} are allowed"
                self.report_error(GraphQLError(message, operation, extensions=dict(_CAPACITY)))

    return WithinLimits
