"""Makes a folder of photographs with instance masks from COCO or Open Images: those whose licence permits it.

    python -m training.download_stills FOLDER coco instances_train2017.json [--limit 3000]
    python -m training.download_stills FOLDER open-images IMAGES.csv SEGMENTATIONS.csv MASKS [--limit 3000]

COCO (https://cocodataset.org/#download): `instances_train2017.json` is in `annotations_trainval2017.zip` and names each
photograph's licence; the annotations are CC BY 4.0. Open Images (https://storage.googleapis.com/openimages/web/
download_v7.html): IMAGES.csv is "Image IDs" with licences (`train-images-boxable-with-rotation.csv`), SEGMENTATIONS.csv
"Segmentations" (`train-annotations-object-segmentation.csv`), MASKS a folder of the mask PNGs (of `train-masks-0.zip`
and so on); photographs are CC BY 2.0 and masks CC BY 4.0. Photographs are downloaded one by one; a command that was
stopped goes on where it was. The form of the folder is `training.stills`'s; pack it with `scripts/ingredients --stills
FOLDER`.
"""

import argparse
import csv
import io
import json
import re
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_masks

from training.stills import IGNORED, LONGEST_SIDE, Photograph, permitted

Labels = NDArray[np.uint8]
Fetch = Callable[[str], bytes]
MOST_INSTANCES = 80
LEAST_AREA = 0.0015
"""Of the picture: smaller instances are marked as not labelled."""
OPEN_IMAGES = "https://open-images-dataset.s3.amazonaws.com"


@dataclass(frozen=True)
class Labelled:
    """A photograph to download from `address`, and what says where its instances are: `labels` makes (H, W) uint8 of
    the downloaded picture's height and width."""

    photograph: Photograph
    address: str
    labels: Callable[[int, int], Labels]


