import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.pocket import WEIGHTS
from sam2_lit.pocket.trunk import IMAGENET_MEAN, IMAGENET_STD
from training.clips import make_clip
from training.evaluate import build_predictor
from training.ingredients import split_of
from training.make_dataset import write_clip
from training.pictures import Pictures
from training.qt_resources import unpack
from training.regions import object_sprite, random_regions, region_sprite
from training.stages import STAGES, Shape, Stage
from training.teacher import whole_object
from training.train import Run, resize, train
from training.unroll import Listener, Plan, unroll


def picture(rng: np.random.Generator, kind: str) -> bytes:
    """Smooth colors, as wide as tall; a cut-out is a disc of them."""
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    image = coarse.resize((160, 160), Image.Resampling.BICUBIC)
    if kind == "cutout":
        rows, columns = np.mgrid[:160, :160] - 79.5
        disc = (255 * (rows**2 + columns**2 < 70**2)).astype(np.uint8)
        image.putalpha(Image.fromarray(disc))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def object_mask() -> bytes:
    """A photograph's object: the middle of it, without soft edges."""
    mask = np.zeros((160, 160), np.uint8)
    mask[50:120, 40:130] = 255
    out = io.BytesIO()
    Image.fromarray(mask).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("ingredients") / "ingredients.zip"
    index = []
    with zipfile.ZipFile(path, "w") as packed:
        for kind in ("photo", "cutout", "texture"):
            for number in range(6):
                name = f"{kind}/made/{number}.png"
                packed.writestr(name, picture(rng, kind))
                index.append({"name": name, "kind": kind, "split": "training" if number < 4 else "validation"})
        for number in range(2):
            name = f"object/made/{number}.png"
            packed.writestr(name, object_mask())
            index.append({"name": name, "kind": "object", "split": "training"})
        packed.writestr("index.json", json.dumps(index))
    return path


def normalised(images: torch.Tensor) -> torch.Tensor:
    mean, std = (torch.tensor(value).view(3, 1, 1) for value in (IMAGENET_MEAN, IMAGENET_STD))
    return (images.float() / 255 - mean) / std


def test_a_seed_gives_the_same_clip_again_and_another_seed_another(archive: Path) -> None:
    first, again, other = (make_clip(Pictures(archive, "training"), seed, 3, 2, 64, 96) for seed in (5, 5, 6))
    assert torch.equal(first.images, again.images) and torch.equal(first.masks, again.masks)
    assert not torch.equal(first.images, other.images)


def test_objects_of_a_clip_never_overlap(archive: Path) -> None:
    for seed in range(8):
        masks = make_clip(Pictures(archive, "training"), seed, 4, 4, 64, 64).masks
        assert masks.shape == (4, 4, 64, 64)
        assert int(masks.sum(1).max()) <= 1


def test_splits_share_no_picture(archive: Path) -> None:
    training, validation = (Pictures(archive, split).names for split in ("training", "validation"))
    for kind in ("photo", "cutout", "texture"):
        assert len(training[kind]) == 4 and len(validation[kind]) == 2
        assert not set(training[kind]) & set(validation[kind])


def test_variants_of_one_picture_fall_into_one_split() -> None:
    assert split_of("1f44b-1f3fb.webp") == split_of("1f44b-1f3ff.webp") == split_of("1f44b.webp")
    assert split_of("hills_1920x1080.jpg") == split_of("hills_3840x2160.png")
    assert {split_of(f"{number}.png") for number in range(60)} == {"training", "validation", "evaluation"}


def test_training_tracks_as_the_official_predictor_does(archive: Path, tmp_path: Path) -> None:
    clip = make_clip(Pictures(archive, "training"), 3, 5, 1, 256, 256)
    write_clip(clip, tmp_path, "clip")
    folder = tmp_path / "JPEGImages" / "480p" / "clip"
    frames = [torch.from_numpy(np.array(Image.open(path))) for path in sorted(folder.iterdir())]
    images = torch.stack(frames).permute(0, 3, 1, 2)
    predictor: SAM2VideoPredictor = build_predictor(size=256)
    state = predictor.init_state(str(folder))
    predictor.add_new_mask(state, 0, 1, clip.masks[0, 0])
    found = torch.stack([logits[0, 0] > 0 for _, _, logits in predictor.propagate_in_video(state)])
    both, either = (found & clip.masks[:, 0]).sum((1, 2)), (found | clip.masks[:, 0]).sum((1, 2))
    listener = Listener(predictor.sam_mask_decoder)
    stride = predictor.memory_temporal_stride_for_eval
    plan = Plan("mask", rounds=0, correction=None, corrected=1, gap=0, guided=False, stride=stride)
    with torch.no_grad():
        result = unroll(predictor, normalised(images)[None], clip.masks[None], plan, listener)
    # The predictor keeps memories in bfloat16.
    assert result.iou == pytest.approx(float((both / either)[1:].mean()), abs=0.02)


def test_every_way_to_prompt_and_correct_gives_a_finite_loss_and_gradients(archive: Path) -> None:
    model = build_predictor()
    resize(model, 128)
    listener = Listener(model.sam_mask_decoder)
    clip = make_clip(Pictures(archive, "training"), 1, 3, 2, 128, 128)
    for prompt, correction in (("mask", "click"), ("box", "mask"), ("click", None)):
        plan = Plan(prompt, rounds=1, correction=correction, corrected=1, gap=7, guided=True, stride=2)
        result = unroll(model, normalised(clip.images)[None], clip.masks[None], plan, listener)
        model.zero_grad()
        result.loss.backward()
        assert result.loss.isfinite()
        assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
        assert model.image_encoder.trunk.stem.weight.grad.abs().sum() > 0
        assert model.memory_attention.layers[0].cross_attn_image.q_proj.weight.grad.abs().sum() > 0


