from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest
import sam2
import torch
from omegaconf import OmegaConf
from PIL import Image
from safetensors.torch import load_file, save_file
from sam2.build_sam import HF_MODEL_ID_TO_FILENAMES, build_sam2_video_predictor
from sam2.sam2_video_predictor import SAM2VideoPredictor

from benchmarks.model_configs import compare
from sam2_lit.engine.models.devices import autocast, select_device
from sam2_lit.engine.models.loading import LoadedModel, build_predictor, load_model
from sam2_lit.engine.models.registry import MODELS, ModelError
from sam2_lit.pocket import CONFIG, WEIGHTS

TINY = "sam2.1_hiera_tiny"
SAM_2_0_TINY = Path(sam2.__path__[0]) / "configs" / "sam2" / "sam2_hiera_t.yaml"
A_PARAMETER = "sam_mask_decoder.iou_token.weight"


class Predictor(SAM2VideoPredictor):
    pass


def load(name: str = "pocket", *, directory: Path = Path("nowhere"), **choices: object) -> LoadedModel:
    choices = {"device": "cpu", **choices}
    return load_model(name, predictor_class=Predictor, checkpoints_dir=directory, **choices)


@contextmanager
def one_line_error(*parts: str) -> Iterator[None]:
    """The block raises ModelError with a message of one line that holds every one of `parts`."""
    with pytest.raises(ModelError) as caught:
        yield
    message = str(caught.value)
    assert "\n" not in message
    assert all(part in message for part in parts), message


def write_config(path: Path, changes: dict[str, object], base: Path = CONFIG) -> Path:
    """A configuration like `base` with other values at some dotted keys."""
    config = OmegaConf.load(base)
    for key, value in changes.items():
        OmegaConf.update(config, key, value, force_add=True)
    OmegaConf.save(config, path)
    return path