def download(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def licence_of(address: str) -> str:
    """A Creative Commons licence's short name from its address, or the address itself."""
    if found := re.search(r"creativecommons\.org/licenses/([a-z-]+)/([\d.]+)", address):
        return f"CC {found[1].upper()} {found[2]}"
    if re.search(r"creativecommons\.org/publicdomain/zero", address):
        return "CC0 1.0"
    if re.search(r"flickr\.com/commons/usage", address):
        return "No known copyright restrictions (Flickr Commons)"
    return "public domain (US government work)" if "usa.gov" in address else address


def merged(masks: list[NDArray[np.bool_]], ignored: NDArray[np.bool_] | None = None) -> Labels:
    """Instance numbers (H, W) of masks of one size, each (H, W): smaller ones over larger ones, numbered from 1.

    Instances that are too small, or too many, become "not labelled".
    """
    labels = np.zeros(masks[0].shape, np.uint8)
    if ignored is not None:
        labels[ignored] = IGNORED
    order = sorted(masks, key=lambda mask: -int(mask.sum()))
    for number, mask in enumerate(order, 1):
        usable = number <= MOST_INSTANCES and mask.mean() >= LEAST_AREA
        labels[mask] = number if usable else IGNORED
    return labels


def decoded(segmentation: Any, high: int, wide: int) -> NDArray[np.bool_]:
    """A COCO segmentation (polygons in pixels, or run lengths, compressed or not) as (high, wide) bool."""
    if isinstance(segmentation, list):
        encoded = coco_masks.merge(coco_masks.frPyObjects(segmentation, high, wide))
    elif isinstance(segmentation["counts"], list):
        encoded = coco_masks.frPyObjects(segmentation, high, wide)
    else:
        encoded = segmentation
    mask: NDArray[np.bool_] = coco_masks.decode(encoded).astype(bool)
    return mask


def coco(annotations: Path) -> Iterator[Labelled]:
    """The photographs of a COCO instances file whose licence is permitted; crowds are not labelled."""
    data = json.loads(annotations.read_text())
    licences = {each["id"]: licence_of(each["url"]) for each in data["licenses"]}
    by_image: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for annotation in data["annotations"]:
        by_image[annotation["image_id"]].append(annotation)
    for image in data["images"]:
        objects, licence = by_image[image["id"]], licences.get(image["license"], "")
        if not any(not each.get("iscrowd") for each in objects) or not permitted(licence):
            continue

        def labels(high: int, wide: int, image: dict[str, Any] = image, objects: Any = objects) -> Labels:
            size = (image["height"], image["width"])
            if (high, wide) != size:
                raise ValueError(f"{image['file_name']} is {wide} x {high} pixels, annotated as {size[1]} x {size[0]}")
            crowd = np.zeros(size, bool)
            masks = []
            for each in objects:
                mask = decoded(each["segmentation"], *size)
                if each.get("iscrowd"):
                    crowd |= mask
                else:
                    masks.append(mask)
            return merged(masks, crowd)

        name = f"coco_{Path(image['file_name']).stem}"
        source = image.get("flickr_url") or image["coco_url"]
        yield Labelled(Photograph(name, "coco", licence, source), image["coco_url"], labels)


def open_images(images: Path, segmentations: Path, masks: Path) -> Iterator[Labelled]:
    """The photographs of Open Images that have masks in the folder `masks` and whose licence is permitted."""
    files: dict[str, list[Path]] = defaultdict(list)
    with segmentations.open(newline="") as opened:
        for row in csv.DictReader(opened):
            if (masks / row["MaskPath"]).exists():
                files[row["ImageID"]].append(masks / row["MaskPath"])
    with images.open(newline="") as opened:
        for row in csv.DictReader(opened):
            licence = licence_of(row["License"])
            if row["ImageID"] not in files or not permitted(licence):
                continue

            def labels(high: int, wide: int, paths: list[Path] = files[row["ImageID"]]) -> Labels:
                # Masks are stored at sizes of their own.
                resized = [
                    Image.open(path).convert("L").resize((wide, high), Image.Resampling.NEAREST) for path in paths
                ]
                return merged([np.array(each) > 127 for each in resized])

            said = f"image {licence}, mask CC BY 4.0 (Open Images)"
            photograph = Photograph(f"oi_{row['ImageID']}", "open_images", said, row["OriginalURL"])
            yield Labelled(photograph, f"{OPEN_IMAGES}/{row['Subset']}/{row['ImageID']}.jpg", labels)


def write(folder: Path, labelled: Labelled, fetch: Fetch) -> bool:
    """Downloads one photograph and writes it and its masks, at most `LONGEST_SIDE` pixels long; False where nothing in
    it is labelled."""
    with Image.open(io.BytesIO(fetch(labelled.address))) as opened:
        picture = opened.convert("RGB")
    labels = labelled.labels(picture.height, picture.width)
    if not ((labels > 0) & (labels != IGNORED)).any():
        return False
    scale = min(1.0, LONGEST_SIDE / max(picture.size))
    size = (round(picture.width * scale), round(picture.height * scale))
    picture.resize(size, Image.Resampling.LANCZOS).save(folder / f"{labelled.photograph.file}.jpg", quality=90)
    Image.fromarray(labels).resize(size, Image.Resampling.NEAREST).save(folder / f"{labelled.photograph.file}.png")
    return True


def fill(folder: Path, found: Iterator[Labelled], limit: int, fetch: Fetch = download) -> int:
    """Downloads photographs until `folder` holds `limit` of them; how many it then holds.

    `meta.json` is written after each one, so that it always lists what is there; one that cannot be had is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / "meta.json"
    entries: list[dict[str, str]] = json.loads(listed.read_text()) if listed.exists() else []
    have = {entry["file"] for entry in entries}
    for labelled in found:
        if len(entries) >= limit:
            break
        if labelled.photograph.file in have:
            continue
        try:
            written = write(folder, labelled, fetch)
        except (OSError, ValueError) as error:
            print(f"{labelled.photograph.file} is left out: {error}")
            continue
        if written:
            entries.append(asdict(labelled.photograph))
            part = folder / "meta.part"
            part.write_text(json.dumps(entries, indent=0))
            part.replace(listed)
    return len(entries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=3000, help="photographs that the folder holds in the end")
    sources = parser.add_subparsers(dest="source", required=True)
    from_coco = sources.add_parser("coco")
    from_coco.add_argument("annotations", type=Path)
    from_open_images = sources.add_parser("open-images")
    for name in ("images", "segmentations", "masks"):
        from_open_images.add_argument(name, type=Path)
    arguments = parser.parse_args()
    if arguments.source == "coco":
        found = coco(arguments.annotations)
    else:
        found = open_images(arguments.images, arguments.segmentations, arguments.masks)
    count = fill(arguments.folder, found, arguments.limit)
    print(f"{arguments.folder} holds {count} photographs")


if __name__ == "__main__":
    main()
