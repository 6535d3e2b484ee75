"""Pages of long lists, cut by a number that each item keeps."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class PageRequest:
    """Which part of a list is wanted.

    Attributes:
        after, before: only items whose number is above `after` and below `before`.
        first, last: of those at most the first `first`, of which at most the last `last`.
    """

    after: int | None = None
    before: int | None = None
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list.

    Attributes:
        items: in the list's order, each with its number; numbers rise.
        has_previous, has_next: whether the list has items before and after these.
    """

    items: tuple[tuple[int, T], ...]
    has_previous: bool
    has_next: bool
