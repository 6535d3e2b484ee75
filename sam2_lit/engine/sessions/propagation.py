"""The frames of one propagation, and how a change made meanwhile sends it back."""

from dataclasses import dataclass
from itertools import islice

from sam2_lit.engine.video_tracker import VideoTracker
from sam2_lit.records.results import PropagationDirection


@dataclass(frozen=True)
class Visit:
    """One frame to track, and from which side."""

    frame_index: int
    reverse: bool

    def comes_after(self, frame_index: int) -> bool:
        """Whether the other frame is tracked before this one."""
        return frame_index > self.frame_index if self.reverse else frame_index < self.frame_index


def plan_visits(frame_count: int, start: int, direction: PropagationDirection, max_frames: int | None) -> list[Visit]:
    """The frames that SAM2VideoPredictor.propagate_in_video passes: forward from `start`, then backward from it.

    `max_frames` bounds the frames after the first in each direction, as `max_frame_num_to_track` does. Where both
    directions are asked for, `start` is tracked once.
    """
    steps = frame_count if max_frames is None else max_frames
    forward = [Visit(index, False) for index in range(start, min(start + steps, frame_count - 1) + 1)]
    backward = [Visit(index, True) for index in range(start, max(start - steps, 0) - 1, -1)]
    match direction:
        case PropagationDirection.FORWARD:
            return forward
        case PropagationDirection.BACKWARD:
            return backward
        case PropagationDirection.BOTH:
            return forward + backward[1:]


class PropagationPlan:
    """Which visits are done, and which came undone.

    A change of a prompt makes what was tracked after it stale: those visits are to be done again, in the same order,
    and `revision` rises by one.
    """

    def __init__(self, tracker: VideoTracker, visits: list[Visit]) -> None:
        self.revision = 0
        self._tracker = tracker
        self._visits = visits
        self._position = 0
        self._visited: set[int] = set()
        self._stale: set[int] = set()
        self._seen_change = tracker.memories.last_change

    @property
    def total(self) -> int:
        return len(self._visits)

    @property
    def completed(self) -> int:
        return len(self._visited) - len(self._stale)

    def next(self) -> Visit | None:
        """The visit that comes next, None at the end. Looks first whether a change sends the plan back."""
        self._go_back()
        while self._position < self.total and not self._is_due(self._position):
            self._position += 1
        return self._visits[self._position] if self._position < self.total else None

    def upcoming(self, count: int) -> list[int]:
        """The frames of the visits that come after `next` if nothing changes, at most `count` of them."""
        following = (position for position in range(self._position + 1, self.total) if self._is_due(position))
        return [self._visits[position].frame_index for position in islice(following, count)]

    def is_revisit(self) -> bool:
        """Whether the visit that `next` named was done before: what is still current is then left as it is."""
        return self._position in self._visited

    def done(self) -> None:
        """The visit that `next` named was done."""
        self._visited.add(self._position)
        self._stale.discard(self._position)
        self._position += 1

    def _is_due(self, position: int) -> bool:
        return position not in self._visited or position in self._stale

    def _go_back(self) -> None:
        if self._tracker.memories.last_change == self._seen_change:
            return
        changed = self._tracker.memories.prompts_changed_since(self._seen_change)
        self._seen_change = self._tracker.memories.last_change
        came_undone = {
            position
            for position in self._visited - self._stale
            if any(self._visits[position].comes_after(frame_index) for frame_index in changed)
            and not self._tracker.memories.is_current(self._visits[position].frame_index)
        }
        if came_undone:
            self._stale |= came_undone
            self.revision += 1
            self._position = min(self._stale)
