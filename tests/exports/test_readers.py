"""Formats are read by the programs they are for, or by the rules of those programs' sources."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco
from pycocotools.coco import COCO
from trackeval.datasets.davis import DAVIS
from trackeval.datasets.kitti_mots import KittiMOTS

from sam2_lit.errors import LitError
from sam2_lit.records.exports import ExportFormat
from tests.exports.sources import (
    MASKS,
    NAMES,
    RING,
    MasksByFrame,
    annotations,
    extract,
    sidecar_of,
    source,
    unzipped,
    write,
)


def flat(masks: MasksByFrame, index: int, object_id: int) -> NDArray[np.bool_]:
    """The object's mask without the pixels that objects of lower ids have."""
    mask = masks[index][object_id].copy()
    for other, above in masks[index].items():
        if other < object_id:
            mask &= ~above
    return mask


def test_coco_polygons_are_the_masks_for_pycocotools(tmp_path: Path) -> None:
    path, losses = write(source(annotations(MASKS, names=NAMES)), ExportFormat.COCO_POLYGONS, tmp_path)

    api = COCO(str(path))

    assert losses == []
    found = {
        (each["image_id"] - 1, each["instance_id"]): api.annToMask(each).astype(bool) for each in api.anns.values()
    }
    wanted = {(index, number): mask for index, frame in MASKS.items() for number, mask in frame.items() if mask.any()}
    assert found.keys() == wanted.keys()
    for key, mask in wanted.items():
        np.testing.assert_array_equal(found[key], mask)
    assert all(isinstance(each["segmentation"], list) for each in api.anns.values())


@pytest.mark.parametrize("pictures", [False, True])
def test_davis_pairs_pictures_and_masks_where_a_part_of_the_frames_is_annotated(tmp_path: Path, pictures: bool) -> None:
    """As davis2017-evaluation's davis2017/davis.py reads a sequence: both sorted, and paired by position."""
    made = source(annotations(MASKS, frame_count=20), pictures=pictures)
    path, losses = write(made, ExportFormat.DAVIS, tmp_path)
    root = extract(path, tmp_path / "davis")

    sequences = (root / "ImageSets/2017/val.txt").read_text().split()
    files = sorted((root / "Annotations/Full-Resolution" / sequences[0]).glob("*.png"))
    images = sorted((root / "JPEGImages/Full-Resolution" / sequences[0]).glob("*.jpg"))

    assert [file.stem for file in files] == [f"{index:05}" for index in range(20)]
    if pictures:
        assert [file.stem for file in images] == [file.stem for file in files]
        assert all(abs(int(np.array(Image.open(file)).mean()) - index) <= 1 for index, file in enumerate(images))
    values = {each["id"]: each["number"] for each in sidecar_of(unzipped(path))["videos"][0]["objects"]}
    assert values == {2: 1, 300: 2}
    for index, file in enumerate(files):
        labels = np.array(Image.open(file))
        if index in MASKS:
            for object_id in MASKS[index]:
                np.testing.assert_array_equal(labels == values[object_id], flat(MASKS, index, object_id))
        else:
            assert (labels == 255).all()
    assert any("first frame" in loss for loss in losses)


def test_davis_is_read_by_trackeval(tmp_path: Path) -> None:
    path, _ = write(source(annotations(MASKS)), ExportFormat.DAVIS, tmp_path)
    folder = extract(path, tmp_path / "davis") / "Annotations/Full-Resolution"
    reader: Any = DAVIS(
        {
            "GT_FOLDER": str(folder),
            "TRACKERS_FOLDER": str(tmp_path),
            "TRACKERS_TO_EVAL": [],
            "SEQ_INFO": {"clip": 20},
            "PRINT_CONFIG": False,
        }
    )

    read = reader._load_raw_file(None, "clip", True)

    assert [list(ids) for ids in read["gt_ids"]] == [
        [1, 2] if t == 3 else [1] if t == 4 else [2] if t == 8 else [] for t in range(20)
    ]
    np.testing.assert_array_equal(coco.decode(read["gt_dets"][3])[..., 1].astype(bool), flat(MASKS, 3, 300))
    assert coco.area(read["masks_void"][0]) == RING.size and coco.area(read["masks_void"][3]) == 0


def test_mots_is_read_by_trackeval(tmp_path: Path) -> None:
    path, losses = write(source(annotations(MASKS, names=NAMES)), ExportFormat.MOTS, tmp_path)
    root = extract(path, tmp_path / "mots")
    reader: Any = KittiMOTS(
        {
            "GT_FOLDER": str(root),
            "TRACKERS_FOLDER": str(tmp_path),
            "TRACKERS_TO_EVAL": [],
            "SEQ_INFO": {"clip": 20},
            "GT_LOC_FORMAT": "{gt_folder}/instances_txt/{seq}.txt",
            "PRINT_CONFIG": False,
        }
    )

    read = reader._load_raw_file(None, "clip", True)

    # "car" is KITTI's class 1, other names are classes from 3 on.
    assert [
        dict(zip(*map(list, pair), strict=True))
        for pair in zip(read["gt_ids"], read["gt_classes"], strict=True)
        if len(pair[0])
    ] == [{3002: 3, 1300: 1}, {3002: 3}, {1300: 1}]
    for index, ids in enumerate(read["gt_ids"]):
        for value, rle in zip(ids, read["gt_dets"][index], strict=True):
            mask = flat(MASKS, index, value % 1000)
            np.testing.assert_array_equal(coco.decode(rle).astype(bool), mask)
            labels = np.array(Image.open(root / f"instances/clip/{index:05}.png"))
            np.testing.assert_array_equal(labels == value, mask)
    assert losses == [
        "clip: masks overlap on 1 frame; the format has one object a pixel, so the object with the higher "
        "id lost those pixels"
    ]


