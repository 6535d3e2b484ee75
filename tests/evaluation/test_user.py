from pathlib import Path

import numpy as np
import pytest

from sam2_lit.evaluation.clicks import next_click
from sam2_lit.evaluation.davis import DatasetError, Truth, open_dataset
from tests.clips import Clip
from tests.evaluation.conftest import write_davis


def truth(mask: np.ndarray, void: np.ndarray | None = None) -> Truth:
    return Truth(mask, np.ones_like(mask) if void is None else ~void)


def box(top: int, bottom: int, left: int, right: int) -> np.ndarray:
    mask = np.zeros((40, 60), bool)
    mask[top:bottom, left:right] = True
    return mask


def test_a_click_lands_at_the_center_of_the_largest_missed_region() -> None:
    click = next_click(box(0, 0, 0, 0), truth(box(5, 16, 5, 26) | box(30, 34, 50, 54)))

    assert click is not None and click.label == 1
    assert 5 <= click.x * 60 - 0.5 < 26 and click.y * 40 - 0.5 == 10


def test_a_click_is_labeled_background_where_the_mask_covers_too_much() -> None:
    click = next_click(box(5, 16, 5, 26) | box(20, 39, 30, 49), truth(box(5, 16, 5, 26)))

    assert click is not None and click.label == 0
    assert (click.x * 60 - 0.5, click.y * 40 - 0.5) == (39, 29)


def test_a_correct_mask_needs_no_click() -> None:
    assert next_click(box(5, 16, 5, 26), truth(box(5, 16, 5, 26))) is None


def test_void_pixels_count_in_no_iou_and_get_no_click() -> None:
    void = box(0, 40, 30, 60)
    wanted = truth(box(5, 16, 5, 26), void)

    assert wanted.iou(box(5, 16, 5, 26) | box(0, 40, 35, 60)) == 1
    assert next_click(box(5, 16, 5, 26) | box(0, 40, 35, 60), wanted) is None


def test_an_object_starts_on_the_first_annotated_frame_that_shows_it(clip: Clip, tmp_path: Path) -> None:
    labels = clip.masks[1].astype(np.uint8)
    labels[3:][clip.masks[2][3:]] = 2
    labels[:, :4] = 255
    write_davis(tmp_path, "discs", clip.frames, labels)
    (tmp_path / "Annotations" / "480p" / "discs" / "00007.png").unlink()

    [sequence] = open_dataset(tmp_path).sequences

    assert sequence.objects() == {1: 0, 2: 3}
    assert sequence.evaluated_frames(3) == [4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15]


def test_annotations_without_frames_are_refused(clip: Clip, tmp_path: Path) -> None:
    write_davis(tmp_path, "discs", clip.frames, clip.masks[1].astype(np.uint8))
    (tmp_path / "JPEGImages" / "480p" / "discs" / "00002.jpg").unlink()

    with pytest.raises(DatasetError, match=r"00002\.png belongs to no frame"):
        open_dataset(tmp_path)
