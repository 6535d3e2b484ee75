from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.clips import Clip

FRAMES = 7
CHANGE = 5
"""From this frame on the annotations show the other disc, which the tracker cannot foresee."""


def write_davis(folder: Path, name: str, frames: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
    """One sequence of a data set in DAVIS layout: `frames` [N, H, W, 3], `labels` [N, H, W]."""
    pictures, annotations = folder / "JPEGImages" / "480p" / name, folder / "Annotations" / "480p" / name
    pictures.mkdir(parents=True)
    annotations.mkdir(parents=True)
    for index, (frame, values) in enumerate(zip(frames, labels, strict=True)):
        Image.fromarray(frame).save(pictures / f"{index:05}.jpg", quality=95)
        image = Image.fromarray(values, mode="P")
        image.putpalette(bytes(range(256)) * 3)
        image.save(annotations / f"{index:05}.png")


@pytest.fixture(scope="session")
def dataset(clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sequence in which the object changes from one disc to the other."""
    folder = tmp_path_factory.mktemp("davis")
    labels = clip.masks[1].astype(np.uint8)
    labels[CHANGE:] = clip.masks[2][CHANGE:]
    write_davis(folder, "discs", clip.frames[:FRAMES], labels[:FRAMES])
    return folder
