"""Matches what a file holds with a session, and lists what does not match."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.names import FrameNames, video_name
from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo
from sam2_lit.imports.refusals import unusable
from sam2_lit.records.imports import (
    FrameMatching,
    ImportedObject,
    ImportFormat,
    ImportOptions,
    ImportPlan,
    Mismatch,
    MismatchKind,
)
from sam2_lit.records.masks import RLE
from sam2_lit.records.results import FrameMasks, SessionInfo

_MAX_ID = 2**31 - 1
_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Target:
    """The session that masks are imported into: with its masks, and the names of its video's frames.

    `confirmed` are the masks that a person confirmed, by frame and object.
    """

    session: SessionInfo
    masks: Sequence[FrameMasks]
    stems: Sequence[str] | None
    confirmed: Collection[tuple[int, int]] = ()


def chosen_video(videos: Sequence[ParsedVideo], options: ImportOptions, target: Target, filename: str) -> ParsedVideo:
    """The video of the file whose masks are imported.

    Raises:
        LitError: UNSUPPORTED_MEDIA where the file has no masks, or several videos and none is named.
    """
    with_frames = [video for video in videos if video.frames]
    if not with_frames:
        raise unusable(filename, "it has no masks")
    wanted = options.video if options.video is not None else video_name(target.session.video.path)
    named = [video for video in with_frames if video.name == wanted]
    if named:
        return named[0]
    if options.video is None and len(with_frames) == 1:
        return with_frames[0]
    known = ", ".join(repr(video.name) for video in with_frames[:20])
    raise unusable(filename, f"it has no video {wanted!r}; name one of {known}")


def plan_import(
    format: ImportFormat, video: ParsedVideo, options: ImportOptions, target: Target, losses: Sequence[str]
) -> ImportPlan:
    """What importing a video's masks changes. Raises LitError (FRAME_OUT_OF_RANGE, INVALID_PROMPT) for a wrong map."""
    mismatches: list[Mismatch] = []
    matching, frames = _match_frames(video, options, target, mismatches)
    objects = _match_objects(video, options, target, mismatches)
    prompted = {(frame, each.object_id) for each in target.session.objects for frame in each.prompted_frames}
    held = {(frame.frame_index, mask.object_id): mask.rle for frame in target.masks for mask in frame.masks}
    counts: dict[str, int] = defaultdict(int)
    found: list[tuple[int, int, RLE]] = []
    kept: list[tuple[int, int, RLE]] = []
    replaced = 0
    prompted_frames: list[str] = []
    confirmed_frames: list[str] = []
    for index, frame in sorted(frames.items()):
        for key, rle in frame.masks.items():
            if (object_id := objects.get(key)) is None:
                continue
            is_prompted = (index, object_id) in prompted
            if is_prompted or ((index, object_id) in target.confirmed and not options.force):
                kept.append((index, object_id, rle))
                if held.get((index, object_id)) != rle:
                    stay = prompted_frames if is_prompted else confirmed_frames
                    stay.append(f"{index} (object {object_id})")
                continue
            counts[key] += 1
            replaced += (index, object_id) in held and held[index, object_id] != rle
            found.append((index, object_id, rle))
    if prompted_frames:
        listed = _listed("frame", prompted_frames)
        message = f"{listed} of the session {_has(prompted_frames)} a prompt, whose mask stays"
        mismatches.append(Mismatch(MismatchKind.PROMPTED, message))
    if confirmed_frames:
        listed = _listed("frame", confirmed_frames)
        message = f"{listed} of the session {_are(confirmed_frames)} confirmed; force replaces the mask"
        mismatches.append(Mismatch(MismatchKind.CONFIRMED, message))
    existing = {each.object_id for each in target.session.objects}
    imported = [
        ImportedObject(
            key,
            object_id,
            video.objects[key].name,
            object_id not in existing,
            counts[key],
            video.objects[key].label or None,
            video.objects[key].attributes or {},
        )
        for key, object_id in sorted(objects.items(), key=lambda each: each[1])
    ]
    return ImportPlan(
        format,
        video.name,
        matching,
        tuple(imported),
        tuple(found),
        tuple(kept),
        replaced,
        tuple(mismatches),
        tuple(losses),
    )


