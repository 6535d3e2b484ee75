"""Which device a model runs on, and in which precision it computes there."""

import re
import shutil
import subprocess
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import torch

from sam2_lit.engine.models.registry import DEVICES, ModelError, is_device_name

# Older GPUs of NVIDIA emulate bfloat16, which is slower than float32.
_FIRST_WITH_BFLOAT16 = (8, 0)


def select_device(name: str) -> torch.device:
    """The device named `name`: "auto", "cpu", "cuda" (the first GPU), "cuda:N" or "mps".

    "auto" is CUDA if available, else the CPU. MPS is never chosen unasked, since sam2-lit has not run on it yet.

    Raises ModelError for a device that this machine, or this build of PyTorch, does not have.
    """
    if not is_device_name(name):
        raise ModelError(f"there is no device {name!r}: choose one of {', '.join(DEVICES)}, or cuda:N")
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    present = ["cpu", *(f"cuda:{index}" for index in range(gpus))]
    if torch.backends.mps.is_available():
        present.append("mps:0")
    if name == "auto":
        return torch.device("cuda", 0) if gpus else torch.device("cpu")
    chosen = f"{name}:0" if name in ("cuda", "mps") else name
    if chosen not in present:
        raise ModelError(
            f"PyTorch {torch.__version__} finds no {name} device here: choose auto, or one of {', '.join(present)}"
        )
    return torch.device(chosen)


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[object]:
    """Within the block a model computes in `dtype`, of `compute_dtype`: autocast to bfloat16, as in SAM 2's demo."""
    return torch.autocast(device.type, dtype=dtype) if dtype is torch.bfloat16 else nullcontext()


def compute_dtype(device: torch.device, precision: str = "auto") -> torch.dtype:
    """What matrix products are computed in, for a `--precision`.

    "auto" is bfloat16 on a GPU of CUDA or ROCm that has it, else float32. On a CPU, where it depends on measurements,
    `precision_choice.py` may choose bfloat16 in its place.

    Raises ModelError where the device has no bfloat16 and `precision` asks for it.
    """
    if precision == "float32":
        return torch.float32
    if device.type == "cuda":
        has_bfloat16 = torch.version.hip is not None or torch.cuda.get_device_capability(device) >= _FIRST_WITH_BFLOAT16
    else:
        has_bfloat16 = device.type == "cpu" and precision == "bfloat16"
    if precision == "bfloat16" and not has_bfloat16:
        raise ModelError(
            f"{device} has no bfloat16, which --precision bfloat16 asks for: GPUs of NVIDIA since Ampere, those of AMD,"
            " and CPUs have it; leave --precision out, or choose float32"
        )
    return torch.bfloat16 if has_bfloat16 else torch.float32


def gpu_problem() -> str | None:
    """Why PyTorch does not use a GPU that this machine has, and what to do about it; None where there is no problem."""
    if torch.cuda.is_available():
        return _unsupported_gpu()
    driver = nvidia_driver()
    if driver is not None:
        if torch.version.cuda is None:
            return (
                f"PyTorch {torch.__version__} has no support for the NVIDIA GPU of this machine ({driver}): run"
                f" scripts/setup again, or {_reinstall('cu126')}"
            )
        return (
            f"PyTorch {torch.__version__} finds no NVIDIA GPU, though the driver does ({driver}): it needs a driver for"
            f" CUDA {torch.version.cuda}; update the driver, or {_reinstall('cu126')}, which needs one for CUDA 12"
        )
    if Path("/dev/kfd").exists() and torch.version.hip is None:
        return (
            f"PyTorch {torch.__version__} has no support for the AMD GPU of this machine: run scripts/setup again, or"
            f" {_reinstall('rocm7.2')}"
        )
    return None


def nvidia_driver() -> str | None:
    """NVIDIA's driver and the newest CUDA that it supports, as `nvidia-smi` has them; None where it finds no GPU."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        printed = subprocess.run([program], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = [re.search(rf"{name}: *(\S+)", printed) for name in ("Driver Version", "CUDA Version")]
    return ", ".join(f"{name} {each[1]}" for name, each in zip(("driver", "CUDA"), found, strict=True) if each)


def _unsupported_gpu() -> str | None:
    """Where PyTorch was built without kernels for the GPU that it finds: newer than the build, or too old for it."""
    if torch.version.hip is not None:
        return None
    major, minor = torch.cuda.get_device_capability(0)
    built = [each for each in torch.cuda.get_arch_list() if each.startswith(("sm_", "compute_"))]
    # Kernels run on later GPUs of the same major version; PTX ("compute_") on all later ones.
    for each in built:
        number = int(re.sub(r"\D", "", each))
        if number <= 10 * major + minor and (each.startswith("compute_") or number // 10 == major):
            return None
    if not built:
        return None
    return (
        f"PyTorch {torch.__version__} has no kernels for {torch.cuda.get_device_name(0)} (capability {major}.{minor}),"
        f" only for {', '.join(built)}: {_reinstall('cu126')} for a GPU before Turing, another index for a newer one"
    )


def _reinstall(index: str) -> str:
    version = torch.__version__.split("+")[0]
    return f"pip install --force-reinstall torch=={version} --index-url https://download.pytorch.org/whl/{index}"
