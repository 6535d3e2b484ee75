"""What one object's memory holds, and when it last changed."""

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
    reaches without memory. A frame is never in both `prompted` and `tracked`.
    """

    prompted: list[int] = field(default_factory=list)
    tracked: dict[int, TrackedFrame] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    prompt_changes: dict[int, int] = field(default_factory=dict)

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
