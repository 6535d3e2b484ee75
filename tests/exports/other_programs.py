"""Reads an export with the program that it is for: python -m tests.exports.other_programs READER PATH.

In a process of its own, since what `scripts/setup-readers` installs is not for the tests' own process. Prints JSON: for
each mask its picture, the name of its class, its group where the format has groups, its size and its pixels in rows.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def by_ultralytics(folder: Path) -> Iterator[dict[str, Any]]:
    from ultralytics.data.utils import check_det_dataset, img2label_paths, polygon2mask, verify_image_label

    config = check_det_dataset(str(folder / "data.yaml"), autodownload=False)
    images = sorted(map(str, Path(config["train"]).glob("*.jpg")))
    for image, label in zip(images, img2label_paths(images), strict=True):
        _, boxes, shape, segments, _, _, _, _, corrupt, message = verify_image_label(
            (image, label, "", False, config["nc"], 0, 0, False)
        )
        assert not corrupt and not message, message
        for (number, *_), segment in zip(boxes, segments, strict=True):
            mask = polygon2mask(shape, [(segment * shape[::-1]).ravel()])
            yield described(Path(image).stem, config["names"][int(number)], None, mask)


def by_label_studio(path: Path) -> Iterator[dict[str, Any]]:
    from label_studio_sdk.converter.brush import decode_rle

    for task in json.loads(path.read_text()):
        for region in task["annotations"][0]["result"]:
            shape = region["original_height"], region["original_width"], 4
            mask = decode_rle(region["value"]["rle"]).reshape(shape)[..., 3]
            yield described(task["data"]["image"], region["value"]["brushlabels"][0], None, mask)


def by_datumaro(path: Path) -> Iterator[dict[str, Any]]:
    from datumaro.components.annotation import AnnotationType
    from datumaro.plugins.data_formats.cvat.base import CvatBase

    read = CvatBase(str(path))
    labels = read.categories()[AnnotationType.label]
    for item in read:
        for mask in item.annotations:
            yield described(item.id, labels[mask.label].name, mask.group, mask.image)


def described(picture: str, label: str, group: int | None, mask: NDArray[Any]) -> dict[str, Any]:
    rows = ["".join("1" if pixel else "0" for pixel in row) for row in np.asarray(mask)]
    return {"picture": picture, "label": label, "group": group, "rows": rows}


READERS: dict[str, Callable[[Path], Iterator[dict[str, Any]]]] = {
    "ultralytics": by_ultralytics,
    "label-studio": by_label_studio,
    "datumaro": by_datumaro,
}

if __name__ == "__main__":
    found = list(READERS[sys.argv[1]](Path(sys.argv[2])))
    # The programs may print on their own.
    print("\n" + json.dumps(found))
