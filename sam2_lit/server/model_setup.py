"""Prepares a loaded model for serving."""

import logging
import time
from typing import cast

import torch

from sam2_lit.engine.device.kernels import choosing_kernels
from sam2_lit.engine.device.torch_private import compiler_error
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.models.registry import ModelError
from sam2_lit.engine.tracking.precision_choice import PrecisionChoice
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.settings import Settings

logger = logging.getLogger(__name__)

_LARGEST_WARMED_UP = 512
"""Image size up to which a model on a CPU is run once at the start; a larger one takes seconds, and gains nothing."""


def uses_cuda_graphs(settings: Settings, device: torch.device) -> bool:
    """Whether a model on `device` replays CUDA graphs: as the settings say, but not on a CPU, on MPS or compiled."""
    return settings.cuda_graphs and device.type == "cuda" and not settings.compile


def prepare_model(model: LoadedModel, settings: Settings) -> None:
    """Chooses precision and kernels, compiles where the settings say so, and warms up. Raises ModelError."""
    predictor = cast(LitPredictor, model.predictor)
    cache = settings.scratch / "cache"
    dtype, reason = model.dtype, f"--precision {settings.precision}"
    if settings.precision == "auto" and model.device.type == "cpu":
        dtype, reason = PrecisionChoice(cache, model).dtype()
    logger.info("%s computes in %s on %s: %s", model.name, str(dtype).removeprefix("torch."), model.device, reason)
    with choosing_kernels(cache / "kernels.json") as kernels:
        graphs = uses_cuda_graphs(settings, predictor.device)
        predictor.prepare(compiled=settings.compile, cuda_graphs=graphs, kernels=kernels, dtype=dtype)
    if settings.compile or predictor.device.type != "cpu" or predictor.image_size <= _LARGEST_WARMED_UP:
        started = time.perf_counter()
        try:
            predictor.warm_up()
        except compiler_error() as error:
            raise ModelError(
                f"the model cannot be compiled here ({error.__cause__ or error}); leave --compile out"
            ) from error
        logger.info("warmed up in %.1f s%s", time.perf_counter() - started, ", compiled" if settings.compile else "")
