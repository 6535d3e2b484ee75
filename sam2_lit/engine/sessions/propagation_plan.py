"""The frames of one propagation, and how a changed prompt sends it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.records.reached import Reached
from sam2_lit.records.results import PropagationDirection
from sam2_lit.records.tracking_scope import TrackingScope


@dataclass(frozen=True)
class Visit:
    """One frame to track; `reverse` tracks it from later frames."""

    frame_index: int
    reverse: bool

    def is_after(self, frame_index: int) -> bool:
        """Whether the other frame is tracked before this one."""
        return frame_index > self.frame_index if self.reverse else frame_index < self.frame_index

    @property
    def place(self) -> tuple[bool, int]:
        """Sorts visits: forward by rising frame, then backward by falling frame."""
        return self.reverse, -self.frame_index if self.reverse else self.frame_index


def plan_visits(frame_count: int, start: int, scope: TrackingScope, frame_step: int = 1) -> list[Visit]:
    """The frames that SAM2VideoPredictor.propagate_in_video tracks: forward from `start`, then backward from it.

    `max_frames` bounds the frames after the first in each direction, as `max_frame_num_to_track` does. With both
    directions, `start` is tracked once. Only every `frame_step`-th frame is tracked, and counted.
    """
    reach = frame_count if scope.max_frames is None else scope.max_frames * frame_step
    first, last = 0, frame_count - 1
    if scope.last is not None:
        first, last = min(start, scope.last), max(start, scope.last)
    forward = [Visit(index, False) for index in range(start, min(start + reach, last) + 1, frame_step)]
    backward = [Visit(index, True) for index in range(start, max(start - reach, first) - 1, -frame_step)]
    match scope.direction:
        case PropagationDirection.FORWARD:
            return forward
        case PropagationDirection.BACKWARD:
            return backward
        case PropagationDirection.BOTH:
            return forward + backward[1:]


class PropagationPlan:
    """Which visits are done, and which have to be repeated.

    A changed prompt makes the frames that were tracked after it stale. Their visits, and that of the changed frame, are
    repeated in the same order, and `revision` rises by one.

    Without a start, each object is tracked outward from its own first prompt. With one, an object that is not named and
    has no prompt on it keeps the masks that are current: it is only tracked where it has none. So is every object where
    the scope skips current masks: then it is tracked outward from its earliest prompt, and visits that would track
    nothing are left out.

    - completed: the visits that are done, of `total`.
    - seen_change: the version of the last change of a prompt that it has seen.
    """

    def __init__(self, memories: ObjectMemories, frame_count: int, scope: TrackingScope) -> None:
        self.revision = 0
        self.completed = 0
        self._scope = scope
        self._memories = memories
        self._frame_count = frame_count
        self._position = 0
        self._visited: set[Visit] = set()
        self._repeated: set[Visit] = set()
        self._unsent: frozenset[Visit] = frozenset()
        self._sent_version = 0
        self.seen_change = memories.last_change
        self._fixed = None if scope.start is None else self._from(scope.start)
        self._tracked_again = self._objects_tracked_again()
        self._visits = self._planned()

    @property
    def force(self) -> bool:
        """Whether masks that a person confirmed are replaced."""
        return self._scope.force

    @property
    def total(self) -> int:
        return len(self._visits)

    def continue_with(self, memories: ObjectMemories) -> None:
        """Continues on the memories of a session that was loaded again; their versions are the stored ones."""
        self._memories = memories

    def continue_after(self, reached: Reached) -> None:
        """Continues what another engine has reached, on memories that were loaded from what it stored.

        It may have stored more than it has sent. So a frame on which a change has any bearing that was made since the
        last one sent is tracked again, even if its mask is current. Where the scope skips current masks, what was
        stored and not sent is visited, too, though nothing of it is tracked.
        """
        if self._scope.skip_current:
            self._visited = {Visit(*each) for each in reached.received}
            self._unsent = frozenset(self._tracked_since(reached.version))
            self._sent_version = reached.version
            self._visits = self._planned()
        else:
            last = Visit(*reached.last).place
            others = {Visit(*each) for each in reached.others}
            self._visited = {visit for visit in self._visits if visit.place <= last or visit in others}
        changed = self._memories.changed_since(reached.last_change)
        self._repeated = {
            visit
            for visit in self._visited
            if visit in self._visits
            and (
                visit in self._unsent
                or any(self._may_differ(visit, object_id, changed) for object_id in self._prompted(self._visits[visit]))
            )
        }
        self.revision = reached.revision + bool(self._repeated)
        self.completed = sum(not self._is_due(visit) for visit in self._order)

    def next(self) -> Visit | None:
        """The next visit, None at the end. Checks first whether a changed prompt sends the plan back."""
        self._go_back()
        while self._position < self.total and not self._is_due(self._order[self._position]):
            self._position += 1
        return self._order[self._position] if self._position < self.total else None

    def objects(self, visit: Visit) -> list[int]:
        """The objects that the visit tracks, or passes where their masks are kept."""
        return self._due_objects(visit, self._visits[visit])

    def upcoming(self, count: int) -> list[int]:
        """The frames of at most `count` visits that follow `next` if no prompt changes."""
        following = (visit for visit in islice(self._order, self._position + 1, None) if self._is_due(visit))
        return [visit.frame_index for visit in islice(following, count)]

    def done(self) -> None:
        """Marks the visit that `next` returned as done."""
        visit = self._order[self._position]
        self._visited.add(visit)
        self._repeated.discard(visit)
        self._position += 1
        self.completed += 1

    @property
    def sent_version(self) -> int:
        """The version of the memories up to which all that was tracked is among the visits that are done."""
        is_behind = any(visit in self._visits and self._is_due(visit) for visit in self._unsent)
        return self._sent_version if is_behind else self._memories.clock

    def _planned(self) -> dict[Visit, frozenset[int] | None]:
        """Every visit, in order, with the objects that it tracks; None is all that are prompted."""
        planned: dict[Visit, frozenset[int] | None] = {}
        if self._fixed is not None:
            planned = dict.fromkeys(self._fixed, self._scope.object_ids)
        else:
            objects: dict[Visit, set[int]] = {}
            for object_id in self._in_scope(self._memories):
                memory = self._memories[object_id]
                start = memory.earliest_prompt if self._scope.skip_current else memory.first_prompt
                if start is not None:
                    for visit in self._from(start):
                        objects.setdefault(visit, set()).add(object_id)
            planned = {visit: frozenset(objects[visit]) for visit in sorted(objects, key=lambda visit: visit.place)}
        if self._scope.skip_current:
            planned = {
                visit: wanted
                for visit, wanted in planned.items()
                if visit in self._visited or visit in self._unsent or self._due_objects(visit, wanted)
            }
        self._order = list(planned)
        return planned

    def _from(self, start: int) -> list[Visit]:
        return plan_visits(self._frame_count, start, self._scope, self._memories.frame_step)

    def _in_scope(self, object_ids: Iterable[int]) -> list[int]:
        wanted = self._scope.object_ids
        return [object_id for object_id in object_ids if wanted is None or object_id in wanted]

    def _objects_tracked_again(self) -> set[int] | None:
        """The objects that are tracked again where their masks are current; None is all."""
        if self._scope.skip_current:
            return set()
        start = self._scope.start
        if start is None or self._scope.object_ids is not None:
            return None
        return {object_id for object_id, memory in self._memories.items() if start in memory.prompted}

    def _prompted(self, within: frozenset[int] | None) -> list[int]:
        """The prompted objects among these; None is all."""
        return [object_id for object_id in self._memories if within is None or object_id in within]

    def _due_objects(self, visit: Visit, wanted: frozenset[int] | None) -> list[int]:
        """Of the objects that a visit is for, those that it tracks or passes; None is all that are prompted."""
        is_first = visit not in self._visited
        found = []
        for object_id in self._prompted(wanted):
            memory = self._memories[object_id]
            is_unpassed = visit.frame_index in memory.prompted and visit.frame_index not in memory.passed
            is_tracked_again = is_first and (self._tracked_again is None or object_id in self._tracked_again)
            if is_tracked_again or is_unpassed or not memory.is_current(visit.frame_index):
                found.append(object_id)
        return found

    def _is_due(self, visit: Visit) -> bool:
        return visit not in self._visited or visit in self._repeated

    def _go_back(self) -> None:
        if self._memories.last_change == self.seen_change:
            return
        changed = self._memories.changed_since(self.seen_change)
        self.seen_change = self._memories.last_change
        if self._fixed is None or self._scope.skip_current:
            self._visits = self._planned()
            self._position = 0
        repeated = {
            visit
            for visit in self._visited - self._repeated
            if visit in self._visits
            and any(self._is_changed(visit, object_id, changed) for object_id in self._prompted(self._visits[visit]))
        }
        if repeated:
            self._repeated |= repeated
            self.revision += 1
            self._position = 0
        self.completed = sum(not self._is_due(visit) for visit in self._order)

    def _tracked_since(self, version: int) -> Iterable[Visit]:
        for object_id in self._in_scope(self._memories):
            for frame_index, tracked in self._memories[object_id].tracked.items():
                if tracked.version > version:
                    yield Visit(frame_index, tracked.reverse)

    def _may_differ(self, visit: Visit, object_id: int, changed: dict[int, set[int]]) -> bool:
        frames, memory = changed.get(object_id, set()), self._memories[object_id]
        if visit.frame_index in memory.prompted and visit.frame_index not in memory.passed:
            return True
        is_affected = visit.frame_index in frames or any(visit.is_after(frame_index) for frame_index in frames)
        return is_affected or not memory.is_current(visit.frame_index)

    def _is_changed(self, visit: Visit, object_id: int, changed: dict[int, set[int]]) -> bool:
        frames = changed.get(object_id, set())
        if visit.frame_index in frames:
            return True
        is_after = any(visit.is_after(frame_index) for frame_index in frames)
        return is_after and not self._memories[object_id].is_current(visit.frame_index)
