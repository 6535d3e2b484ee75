"""The models and devices that can be chosen by name. Imports neither torch nor sam2, so that `--help` is quick."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sam2_lit import pocket

DEVICES = ("auto", "cpu", "cuda", "mps")
"""The kinds of devices that can be chosen; `cuda:N` is one GPU of several."""


PRECISIONS = ("auto", "float32", "bfloat16")
"""What `--precision` may be."""


def is_device_name(name: str) -> bool:
    """Whether a device could have this name, here or on another machine."""
    return name in DEVICES or re.fullmatch(r"cuda:\d+|mps:0", name) is not None


class ModelError(Exception):
    """Why a model cannot be loaded, and how to fix it, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


@dataclass(frozen=True)
class ModelEntry:
    """A model that can be loaded.

    - config: a YAML file in the format of SAM 2's own, with the model under the key `model`.
    - checkpoint: its weights; a relative path is relative to the checkpoints directory.
    - url: the official download of the weights; None where there is none.
    - prompts_are_local: see `ModelInfo`.
    """

    name: str
    config: Path
    checkpoint: Path
    url: str | None = None
    prompts_are_local: bool = False

    def checkpoint_path(self, checkpoints_dir: Path) -> Path:
        return checkpoints_dir / self.checkpoint

    @property
    def remedy(self) -> str:
        """What to do when the checkpoint is missing or belongs to another model."""
        if self.url is not None:
            return f"fetch it with `sam2-lit download {self.name}`"
        return "give one that fits it, written by torch.save({'model': model.state_dict()}, …) or as safetensors"


def _sam2_folder() -> Path:
    spec = find_spec("sam2")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'sam2'", name="sam2")
    return Path(spec.submodule_search_locations[0])


def _official(name: str, config: str) -> ModelEntry:
    return ModelEntry(
        name=name,
        config=_sam2_folder() / "configs" / "sam2.1" / config,
        checkpoint=Path(f"{name}.pt"),
        url=f"https://dl.fbaipublicfiles.com/segment_anything_2/092824/{name}.pt",
    )


MODELS: Mapping[str, ModelEntry] = {
    entry.name: entry
    for entry in (
        ModelEntry("pocket", pocket.CONFIG, pocket.WEIGHTS, prompts_are_local=True),
        _official("sam2.1_hiera_tiny", "sam2.1_hiera_t.yaml"),
        _official("sam2.1_hiera_small", "sam2.1_hiera_s.yaml"),
        _official("sam2.1_hiera_base_plus", "sam2.1_hiera_b+.yaml"),
        _official("sam2.1_hiera_large", "sam2.1_hiera_l.yaml"),
    )
}
