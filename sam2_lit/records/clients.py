"""What a client calls itself, so that others can tell whose change a change is."""

from contextvars import ContextVar

MAX_CLIENT = 100

client_name: ContextVar[str | None] = ContextVar("client_name", default=None)
"""The name of the client whose request is served; None where it gave none."""


def checked_client(name: object) -> str | None:
    """A name as it was sent; None where it is none that can be shown."""
    return name if isinstance(name, str) and name.isprintable() and 0 < len(name) <= MAX_CLIENT else None
