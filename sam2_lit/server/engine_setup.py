"""Builds the engine from the server's settings."""

from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.observer import EngineObserver
from sam2_lit.engine.tracking.sam2_device import Sam2Device
from sam2_lit.lora.bank import BankSettings
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.records.results import LoraMode
from sam2_lit.sample import SAMPLE
from sam2_lit.settings import MIB, Settings
from sam2_lit.store.store import Store

MINUTE, DAY = 60.0, 86400.0


def create_engine(
    settings: Settings, model: LoadedModel, store: Store, observer: EngineObserver | None = None
) -> Engine:
    """The engine over a loaded model and an open store, with the sample, the user's videos and uploads."""
    media_settings = MediaSettings(
        upload_bytes=settings.max_upload * MIB,
        pixels=settings.max_pixels,
        frames=settings.max_frames,
        deinterlace=settings.deinterlace,
        learned_orders=settings.data_dir / "orders",
    )
    engine_settings = _engine_settings(settings, on_cpu=model.device.type == "cpu")
    library = VideoLibrary(SAMPLE, settings.videos, settings.data_dir, media_settings)
    device = Sam2Device(model, engine_settings, observer)
    return Engine(device, library, store, engine_settings, observer)


def _engine_settings(settings: Settings, *, on_cpu: bool) -> EngineSettings:
    def memory_budget(mebibytes: int | None, cpu_default: int, gpu_default: int) -> int:
        default = cpu_default if on_cpu else gpu_default
        return MIB * (default if mebibytes is None else mebibytes)

    return EngineSettings(
        max_sessions=settings.max_sessions,
        session_idle=settings.session_idle * MINUTE,
        upload_age=None if settings.upload_days is None else settings.upload_days * DAY,
        max_objects=settings.max_objects,
        max_points=settings.max_points,
        max_propagations=settings.max_propagations,
        resume_timeout=settings.resume_timeout,
        kept_events=settings.kept_events,
        training=TrainingSettings(learn_on_steps=settings.learn_on),
        banking=BankSettings(max_adapters=settings.max_adapters),
        feature_budget=memory_budget(settings.feature_memory, 128, 1024),
        memory_budget=memory_budget(settings.tracking_memory, 64, 512),
        tracking_disk_budget=settings.tracking_disk * MIB,
        mask_budget=settings.mask_memory * MIB,
        embedding_budget=memory_budget(settings.embedding_memory, 256, 4096),
        embedding_disk_budget=settings.embedding_disk * MIB,
        folder=settings.data_dir / "tracking",
        lora_mode=LoraMode(settings.lora_mode.upper()),
    )
