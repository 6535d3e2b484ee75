"""Writes generated clips as a data set in DAVIS layout, to be evaluated like any other.

    python -m training.make_dataset INGREDIENTS FOLDER --split validation --clips 20

Clips of the splits `validation` and `evaluation` are made of pictures that training never sees.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from training.clips import Clip, make_clip
from training.pictures import Pictures

HEIGHT, WIDTH = 270, 480
PALETTE = [0, 0, 0, 200, 0, 0, 0, 160, 0, 180, 160, 0, 0, 0, 200, 160, 0, 160, 0, 160, 160]
FIRST_SEED = 10**12


def write_clip(clip: Clip, folder: Path, name: str) -> None:
    """One clip as JPEGs and palette PNGs."""
    images, annotations = (folder / kind / "480p" / name for kind in ("JPEGImages", "Annotations"))
    images.mkdir(parents=True)
    annotations.mkdir(parents=True)
    for index, (image, masks) in enumerate(zip(clip.images, clip.masks, strict=True)):
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(images / f"{index:05}.jpg", quality=92)
        numbers = sum((number + 1) * mask.numpy().astype(np.uint8) for number, mask in enumerate(masks))
        annotation = Image.fromarray(np.asarray(numbers, dtype=np.uint8), mode="P")
        annotation.putpalette(PALETTE)
        annotation.save(annotations / f"{index:05}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ingredients", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=["validation", "evaluation", "training"], default="validation")
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--frames", type=int, default=24)
    arguments = parser.parse_args()
    pictures = Pictures(arguments.ingredients, arguments.split)
    for index in range(arguments.clips):
        seed = FIRST_SEED + 1000 * index
        objects = 1 + index % 4
        clip = make_clip(pictures, seed, arguments.frames, objects, HEIGHT, WIDTH, aspect=WIDTH / HEIGHT)
        write_clip(clip, arguments.folder, f"{arguments.split}-{index:02}")


if __name__ == "__main__":
    main()