def _match_frames(
    video: ParsedVideo, options: ImportOptions, target: Target, mismatches: list[Mismatch]
) -> tuple[FrameMatching, dict[int, ParsedFrame]]:
    """How frames are matched, and the file's frames by index in the session's video."""
    count = target.session.video.info.frame_count
    for name, index in options.frame_map.items():
        if not 0 <= index < count:
            raise LitError(
                ErrorCode.FRAME_OUT_OF_RANGE, f"frameMap maps {name!r} to {index}; frames are 0 to {count - 1}"
            )
    names = _frame_indices(target, count)
    unstated = [frame for frame in video.frames if frame.label not in options.frame_map]
    matching = options.frames
    if matching is FrameMatching.AUTO:
        by_name = sum(frame.name in names for frame in unstated)
        by_index = sum(frame.index is not None and 0 <= frame.index < count for frame in unstated)
        matching = FrameMatching.NAME if 0 < by_name >= by_index else FrameMatching.INDEX
    frames: dict[int, ParsedFrame] = {}
    unmatched: list[str] = []
    repeated: list[str] = []
    between: list[str] = []
    sizes: list[str] = []
    for frame in video.frames:
        found = options.frame_map.get(frame.label)
        if found is None:
            found = names.get(frame.name or "") if matching is FrameMatching.NAME else frame.index
        if found is None or not 0 <= found < count:
            unmatched.append(frame.label)
        elif found in frames:
            repeated.append(frame.label)
        elif found % target.session.frame_step:
            between.append(frame.label)
        elif frame.other_size is not None:
            sizes.append(frame.label)
        else:
            frames[found] = frame
    if unmatched:
        how = "name" if matching is FrameMatching.NAME else "index"
        mismatches.append(
            Mismatch(
                MismatchKind.FRAME,
                f"{_listed('frame', unmatched)} of the file {_are(unmatched)} not in the video by {how}",
            )
        )
    if repeated:
        message = f"{_listed('frame', repeated)} of the file {_are(repeated)} there more than once; the first is taken"
        mismatches.append(Mismatch(MismatchKind.FRAME, message))
    if between:
        mismatches.append(
            Mismatch(
                MismatchKind.FRAME,
                f"{_listed('frame', between)} of the file {_are(between)} between the frames that the session works "
                f"on, every {target.session.frame_step}th from 0",
            )
        )
    if sizes:
        info = target.session.video.info
        mismatches.append(
            Mismatch(
                MismatchKind.SIZE,
                f"{_listed('frame', sizes)} of the file {_are(sizes)} not of {info.width}x{info.height} pixels",
            )
        )
    return matching, frames


def _frame_indices(target: Target, count: int) -> dict[str, int]:
    """The index of each frame by its names: that of its file, and that of exports."""
    exported = FrameNames.of(target.stems)
    names = {exported[index]: index for index in range(count)}
    return names | {unicodedata.normalize("NFC", stem): index for index, stem in enumerate(target.stems or ())}


def _match_objects(
    video: ParsedVideo, options: ImportOptions, target: Target, mismatches: list[Mismatch]
) -> dict[str, int]:
    """The object id of each of the file's objects, by key; without those that do not match.

    In this order: as `object_map` says; the only object of the session with the same name; the object with the same id,
    unless both have names and they differ; a new object, with the file's id where that is free.
    """
    names = {each.object_id: each.name for each in target.session.objects}
    by_name: dict[str, list[int]] = defaultdict(list)
    for object_id, name in names.items():
        if name:
            by_name[name].append(object_id)
    file_names = [each.name for each in video.objects.values() if each.name]
    objects: dict[str, int] = {}

    def take(key: str, object_id: int) -> None:
        if object_id in objects.values():
            other = next(each for each, taken in objects.items() if taken == object_id)
            message = (
                f"objects {other} and {key} of the file would both become object {object_id}; map one in objectMap"
            )
            mismatches.append(Mismatch(MismatchKind.OBJECT, message))
        else:
            objects[key] = object_id

    waiting: list[str] = []
    for key, each in video.objects.items():
        stated = _stated(options.object_map, key, each.name, file_names)
        if stated is not None:
            take(key, stated)
        elif (
            each.object_id is not None and (names.get(each.object_id) or None) == each.name and each.object_id in names
        ):
            take(key, each.object_id)
        elif each.name and len(by_name[each.name]) == 1 and file_names.count(each.name) == 1:
            take(key, by_name[each.name][0])
        elif each.object_id is None or not 0 <= each.object_id <= _MAX_ID:
            waiting.append(key)
        elif names.get(each.object_id) and each.name and names[each.object_id] != each.name:
            message = (
                f"object {key} of the file is named {each.name!r}, object {each.object_id} of the session "
                f"{names[each.object_id]!r}; map it in objectMap"
            )
            mismatches.append(Mismatch(MismatchKind.OBJECT, message))
        else:
            take(key, each.object_id)
    for key in waiting:
        used = {*names, *objects.values()}
        take(key, next(number for number in range(1, len(used) + 2) if number not in used))
    return objects


def _stated(stated: Mapping[str, int], key: str, name: str | None, names: Sequence[str]) -> int | None:
    """What `object_map` says of an object, by its key or by a name that only it has."""
    found = stated.get(key)
    if found is None and name and names.count(name) == 1:
        found = stated.get(name)
    if found is not None and not 0 <= found <= _MAX_ID:
        raise LitError(ErrorCode.INVALID_PROMPT, f"objectMap maps {key!r} to {found}; object ids are 0 or more")
    return found


def _listed(what: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED_AT_MOST])
    more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    return f"{what}{'s' if len(names) > 1 else ''} {shown}{more}"


def _are(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _has(names: Sequence[str]) -> str:
    return "have" if len(names) > 1 else "has"
