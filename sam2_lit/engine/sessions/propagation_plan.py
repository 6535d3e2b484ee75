"""The frames of one propagation, and how a changed prompt sends it back."""

from dataclasses import dataclass
from itertools import islice

from sam2_lit.engine.object_memory import ObjectMemories
from sam2_lit.records.results import PropagationDirection


@dataclass(frozen=True)
class Visit:
    """One frame to track; `reverse` tracks it from later frames."""

    frame_index: int
    reverse: bool

    def is_after(self, frame_index: int) -> bool:
        """Whether the other frame is tracked before this one."""
        return frame_index > self.frame_index if self.reverse else frame_index < self.frame_index


def plan_visits(
    frame_count: int, start: int, direction: PropagationDirection, max_frames: int | None, frame_step: int = 1
) -> list[Visit]:
    """The frames that SAM2VideoPredictor.propagate_in_video tracks: forward from `start`, then backward from it.

    `max_frames` bounds the frames after the first in each direction, as `max_frame_num_to_track` does. With both
    directions, `start` is tracked once. Only every `frame_step`-th frame is tracked, and counted.
    """
    reach = frame_count if max_frames is None else max_frames * frame_step
    forward = [Visit(index, False) for index in range(start, min(start + reach, frame_count - 1) + 1, frame_step)]
    backward = [Visit(index, True) for index in range(start, max(start - reach, 0) - 1, -frame_step)]
    match direction:
        case PropagationDirection.FORWARD:
            return forward
        case PropagationDirection.BACKWARD:
            return backward
        case PropagationDirection.BOTH:
            return forward + backward[1:]


class PropagationPlan:
    """Which visits are done, and which have to be repeated.

    A changed prompt makes the frames that were tracked after it stale. Their visits are repeated in the same order,
    and `revision` rises by one.
    """

    def __init__(self, memories: ObjectMemories, visits: list[Visit]) -> None:
        self.revision = 0
        self._memories = memories
        self._visits = visits
        self._position = 0
        self._visited: set[int] = set()
        self._stale: set[int] = set()
        self._seen_change = memories.last_change

    @property
    def total(self) -> int:
        return len(self._visits)

    @property
    def completed(self) -> int:
        return len(self._visited) - len(self._stale)

    def continue_with(self, memories: ObjectMemories) -> None:
        """Continues on the memories of a session that was loaded again; their versions are the stored ones."""
        self._memories = memories

    def next(self) -> Visit | None:
        """The next visit, None at the end. Checks first whether a changed prompt sends the plan back."""
        self._go_back()
        while self._position < self.total and not self._is_due(self._position):
            self._position += 1
        return self._visits[self._position] if self._position < self.total else None

    def upcoming(self, count: int) -> list[int]:
        """The frames of at most `count` visits that follow `next` if no prompt changes."""
        following = (position for position in range(self._position + 1, self.total) if self._is_due(position))
        return [self._visits[position].frame_index for position in islice(following, count)]

    def is_revisit(self) -> bool:
        """Whether the visit that `next` returned was done before: masks that are current are then not made again."""
        return self._position in self._visited

    def done(self) -> None:
        """Marks the visit that `next` returned as done."""
        self._visited.add(self._position)
        self._stale.discard(self._position)
        self._position += 1

    def _is_due(self, position: int) -> bool:
        return position not in self._visited or position in self._stale

    def _go_back(self) -> None:
        if self._memories.last_change == self._seen_change:
            return
        changed = self._memories.prompts_changed_since(self._seen_change)
        self._seen_change = self._memories.last_change
        now_stale = {
            position
            for position in self._visited - self._stale
            if any(self._visits[position].is_after(frame_index) for frame_index in changed)
            and not self._memories.is_current(self._visits[position].frame_index)
        }
        if now_stale:
            self._stale |= now_stale
            self.revision += 1
            self._position = min(self._stale)
