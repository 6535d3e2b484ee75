import json
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor
from torch.nn import functional

from sam2_lit.pocket import WEIGHTS
from training import photographs
from training.clips import random_camera, seen_by
from training.drawn import drawn
from training.ingredients import pack_stills
from training.motion import picture_grid, random_bend, random_motion
from training.photographs import Place, View, mirrored, passing, photograph_clip, random_view, render_still
from training.pictures import Pictures, Still
from training.stages import STAGES, Shape, Stage
from training.stills import packed, permitted
from training.stills import photographs as photographs_in
from training.train import Run, apply, build, resize, train
from training.unroll import Listener, Plan, random_plan, unroll

CPU = torch.device("cpu")
seeds = st.integers(0, 2**32 - 1)


def bright_blobs(rng: np.random.Generator, high: int, wide: int, count: int) -> np.ndarray:
    """Labels (high, wide) of ellipses that do not touch each other, in a row."""
    labels = np.zeros((high, wide), np.uint8)
    rows, columns = np.mgrid[:high, :wide]
    for number in range(count):
        x, y = (number + 0.5) * wide / count, high * rng.uniform(0.35, 0.65)
        a, b = 0.4 * wide / count, high * rng.uniform(0.15, 0.3)
        labels[((columns - x) / a) ** 2 + ((rows - y) / b) ** 2 < 1] = number + 1
    return labels


def write(folder: Path, name: str, labels: np.ndarray) -> None:
    """A photograph that is white where something is labelled and black elsewhere, and its masks."""
    white = np.repeat(255 * (labels > 0).astype(np.uint8)[..., None], 3, axis=2)
    Image.fromarray(white).save(folder / f"{name}.jpg", quality=100)
    palette = Image.fromarray(labels, mode="P")
    palette.putpalette([value for number in range(256) for value in (number, 0, 0)])
    palette.save(folder / f"{name}.png")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stills")
    rng = np.random.default_rng(0)
    entries = []
    for number in range(4):
        write(folder, f"some_{number}", bright_blobs(rng, 120, 160, 1 + number % 3))
        entries.append({"file": f"some_{number}", "source": "made", "licence": "CC BY 4.0", "url": f"at {number}"})
    (folder / "meta.json").write_text(json.dumps(entries))
    return folder


@pytest.fixture(scope="module")
def archive(folder: Path) -> Path:
    path = folder / "ingredients.zip"
    with zipfile.ZipFile(path, "w") as opened:
        index = list(pack_stills(folder, opened))
        opened.writestr("index.json", json.dumps([asdict(each) for each in index]))
    return path


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("CC BY 2.0", True),
        ("CC BY-SA 2.0", True),
        ("CC0 1.0", True),
        ("MIT (Roboflow export)", True),
        ("BSD-3 (repo)", True),
        ("No known copyright restrictions (Flickr Commons)", True),
        ("image CC BY 2.0, mask CC BY 4.0 (Open Images)", True),
        ("CC BY-NC 4.0", False),
        ("CC BY-NC-SA 2.0", False),
        ("CC BY-ND 2.0", False),
        ("image CC BY 2.0, mask CC BY-NC 4.0", False),
        ("Attribution-NonCommercial", False),
        ("all rights reserved", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_a_licence_is_permitted_or_not(licence: str, expected: bool) -> None:
    assert permitted(licence) is expected


def test_only_pictures_with_an_entry_and_a_permitted_licence_are_packed(folder: Path, tmp_path: Path) -> None:
    labels = bright_blobs(np.random.default_rng(0), 60, 80, 1)
    for name in ("free", "restricted", "unlisted", "davis_dog"):
        write(tmp_path, name, labels)
    entry = {"source": "made", "url": "somewhere"}
    listed = [
        {"file": "free", "licence": "CC BY 2.0", **entry},
        {"file": "restricted", "licence": "CC BY-NC 2.0", **entry},
        {"file": "davis_dog", "licence": "CC BY 4.0", **entry},
    ]
    (tmp_path / "meta.json").write_text(json.dumps(listed))
    assert [each.file for each in photographs_in(tmp_path)] == ["free"]
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as opened:
        index = list(pack_stills(tmp_path, opened))
        assert opened.namelist() == ["still/free.jpg", "labels/free.png"]
    assert [(each.kind, each.split, each.licence, each.url) for each in index] == [
        ("still", "training", "CC BY 2.0", "somewhere")
    ]


def test_large_photographs_are_shrunk_with_their_masks_and_instances_numbered_from_one(tmp_path: Path) -> None:
    labels = np.zeros((400, 1024), np.uint8)
    labels[100:300, 100:500], labels[100:300, 600:900], labels[:50] = 7, 31, 255
    write(tmp_path, "large", labels)
    entries = [{"file": "large", "source": "made", "licence": "MIT"}]
    (tmp_path / "meta.json").write_text(json.dumps(entries))
    path = tmp_path / "packed.zip"
    with zipfile.ZipFile(path, "w") as opened:
        index = list(pack_stills(tmp_path, opened))
        opened.writestr("index.json", json.dumps([asdict(each) for each in index]))
    still = Pictures(path, "training").still("still/large.jpg")
    assert still.picture.shape == (3, 200, 512) and still.labels.shape == (200, 512)
    assert still.labels.unique().tolist() == [0, 1, 2, 255]
    bright = still.picture.mean(0) > 0.5
    assert ((still.labels > 0) == bright).float().mean() > 0.99


def test_a_mask_of_another_size_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "one", np.ones((40, 60), np.uint8))
    Image.fromarray(np.ones((40, 61), np.uint8)).save(tmp_path / "one.png")
    (tmp_path / "meta.json").write_text(json.dumps([{"file": "one", "source": "made", "licence": "MIT"}]))
    with pytest.raises(ValueError, match="one: the picture is"):
        packed(tmp_path, photographs_in(tmp_path)[0])