@pytest.fixture(scope="module")
def pocket_weights() -> dict[str, torch.Tensor]:
    return load_file(WEIGHTS)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three JPEGs of a bright square that moves over noise."""
    folder = tmp_path_factory.mktemp("clip")
    noise = np.random.default_rng(0).integers(0, 120, (96, 128, 3), dtype=np.uint8)
    for index in range(3):
        frame = noise.copy()
        frame[30:60, 20 + 10 * index : 50 + 10 * index] = (240, 200, 40)
        Image.fromarray(frame).save(folder / f"{index:05}.jpg", quality=95)
    return folder


def track(predictor: SAM2VideoPredictor, clip: Path) -> list[torch.Tensor]:
    state = predictor.init_state(str(clip))
    points = np.array([[35, 45]], dtype=np.float32)
    predictor.add_new_points_or_box(state, 0, 1, points=points, labels=np.array([1], dtype=np.int32))
    return [logits for _, _, logits in predictor.propagate_in_video(state)]


def test_the_embedded_model_loads_without_any_checkpoint_directory() -> None:
    model = load()
    assert isinstance(model.predictor, Predictor)
    assert (model.name, model.image_size, model.checkpoint) == ("pocket", model.predictor.image_size, WEIGHTS.name)
    assert model.device == torch.device("cpu")
    assert model.parameter_count == sum(parameter.numel() for parameter in model.predictor.parameters()) > 1e6
    assert not model.predictor.training


def test_half_precision_weights_become_float32(pocket_weights: dict[str, torch.Tensor]) -> None:
    state = load().predictor.state_dict()
    assert pocket_weights[A_PARAMETER].dtype == torch.float16
    assert {value.dtype for value in state.values()} == {torch.float32}
    assert torch.equal(state[A_PARAMETER], pocket_weights[A_PARAMETER].float())


# The official configuration at a quarter of the resolution: 1024 pixels take a minute on a slow machine.
def test_masks_equal_those_of_the_official_builder_on_the_same_weights(clip: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    official = build_sam2_video_predictor(
        "configs/sam2.1/sam2.1_hiera_t.yaml", device="cpu", hydra_overrides_extra=["++model.image_size=256"]
    )
    weights = tmp_path / "weights.pt"
    torch.save({"model": official.state_dict()}, weights)
    config = write_config(tmp_path / "quarter.yaml", {"model.image_size": 256}, MODELS[TINY].config)
    ours = load(model_config=config, checkpoint=weights)
    assert ours.name == "quarter"
    expected = track(official, clip)
    assert len(expected) == 3
    assert all(torch.equal(*pair) for pair in zip(expected, track(ours.predictor, clip), strict=True))


def test_sam_2_0_loads_and_tracks_like_the_official_predictor() -> None:
    # A quarter of the resolution, with the model's own weights and layers.
    found = compare(SAM_2_0_TINY, image_size=256)

    assert found.parameters == pytest.approx(38.9e6, rel=0.01)
    assert found.largest <= 0.1
    assert found.mean <= 0.005


# Of EdgeTAM and of EfficientTAM.
@pytest.mark.parametrize("target", ["sam2.modeling.perceiver.PerceiverResampler", "sam2.modeling.backbones.vitdet.ViT"])
def test_a_class_of_a_fork_of_sam2_is_refused_with_the_release_that_lacks_it(tmp_path: Path, target: str) -> None:
    config = write_config(tmp_path / "fork.yaml", {"model.image_encoder.trunk._target_": target})
    with one_line_error(target, "sam2 1.1.0", "forks are not supported"):
        load(model_config=config, checkpoint=WEIGHTS)


def test_an_official_model_has_every_setting_of_the_official_builder(tmp_path: Path) -> None:
    official = build_sam2_video_predictor("configs/sam2.1/sam2.1_hiera_t.yaml", device="cpu")
    torch.save({"model": official.state_dict()}, tmp_path / f"{TINY}.pt")
    model = load(TINY, directory=tmp_path)
    assert (model.name, model.image_size, model.checkpoint) == (TINY, 1024, f"{TINY}.pt")
    assert str(model.predictor).replace("Predictor(", "SAM2VideoPredictor(", 1) == str(official)
    for ours, theirs in zip(model.predictor.modules(), official.modules(), strict=True):
        assert settings(ours) == settings(theirs)


def settings(module: torch.nn.Module) -> dict[str, object]:
    return {name: value for name, value in vars(module).items() if isinstance(value, bool | int | float | str)}


@pytest.mark.parametrize("model_id, files", HF_MODEL_ID_TO_FILENAMES.items())
def test_registered_files_are_those_of_the_sam2_package(model_id: str, files: tuple[str, str]) -> None:
    if "sam2.1" not in model_id:
        assert files[1].removesuffix(".pt") not in MODELS
        return
    entry = MODELS[files[1].removesuffix(".pt")]
    assert entry.config == Path(sam2.__path__[0]) / files[0]
    assert entry.config.is_file()
    assert entry.checkpoint == Path(files[1])
    assert entry.url == f"https://dl.fbaipublicfiles.com/segment_anything_2/092824/{files[1]}"


def test_a_missing_official_checkpoint_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    with one_line_error(f"{TINY}.pt", f"sam2-lit download {TINY}"):
        load(TINY, directory=tmp_path)


def test_a_missing_custom_checkpoint_is_not_offered_for_download(tmp_path: Path) -> None:
    with one_line_error("own.pt", "does not exist: give one that fits it"):
        load(TINY, checkpoint=tmp_path / "own.pt")


def test_an_unknown_model_is_an_error_that_lists_the_known_ones() -> None:
    with one_line_error("sam3", "pocket", TINY):
        load("sam3")


def test_a_checkpoint_of_another_model_is_an_error_that_says_what_differs() -> None:
    with one_line_error("cannot load sam2.1_hiera_tiny", "another model", "missing (such as", "unknown (such as"):
        load(TINY, checkpoint=WEIGHTS)


def test_one_parameter_of_another_shape_is_an_error(tmp_path: Path, pocket_weights: dict[str, torch.Tensor]) -> None:
    path = tmp_path / "own.safetensors"
    save_file({**pocket_weights, A_PARAMETER: torch.zeros(2, 128)}, path)
    with one_line_error(f"1 of another shape (such as {A_PARAMETER})"):
        load(checkpoint=path)


@pytest.mark.parametrize("name", ["own.pt", "own.safetensors"])
@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><title>404</title>", b"PK\x03\x04 cut short"])
def test_a_file_that_is_not_a_checkpoint_is_an_error(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with one_line_error(name, "not a checkpoint", "give one that fits it"):
        load(checkpoint=tmp_path / name)


def test_a_damaged_official_checkpoint_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    (tmp_path / f"{TINY}.pt").write_bytes(b"PK\x03\x04 cut short")
    with one_line_error("damaged or not a checkpoint", f"sam2-lit download {TINY}"):
        load(TINY, directory=tmp_path)


def test_a_checkpoint_without_the_key_model_is_an_error(
    tmp_path: Path, pocket_weights: dict[str, torch.Tensor]
) -> None:
    torch.save(pocket_weights, tmp_path / "own.pt")
    with one_line_error("own.pt", "'model'"):
        load(checkpoint=tmp_path / "own.pt")


class Bomb:
    def __init__(self, victim: Path) -> None:
        self.victim = victim

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.victim,)


def test_code_in_a_checkpoint_does_not_run(tmp_path: Path) -> None:
    torch.save({"model": Bomb(tmp_path / "victim")}, tmp_path / "own.pt")
    with one_line_error("own.pt", "was not executed"):
        load(checkpoint=tmp_path / "own.pt")
    assert not (tmp_path / "victim").exists()


def test_a_configuration_without_a_checkpoint_is_an_error() -> None:
    with one_line_error("--checkpoint"):
        load(model_config=CONFIG)


def test_a_custom_configuration_and_checkpoint_load(tmp_path: Path, pocket_weights: dict[str, torch.Tensor]) -> None:
    torch.save({"model": pocket_weights}, tmp_path / "own.pt")
    config = write_config(tmp_path / "mine.yaml", {"model.num_maskmem": 5})
    model = load(model_config=config, checkpoint=tmp_path / "own.pt")
    assert (model.name, model.checkpoint) == ("mine", "own.pt")
    assert torch.equal(model.predictor.state_dict()[A_PARAMETER], pocket_weights[A_PARAMETER].float())


def test_a_configuration_can_disable_post_processing(tmp_path: Path) -> None:
    key = "model.sam_mask_decoder_extra_args.dynamic_multimask_via_stability"
    config = write_config(tmp_path / "own.yaml", {key: False, "model.fill_hole_area": 0}, MODELS[TINY].config)
    predictor = build_predictor(config, SAM2VideoPredictor)
    assert not predictor.sam_mask_decoder.dynamic_multimask_via_stability
    assert predictor.fill_hole_area == 0
    assert predictor.binarize_mask_from_pts_for_mem_enc


@pytest.mark.parametrize(
    "target",
    [
        "pathlib.Path.touch",
        "sam2_evil.Module",
        "sam2.build_sam.os.system",
        "sam2.build_sam.build_sam2",
        "torch.nn.modules.module.torch.load",
        "torch.nn.functional.relu",
        "torch.nn.NoSuchModule",
        "sam2.modeling..sam2_base.SAM2Base",
        "${oc.env:HOME}",
        7,
    ],
)
@pytest.mark.parametrize("key", ["model._target_", "model.memory_encoder.fuser.layer._target_"])
def test_a_target_that_is_not_a_module_of_the_allowed_packages_is_refused(
    tmp_path: Path, key: str, target: object
) -> None:
    config = write_config(tmp_path / "evil.yaml", {key: target})
    with one_line_error("target", "sam2., sam2_lit., torch.nn."):
        load(model_config=config, checkpoint=WEIGHTS)


def test_a_target_hidden_in_an_escaped_interpolation_is_not_built(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    hidden = f"\\${{oc.decode:'{{_target_: pathlib.Path.touch, self: {victim}}}'}}"
    config = write_config(tmp_path / "evil.yaml", {"model.image_encoder.neck.fuse_type": hidden})
    with one_line_error("evil.yaml"):
        load(model_config=config, checkpoint=WEIGHTS)
    assert not victim.exists()


@pytest.mark.parametrize("content", ["", "model: 3", "- a list", "model: {_target_", "model: ${nothing}", "\0"])
def test_a_file_that_does_not_describe_a_model_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "own.yaml").write_text(content)
    with one_line_error("own.yaml", "configs/sam2.1"):
        load(model_config=tmp_path / "own.yaml", checkpoint=WEIGHTS)


def test_a_missing_configuration_is_an_error(tmp_path: Path) -> None:
    with one_line_error("own.yaml", "No such file"):
        load(model_config=tmp_path / "own.yaml", checkpoint=WEIGHTS)


def test_an_entry_that_the_architecture_does_not_accept_is_an_error(tmp_path: Path) -> None:
    config = write_config(tmp_path / "own.yaml", {"model.memory_attention.colour": "red"})
    with one_line_error("own.yaml", "colour"):
        load(model_config=config, checkpoint=WEIGHTS)


def test_auto_selects_cuda_if_it_is_available_and_the_cpu_otherwise() -> None:
    assert select_device("auto") == torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize(("name", "device"), [("cuda", "cuda:0"), ("cuda:99", None), ("mps", "mps:0")])
def test_a_device_is_selected_if_it_is_available_and_refused_otherwise(name: str, device: str | None) -> None:
    there = {"cuda": torch.cuda.is_available(), "cuda:99": False, "mps": torch.backends.mps.is_available()}[name]
    with nullcontext() if there else one_line_error(f"no {name} device", "choose auto"):
        assert select_device(name) == torch.device(device or name)


def test_an_unknown_device_is_an_error_that_lists_the_known_ones() -> None:
    with one_line_error("'tpu'", "auto, cpu, cuda, mps"):
        load(device="tpu")


@pytest.mark.parametrize(
    ("precision", "dtype"), [("auto", torch.float32), ("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_autocast_is_on_on_the_cpu_for_bfloat16_alone(precision: str, dtype: torch.dtype) -> None:
    loaded = load(precision=precision)

    assert loaded.dtype is dtype
    with autocast(loaded.device, loaded.dtype):
        assert torch.is_autocast_enabled("cpu") == (precision == "bfloat16")
