import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_masks

from training.download_stills import coco, fill, licence_of, open_images
from training.stills import IGNORED, photographs

BY, BY_NC = "http://creativecommons.org/licenses/by/2.0/", "http://creativecommons.org/licenses/by-nc/2.0/"


class Pictures:
    """A network that has a gray picture of one size at every address, but for those that fail."""

    def __init__(self, wide: int, high: int, missing: str = "none") -> None:
        out = io.BytesIO()
        Image.new("RGB", (wide, high), (90, 90, 90)).save(out, "JPEG")
        self.content, self.missing = out.getvalue(), missing
        self.asked: list[str] = []

    def __call__(self, address: str) -> bytes:
        self.asked.append(address)
        if self.missing in address:
            raise OSError("404")
        return self.content


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    """Three images of 640 x 480 pixels: free, restricted and free again; polygons, run lengths and a crowd."""
    run_lengths = np.zeros((480, 640), np.uint8, order="F")
    run_lengths[300:400, 400:600] = 1
    encoded = coco_masks.encode(run_lengths)
    crowd = coco_masks.encode(np.asfortranarray(np.eye(480, 640, dtype=np.uint8)))
    data = {
        "licenses": [{"id": 4, "url": BY, "name": "Attribution"}, {"id": 2, "url": BY_NC, "name": "Non-commercial"}],
        "images": [
            {
                "id": number,
                "license": licence,
                "file_name": f"{number:012}.jpg",
                "coco_url": f"http://coco/{number}.jpg",
                "height": 480,
                "width": 640,
            }
            for number, licence in ((1, 4), (2, 2), (3, 4))
        ],
        "annotations": [
            {"image_id": 1, "segmentation": [[100, 100, 300, 100, 300, 250, 100, 250]], "iscrowd": 0},
            {
                "image_id": 1,
                "segmentation": {"size": encoded["size"], "counts": encoded["counts"].decode()},
                "iscrowd": 0,
            },
            {"image_id": 1, "segmentation": {"size": crowd["size"], "counts": crowd["counts"].decode()}, "iscrowd": 1},
            {"image_id": 2, "segmentation": [[0, 0, 300, 0, 300, 250]], "iscrowd": 0},
            {"image_id": 3, "segmentation": [[0, 0, 600, 0, 600, 450]], "iscrowd": 0},
        ],
    }
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(data))
    return path


def test_coco_gives_the_photographs_whose_licence_permits_it(annotations: Path, tmp_path: Path) -> None:
    folder, network = tmp_path / "stills", Pictures(640, 480)
    assert fill(folder, coco(annotations), 10, network) == 2
    assert network.asked == ["http://coco/1.jpg", "http://coco/3.jpg"]
    assert [each.licence for each in photographs(folder)] == ["CC BY 2.0", "CC BY 2.0"]
    labels = np.array(Image.open(folder / "coco_000000000001.png"))
    assert labels.shape == (384, 512) and Image.open(folder / "coco_000000000001.jpg").size == (512, 384)
    assert labels[140, 160] == 1 and labels[280, 400] == 2 and labels[30, 30] == IGNORED and labels[370, 20] == 0


def test_a_download_goes_on_where_it_was_and_leaves_out_what_is_missing(annotations: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stills"
    assert fill(folder, coco(annotations), 1, Pictures(640, 480)) == 1
    network = Pictures(640, 480, missing="/3")
    assert fill(folder, coco(annotations), 10, network) == 1
    assert network.asked == ["http://coco/3.jpg"]
    assert {each.file for each in photographs(folder)} == {"coco_000000000001"}


def test_a_picture_that_is_not_the_annotated_one_is_left_out(annotations: Path, tmp_path: Path) -> None:
    assert fill(tmp_path / "stills", coco(annotations), 10, Pictures(320, 480)) == 0


def test_open_images_gives_photographs_with_masks_at_hand(tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    for name, place in (("a_1.png", (slice(0, 50), slice(0, 60))), ("a_2.png", (slice(60, 100), slice(50, 100)))):
        mask = np.zeros((100, 100), np.uint8)
        mask[place] = 255
        Image.fromarray(mask).save(masks / name)
    images, segmentations = tmp_path / "images.csv", tmp_path / "segmentations.csv"
    with images.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["ImageID", "Subset", "OriginalURL", "License"])
        rows.writerow(["a", "train", "http://flickr/a", "https://creativecommons.org/licenses/by/2.0/"])
        rows.writerow(["b", "train", "http://flickr/b", "https://creativecommons.org/licenses/by/2.0/"])
    with segmentations.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["MaskPath", "ImageID", "LabelName"])
        rows.writerows([("a_1.png", "a", "/m/dog"), ("a_2.png", "a", "/m/dog"), ("b_1.png", "b", "/m/dog")])
    folder, network = tmp_path / "stills", Pictures(400, 200)
    assert fill(folder, open_images(images, segmentations, masks), 10, network) == 1
    assert len(network.asked) == 1 and network.asked[0].endswith("/train/a.jpg")
    (found,) = photographs(folder)
    assert found.licence == "image CC BY 2.0, mask CC BY 4.0 (Open Images)"
    labels = np.array(Image.open(folder / "oi_a.png"))
    assert labels.shape == (200, 400) and labels[20, 20] == 1 and labels[190, 390] == 2 and labels[190, 20] == 0


def test_licences_are_known_by_their_addresses() -> None:
    assert licence_of("http://creativecommons.org/licenses/by-sa/2.0/") == "CC BY-SA 2.0"
    assert licence_of(BY_NC) == "CC BY-NC 2.0"
    assert licence_of("http://flickr.com/commons/usage/") == "No known copyright restrictions (Flickr Commons)"
    assert licence_of("http://www.usa.gov/copyright.shtml") == "public domain (US government work)"
    assert licence_of("http://somewhere/else") == "http://somewhere/else"
