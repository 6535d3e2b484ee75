"""`sam2-lit doctor`: what was found on this machine, for setting sam2-lit up and for bug reports.

Each check imports what it examines, and one that fails is a line of the report: whatever is broken, the others are
told.
"""

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from sam2_lit.engine.models.loading import LoadedModel
    from sam2_lit.engine.tracking.precision_choice import PrecisionFigures

_LIBRARIES = ("torch", "torchvision", "sam2", "numpy", "pillow", "av", "strawberry-graphql", "starlette", "uvicorn")
_CODECS = ("h264", "hevc", "vp9", "av1", "mpeg4", "libx264")
_MIB = 2**20


@dataclass(frozen=True)
class Finding:
    """One line of the report. `problem` is whether it has to be mended before the server works as it was asked to."""

    name: str
    text: str
    problem: bool = False

    def __str__(self) -> str:
        return f"{'!!' if self.problem else '  '} {self.name}: {self.text}"


class Doctor:
    """Examines the machine, and whether a server with these settings would work on it."""

    def __init__(
        self,
        *,
        model: str,
        device: str,
        precision: str,
        checkpoints_dir: Path,
        checkpoint: Path | None,
        model_config: Path | None,
        data_dir: Path,
        scratch_dir: Path | None,
    ) -> None:
        self._model = model
        self._device = device
        self._asked_precision = precision
        self._checkpoints_dir = checkpoints_dir
        self._checkpoint = checkpoint
        self._model_config = model_config
        self._data_dir = data_dir
        self._cache_dir = (scratch_dir or data_dir) / "cache"
        self._loaded: LoadedModel | None = None

    def findings(self) -> Iterator[Finding]:
        """The lines of the report, as they are found."""
        checks: tuple[tuple[str, Callable[[], str]], ...] = (
            ("system", _system),
            ("libraries", _libraries),
            ("PyTorch", _torch_build),
            ("GPUs", _gpus),
            ("device", self._device_found),
            ("model", self._load),
            ("precision", self._precision),
            ("memory", self._budgets),
            ("video codecs", _codecs),
            ("data folder", self._data_folder),
            ("settings", _settings),
        )
        for name, check in checks:
            try:
                yield Finding(name, check())
            except Exception as error:
                yield Finding(name, _reason(error), problem=True)
        try:
            from sam2_lit.engine.models.devices import gpu_problem

            if (problem := gpu_problem()) is not None:
                yield Finding("unused GPU", problem, problem=True)
        except Exception as error:
            yield Finding("unused GPU", _reason(error), problem=True)

    def _selected(self) -> "torch.device":
        from sam2_lit.engine.models.devices import select_device

        return select_device(self._device)

    def _device_found(self) -> str:
        return f"{self._selected()} for --device {self._device}"

    def _precision(self) -> str:
        """Measures whether bfloat16 is better on a CPU that may be faster in it, unless that is stored."""
        from sam2_lit.engine.models.devices import compute_dtype

        dtype, reason = compute_dtype(self._selected(), self._asked_precision), f"--precision {self._asked_precision}"
        if self._asked_precision == "auto" and self._selected().type == "cpu":
            if self._loaded is None:
                raise LookupError("it depends on the model")
            from sam2_lit.engine.device.torch_private import has_bfloat16_instructions
            from sam2_lit.engine.tracking.precision_choice import PrecisionChoice

            choice = PrecisionChoice(self._cache_dir, self._loaded)
            if has_bfloat16_instructions() and choice.figures is None:
                choice.store(self._measured())
            dtype, reason = choice.dtype()
        return f"{str(dtype).removeprefix('torch.')} ({reason})"

    def _measured(self) -> "PrecisionFigures":
        import numpy as np
        from PIL import Image

        from sam2_lit.engine.device.kernels import choosing_kernels
        from sam2_lit.engine.tracking.precision_choice import FRAMES, measure
        from sam2_lit.sample import ANNOTATIONS, SAMPLE

        with Image.open(ANNOTATIONS / "00000.png") as image:
            labels = np.asarray(image)
        masks = {int(value): labels == value for value in np.unique(labels) if value}
        with choosing_kernels(self._cache_dir / "kernels.json") as kernels:
            return measure(self._load_model, SAMPLE, masks, kernels, FRAMES)

    def _load_model(self, precision: str) -> "LoadedModel":
        from sam2_lit.engine.models.loading import load_model
        from sam2_lit.engine.tracking.predictor import LitPredictor

        return load_model(
            self._model,
            predictor_class=LitPredictor,
            device=self._device,
            precision=precision,
            checkpoints_dir=self._checkpoints_dir,
            checkpoint=self._checkpoint,
            model_config=self._model_config,
        )

    def _load(self) -> str:
        self._loaded = loaded = self._load_model(self._asked_precision)
        size = f"{loaded.parameter_count / 1e6:.1f} million parameters, frames at {loaded.image_size} pixels"
        return f"{loaded.name} from {loaded.checkpoint} loads: {size}"

    def _budgets(self) -> str:
        from sam2_lit.engine.device.device_budgets import divide
        from sam2_lit.engine.device.device_memory import free_bytes

        device = self._selected()
        free = free_bytes(device)
        if free is None:
            return f"{_main_memory()}; budgets are those of docs/settings.md, each session's own"
        budgets = divide(free, cuda_graphs=device.type == "cuda")
        loaded = "with the model loaded" if self._loaded is not None else "without a model"
        shares = {"a step": budgets.working, "embeddings": budgets.embeddings, "features": budgets.features}
        shares["tracked frames"] = budgets.frames
        divided = ", ".join(f"{share // _MIB} for {name}" for name, share in shares.items())
        return f"{free // _MIB} MiB of {device} are free {loaded}: {divided}"

    def _data_folder(self) -> str:
        folder = self._data_dir.absolute()
        existing = next(each for each in (folder, *folder.parents) if each.exists())
        with tempfile.TemporaryFile(dir=existing):
            pass
        free = shutil.disk_usage(existing).free // _MIB
        made = "" if existing == folder else ", which will be made"
        return f"{folder}{made}: can be written to, {free} MiB free"


