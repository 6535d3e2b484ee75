"""What the files of a format do not say about an export: which video, frame and object each of its names means."""

from importlib.metadata import version
from typing import Any

from sam2_lit.exports.annotations import ExportSource
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.masks import is_empty

SIDECAR = "sam2-lit.json"
"""The sidecar's name in a zip; in a JSON file it is the value of the key `sam2_lit`."""


def sidecar(
    source: ExportSource, format: ExportFormat, numbers: dict[tuple[str, int], int], losses: list[str]
) -> dict[str, Any]:
    """The sidecar of an export.

    Args:
        source: what is exported.
        format: how.
        numbers: what the format calls each object, by video name and object id.
        losses: what the format could not hold, in words.

    Returns:
        For each video its frames that have masks, each with its index, its name in the export and the ids of the
        objects that have a mask there, and of those whose mask is empty; and its objects with `id`, `name`,
        `number`, `label` and `attributes`.
        `frame_names` is `file` where frames are named as the source's files are, `index` otherwise. `user` is who
        started the session, where the server had users.
    """
    return {
        "version": version("sam2-lit"),
        "format": format.value,
        "losses": losses,
        "videos": [
            {
                "name": video.name,
                "path": video.video.path,
                "width": video.video.info.width,
                "height": video.video.info.height,
                "fps": video.video.info.fps,
                "frame_count": video.video.info.frame_count,
                "frame_names": video.frame_names.source,
                **({} if video.user is None else {"user": video.user}),
                "objects": [
                    {
                        "id": object_id,
                        "name": name,
                        "number": numbers[video.name, object_id],
                        "label": video.labels.get(object_id, ""),
                        "attributes": dict(video.attributes.get(object_id, {})),
                    }
                    for object_id, name in video.objects.items()
                ],
                "frames": [
                    {
                        "index": frame.frame_index,
                        "name": video.frame_names[frame.frame_index],
                        "objects": sorted(mask.object_id for mask in frame.masks),
                        "empty": sorted(mask.object_id for mask in frame.masks if is_empty(mask.rle)),
                    }
                    for frame in video.frames
                ],
            }
            for video in source.videos
        ],
    }
