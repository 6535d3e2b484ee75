"""Builds a model from its configuration, loads its weights, and moves it to a device."""

import pickle
import pkgutil
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from omegaconf import OmegaConf
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor, nn

from sam2_lit.engine.models.devices import compute_dtype, select_device
from sam2_lit.engine.models.registry import MODELS, ModelEntry, ModelError

TARGET_PACKAGES = ("sam2.", "sam2_lit.", "torch.nn.")

# sam2.build_sam.build_sam2_video_predictor adds this to a configuration by default (apply_postprocessing).
POSTPROCESSING = {
    "model": {
        "sam_mask_decoder_extra_args": {
            "dynamic_multimask_via_stability": True,
            "dynamic_multimask_stability_delta": 0.05,
            "dynamic_multimask_stability_thresh": 0.98,
        },
        "binarize_mask_from_pts_for_mem_enc": True,
        "fill_hole_area": 8,
    }
}


@dataclass(frozen=True)
class LoadedModel:
    """A predictor in evaluation mode with its weights, on its device.

    - dtype: what it computes in, unless `precision_choice.py` has another choice for this CPU.
    - image_size: the side, in pixels, of the square that frames are resized to.
    - checkpoint: the file name of the weights.
    - prompts_are_local: as in `ModelEntry`.
    """

    name: str
    predictor: SAM2VideoPredictor
    device: torch.device
    dtype: torch.dtype
    image_size: int
    parameter_count: int
    checkpoint: str
    prompts_are_local: bool = False


def load_model(
    name: str,
    *,
    predictor_class: type[SAM2VideoPredictor],
    device: str = "auto",
    precision: str = "auto",
    checkpoints_dir: Path,
    checkpoint: Path | None = None,
    model_config: Path | None = None,
) -> LoadedModel:
    """Builds a model as an instance of `predictor_class`, loads its weights and moves it to a device.

    Weights become float32.

    Args:
        name: a key of `MODELS`.
        precision: one of `PRECISIONS`.
        checkpoint: weights to use in place of the registered ones.
        model_config: a configuration to use in place of `name`'s, and which names the model; needs `checkpoint`.

    Raises:
        ModelError: the model, the device or the checkpoint does not exist, the device has not this precision, or they
            do not fit each other.
    """
    entry = _find_entry(name, checkpoint, model_config)
    chosen_device = select_device(device)
    dtype = compute_dtype(chosen_device, precision)
    weights = entry.checkpoint_path(checkpoints_dir)
    if not weights.is_file():
        raise ModelError(f"the checkpoint {weights} of {entry.name} does not exist: {entry.remedy}")
    predictor = build_predictor(entry.config, predictor_class)
    try:
        load_checkpoint(predictor, weights)
    except ModelError as error:
        raise ModelError(f"cannot load {entry.name}: {error}; {entry.remedy}") from error
    return LoadedModel(
        name=entry.name,
        predictor=predictor.to(chosen_device).eval(),
        device=chosen_device,
        dtype=dtype,
        image_size=predictor.image_size,
        parameter_count=sum(parameter.numel() for parameter in predictor.parameters()),
        checkpoint=weights.name,
        prompts_are_local=entry.prompts_are_local,
    )


def build_predictor(config: Path, predictor_class: type[SAM2VideoPredictor]) -> SAM2VideoPredictor:
    """Builds the architecture that a YAML file describes, with random weights, on the CPU.

    The post-processing that `sam2.build_sam.build_sam2_video_predictor` enables by default is enabled unless the file
    disables it. As in that builder, the model is a `predictor_class`, whichever class the file names.

    The file may be from anyone, so each `_target_` in it must be a `torch.nn.Module` of `TARGET_PACKAGES`. The values
    are resolved once, then checked and built in one walk: `hydra.utils.instantiate` resolves interpolations itself, and
    could find a target that an earlier check had not seen.

    Raises ModelError if the file cannot be read, does not describe a SAM 2 model, or names another target.
    """
    try:
        merged: Any = OmegaConf.to_container(OmegaConf.merge(POSTPROCESSING, OmegaConf.load(config)), resolve=True)
        _module_class(merged["model"].pop("_target_"))
        return predictor_class(**_build(merged["model"]))
    except ModelError:
        raise
    # A wrong file fails in any of the constructors, with any exception.
    except Exception as error:
        raise ModelError(
            f"cannot build a SAM 2 from the model configuration {config} ({_reason(error)}): write it like"
            " those of the sam2 package in configs/sam2.1"
        ) from error


def load_checkpoint(predictor: nn.Module, weights: Path) -> None:
    """Copies the weights in a file into `predictor` as float32: every parameter, and nothing else.

    Raises ModelError, and leaves `predictor` unchanged, if the file is not a checkpoint or is one of another model.
    """
    found = _read_state_dict(weights)
    expected = predictor.state_dict()
    differences = {
        "missing": [key for key in expected if key not in found],
        "unknown": [key for key in found if key not in expected],
        "of another shape": [key for key in expected if found.get(key, expected[key]).shape != expected[key].shape],
    }
    described = [f"{len(keys)} {how} (such as {keys[0]})" for how, keys in differences.items() if keys]
    if described:
        raise ModelError(f"{weights} is a checkpoint of another model: parameters {', '.join(described)}")
    predictor.load_state_dict(found, strict=True)


def _find_entry(name: str, checkpoint: Path | None, model_config: Path | None) -> ModelEntry:
    if model_config is not None:
        if checkpoint is None:
            raise ModelError(f"the model configuration {model_config} needs its checkpoint: add --checkpoint PATH")
        return ModelEntry(model_config.stem, model_config, checkpoint.absolute())
    if name not in MODELS:
        raise ModelError(f"there is no model {name!r}: choose one of {', '.join(MODELS)}")
    entry = MODELS[name]
    return entry if checkpoint is None else replace(entry, checkpoint=checkpoint.absolute(), url=None)


def _build(node: Any) -> Any:
    if isinstance(node, list):
        return [_build(item) for item in node]
    if not isinstance(node, dict):
        return node
    arguments = {key: _build(value) for key, value in node.items() if key != "_target_"}
    return _module_class(node["_target_"])(**arguments) if "_target_" in node else arguments


def _module_class(target: object) -> type[nn.Module]:
    """The class that a `_target_` names by its full module, so that no attribute can lead to another package."""
    found: object = None
    if isinstance(target, str) and target.startswith(TARGET_PACKAGES):
        module, _, name = target.rpartition(".")
        try:
            found = pkgutil.resolve_name(f"{module}:{name}")
        except (ImportError, AttributeError, ValueError):
            found = None
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise ModelError(
            f"the model configuration names the target {target!r}: a target must be a torch.nn.Module class"
            f" under {', '.join(TARGET_PACKAGES)}, and in sam2 {version('sam2')}; those of forks are not supported"
        )
    return found


def _read_state_dict(weights: Path) -> dict[str, Tensor]:
    try:
        if weights.suffix == ".safetensors":
            return safetensors.torch.load_file(weights)
        found = torch.load(weights, map_location="cpu", weights_only=True)["model"]
        if not all(isinstance(value, Tensor) for value in found.values()):
            raise TypeError("its `model` holds more than tensors")
        return dict(found)
    except pickle.UnpicklingError as error:
        raise ModelError(f"{weights} is not a checkpoint, or holds more than weights, and was not executed") from error
    # On a damaged file, the readers of PyTorch and safetensors raise nearly any exception.
    except Exception as error:
        raise ModelError(f"{weights} is damaged or not a checkpoint ({_reason(error)})") from error


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
