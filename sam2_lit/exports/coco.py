"""COCO's object detection JSON with RLE masks, and CocoVID's fields for videos and tracks."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pycocotools import mask as coco

from sam2_lit.exports.annotations import Annotations, frame_name
from sam2_lit.records.results import Mask

UNNAMED = "object"


def write_coco(annotations: Annotations, path: Path) -> None:
    """Writes COCO JSON that pycocotools reads.

    From CocoVID (MMTracking): `videos`; `video_id` and `frame_id` (the frame index) in `images`; `instance_id` (the
    object id) in `annotations`. The images are the frames that have masks. An object that is not in view has no
    annotation there. Objects of one name form one category. `score` is the model's estimate of the IoU; masks drawn by
    hand have none.
    """
    video = annotations.video
    names = {object_id: name or UNNAMED for object_id, name in annotations.objects.items()}
    categories = {name: number for number, name in enumerate(dict.fromkeys(names.values()), start=1)}
    found = [
        {
            "image_id": frame.frame_index + 1,
            "video_id": 1,
            "instance_id": mask.object_id,
            "category_id": categories[names[mask.object_id]],
            **described,
        }
        for frame in annotations.frames
        for mask in frame.masks
        if (described := _describe(mask)) is not None
    ]
    content = {
        "info": {
            "description": f"{video.path}, annotated with sam2-lit {version('sam2-lit')}",
            "date_created": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "licenses": [],
        "videos": [
            {
                "id": 1,
                "name": annotations.name,
                "width": video.info.width,
                "height": video.info.height,
                "length": video.info.frame_count,
                "fps": video.info.fps,
            }
        ],
        "images": [
            {
                "id": frame.frame_index + 1,
                "video_id": 1,
                "frame_id": frame.frame_index,
                "file_name": f"{annotations.name}/{frame_name(frame.frame_index)}.jpg",
                "width": video.info.width,
                "height": video.info.height,
            }
            for frame in annotations.frames
        ],
        "categories": [{"id": number, "name": name} for name, number in categories.items()],
        "annotations": [{"id": number, **each} for number, each in enumerate(found, start=1)],
    }
    path.write_text(json.dumps(content))


def _describe(mask: Mask) -> dict[str, Any] | None:
    """COCO's fields of a mask; None for an empty mask."""
    rle = {"size": list(mask.rle.size), "counts": mask.rle.counts.encode("ascii")}
    area = int(coco.area(rle))
    if area == 0:
        return None
    score = {} if mask.predicted_iou is None else {"score": mask.predicted_iou}
    return {
        "segmentation": {"size": list(mask.rle.size), "counts": mask.rle.counts},
        "area": area,
        "bbox": [float(side) for side in coco.toBbox(rle)],
        "iscrowd": 0,
        **score,
    }
