"""Which process works on a session."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """The worker that owns a session, and since which epoch.

    Attributes:
        worker: None where none does.
        epoch: rises by one with every change of the owner; 0 where there was none yet.
    """

    worker: str | None
    epoch: int
