"""Errors after which a GPU computes nothing more in this process."""

_LOST = (
    "illegal memory access",
    "illegal address",
    "illegal instruction",
    "invalid program counter",
    "misaligned address",
    "device-side assert",
    "hardware stack error",
    "unspecified launch failure",
    "launch timed out",
    "uncorrectable ECC error",
    "unknown error",
    "fallen off the bus",
)
"""What errors of CUDA and ROCm say that stay: every later call raises them again (CUDA runtime API, cudaError_t)."""


def is_device_lost(error: BaseException) -> bool:
    """Whether a GPU failed in such a way that only a restart of the process helps."""
    text = str(error)
    is_of_gpu = isinstance(error, RuntimeError) and ("CUDA error" in text or "HIP error" in text)
    return is_of_gpu and any(each in text for each in _LOST)
