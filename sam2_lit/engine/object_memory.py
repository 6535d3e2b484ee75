"""Which frames the memory of each object holds, and when they changed: plain bookkeeping for any tracker."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TrackedFrame:
    """How a frame was tracked for one object: in which direction, and at which version of the session's clock."""

    reverse: bool
    version: int


@dataclass
class ObjectMemory:
    """The frames that one object was prompted and tracked on, with versions, so that "stale" is a comparison.

    Versions come from the clock of `ObjectMemories`. A frame is never in both `prompted` and `tracked`.

    - prompted: in the order in which frames were first prompted; the first is the only one without memory to read.
    - tracked: by frame.
    - written: the version of each frame's memory.
    - prompt_changes: the version at which a frame's prompts were last added, changed or removed.
    - passed: every frame that tracking passed, prompted or not, and whether it did so in reverse.
    - consolidated: by frame, the version of the prompt that tracking reads. A newer prompt waits until a frame is
      tracked (`ObjectMemories.consolidate`).
    - replaced: the tracked frames that have a prompt since; tracking reads them until the prompt is consolidated.
    """

    prompted: list[int] = field(default_factory=list)
    tracked: dict[int, TrackedFrame] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    prompt_changes: dict[int, int] = field(default_factory=dict)
    passed: dict[int, bool] = field(default_factory=dict)
    consolidated: dict[int, int] = field(default_factory=dict)
    replaced: dict[int, TrackedFrame] = field(default_factory=dict)

    def prompt(self, frame_index: int, version: int) -> None:
        """Notes that a prompt was added to a frame or changed."""
        if frame_index not in self.prompted:
            self.prompted.append(frame_index)
        if (tracked := self.tracked.pop(frame_index, None)) is not None:
            self.replaced[frame_index] = tracked
        self.written[frame_index] = self.prompt_changes[frame_index] = version

    def clear(self, frame_index: int, version: int) -> None:
        """Notes that the prompts of a frame were removed, and its memory with them."""
        self.prompted.remove(frame_index)
        self.written.pop(frame_index)
        self.consolidated.pop(frame_index, None)
        self.replaced.pop(frame_index, None)
        self.prompt_changes[frame_index] = version

    def consolidate(self) -> None:
        """Notes that tracking reads the newest prompts from now on."""
        self.consolidated = {frame_index: self.prompt_changes[frame_index] for frame_index in self.prompted}
        self.replaced.clear()

    def track(self, frame_index: int, reverse: bool, version: int) -> None:
        """Notes that a frame without prompts was tracked."""
        self.tracked[frame_index] = TrackedFrame(reverse, version)
        self.written[frame_index] = version

    def is_current(self, frame_index: int) -> bool:
        """Whether the frame is prompted, or was tracked after the last change of a prompt that it depends on."""
        if frame_index in self.prompted:
            return True
        tracked = self.tracked.get(frame_index)
        if tracked is None:
            return False
        return not any(
            changed > tracked.version and (prompted > frame_index if tracked.reverse else prompted < frame_index)
            for prompted, changed in self.prompt_changes.items()
        )

    def under(self, frame_index: int, reverse: bool, reach: int) -> frozenset[tuple[int, int]]:
        """The memory that tracking a frame reads, without the frame's own: (frame, version) of each entry within reach.

        Args:
            frame_index: the frame to be tracked.
            reverse: whether it is tracked from later frames.
            reach: how many frames back memory and object pointers of tracked frames are read.
        """
        behind = range(frame_index + 1, frame_index + reach + 1) if reverse else range(frame_index - reach, frame_index)
        frames = {*self.prompted, *(frame for frame in behind if frame in self.tracked)} - {frame_index}
        return frozenset((frame, self.written[frame]) for frame in frames)


class ObjectMemories(Mapping[int, ObjectMemory]):
    """The memory of every prompted object of one session, by object id, and the clock of their versions.

    `clock` rises with every write to any memory. `last_change` is the version of the last change of a prompt; tracking
    does not raise it. `consolidated` is the version up to which tracking reads prompts; later ones wait. Written on the
    device's thread only; `origin` may be read from any thread. Only every `frame_step`-th frame, from 0, is prompted
    and tracked.
    """

    def __init__(self, frame_step: int = 1) -> None:
        self.frame_step = frame_step
        self.clock = 0
        self.last_change = 0
        self.consolidated = 0
        self._of: dict[int, ObjectMemory] = {}

    def __getitem__(self, object_id: int) -> ObjectMemory:
        return self._of[object_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def add(self, object_id: int) -> ObjectMemory:
        """The memory of an object, empty where it is new."""
        return self._of.setdefault(object_id, ObjectMemory())

    def remove(self, object_id: int) -> None:
        self._of.pop(object_id, None)

    def clear(self) -> None:
        self._of.clear()

    def restore(self, object_id: int, memory: ObjectMemory) -> None:
        """Restores the memory of an object as it was saved; the clock continues after its newest version."""
        self._of[object_id] = memory
        self.last_change = max(self.last_change, *memory.prompt_changes.values())
        self.clock = max(self.clock, self.last_change, *memory.written.values())

    def resume(self, consolidated: int, newest: int = 0) -> None:
        """Drops every object, for `restore`; the clock continues after `newest` too and never runs back.

        `consolidated` is up to which version prompts were consolidated.
        """
        self.clear()
        self.last_change = 0
        self.consolidated = consolidated
        self.clock = max(self.clock, consolidated, newest)

    def continue_after(self, version: int) -> None:
        """Continues the clock after a version that is stored, of a mask that no memory belongs to."""
        self.clock = max(self.clock, version)

    def consolidate(self) -> None:
        """Notes that tracking reads the newest prompts of all objects from now on."""
        if self.consolidated != self.last_change:
            self.consolidated = self.last_change
            for memory in self._of.values():
                memory.consolidate()

    def tick(self) -> int:
        """A new version, for a write other than a change of a prompt."""
        self.clock += 1
        return self.clock

    def change(self) -> int:
        """A new version, for a change of a prompt."""
        self.last_change = self.tick()
        return self.last_change

    def origin(self) -> int | None:
        """The earliest prompted frame of all objects, where tracking begins; None without prompts."""
        # Copies, since other threads read this while a prompt may be added.
        return min((frame for memory in list(self._of.values()) for frame in list(memory.prompted)), default=None)

    def path_to(self, frame_index: int) -> range:
        """The frames from `origin` to `frame_index`, in the order in which tracking passes them."""
        origin = self.origin()
        if origin is None:
            return range(0)
        step = self.frame_step
        return range(origin, frame_index + 1, step) if frame_index >= origin else range(origin, frame_index - 1, -step)

    def before(self, frame_index: int, reverse: bool) -> int:
        """The frame that tracking comes from to a frame."""
        return frame_index + (self.frame_step if reverse else -self.frame_step)

    def is_current(self, frame_index: int) -> bool:
        """Whether every object has a mask on the frame that is not stale."""
        return all(memory.is_current(frame_index) for memory in self._of.values())

    def prompts_changed_since(self, version: int) -> set[int]:
        """The frames on which a prompt of any object was added, changed or removed after `version`."""
        return {
            frame_index
            for memory in self._of.values()
            for frame_index, changed in memory.prompt_changes.items()
            if changed > version
        }

    def direction_to(self, object_id: int, frame_index: int) -> bool:
        """Whether tracking passes the frame in reverse: as it last did, else as on `path_to`."""
        passed = self._of[object_id].passed.get(frame_index)
        if passed is not None:
            return passed
        origin = self.origin()
        return origin is not None and frame_index < origin