def test_a_stopped_run_goes_on_where_it_was(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage((Shape(64, 1, 2, 3),), rate=1e-4, trunk_rate=0.25, steady=0.5, average=0.9)
    monkeypatch.setitem(STAGES, "tiny", stage)
    cpu = torch.device("cpu")
    run = Run(tmp_path, cpu, "tiny", WEIGHTS)
    train(run, archive, batches_in_all=2, workers=0, device=cpu)
    again = Run(tmp_path, cpu, "tiny", WEIGHTS)
    assert again.progress == run.progress and run.progress.step == 2
    for name, value in run.model.state_dict().items():
        assert torch.equal(again.model.state_dict()[name], value)
    assert (tmp_path / "weights.safetensors").stat().st_size < 16 * 2**20
    assert build_predictor(tmp_path / "weights.safetensors").image_size > 0


def test_a_region_that_stands_out_is_followed_where_it_lies() -> None:
    photo = np.full((200, 300, 3), 110, np.uint8)
    photo[70:130, 110:190] = (220, 20, 20)
    picture = torch.from_numpy(photo).permute(2, 0, 1) / 255
    ys, xs = np.mgrid[-1:1:50j, -1:1:50j]
    found = random_regions(picture, np.random.default_rng(0), 3, np.stack([xs, ys], -1).reshape(-1, 2))
    assert found.shape == (1, 200, 300)
    red = torch.from_numpy(photo[..., 0] > 200)
    both, either = ((found[0] > 0.5) & red).sum(), ((found[0] > 0.5) | red).sum()
    assert both / either > 0.8


def test_a_region_is_cut_out_of_a_photograph_with_its_own_outline(archive: Path) -> None:
    pictures = Pictures(archive, "training")
    sprites = [region_sprite(pictures, np.random.default_rng(seed)) for seed in range(12)]
    cut = [sprite.rgba for sprite in sprites if sprite is not None]
    assert cut
    for rgba in cut:
        assert rgba.shape[0] == 4 and rgba[3].max() == 1
        assert rgba[3, 0].max() < 1 and rgba[3, :, 0].max() < 1


def test_an_object_is_cut_out_of_its_photograph_whole(archive: Path) -> None:
    pictures = Pictures(archive, "training")
    rgba = object_sprite(pictures, np.random.default_rng(0)).rgba
    assert rgba.shape == (4, 70, 90) and bool((rgba[3] == 1).all())
    name = "object/made/0.png"
    assert torch.equal(pictures.read(name)[:3], pictures.read("photo/made/0.png"))


def saliency(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """A map that is sure of what lies in boxes (top, bottom, left, right) of a square 100 wide."""
    found = np.zeros((100, 100), np.float32)
    for top, bottom, left, right in boxes:
        found[top:bottom, left:right] = 0.98
    return found


def test_one_thing_that_the_teacher_is_sure_of_is_an_object() -> None:
    thing, crumb = (20, 60, 30, 80), (90, 94, 5, 9)
    found = whole_object(saliency(thing, crumb))
    assert found is not None and np.array_equal(found, saliency(thing) > 0.5)


def test_what_the_teacher_is_not_sure_of_is_no_object() -> None:
    doubtful = saliency((20, 60, 30, 80))
    doubtful[20:60, 80:99] = 0.5
    for nothing in (
        saliency((10, 40, 10, 40), (60, 90, 60, 90)),  # two things
        saliency((0, 40, 0, 60)),  # cut off at two sides
        saliency((40, 50, 40, 50)),  # a speck
        saliency((5, 95, 5, 95)),  # all there is
        doubtful,
    ):
        assert whole_object(nothing) is None


def test_qt_resources_are_unpacked_with_their_folders(tmp_path: Path) -> None:
    names, offsets = b"", []
    for name in ("pictures", "a.png", "b.txt"):
        offsets.append(len(names))
        names += struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
    plain, packed = b"a picture", struct.pack(">I", 200) + zlib.compress(b"words" * 40)
    data = struct.pack(">I", len(plain)) + plain + struct.pack(">I", len(packed)) + packed
    nodes = ((0, 2, 1, 1), (offsets[0], 2, 2, 2), (offsets[1], 0, 0, 0), (offsets[2], 1, 0, 4 + len(plain)))
    tree = b"".join(struct.pack(">IHII", *node) for node in nodes)
    header = struct.pack(">4s4I", b"qres", 1, 20, 20 + len(tree), 20 + len(tree) + len(data))
    (tmp_path / "some.rcc").write_bytes(header + tree + data + names)
    unpack(tmp_path / "some.rcc", tmp_path / "out")
    assert (tmp_path / "out/pictures/a.png").read_bytes() == plain
    assert (tmp_path / "out/pictures/b.txt").read_bytes() == b"words" * 40


def test_no_step_is_taken_before_its_batches_are_together(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = Shape(64, 1, 2, 3)
    stage = Stage((shape,), rate=1e-4, trunk_rate=0.25, steady=0.5, average=0.9, accumulate=2)
    monkeypatch.setitem(STAGES, "patient", stage)
    run = Run(tmp_path, torch.device("cpu"), "patient", WEIGHTS)
    before = {name: value.clone() for name, value in run.model.state_dict().items()}
    taken: list[int] = []
    monkeypatch.setattr("training.train.apply", lambda run, rate: taken.append(run.progress.step))
    train(run, archive, batches_in_all=3, workers=0, device=torch.device("cpu"))
    assert taken == [2, 4] and run.progress.step == 4
    assert all(torch.equal(before[name], value) for name, value in run.model.state_dict().items())
    assert any(parameter.grad is not None for parameter in run.model.parameters())