def test_yolo_has_the_layout_and_the_lines_that_ultralytics_reads(tmp_path: Path) -> None:
    """The rules of ultralytics/data/utils.py: `verify_image_label`, and images/ replaced by labels/ in paths."""
    path, losses = write(
        source(annotations(MASKS, names=NAMES), pictures=True), ExportFormat.YOLO_SEGMENTATION, tmp_path
    )
    root = extract(path, tmp_path / "yolo")

    config = yaml.safe_load((root / "data.yaml").read_text())
    images = sorted((root / config["train"]).glob("*.jpg"))

    assert config["names"] == {0: "Ötzi's bag", 1: "car"}
    assert [image.stem for image in images] == ["clip_00003", "clip_00004", "clip_00008"]
    for image, index in zip(images, MASKS, strict=True):
        lines = [line.split() for line in (root / "labels/train" / f"{image.stem}.txt").read_text().splitlines()]
        wanted = [(object_id, mask) for object_id, mask in sorted(MASKS[index].items()) if mask.any()]
        assert [config["names"][int(line[0])] for line in lines] == [NAMES[object_id] for object_id, _ in wanted]
        for line, (_, mask) in zip(lines, wanted, strict=True):
            points = np.array(line[1:], np.float32).reshape(-1, 2)
            assert len(points) >= 3 and points.min() >= 0 and points.max() <= 1
            exact = np.array(line[1:], float).reshape(-1, 2) * [mask.shape[1], mask.shape[0]]
            rle = coco.merge(coco.frPyObjects([exact.ravel().tolist()], *mask.shape))
            np.testing.assert_array_equal(coco.decode(rle).astype(bool), mask)
    assert losses == ["clip: 3 masks have holes or several parts, which are joined by lines without area"]


def cvat_mask(element: ElementTree.Element, height: int, width: int) -> NDArray[np.bool_]:
    """As CVAT's documentation of the XML has it: runs within the box, row by row, background first."""
    left, top, w, h = (int(element.attrib[name]) for name in ("left", "top", "width", "height"))
    runs = [int(run) for run in element.attrib["rle"].split(",")]
    values = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    mask = np.zeros((height, width), bool)
    mask[top : top + h, left : left + w] = values.reshape(h, w)
    return mask


def test_cvat_for_images_is_read_by_the_rules_of_its_documentation(tmp_path: Path) -> None:
    path, _ = write(source(annotations(MASKS, names=NAMES)), ExportFormat.CVAT_IMAGES, tmp_path)

    root = ElementTree.fromstring(unzipped(path)["annotations.xml"])

    assert root.findtext("version") == "1.1"
    assert [each.text for each in root.findall("meta/task/labels/label/name")] == ["Ötzi's bag", "car"]
    assert [image.attrib["name"] for image in root.findall("image")] == [f"clip/{index:05}.jpg" for index in MASKS]
    for image, (_, frame) in zip(root.findall("image"), MASKS.items(), strict=True):
        found = {int(each.attrib["group_id"]): each for each in image.findall("mask")}
        assert found.keys() == {object_id for object_id, mask in frame.items() if mask.any()}
        for object_id, element in found.items():
            assert element.attrib["label"] == NAMES[object_id]
            np.testing.assert_array_equal(cvat_mask(element, *RING.shape), frame[object_id])


def test_cvat_for_video_has_a_mask_in_the_first_shape_of_every_track(tmp_path: Path) -> None:
    """CVAT's `load_anno` takes the first shape of a track of masks, and no other."""
    path, _ = write(source(annotations(MASKS, names=NAMES)), ExportFormat.CVAT_VIDEO, tmp_path)

    root = ElementTree.fromstring(unzipped(path)["annotations.xml"])

    found = {
        (int(shape.attrib["frame"]), int(track.attrib["group_id"])): cvat_mask(shape, *RING.shape)
        for track in root.findall("track")
        for shape in [track[0]]
        if (shape.attrib["outside"], shape.attrib["keyframe"]) == ("0", "1")
    }
    wanted = {(index, number): mask for index, frame in MASKS.items() for number, mask in frame.items() if mask.any()}
    assert found.keys() == wanted.keys()
    for key, mask in wanted.items():
        np.testing.assert_array_equal(found[key], mask)


