"""The application over an engine in this process."""

from starlette.applications import Starlette

from sam2_lit.engine.face import EngineFace
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.server.application import create_application
from sam2_lit.server.engine_setup import create_engine
from sam2_lit.server.metrics import Metrics
from sam2_lit.settings import Settings
from sam2_lit.store.store import Store


def create_app(settings: Settings, model: LoadedModel, store: Store) -> Starlette:
    """The application over a loaded model and an open store, which it closes; `create_application` has the rest."""

    def open_engine(metrics: Metrics) -> EngineFace:
        engine = create_engine(settings, model, store, metrics)
        metrics.watch(engine.counts)
        return engine

    return create_application(settings, open_engine)
