"""Relay connections whose cursors stay valid while items are added and removed."""

from collections.abc import Callable
from typing import Annotated, Generic, Self, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry import relay

from sam2_lit.records.pages import Page, PageRequest

MAX_PAGE = 100
_PREFIX = "sequence"
_MAX_SEQUENCE = 2**31

T = TypeVar("T")
Node = TypeVar("Node")

After = Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")]
Before = Annotated[str | None, strawberry.argument(description="Only what precedes this cursor.")]
First = Annotated[int | None, strawberry.argument(description=f"At most this many, from the start; 0 to {MAX_PAGE}.")]
Last = Annotated[int | None, strawberry.argument(description=f"At most this many, from the end; 0 to {MAX_PAGE}.")]


@strawberry.type
class Edge(Generic[Node]):
    cursor: str
    node: Node


@strawberry.type(description="A page of a list. Its cursors stay valid while items are added and removed.")
class Connection(Generic[Node]):
    page_info: relay.PageInfo
    edges: list[Edge[Node]]

    @classmethod
    def of(cls, page: Page[T], node: Callable[[T], Node]) -> Self:
        edges = [Edge(cursor=_cursor(number), node=node(item)) for number, item in page.items]
        return cls(
            page_info=relay.PageInfo(
                has_next_page=page.has_next,
                has_previous_page=page.has_previous,
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=edges[-1].cursor if edges else None,
            ),
            edges=edges,
        )


def page_request(what: str, after: str | None, before: str | None, first: int | None, last: int | None) -> PageRequest:
    """What to read for a connection's arguments; the first 100 where neither count is given.

    Args:
        what: names the items in the error.

    Raises:
        GraphQLError: for a cursor or a count that is not valid.
    """
    try:
        numbers = [None if cursor is None else _number(cursor) for cursor in (after, before)]
        if any(count is not None and not 0 <= count <= MAX_PAGE for count in (first, last)):
            raise ValueError("a count is out of range")
    except ValueError as error:
        raise GraphQLError(
            f"before and after must be cursors from an earlier page of {what}; first and last must be 0 to {MAX_PAGE}"
        ) from error
    return PageRequest(numbers[0], numbers[1], MAX_PAGE if first is None and last is None else first, last)


def _cursor(number: int) -> str:
    return relay.to_base64(_PREFIX, number)


def _number(cursor: str) -> int:
    """Raises ValueError where `cursor` is not one of ours."""
    prefix, number = relay.from_base64(cursor)
    if prefix != _PREFIX or not 0 <= int(number) < _MAX_SEQUENCE:
        raise ValueError("not a cursor of a page")
    return int(number)
