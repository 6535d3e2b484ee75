"""What a propagation tracks."""

from dataclasses import dataclass

from sam2_lit.records.results import PropagationDirection


@dataclass(frozen=True)
class TrackingScope:
    """The objects and frames that a propagation tracks.

    Attributes:
        start: the first frame; None is each object's own first prompt.
        direction: from there.
        max_frames: at most so many frames after the first, in each direction; None is no limit.
        last: the other end of the range: no frame beyond it is tracked. None is both ends of the video.
        object_ids: None is every prompted object, also those that are prompted meanwhile.
        force: whether masks that a person confirmed are replaced.
        skip_current: whether an object is tracked only where it has no current mask: none yet, or a stale one; without
            a start, outward from its earliest prompt.
    """

    start: int | None = None
    direction: PropagationDirection = PropagationDirection.BOTH
    max_frames: int | None = None
    last: int | None = None
    object_ids: frozenset[int] | None = None
    force: bool = False
    skip_current: bool = False


EVERYTHING = TrackingScope()
"""Each object outward from its own first prompt, both ways, to the ends of the video."""
