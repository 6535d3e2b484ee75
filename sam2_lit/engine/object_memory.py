"""What the memory of each object holds, and when it last changed. Plain bookkeeping that any tracker can use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TrackedFrame:
    """One frame as the tracker left it for one object.

    `version` is the moment it was tracked, on the tracker's own clock.
    """

    reverse: bool
    version: int


@dataclass
class ObjectMemory:
    """Which frames one object was prompted and tracked on, and the stamps by which "stale" is a comparison.

    A stamp is taken from a clock that rises with every write of the session's tracker. `prompted` is in the order in
    which frames were first prompted: its first frame is where tracking begins, and the only one that the tracker
    reaches without memory. A frame is never in both `prompted` and `tracked`. `passed` has every frame that tracking
    passed, prompted or not, and whether it did so in reverse.
    """

    prompted: list[int] = field(default_factory=list)
    tracked: dict[int, TrackedFrame] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    prompt_changes: dict[int, int] = field(default_factory=dict)
    passed: dict[int, bool] = field(default_factory=dict)

    def prompt(self, frame_index: int, version: int) -> None:
        """A prompt was added or changed on a frame."""
        if frame_index not in self.prompted:
            self.prompted.append(frame_index)
        self.tracked.pop(frame_index, None)
        self.written[frame_index] = self.prompt_changes[frame_index] = version

    def clear(self, frame_index: int, version: int) -> None:
        """The prompts of a frame went, and its memory with them."""
        self.prompted.remove(frame_index)
        self.written.pop(frame_index)
        self.prompt_changes[frame_index] = version

    def track(self, frame_index: int, reverse: bool, version: int) -> None:
        """A frame without prompts was tracked."""
        self.tracked[frame_index] = TrackedFrame(reverse, version)
        self.written[frame_index] = version

    def is_current(self, frame_index: int) -> bool:
        """Whether the frame is prompted, or was tracked after the last change of a prompt that comes before it."""
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
        """The memory that tracking a frame reads: (frame, stamp) of every entry within reach, the frame's own left out.

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

    `clock` rises with every write to any memory, so of two versions the later one is larger. `last_change` is the
    version of the last change of a prompt: no tracked frame raises it. Written on the device's thread only; `origin`
    may be read from any thread.
    """

    def __init__(self) -> None:
        self.clock = 0
        self.last_change = 0
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
        """Puts back the memory of an object as it was saved; the clock goes on after its newest version."""
        self._of[object_id] = memory
        self.last_change = max(self.last_change, *memory.prompt_changes.values())
        self.clock = max(self.clock, self.last_change, *memory.written.values())

    def tick(self) -> int:
        """The version of a write that no change of a prompt caused."""
        self.clock += 1
        return self.clock

    def change(self) -> int:
        """The version of a change of a prompt."""
        self.last_change = self.tick()
        return self.last_change

    def origin(self) -> int | None:
        """The earliest prompted frame of all objects, where tracking begins; None without prompts."""
        # Other threads read this while a prompt may be coming in: hence the copies.
        return min((frame for memory in list(self._of.values()) for frame in list(memory.prompted)), default=None)

    def path_to(self, frame_index: int) -> range:
        """The frames that tracking passes from `origin` to `frame_index`, in its order."""
        origin = self.origin()
        if origin is None:
            return range(0)
        return range(origin, frame_index + 1) if frame_index >= origin else range(origin, frame_index - 1, -1)

    def is_current(self, frame_index: int) -> bool:
        """Whether every object has a mask on the frame that no later change of a prompt made stale."""
        return all(memory.is_current(frame_index) for memory in self._of.values())

    def prompts_changed_since(self, version: int) -> set[int]:
        """The frames on which a prompt of any object came, changed or went after `version`."""
        return {
            frame_index
            for memory in self._of.values()
            for frame_index, changed in memory.prompt_changes.items()
            if changed > version
        }

    def direction_to(self, object_id: int, frame_index: int) -> bool:
        """Whether the frame is tracked in reverse: as it was when it was tracked, else as `path_to` passes it."""
        passed = self._of[object_id].passed.get(frame_index)
        if passed is not None:
            return passed
        origin = self.origin()
        return origin is not None and frame_index < origin