@settings(max_examples=40, deadline=None)
@given(seed=seeds, high=st.integers(40, 200), wide=st.integers(40, 200), bends=st.booleans())
def test_masks_stay_with_their_photograph_under_views_cameras_bends_and_mirroring(
    seed: int, high: int, wide: int, bends: bool
) -> None:
    rng = np.random.default_rng(seed)
    labels = torch.from_numpy(bright_blobs(rng, high, wide, 2))
    still = Still(torch.stack([labels == 1, labels == 2, labels == 0]).float(), labels)
    if rng.random() < 0.5:
        still = mirrored(still)
    times = np.arange(3, dtype=np.float64)
    view = random_view(still, rng)
    seen = seen_by(random_camera(rng, times), picture_grid(48, 48, view.width / view.height))
    rendered = render_still(still, view, [1, 2], seen, random_bend(rng, times, 0.05) if bends else None)
    assert rendered.shape == (3, 5, 48, 48)
    torch.testing.assert_close(rendered[:, :2], rendered[:, 3:])


@settings(max_examples=30, deadline=None)
@given(seed=seeds, high=st.integers(100, 300), wide=st.integers(100, 300))
def test_a_view_lies_in_its_photograph_and_shows_something_asked_for(seed: int, high: int, wide: int) -> None:
    rng = np.random.default_rng(seed)
    labels = torch.from_numpy(bright_blobs(rng, high, wide, 2))
    view = random_view(Still(torch.zeros(3, high, wide), labels), rng)
    assert 0 < view.width <= wide and 0 < view.height <= high
    assert view.x - view.width / 2 >= -1e-6 and view.x + view.width / 2 <= wide + 1e-6
    assert view.y - view.height / 2 >= -1e-6 and view.y + view.height / 2 <= high + 1e-6
    left, top = round(view.x - view.width / 2), round(view.y - view.height / 2)
    shown = labels[top : top + round(view.height), left : left + round(view.width)]
    assert (shown > 0).any()


