"""Reads the sidecars of exports (`sam2_lit.exports.sidecar`)."""

from dataclasses import dataclass
from typing import Any

from sam2_lit.imports.refusals import unusable


@dataclass(frozen=True)
class SidecarFrame:
    """A frame of an export: its index, and the ids of the objects that have a mask there; `empty` are not in view."""

    index: int
    objects: tuple[int, ...]
    empty: tuple[int, ...]


@dataclass(frozen=True)
class SidecarVideo:
    """A video of an export.

    Attributes:
        frame_count: of the whole video.
        names: by object id; "" for an object without a name.
        ids: by the number that the format has for the object.
        frames: by the frame's name in the export.
        labels: by object id; "" for an object without a label.
        attributes: by object id.
    """

    name: str
    frame_count: int
    names: dict[int, str]
    ids: dict[int, int]
    frames: dict[str, SidecarFrame]
    labels: dict[int, str]
    attributes: dict[int, dict[str, str]]


@dataclass(frozen=True)
class Sidecar:
    """The sidecar of an export: the name of its `ExportFormat`, and its videos by name."""

    format: str
    videos: dict[str, SidecarVideo]


def parse_sidecar(content: Any, name: str) -> Sidecar:
    """Raises LitError (UNSUPPORTED_MEDIA) where it is none. `name` is that of the file."""
    try:
        return Sidecar(str(content["format"]), {video.name: video for video in map(_video, content["videos"])})
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise unusable(
            name, f"its sidecar of sam2-lit is damaged ({error!r}); without it, it may be imported"
        ) from error


def _video(content: Any) -> SidecarVideo:
    objects = content["objects"]
    return SidecarVideo(
        str(content["name"]),
        int(content["frame_count"]),
        {int(each["id"]): str(each["name"]) for each in objects},
        {int(each["number"]): int(each["id"]) for each in objects},
        {
            str(each["name"]): SidecarFrame(
                int(each["index"]), tuple(map(int, each["objects"])), tuple(map(int, each["empty"]))
            )
            for each in content["frames"]
        },
        # Earlier releases wrote neither.
        {int(each["id"]): str(each.get("label", "")) for each in objects},
        {
            int(each["id"]): {str(key): str(value) for key, value in each.get("attributes", {}).items()}
            for each in objects
        },
    )
