"""COCO's object detection JSON with RLE masks or polygons, and CocoVID's fields for videos and tracks."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from pycocotools import mask as coco

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.polygons import polygons
from sam2_lit.exports.sidecar import sidecar
from sam2_lit.exports.zip_files import ExportZip
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.masks import RLE
from sam2_lit.records.results import Mask

ANNOTATIONS = "annotations/instances.json"
"""The JSON's name in a zip with pictures, which are in `images/`."""


def write_coco(source: ExportSource, path: Path) -> list[str]:
    """Writes COCO JSON with RLE masks, or a zip of it and of pictures; see `_content`. Loses nothing."""

    def segmentation(rle: RLE) -> object:
        return {"size": list(rle.size), "counts": rle.counts}

    return _write(source, ExportFormat.COCO, segmentation, path)


def write_coco_polygons(source: ExportSource, path: Path) -> list[str]:
    """As `write_coco` with polygons, one for each part of a mask; a hole is joined to its part's outline by a bridge.

    pycocotools rasterizes them to exactly the masks (`polygons`).
    """

    def segmentation(rle: RLE) -> object:
        return [[side for point in part for side in point] for part in polygons(masks.decode(rle))]

    return _write(source, ExportFormat.COCO_POLYGONS, segmentation, path)


def _write(source: ExportSource, format: ExportFormat, segmentation: Callable[[RLE], object], path: Path) -> list[str]:
    content = json.dumps(_content(source, format, segmentation), ensure_ascii=False)
    if source.pictures:
        with ExportZip(path, source, format) as file:
            file.put_text(ANNOTATIONS, content)
            file.put_pictures(lambda video, index: f"images/{_file_name(video, index)}")
    else:
        path.write_text(content, encoding="utf-8")
    return []


def _content(source: ExportSource, format: ExportFormat, segmentation: Callable[[RLE], object]) -> dict[str, Any]:
    """COCO's JSON.

    From CocoVID (MMTracking): `videos`; `video_id` and `frame_id` (the frame index) in `images`; `instance_id` in
    `annotations`: the object id, or with several videos a number that is unique. The images are the frames that have
    masks. An object that is not in view has no annotation there. Objects of one label, or of one name, form one
    category. `attributes` are an object's, as CVAT writes them. `score` is the model's estimate of the IoU; masks drawn
    by hand have none. The sidecar is the value of `sam2_lit`.
    """
    numbers, categories = source.numbered(), source.categories
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    image_ids, annotation_ids = count(1), count(1)
    for video_id, video in enumerate(source.videos, start=1):
        info = video.video.info
        for frame in video.frames:
            source.step()
            # As long as frame indices are, for who reads them as such.
            image_id = frame.frame_index + 1 if len(source.videos) == 1 else next(image_ids)
            images.append(
                {
                    "id": image_id,
                    "video_id": video_id,
                    "frame_id": frame.frame_index,
                    "file_name": _file_name(video, frame.frame_index),
                    "width": info.width,
                    "height": info.height,
                }
            )
            annotations += [
                {
                    "id": next(annotation_ids),
                    "image_id": image_id,
                    "video_id": video_id,
                    "instance_id": numbers[video.name, mask.object_id],
                    "category_id": categories[video.category(mask.object_id)],
                    **_attributes(video, mask.object_id),
                    **described,
                }
                for mask in frame.masks
                for described in _described(mask, segmentation)
            ]
    return {
        "info": {
            "description": f"{', '.join(video.video.path for video in source.videos)}, annotated with sam2-lit "
            f"{version('sam2-lit')}",
            "date_created": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "licenses": [],
        "videos": [
            {
                "id": video_id,
                "name": video.name,
                "width": video.video.info.width,
                "height": video.video.info.height,
                "length": video.video.info.frame_count,
                "fps": video.video.info.fps,
            }
            for video_id, video in enumerate(source.videos, start=1)
        ],
        "images": images,
        "categories": [{"id": number, "name": name} for name, number in categories.items()],
        "annotations": annotations,
        "sam2_lit": sidecar(source, format, numbers, []),
    }


def _file_name(video: Annotations, index: int) -> str:
    return f"{video.name}/{video.frame_names[index]}.jpg"


def _attributes(video: Annotations, object_id: int) -> dict[str, Any]:
    attributes = video.attributes.get(object_id)
    return {"attributes": dict(attributes)} if attributes else {}


def _described(mask: Mask, segmentation: Callable[[RLE], object]) -> Iterator[dict[str, Any]]:
    """COCO's fields of a mask; none for an empty mask."""
    rle = {"size": list(mask.rle.size), "counts": mask.rle.counts.encode("ascii")}
    area = int(coco.area(rle))
    if area:
        yield {
            "segmentation": segmentation(mask.rle),
            "area": area,
            "bbox": [float(side) for side in coco.toBbox(rle)],
            "iscrowd": 0,
            **({} if mask.predicted_iou is None else {"score": mask.predicted_iou}),
        }
