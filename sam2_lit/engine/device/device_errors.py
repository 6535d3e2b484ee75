"""Errors of a device's own memory."""

import torch

from sam2_lit import machine_errors
from sam2_lit.errors import LitError


def user_error(error: BaseException) -> LitError | None:
    """As `machine_errors.user_error`, and OUT_OF_MEMORY where a GPU's memory ran out, whose cache is then emptied."""
    if isinstance(error, torch.OutOfMemoryError):
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return machine_errors.out_of_memory(error)
    return machine_errors.user_error(error)
