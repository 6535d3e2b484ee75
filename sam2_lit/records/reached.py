"""How far a propagation has come, for another engine to go on with it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reached:
    """How far a propagation has come, for another engine to go on with it.

    Attributes:
        propagation_id: the propagation.
        sequence: the number of its next event.
        revision: that of its last event.
        last_change, version: those of its last event.
        last: the frame of its last event, and whether it was tracked from later frames. Those that a propagation tracks
            before it need not be tracked again, unless a prompt has changed since.
        others: likewise of those after it, since a changed prompt sends a propagation back.
        received: all frames of its events.
    """

    propagation_id: str
    sequence: int
    revision: int
    last_change: int
    version: int
    last: tuple[int, bool]
    others: frozenset[tuple[int, bool]]
    received: frozenset[tuple[int, bool]]
