"""What must hold of a session, in plain data: everything that the server has acknowledged."""

from dataclasses import dataclass, field
from typing import Any

MAX_OBJECTS = 2
"""Of a session, so that a third object is refused."""

Interaction = tuple[str, int | None, int | None]
"""Its kind, object and frame."""


@dataclass
class ObjectModel:
    """One object.

    - prompted: the mask on each prompted frame, as COCO's counts: the last one that a call answered; None where the
      answer was lost.
    - tracked: by frame, tracked or imported masks that nothing may have changed since they were received.
    - may_have_others: whether there may be masks on other frames, tracked or imported.
    """

    name: str | None = None
    adapters: set[str] = field(default_factory=set)
    prompted: dict[int, str | None] = field(default_factory=dict)
    tracked: dict[int, str] = field(default_factory=dict)
    may_have_others: bool = False

    def clear(self) -> None:
        """Its last prompt is removed, and all its masks with it."""
        self.prompted, self.tracked, self.may_have_others = {}, {}, False


@dataclass
class SessionModel:
    """One session.

    `trained_unseen`: a call that may have trained an adapter got no answer, so the adapter's id is not known.
    """

    is_open: bool = True
    mode: str = "SUGGEST"
    objects: dict[int, ObjectModel] = field(default_factory=dict)
    interactions: list[Interaction] = field(default_factory=list)
    trained_unseen: bool = False

    @property
    def is_prompted(self) -> bool:
        return any(each.prompted for each in self.objects.values())

    def forget_tracked(self) -> None:
        """Tracking may have made other masks."""
        for each in self.objects.values():
            each.tracked = {}

    def track(self) -> None:
        """Tracking may have made masks of all prompted objects, on any frame."""
        self.forget_tracked()
        for each in self.objects.values():
            each.may_have_others |= bool(each.prompted)

    def differences(self, found: dict[str, Any], *, is_tracking: bool) -> list[str]:
        """How the session that the server sends differs; the masks of other than prompted frames where none tracks."""
        sent = {each["objectId"]: each for each in found["objects"]}
        masks = {
            (frame["frameIndex"], each["objectId"]): each["rleMask"]["counts"]
            for frame in found["masks"]
            for each in frame["rleMaskList"]
        }
        checks: list[tuple[str, object, object]] = [
            ("mode", self.mode, found["loraMode"]),
            ("objects", list(self.objects), list(sent)),
            ("interactions", self.interactions, _interactions(found)),
        ]
        for object_id in self.objects.keys() & sent.keys():
            checks += self._of_object(object_id, sent[object_id], masks, is_tracking)
        wrong = [f"{what}: expected {wanted}, found {got}" for what, wanted, got in checks if wanted != got]
        wrong += [f"mask on frame {frame} of object {owner}" for frame, owner in masks if owner not in self.objects]
        if not is_tracking and found["trackedFrameCount"] != len({frame for frame, _ in masks}):
            wrong.append(f"trackedFrameCount {found['trackedFrameCount']}, masks on {masks.keys()}")
        return wrong

    def _of_object(
        self, object_id: int, sent: dict[str, Any], masks: dict[tuple[int, int], str], is_tracking: bool
    ) -> list[tuple[str, object, object]]:
        known, adapters = self.objects[object_id], {each["adapterId"] for each in sent["adapters"]}
        if self.trained_unseen:
            adapters &= known.adapters
        own = {frame: counts for (frame, owner), counts in masks.items() if owner == object_id}
        prompted = {frame: own.get(frame) for frame in known.prompted}
        checks: list[tuple[str, object, object]] = [
            (f"name of object {object_id}", known.name, sent["name"]),
            (f"adapters of object {object_id}", known.adapters, adapters),
            (f"prompted frames of object {object_id}", sorted(known.prompted), sorted(sent["promptedFrames"])),
            (
                f"masks of object {object_id} on prompted frames",
                {frame: counts or prompted[frame] for frame, counts in known.prompted.items()},
                prompted,
            ),
        ]
        if not is_tracking:
            tracked = {frame: own.get(frame) for frame in known.tracked}
            checks.append((f"masks of object {object_id} on tracked frames", known.tracked, tracked))
            if not known.may_have_others:
                checks.append((f"frames with masks of object {object_id}", known.prompted.keys(), own.keys()))
        return checks


def _interactions(found: dict[str, Any]) -> list[Interaction]:
    """Without the trainings that failed, which a call logs before it trains."""
    return [
        (each["kind"], each["objectId"], each["frameIndex"])
        for each in found["interactions"]
        if each["kind"] != "TRAINING" or each["adapterId"] is not None
    ]


def visits(frame_count: int, start: int, direction: str, max_frames: int | None) -> list[int]:
    """The frames that a propagation sends, in order."""
    reach = frame_count if max_frames is None else max_frames
    forward = list(range(start, min(frame_count, start + reach + 1)))
    backward = list(range(start, max(-1, start - reach - 1), -1))
    return {"FORWARD": forward, "BACKWARD": backward, "BOTH": forward + backward[1:]}[direction]


def out_of_order(wanted: list[int], events: list[dict[str, Any]]) -> str | None:
    """What is wrong with the order of a propagation's frames; None where nothing is.

    No frame is left out before a later one, and none is sent twice unless `revision` has risen by one.
    """
    sent: set[int] = set()
    last, revision = -1, 0
    for number, event in enumerate(events):
        frame = event["frameIndex"]
        if event["sequence"] != number:
            return f"event {event['sequence']} follows event {number - 1}"
        if frame not in wanted:
            return f"frame {frame} is none of {wanted}"
        position = wanted.index(frame)
        if event["revision"] not in (revision, revision + 1):
            return f"revision rises from {revision} to {event['revision']}"
        if event["revision"] == revision and position <= last:
            return f"frame {frame} is sent again in revision {revision}"
        if left_out := set(range(position)) - sent:
            return f"frame {frame} is sent before {[wanted[each] for each in sorted(left_out)]}"
        if event["total"] != len(wanted) or not 1 <= event["completed"] <= len(wanted):
            return f"frame {frame} is number {event['completed']} of {event['total']}, of {len(wanted)}"
        sent.add(position)
        last, revision = position, event["revision"]
    return None
