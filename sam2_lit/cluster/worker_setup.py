"""Opens a worker's engine from the settings of the front that starts it: model, store with a fence, metrics."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from sam2_lit.cluster.worker import OpenedEngine
from sam2_lit.server.logs import set_up_logging
from sam2_lit.server.startup import starting
from sam2_lit.settings import MODEL_SETTINGS, Settings
from sam2_lit.store.fence import Fence
from sam2_lit.store.store import Store

if TYPE_CHECKING:
    from sam2_lit.engine.models.loading import LoadedModel


async def open_engine(settings: Settings, fence: Fence) -> OpenedEngine:
    """Loads the model and opens the store that all processes share. Fronts delete expired uploads."""
    with starting():
        from sam2_lit.server.engine_setup import create_engine
        from sam2_lit.server.metrics import Metrics

        set_up_logging(settings.log_level, settings.log_format)
        model = await asyncio.to_thread(_load, settings)
        store = await asyncio.to_thread(Store, settings.media, settings.database_url, fence)
        metrics = Metrics()
        engine = create_engine(replace(settings, upload_days=None), model, store, metrics)
        metrics.watch(engine.counts)
        return OpenedEngine(engine, store, metrics.text)


def _load(settings: Settings) -> "LoadedModel":
    from sam2_lit.engine.device.process_setup import set_up_process
    from sam2_lit.engine.models.loading import load_model
    from sam2_lit.engine.tracking.predictor import LitPredictor
    from sam2_lit.server.model_setup import prepare_model

    set_up_process()
    chosen = {name: getattr(settings, name) for name in MODEL_SETTINGS if name != "model"}
    model = load_model(settings.model, predictor_class=LitPredictor, **chosen)
    prepare_model(model, settings)
    return model
