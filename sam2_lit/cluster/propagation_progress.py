"""How far a propagation has come, as its receiver knows it."""

from sam2_lit.records.reached import Reached
from sam2_lit.records.results import PropagatedFrame


class PropagationProgress:
    """Collects the frames that were received."""

    def __init__(self) -> None:
        self._last: PropagatedFrame | None = None
        self._revisions: dict[tuple[int, bool], int] = {}

    def add(self, frame: PropagatedFrame) -> None:
        self._last = frame
        self._revisions[frame.frame_index, frame.reverse] = frame.revision

    @property
    def reached(self) -> Reached | None:
        """For `Engine.continue_propagation`; None where nothing was received.

        A changed prompt sends a propagation back, to track what follows the prompt again in the same order: frames by
        rising index, then in reverse by falling index. So all frames up to the last one are as they should be, and of
        those after it the ones that were received since the propagation was last sent back.
        """
        if (last := self._last) is None:
            return None
        place = _place(last.frame_index, last.reverse)
        others = frozenset(
            visit for visit, revision in self._revisions.items() if revision == last.revision and _place(*visit) > place
        )
        frame = (last.frame_index, last.reverse)
        return Reached(
            last.propagation_id,
            last.sequence + 1,
            last.revision,
            last.last_change,
            last.version,
            frame,
            others,
            frozenset(self._revisions),
        )


def _place(frame_index: int, reverse: bool) -> tuple[bool, int]:
    """Sorts frames in the order in which they are tracked."""
    return reverse, -frame_index if reverse else frame_index
