"""The memory of every object of a session, and the clock of its versions."""

from collections.abc import Iterator, Mapping, Sequence

from sam2_lit.engine.object_memory import ObjectMemory


class ObjectMemories(Mapping[int, ObjectMemory]):
    """The memory of every prompted object of one session, by object id, and the clock of their versions.

    `clock` rises with every write to any memory. `last_change` is the version of the last change of a prompt; tracking
    does not raise it. `consolidated` is the version up to which tracking reads prompts; later ones wait. Written on the
    device's thread only; `origin` may be read from any thread. Only every `frame_step`-th frame, from 0, is prompted
    and tracked.

    Marks of absence and confirmations may be older than an object's first prompt, where its masks were imported:
    `absent` and `confirmed` have those of every object, and an object's memory the same ones.
    """

    def __init__(self, frame_step: int = 1) -> None:
        self.frame_step = frame_step
        self.clock = 0
        self.last_change = 0
        self.consolidated = 0
        self._of: dict[int, ObjectMemory] = {}
        self._absent: dict[int, dict[int, int]] = {}
        self._confirmed: dict[int, set[int]] = {}

    def __getitem__(self, object_id: int) -> ObjectMemory:
        return self._of[object_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def add(self, object_id: int) -> ObjectMemory:
        """The memory of an object, empty where it is new."""
        if object_id not in self._of:
            marked = self.absent(object_id)
            confirmed = self.confirmed(object_id)
            self._of[object_id] = ObjectMemory(written=dict(marked), absent=marked, confirmed=confirmed)
        return self._of[object_id]

    def remove(self, object_id: int) -> None:
        for each in (self._of, self._absent, self._confirmed):
            each.pop(object_id, None)

    def clear(self) -> None:
        for each in (self._of, self._absent, self._confirmed):
            each.clear()

    def absent(self, object_id: int) -> dict[int, int]:
        """The frames on which the object is absent, with versions (`ObjectMemory.absent`); empty where it is new."""
        return self._absent.setdefault(object_id, {})

    def confirmed(self, object_id: int) -> set[int]:
        """The frames whose masks of the object a person confirmed; empty where it is new."""
        return self._confirmed.setdefault(object_id, set())

    def mark_absent(self, object_id: int, frames: Sequence[int]) -> int:
        """Notes that an object is not there on these frames, none of them prompted, rising. Returns the version."""
        version = self.change()
        if object_id in self._of:
            self._of[object_id].mark_absent(frames, version)
        else:
            self.absent(object_id).update(dict.fromkeys(frames, version))
            self.confirmed(object_id).difference_update(frames)
        return version

    def forget(self, object_id: int, frames: Sequence[int]) -> int:
        """Notes that these frames, none of them prompted, rising, have no mask of an object. Returns the version."""
        marked = self.absent(object_id)
        version = self.change() if any(frame_index in marked for frame_index in frames) else self.tick()
        if object_id in self._of:
            self._of[object_id].forget(frames, version)
        else:
            for frame_index in frames:
                marked.pop(frame_index, None)
            self.confirmed(object_id).difference_update(frames)
        return version

    def restore(self, object_id: int, memory: ObjectMemory) -> None:
        """Restores the memory of an object as it was saved; the clock continues after its newest version."""
        self._of[object_id] = memory
        self._absent[object_id] = memory.absent
        self._confirmed[object_id] = memory.confirmed
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
        """The earliest prompted frame of all objects; None without prompts."""
        # Copies, since other threads read this while a prompt may be added.
        return min((frame for memory in list(self._of.values()) for frame in list(memory.prompted)), default=None)

    def path_to(self, object_id: int, frame_index: int) -> range:
        """The frames from an object's first prompt to `frame_index`, in the order in which tracking passes them."""
        memory = self._of.get(object_id)
        first = memory.first_prompt if memory else None
        if first is None:
            return range(0)
        step = self.frame_step
        return range(first, frame_index + 1, step) if frame_index >= first else range(first, frame_index - 1, -step)

    def before(self, frame_index: int, reverse: bool) -> int:
        """The frame that tracking comes from to a frame."""
        return frame_index + (self.frame_step if reverse else -self.frame_step)

    def frames_in(self, first: int, last: int) -> range:
        """The frames from `first` to `last`, both included, that are prompted and tracked."""
        return range(first + -first % self.frame_step, last + 1, self.frame_step)

    def changed_since(self, version: int) -> dict[int, set[int]]:
        """By object, the frames on which its prompts, or whether it is absent, changed after `version`."""
        found = {
            object_id: {
                frame_index
                for changes in (memory.prompt_changes, memory.absent)
                for frame_index, changed in changes.items()
                if changed > version
            }
            for object_id, memory in self._of.items()
        }
        return {object_id: frames for object_id, frames in found.items() if frames}

    def direction_to(self, object_id: int, frame_index: int) -> bool:
        """Whether tracking passes the frame in reverse: as it last did, else as on `path_to`."""
        passed = self._of[object_id].passed.get(frame_index)
        if passed is not None:
            return passed
        first = self._of[object_id].first_prompt
        return first is not None and frame_index < first
