"""Which frames the memory of an object holds, and when they changed: plain bookkeeping for any tracker."""

from collections.abc import Sequence
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
    - absent: the frames on which a person said that the object is not there, with the version: by an empty mask as the
      prompt where the frame is in `prompted`, else by a mark. Tracking keeps them; no other frame is in `tracked` too.
    - confirmed: the frames whose masks a person confirmed: tracking keeps them.
    """

    prompted: list[int] = field(default_factory=list)
    tracked: dict[int, TrackedFrame] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    prompt_changes: dict[int, int] = field(default_factory=dict)
    passed: dict[int, bool] = field(default_factory=dict)
    consolidated: dict[int, int] = field(default_factory=dict)
    replaced: dict[int, TrackedFrame] = field(default_factory=dict)
    absent: dict[int, int] = field(default_factory=dict)
    confirmed: set[int] = field(default_factory=set)

    @property
    def first_prompt(self) -> int | None:
        """The first prompted frame that shows the object, where tracking begins; None where no prompt shows it."""
        return next((frame for frame in self.prompted if frame not in self.absent), None)

    @property
    def earliest_prompt(self) -> int | None:
        """The prompted frame with the lowest index that shows the object; None where no prompt shows it."""
        return min((frame for frame in self.prompted if frame not in self.absent), default=None)

    def prompt(self, frame_index: int, version: int, *, is_absent: bool = False) -> None:
        """Notes that a prompt was added to a frame or changed; `is_absent` says that it is an empty mask."""
        if frame_index not in self.prompted:
            self.prompted.append(frame_index)
        if (tracked := self.tracked.pop(frame_index, None)) is not None:
            self.replaced[frame_index] = tracked
        self.confirmed.discard(frame_index)
        self.absent.pop(frame_index, None)
        if is_absent:
            self.absent[frame_index] = version
        self.written[frame_index] = self.prompt_changes[frame_index] = version

    def clear(self, frame_index: int, version: int) -> None:
        """Notes that the prompts of a frame were removed, and its memory with them."""
        self.prompted.remove(frame_index)
        self.written.pop(frame_index)
        self.consolidated.pop(frame_index, None)
        self.replaced.pop(frame_index, None)
        self.absent.pop(frame_index, None)
        self.confirmed.discard(frame_index)
        self.prompt_changes[frame_index] = version

    def mark_absent(self, frames: Sequence[int], version: int) -> None:
        """Notes that the object is not there on these frames, none of them prompted, rising."""
        for frame_index in frames:
            self.tracked.pop(frame_index, None)
            self.absent[frame_index] = self.written[frame_index] = version
        self.confirmed.difference_update(frames)
        self._change(frames, version)

    def forget(self, frames: Sequence[int], version: int) -> None:
        """Notes that these frames, none of them prompted, rising, are neither tracked nor marked absent any more."""
        unmarked = [frame_index for frame_index in frames if self.absent.pop(frame_index, None) is not None]
        for frame_index in frames:
            self.tracked.pop(frame_index, None)
            self.written.pop(frame_index, None)
        self.confirmed.difference_update(frames)
        self._change(unmarked, version)

    def _change(self, frames: Sequence[int], version: int) -> None:
        # The ends are enough: what was tracked after any of the frames was tracked after one of them.
        if frames:
            self.prompt_changes[frames[0]] = self.prompt_changes[frames[-1]] = version

    def consolidate(self) -> None:
        """Notes that tracking reads the newest prompts from now on."""
        self.consolidated = {frame_index: self.prompt_changes[frame_index] for frame_index in self.prompted}
        self.replaced.clear()

    def track(self, frame_index: int, reverse: bool, version: int) -> None:
        """Notes that a frame without prompts was tracked; its mask is no longer the one that was confirmed."""
        self.confirmed.discard(frame_index)
        self.tracked[frame_index] = TrackedFrame(reverse, version)
        self.written[frame_index] = version

    def keeps(self, frame_index: int, *, force: bool = False) -> bool:
        """Whether tracking leaves the mask of a frame without prompts as it is; `force` replaces confirmed ones."""
        is_kept = frame_index in self.absent or (frame_index in self.confirmed and not force)
        return is_kept and frame_index not in self.prompted

    def is_current(self, frame_index: int) -> bool:
        """Whether tracking keeps the frame's mask, or made it after the last change that it depends on."""
        if frame_index in self.prompted or self.keeps(frame_index):
            return True
        tracked = self.tracked.get(frame_index)
        if tracked is None:
            return False
        return not any(
            changed > tracked.version and (prompted > frame_index if tracked.reverse else prompted < frame_index)
            for prompted, changed in self.prompt_changes.items()
        )

    def stale(self) -> list[int]:
        """The tracked frames that are not current, rising."""
        stale = []
        for reverse in (False, True):
            frames = sorted((frame for frame, each in self.tracked.items() if each.reverse is reverse), reverse=reverse)
            changes = sorted(self.prompt_changes.items(), reverse=reverse)
            place, newest = 0, -1
            for frame_index in frames:
                while (
                    place < len(changes)
                    and changes[place][0] != frame_index
                    and ((changes[place][0] > frame_index) is reverse)
                ):
                    newest = max(newest, changes[place][1])
                    place += 1
                if newest > self.tracked[frame_index].version and not self.keeps(frame_index):
                    stale.append(frame_index)
        return sorted(stale)

    def under(self, frame_index: int, reverse: bool, reach: int) -> frozenset[tuple[int, int]]:
        """The memory that tracking a frame reads, without the frame's own: (frame, version) of each entry within reach.

        Args:
            frame_index: the frame to be tracked.
            reverse: whether it is tracked from later frames.
            reach: how many frames back memory and object pointers of tracked frames are read.
        """
        behind = range(frame_index + 1, frame_index + reach + 1) if reverse else range(frame_index - reach, frame_index)
        written = (frame for frame in behind if frame in self.tracked or frame in self.absent)
        frames = {*self.prompted, *written} - {frame_index}
        return frozenset((frame, self.written[frame]) for frame in frames)