def test_what_is_asked_for_is_where_the_mask_says_in_whole_clips(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything labelled is white and all else black: with light and shadows left alone, masks hold white only."""
    for name in ("expose", "shoot"):
        monkeypatch.setattr(photographs, name, lambda clip, rng, times: clip)
    monkeypatch.setattr("training.clips.cast_shadow", lambda clip, alpha, rng: clip)
    monkeypatch.setattr("training.sprites.recolor", lambda rgb, rng, strength: rgb)
    pictures = Pictures(archive, "training")
    for seed in range(24):
        frames = 1 + seed % 4
        clip = photograph_clip(pictures, seed, frames, 3, 96)
        assert clip.images.shape == (frames, 3, 96, 96) and clip.masks.shape == (frames, 3, 96, 96)
        assert clip.masks[0].flatten(1).float().mean(1).min() >= photographs.SMALLEST_AREA
        inner = functional.max_pool2d((~clip.masks).float(), 7, 1, 3) == 0
        for images, masks in zip(clip.images, inner, strict=True):
            for mask in masks:
                if mask.sum() > 20:
                    assert images.float().mean(0)[mask].median() > 200


def test_a_seed_gives_the_same_clip_again_and_another_seed_another(archive: Path) -> None:
    first, again, other = (photograph_clip(Pictures(archive, "training"), seed, 3, 2, 64) for seed in (5, 5, 6))
    assert torch.equal(first.images, again.images) and torch.equal(first.masks, again.masks)
    assert not torch.equal(first.images, other.images)


@settings(max_examples=30, deadline=None)
@given(seed=seeds, x=st.floats(-0.4, 0.4), y=st.floats(-0.4, 0.4), side=st.floats(0.1, 0.4))
def test_what_passes_is_clear_of_its_target_first_then_over_it_and_clear_again(
    seed: int, x: float, y: float, side: float
) -> None:
    rng = np.random.default_rng(seed)
    times = np.arange(7, dtype=np.float64)
    target, size = Place(x, y, side), 1.5 * side
    motion = passing(random_motion(rng, times, size, (0.0, 0.0), 1.5), target, size, rng, times)
    distance = np.hypot(motion.x - x, motion.y - y)
    assert distance[0] > (size + side) / 2 and distance[-1] > 0.6 * (size + side) / 2
    assert distance.min() < 0.25 * (size + side)


def disc(size: int = 96, radius: int = 24) -> Tensor:
    rows, columns = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    return (((rows - size / 2) ** 2 + (columns - size / 2) ** 2) < radius**2).float()[None, None]


@settings(max_examples=25, deadline=None)
@given(seed=seeds, radius=st.integers(8, 40))
def test_masks_are_drawn_too_large_too_small_or_in_part(seed: int, radius: int) -> None:
    torch.manual_seed(seed)
    target = disc(radius=radius)
    large, small, part, exact = (drawn(target, (kind,)) for kind in ("dilated", "eroded", "cut", "exact"))
    assert (large >= target).all() and large.sum() > target.sum()
    assert (small <= target).all() and 30 < small.sum() < target.sum()
    assert (part <= target).all() and 0.1 * target.sum() < part.sum() < target.sum()
    assert torch.equal(exact, target)


def test_a_mask_of_a_few_pixels_is_given_as_it_is() -> None:
    target = disc(radius=3)
    assert torch.equal(drawn(target, ("eroded",)), target)


def test_plans_hold_every_prompt_and_masks_with_clicks_after_them() -> None:
    rng = np.random.default_rng(0)
    plans = [random_plan(rng, frames, 0.4, clicked_masks=0.4) for frames in (1, 3) for _ in range(200)]
    assert {(plan.prompt, plan.rounds > 0) for plan in plans[200:]} == {
        (prompt, clicks) for prompt in ("mask", "box", "click") for clicks in (True, False)
    }
    assert all(plan.rounds > 0 for plan in plans[:200] if plan.prompt == "mask")
    older = [random_plan(rng, 3, 0.4) for _ in range(200)]
    assert all(plan.rounds == 0 for plan in older if plan.prompt == "mask")


def test_a_click_after_a_drawn_mask_is_given_the_mask_too(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build(CPU, WEIGHTS)
    resize(model, 96)
    calls = []
    original = model.track_step

    def track_step(**arguments: object) -> object:
        calls.append(arguments)
        return original(**arguments)

    monkeypatch.setattr(model, "track_step", track_step)
    plan = Plan("mask", rounds=1, correction=None, corrected=1, gap=0, guided=False, stride=1)
    masks = disc()[0].bool().expand(1, 1, 1, 96, 96)
    result = unroll(model, torch.zeros(1, 1, 3, 96, 96), masks, plan, Listener(model.sam_mask_decoder))
    result.loss.backward()  # type: ignore[no-untyped-call]
    first, second = calls
    assert first["mask_inputs"].shape == (1, 1, 96, 96) and first["point_inputs"] is None
    assert second["mask_inputs"] is None and second["point_inputs"]["point_coords"].shape == (1, 1, 2)
    before = functional.interpolate(first["mask_inputs"], scale_factor=0.25, mode="bilinear", antialias=True)
    assert ((second["prev_sam_mask_logits"] > 0) == (before > 0.5)).float().mean() > 0.98


def test_a_run_that_was_stopped_ends_with_the_weights_of_one_that_was_not(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = (Shape(64, 1, 2, 2, photographs=True), Shape(64, 2, 2, 1, photographs=True))
    stage = Stage(shapes, rate=1e-3, trunk_rate=0.25, steady=0.5, average=0.9, masks=0.4, accumulate=2)
    monkeypatch.setitem(STAGES, "tiny", replace(stage, clicked_masks=0.5))
    whole = Run(tmp_path / "whole", CPU, "tiny", WEIGHTS)
    train(whole, archive, batches_in_all=6, workers=0, device=CPU)
    stopped = Run(tmp_path / "stopped", CPU, "tiny", WEIGHTS)

    def apply_and_stop(run: Run, rate: float) -> None:
        apply(run, rate)
        run.stop()

    monkeypatch.setattr("training.train.apply", apply_and_stop)
    train(stopped, archive, batches_in_all=6, workers=0, device=CPU)
    assert stopped.progress.step == 2
    monkeypatch.setattr("training.train.apply", apply)
    again = Run(tmp_path / "stopped", CPU, "tiny", WEIGHTS)
    train(again, archive, batches_in_all=6, workers=0, device=CPU)
    assert again.progress.step == whole.progress.step == 6
    start = build(CPU, WEIGHTS).state_dict()
    for name, value in whole.model.state_dict().items():
        assert torch.equal(again.model.state_dict()[name], value), name
        assert torch.equal(again.average.weights[name], whole.average.weights[name]), name
    assert any(not torch.equal(start[name], value) for name, value in whole.model.state_dict().items())


def test_a_view_maps_its_centre_and_corner_to_the_photograph() -> None:
    still = Still(torch.zeros(3, 100, 200), torch.zeros(100, 200, dtype=torch.uint8))
    view = View(x=50, y=40, width=60, height=30)
    grid = view.grid(torch.tensor([[[[0.0, 0.0], [-1.0, -0.5]]]]), still)
    torch.testing.assert_close(grid[0, 0], torch.tensor([[-0.5, -0.2], [-0.8, -0.5]]))
