"""Saves and loads adapters in the layout of Hugging Face PEFT."""

import json
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save_file

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.peft_names import CONFIG_NAME, WEIGHTS_NAME

_PREFIX = "base_model.model."
_OTHER_METHODS = ("use_rslora", "use_dora", "rank_pattern", "alpha_pattern")
"""Settings of PEFT that change what the matrices mean."""


def save_adapter(adapter: Adapter, folder: Path, base_model: str, revision: str) -> None:
    """Writes `adapter_model.safetensors` and `adapter_config.json` into `folder`, which is created if it is missing.

    The name of the base model and the fingerprint of its weights are `base_model_name_or_path` and `revision` there.
    `peft.PeftModel.from_pretrained(decoder, folder)` loads them onto the mask decoder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name in adapter.targets:
        tensors[f"{_PREFIX}{name}.lora_A.weight"] = adapter.down[name].cpu().contiguous()
        tensors[f"{_PREFIX}{name}.lora_B.weight"] = adapter.up[name].cpu().contiguous()
    save_file(tensors, folder / WEIGHTS_NAME, metadata={"format": "pt"})
    config = {
        "peft_type": "LORA",
        "task_type": None,
        "base_model_name_or_path": base_model,
        "revision": revision,
        "inference_mode": True,
        "r": adapter.rank,
        "lora_alpha": adapter.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "target_modules": list(adapter.targets),
    }
    (folder / CONFIG_NAME).write_text(json.dumps(config, indent=2) + "\n")


def load_adapter(folder: Path) -> tuple[Adapter, str | None]:
    """As `parse_files`, of the files in a folder.

    Raises LitError (ADAPTER_NOT_FOUND) where there are none or they cannot be read.
    """
    try:
        return parse_files({name: (folder / name).read_bytes() for name in (CONFIG_NAME, WEIGHTS_NAME)})
    except (OSError, LitError) as error:
        raise LitError(
            ErrorCode.ADAPTER_NOT_FOUND,
            f"No adapter could be read from {folder}: it needs {WEIGHTS_NAME} and {CONFIG_NAME} as PEFT writes them.",
        ) from error


def parse_files(files: Mapping[str, bytes]) -> tuple[Adapter, str | None]:
    """The adapter that `save_adapter` or PEFT wrote, on the CPU, and its `revision`, None without one.

    `files` has their contents by name. Raises LitError (ADAPTER_NOT_FOUND) where they are not those of an adapter.
    """
    try:
        settings = json.loads(files[CONFIG_NAME])
        tensors = load(files[WEIGHTS_NAME])
        if others := [name for name in _OTHER_METHODS if settings.get(name)]:
            raise ValueError(f"it is no plain LoRA: {', '.join(others)}")
        down = {_target(key): value.float() for key, value in tensors.items() if key.endswith(".lora_A.weight")}
        up = {_target(key): value.float() for key, value in tensors.items() if key.endswith(".lora_B.weight")}
        adapter = Adapter(float(settings["lora_alpha"]), down, {name: up[name] for name in down})
        revision = settings.get("revision")
    except (ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise LitError(
            ErrorCode.ADAPTER_NOT_FOUND, f"{WEIGHTS_NAME} or {CONFIG_NAME} is not as PEFT writes it"
        ) from error
    if not down or any(tensor.ndim != 2 for each in (down, adapter.up) for tensor in each.values()):
        raise LitError(ErrorCode.ADAPTER_NOT_FOUND, f"{WEIGHTS_NAME} has no low-rank matrices as PEFT writes them")
    return adapter, None if revision is None else str(revision)


def _target(key: str) -> str:
    """base_model.model.NAME.lora_A.weight to NAME."""
    return key.removeprefix(_PREFIX).rsplit(".", 2)[0]
