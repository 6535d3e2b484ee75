"""The scripted annotator that measures how long a person takes."""

from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser

from benchmarks.annotator import Job, finish
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.evaluation.davis import open_dataset
from tests.clips import Clip

QUALITY = 0.95


def test_a_scripted_annotator_finishes_every_object_with_learning_on(
    browser: Browser, model: LoadedModel, clip: Clip, tmp_path: Path
) -> None:
    pictures, annotations = tmp_path / "JPEGImages" / "discs", tmp_path / "Annotations" / "discs"
    pictures.mkdir(parents=True)
    annotations.mkdir(parents=True)
    for index in range(4):
        Image.fromarray(clip.frames[index]).save(pictures / f"{index:05}.png")
        labels = clip.masks[1][index] + 2 * clip.masks[2][index]
        Image.fromarray(labels.astype(np.uint8)).save(annotations / f"{index:05}.png")
    data = open_dataset(tmp_path)
    [sequence] = data.sequences

    outcome = finish(browser, model, data, sequence, "suggest", Job(frames=2, every=2, quality=QUALITY))

    assert len(outcome.ious) == 4 and min(outcome.ious) >= QUALITY
    assert outcome.effort.boxes == 2 and outcome.effort.watched == 4
    assert outcome.minutes > 2 * 7 / 60
