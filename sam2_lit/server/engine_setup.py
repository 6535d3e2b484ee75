"""Builds the engine from the server's settings."""

import logging
from typing import Any

import torch

from sam2_lit.engine.device.device_budgets import DeviceBudgets, divide
from sam2_lit.engine.device.device_memory import free_bytes
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.observer import EngineObserver
from sam2_lit.engine.tracking.sam2_device import Sam2Device
from sam2_lit.lora.bank import BankSettings
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.records.results import LoraMode
from sam2_lit.server.library_setup import create_library
from sam2_lit.server.model_setup import uses_cuda_graphs
from sam2_lit.settings import MIB, Settings
from sam2_lit.store.store import Store

logger = logging.getLogger("sam2_lit.engine")

MINUTE, DAY = 60.0, 86400.0


def create_engine(
    settings: Settings, model: LoadedModel, store: Store, observer: EngineObserver | None = None
) -> Engine:
    """The engine over a loaded model and an open store, with the sample, the user's videos and uploads."""
    graphs = uses_cuda_graphs(settings, model.device)
    engine_settings = _engine_settings(settings, _device_budgets(model.device, cuda_graphs=graphs))
    library = create_library(settings)
    device = Sam2Device(model, engine_settings, observer, store.epoch_of)
    return Engine(device, library, store, engine_settings, observer)


def _device_budgets(device: torch.device, *, cuda_graphs: bool) -> DeviceBudgets | None:
    """How a GPU's free memory is divided, which is logged; None on a CPU."""
    free = free_bytes(device)
    if free is None:
        return None
    budgets = divide(free, cuda_graphs=cuda_graphs)
    logger.info(
        "%s has %d MiB of free memory: %d for the step that runs, and for all sessions together %d for image"
        " embeddings, %d for captured features, %d for tracked frames",
        device,
        *(each // MIB for each in (free, budgets.working, budgets.embeddings, budgets.features, budgets.frames)),
    )
    if budgets.embeddings == 0:
        logger.warning("%s has too little free memory for this model: steps may run out of it", device)
    return budgets


def _engine_settings(settings: Settings, budgets: DeviceBudgets | None) -> EngineSettings:
    def chosen(mebibytes: int | None, default: int) -> int:
        return default if mebibytes is None else mebibytes * MIB

    on_device: dict[str, Any]
    if budgets is None:
        on_device = {
            "feature_budget": chosen(settings.feature_memory, 128 * MIB),
            "memory_budget": chosen(settings.tracking_memory, 64 * MIB),
            "embedding_budget": chosen(settings.embedding_memory, 256 * MIB),
        }
    else:
        on_device = {
            "feature_budget": chosen(settings.feature_memory, budgets.features),
            "memory_budget": chosen(settings.tracking_memory, budgets.frames),
            "shares_budgets": True,
            "batch_budget": budgets.batch,
            "embedding_budget": budgets.embeddings,
            "embedding_host_budget": chosen(settings.embedding_memory, 4096 * MIB),
        }
    return EngineSettings(
        max_sessions=settings.max_sessions,
        session_idle=settings.session_idle * MINUTE,
        upload_age=None if settings.upload_days is None else settings.upload_days * DAY,
        max_objects=settings.max_objects,
        max_points=settings.max_points,
        max_propagations=settings.max_propagations,
        max_user_sessions=settings.max_user_sessions,
        max_user_propagations=settings.max_user_propagations,
        resume_timeout=settings.resume_timeout,
        kept_events=settings.kept_events,
        training=TrainingSettings(learn_on_steps=settings.learn_on),
        banking=BankSettings(max_adapters=settings.max_adapters),
        tracking_disk_budget=settings.tracking_disk * MIB,
        mask_budget=settings.mask_memory * MIB,
        embedding_disk_budget=settings.embedding_disk * MIB,
        folder=settings.scratch / "tracking",
        lora_mode=LoraMode(settings.lora_mode.upper()),
        **on_device,
    )
