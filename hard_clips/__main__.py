"""Writes hard clips in DAVIS layout, for `sam2-lit evaluate`.

    python -m hard_clips FOLDER [--split evaluation|validation] [--each N] [--frames N]

Four kinds of clip, N of each, with one object per clip: `lookalikes`, `splitting`, `changing` (gradual change of
appearance) and `hidden` (occlusion and return). Thresholds and training are chosen on the split `validation`;
`evaluation` is for reporting. The splits have no seed in common. Everything is drawn from the seed alone, so that no
model can have been trained on it. Clips that are already in FOLDER are not written again.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from hard_clips.scenes import SCENES, Clip, make_clip

FIRST_SEED = {"evaluation": 0, "validation": 1000}
SMALLEST_FRACTION = 0.004
"""The least fraction of the first frame that the object covers."""

PALETTE = [0, 0, 0, 128, 0, 0]


def clip_of(kind: str, split: str, number: int, frames: int) -> Clip:
    """The clip with this number, from the first of its seeds that has the object well in view on the first frame."""
    for attempt in range(100):
        seed = 100_000 * attempt + FIRST_SEED[split] + number
        clip = make_clip(kind, seed, frames)
        if clip.masks[0].mean() >= SMALLEST_FRACTION:
            return clip
    raise AssertionError(f"no seed shows the object on the first frame: {kind} {number}")


def write(clip: Clip, name: str, folder: Path) -> None:
    frames, annotations = folder / "JPEGImages" / "480p" / name, folder / "Annotations" / "480p" / name
    frames.mkdir(parents=True, exist_ok=True)
    annotations.mkdir(parents=True, exist_ok=True)
    for index, (picture, mask) in enumerate(zip(clip.frames, clip.masks, strict=True)):
        Image.fromarray(picture).save(frames / f"{index:05}.jpg", quality=92)
        labels = Image.fromarray(mask.astype(np.uint8), mode="P")
        labels.putpalette(PALETTE)
        labels.save(annotations / f"{index:05}.png")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m hard_clips", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=FIRST_SEED, default="evaluation")
    parser.add_argument("--each", type=int, default=10, metavar="N", help="clips of each kind")
    parser.add_argument("--frames", type=int, default=60, metavar="N", help="frames per clip")
    options = parser.parse_args()
    wanted = [(kind, number) for number in range(options.each) for kind in SCENES]
    for kind, number in tqdm(wanted, unit="clip"):
        name = f"{kind}-{number:02}"
        last = options.folder / "Annotations" / "480p" / name / f"{options.frames - 1:05}.png"
        if not last.exists():
            write(clip_of(kind, options.split, number, options.frames), name, options.folder)


if __name__ == "__main__":
    main()
