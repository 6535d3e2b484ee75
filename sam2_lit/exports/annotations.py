"""Sessions' masks, as exports are made from them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.names import FrameNames
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records import masks
from sam2_lit.records.exports import Color, ExportSelection
from sam2_lit.records.labels import Label
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.results import FrameMasks, Mask, SessionInfo
from sam2_lit.records.videos import VideoEntry

UNNAMED = "object"
"""The category of objects with neither a label nor a name."""


@dataclass(frozen=True)
class Annotations:
    """The selected masks of one video.

    Attributes:
        video: the video.
        name: of the video, safe as the name of a file or folder; no other video of the export has it.
        objects: the names of all objects that have a mask, by rising id; "" for an object without a name.
        frames: the selected frames that have masks, by rising index.
        selected: the indices of all selected frames that the session works on.
        frame_names: by frame index.
        labels: the label of each object that has one.
        attributes: those of each object that has any, text by key.
        user: who started the session; None where the server had no users.
    """

    video: VideoEntry
    name: str
    objects: dict[int, str]
    frames: tuple[FrameMasks, ...]
    selected: range
    frame_names: FrameNames
    labels: Mapping[int, str] = field(default_factory=dict)
    attributes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    user: str | None = None

    @classmethod
    def of(
        cls,
        session: SessionInfo,
        frames: Sequence[FrameMasks],
        name: str,
        selection: ExportSelection,
        stems: Sequence[str] | None,
    ) -> "Annotations":
        """The masks of a session that are selected.

        Raises:
            LitError: NO_PROMPTS where no selected frame has a mask of a selected object; FRAME_OUT_OF_RANGE;
                OBJECT_NOT_FOUND where an object is selected that the session does not have.
        """
        selected = _selected_frames(session, selection)
        wanted = _selected_objects(session, selection)
        kept = [
            FrameMasks(frame.frame_index, chosen)
            for frame in frames
            if frame.frame_index in selected
            and (chosen := tuple(mask for mask in frame.masks if wanted is None or mask.object_id in wanted))
        ]
        if not kept:
            what = "no frame has a mask yet; add a prompt first" if not frames else "no selected frame has a mask"
            raise LitError(ErrorCode.NO_PROMPTS, f"there is nothing to export of {session.video.path}: {what}")
        annotated = sorted({mask.object_id for frame in kept for mask in frame.masks})
        names = {each.object_id: each.name or "" for each in session.objects}
        objects = {object_id: names.get(object_id, "") for object_id in annotated}
        annotated_objects = [each for each in session.objects if each.object_id in objects]
        labels = {each.object_id: each.label for each in annotated_objects if each.label}
        attributes = {each.object_id: each.attributes for each in annotated_objects if each.attributes}
        user, frame_names = session.owner.user, FrameNames.of(stems)
        return cls(session.video, name, objects, tuple(kept), selected, frame_names, labels, attributes, user)

    def without_overlaps(self, step: "Progress") -> "Annotations":
        """The same with each pixel left to one object, that with the lowest id of those whose masks have it.

        `step` is called once a frame.
        """

        def flat(frame: FrameMasks) -> FrameMasks:
            step()
            return _without_overlaps(frame)

        return replace(self, frames=tuple(map(flat, self.frames)))

    def category(self, object_id: int) -> str:
        """The object's label, or else its name, or `object` where it has neither."""
        return self.labels.get(object_id) or self.objects[object_id] or UNNAMED


class Progress(Protocol):
    """Called once a frame. Raises LitError (CANCELLED) where the export is to stop."""

    def __call__(self) -> None: ...


@dataclass(frozen=True)
class ExportSource:
    """What an export is made from.

    Attributes:
        videos: at least one.
        open_video: opens a video that was annotated. Raises LitError (VIDEO_NOT_FOUND or UNSUPPORTED_MEDIA).
        colors: by object id, for what is drawn; other objects have DAVIS's colors.
        pictures: whether the frames' pictures are included.
        step: called for every frame.
        labels: those of the videos' projects.
    """

    videos: tuple[Annotations, ...]
    open_video: Callable[[Annotations], VideoReader]
    colors: Mapping[int, Color]
    pictures: bool
    step: Progress
    labels: tuple[Label, ...] = ()

    @property
    def categories(self) -> dict[str, int]:
        """The projects' labels in their order, then other categories in that of their objects, numbered from 1.

        So a label has the same number in every export of its project, whether or not an object has it.
        """
        used = (video.category(object_id) for video in self.videos for object_id in video.objects)
        names = dict.fromkeys([*(label.name for label in self.labels), *used])
        return {name: number for number, name in enumerate(names, start=1)}

    def color(self, video: Annotations, object_id: int) -> Color | None:
        """The color that was asked for the object, or else that of its label; None without either."""
        asked = self.colors.get(object_id)
        named = {label.name: label.color for label in self.labels}.get(video.labels.get(object_id, ""))
        if asked is not None or named is None:
            return asked
        red, green, blue = bytes.fromhex(named[1:])
        return red, green, blue

    def numbered(self) -> dict[tuple[str, int], int]:
        """A number for each object, by video name and object id, unique in the export.

        It is the object's id in an export of one video; otherwise objects are numbered from 1.
        """
        objects = [(video.name, object_id) for video in self.videos for object_id in video.objects]
        if len(self.videos) == 1:
            return {each: each[1] for each in objects}
        return {each: number for number, each in enumerate(objects, start=1)}


def lowest_last(frame: FrameMasks) -> list[Mask]:
    """A frame's masks in the order in which they are painted: where they overlap, the lowest id is on top, as in
    SAM 2's tools/vos_inference.py."""
    return sorted(frame.masks, key=lambda each: each.object_id, reverse=True)


def _without_overlaps(frame: FrameMasks) -> FrameMasks:
    taken: BoolMask | None = None
    kept: list[Mask] = []
    for mask in reversed(lowest_last(frame)):
        whole = masks.decode(mask.rle)
        if taken is None:
            taken = whole.copy()
        elif (whole & taken).any():
            mask = replace(mask, rle=masks.encode(whole & ~taken))
        taken |= whole
        kept.append(mask)
    return FrameMasks(frame.frame_index, tuple(kept))


def _selected_frames(session: SessionInfo, selection: ExportSelection) -> range:
    video, step = session.video, session.frame_step
    count = video.info.frame_count
    first = selection.start_frame_index
    last = count - 1 if selection.end_frame_index is None else selection.end_frame_index
    if not 0 <= first <= last < count:
        raise LitError(
            ErrorCode.FRAME_OUT_OF_RANGE,
            f"frames {first} to {last} are not frames of {video.path}, which has frames 0 to {count - 1}",
        )
    return range(-(-first // step) * step, last + 1, step)


def _selected_objects(session: SessionInfo, selection: ExportSelection) -> set[int] | None:
    if selection.object_ids is None:
        return None
    known = {each.object_id for each in session.objects}
    if missing := sorted(set(selection.object_ids) - known):
        raise LitError(
            ErrorCode.OBJECT_NOT_FOUND,
            f"the session on {session.video.path} has no object {missing[0]} "
            f"(it has: {', '.join(map(str, sorted(known))) or 'none'})",
        )
    return set(selection.object_ids)