def _system() -> str:
    from sam2_lit.engine.device.cpu_threads import available_threads

    return f"{platform.platform()}, Python {sys.version.split()[0]}, {available_threads()} CPU cores, {_main_memory()}"


def _main_memory() -> str:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total // _MIB} MiB of main memory"


def _libraries() -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("sam2-lit", *_LIBRARIES))


def _torch_build() -> str:
    import torch

    if torch.version.cuda is not None:
        return f"{torch.__version__}, for CUDA {torch.version.cuda}"
    if torch.version.hip is not None:
        return f"{torch.__version__}, for ROCm {torch.version.hip}"
    return f"{torch.__version__}, {'with MPS' if torch.backends.mps.is_built() else 'for CPUs'}"


def _gpus() -> str:
    import torch

    found = [f"NVIDIA's driver: {driver}"] if (driver := _driver()) else []
    for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        properties = torch.cuda.get_device_properties(index)
        memory, capability = properties.total_memory // _MIB, f"{properties.major}.{properties.minor}"
        found.append(f"cuda:{index} is {properties.name}, {memory} MiB, capability {capability}")
    if torch.backends.mps.is_available():
        found.append("mps is available")
    return "; ".join(found) or "none"


def _driver() -> str | None:
    from sam2_lit.engine.models.devices import nvidia_driver

    return nvidia_driver()


def _codecs() -> str:
    import av

    missing = [name for name in _CODECS if name not in av.codecs_available]
    versions = ".".join(map(str, av.library_versions["libavcodec"]))
    if missing:
        raise LookupError(
            f"libavcodec {versions} has no {', '.join(missing)}: install the av that pyproject.toml names"
        )
    return f"{', '.join(_CODECS)} by libavcodec {versions}"


def _settings() -> str:
    names = sorted(name for name in os.environ if name.startswith("SAM2_LIT_"))
    hidden = ("SAM2_LIT_AUTH_TOKEN", "SAM2_LIT_DATABASE_URL")
    return ", ".join(f"{name}={'(hidden)' if name in hidden else os.environ[name]}" for name in names) or "the defaults"


def _reason(error: Exception) -> str:
    """An error in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