def label_studio_mask(value: dict[str, Any], height: int, width: int) -> NDArray[np.bool_]:
    """The rules of `decode_rle` in label_studio_sdk/converter/brush.py; the mask is the alpha channel."""
    bits = "".join(f"{byte:08b}" for byte in value["rle"])
    at = 0

    def read(size: int) -> int:
        nonlocal at
        at += size
        return int(bits[at - size : at], 2)

    count, size = read(32), read(5) + 1
    lengths = [read(4) + 1 for _ in range(4)]
    out = np.zeros(count, np.uint8)
    position = 0
    while position < count:
        is_run = read(1)
        end = position + 1 + read(lengths[read(2)])
        while position < end:
            if is_run:
                out[position:end] = read(size)
                position = end
            else:
                out[position] = read(size)
                position += 1
    return out.reshape(height, width, 4)[..., 3] > 0


def test_label_studio_tasks_hold_the_masks_as_brush_labels(tmp_path: Path) -> None:
    path, _ = write(source(annotations(MASKS, names=NAMES)), ExportFormat.LABEL_STUDIO, tmp_path)

    tasks = json.loads(path.read_text())

    assert [task["data"]["image"] for task in tasks] == [f"clip/{index:05}.jpg" for index in MASKS]
    for task, frame in zip(tasks, MASKS.values(), strict=True):
        regions = {int(region["id"].split("-")[1]): region for region in task["annotations"][0]["result"]}
        assert regions.keys() == {object_id for object_id, mask in frame.items() if mask.any()}
        for object_id, region in regions.items():
            assert region["type"] == "brushlabels" and region["value"]["brushlabels"] == [NAMES[object_id]]
            size = region["original_height"], region["original_width"]
            np.testing.assert_array_equal(label_studio_mask(region["value"], *size), frame[object_id])


def test_long_runs_of_a_brush_mask_are_split(tmp_path: Path) -> None:
    mask = np.zeros((300, 300), bool)
    mask[299, 299] = True
    path, _ = write(source(annotations({0: {1: mask}})), ExportFormat.LABEL_STUDIO, tmp_path)

    [task] = json.loads(path.read_text())

    [region] = task["annotations"][0]["result"]
    np.testing.assert_array_equal(label_studio_mask(region["value"], 300, 300), mask)


def test_a_stack_of_pngs_holds_overlapping_and_empty_masks(tmp_path: Path) -> None:
    path, losses = write(source(annotations(MASKS)), ExportFormat.PNG, tmp_path)
    root = extract(path, tmp_path / "png")

    for index, frame in MASKS.items():
        for object_id, mask in frame.items():
            np.testing.assert_array_equal(
                np.array(Image.open(root / f"masks/clip/{object_id}/{index:05}.png")), mask * 255
            )
    assert losses == []


def test_numpy_arrays_hold_the_masks_of_each_object(tmp_path: Path) -> None:
    path, _ = write(source(annotations(MASKS, names=NAMES), pictures=True), ExportFormat.NUMPY, tmp_path)

    arrays = np.load(path)

    assert arrays["frame_indices"].tolist() == [3, 4, 8] and arrays["object_ids"].tolist() == [2, 300]
    assert arrays["object_names"].tolist() == list(NAMES.values())
    assert arrays["has_mask"].tolist() == [[True, True, False], [True, True, True]]
    for place, frame in enumerate(MASKS.values()):
        for object_id, mask in frame.items():
            np.testing.assert_array_equal(arrays[f"object_{object_id}"][place], mask)
    assert arrays["pictures"][:, 0, 0, 0].tolist() == [3, 4, 8]


@pytest.mark.parametrize("format", [each for each in ExportFormat if each is not ExportFormat.OVERLAY_MP4])
def test_several_videos_become_one_data_set_with_unique_names_and_numbers(tmp_path: Path, format: ExportFormat) -> None:
    first, second = (annotations(MASKS, name=name) for name in ("scene.01", "scene.02"))
    path, _ = write(source(first, second), format, tmp_path)

    if path.suffix == ".json":
        read = json.loads(path.read_text())
        if isinstance(read, list):
            assert len({task["data"]["image"] for task in read}) == 6
            return
        for key in ("images", "annotations", "videos"):
            assert (
                len({each["id"] for each in read[key]})
                == len(read[key])
                == {"images": 6, "annotations": 8, "videos": 2}[key]
            )
        tracks = {(each["video_id"], each["instance_id"]) for each in read["annotations"]}
        assert len(tracks) == len({instance for _, instance in tracks}) == 4
        return
    names = list(unzipped(path))
    assert len(names) == len(set(names))
    assert all(any(f"scene.{video}" in name for name in names) or "annotations.xml" in names for video in ("01", "02"))
    if "sam2-lit.json" in names:
        assert [video["name"] for video in sidecar_of(unzipped(path))["videos"]] == ["scene.01", "scene.02"]


def test_an_overlay_of_several_videos_is_refused(tmp_path: Path) -> None:
    video = annotations(MASKS)

    with pytest.raises(LitError, match="one video") as refused:
        write(source(video, video), ExportFormat.OVERLAY_MP4, tmp_path)

    assert refused.value.code == "BAD_REQUEST"
