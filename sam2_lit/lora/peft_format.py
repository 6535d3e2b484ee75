"""Saves and loads adapters in the layout of Hugging Face PEFT."""

import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.layers import Adapter

WEIGHTS_NAME = "adapter_model.safetensors"
CONFIG_NAME = "adapter_config.json"
_PREFIX = "base_model.model."


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
    """The adapter that `save_adapter` or PEFT wrote into `folder`, on the CPU, and its `revision`, None without one.

    Raises LitError (ADAPTER_NOT_FOUND) where there is none or it cannot be read.
    """
    try:
        config = json.loads((folder / CONFIG_NAME).read_text())
        tensors = load_file(folder / WEIGHTS_NAME)
        down = {_target(key): value for key, value in tensors.items() if key.endswith(".lora_A.weight")}
        up = {_target(key): value for key, value in tensors.items() if key.endswith(".lora_B.weight")}
        adapter = Adapter(float(config["lora_alpha"]), down, {name: up[name] for name in down})
        revision = config.get("revision")
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise LitError(
            ErrorCode.ADAPTER_NOT_FOUND,
            f"No adapter could be read from {folder}: it needs {WEIGHTS_NAME} and {CONFIG_NAME} as PEFT writes them.",
        ) from error
    return adapter, revision


def _target(key: str) -> str:
    """base_model.model.NAME.lora_A.weight to NAME."""
    return key.removeprefix(_PREFIX).rsplit(".", 2)[0]
