"""A front: the application over workers elsewhere. Imports no torch, and Ray only where it connects."""

import asyncio
from collections.abc import Callable

from starlette.applications import Starlette

from sam2_lit.cluster.cluster_metrics import labeled
from sam2_lit.cluster.messages import Workers
from sam2_lit.cluster.remote_engine import RemoteEngine
from sam2_lit.engine.face import EngineFace
from sam2_lit.server.application import create_application
from sam2_lit.server.library_setup import create_library
from sam2_lit.server.metrics import Metrics
from sam2_lit.settings import Settings
from sam2_lit.store.fence import Fence
from sam2_lit.store.store import Store

_DAY = 86400.0
_METRICS_SECONDS = 10.0


def open_store(settings: Settings) -> Store:
    """The store that all processes share; a front owns no session. Raises StoreError."""
    return Store(settings.media, settings.database_url, Fence("front"))


def create_front(settings: Settings, store: Store, workers: Workers) -> Starlette:
    """The application over workers and an open store, which it closes; `create_application` has the rest."""

    def open_engine(metrics: Metrics) -> EngineFace:
        upload_age = None if settings.upload_days is None else settings.upload_days * _DAY
        engine = RemoteEngine(workers, create_library(settings), store, upload_age)
        metrics.add_text(_worker_metrics(engine))
        return engine

    return create_application(settings, open_engine)


def _worker_metrics(engine: RemoteEngine) -> Callable[[], bytes]:
    """What returns the metrics of all workers, on any thread but the event loop's."""
    loop = asyncio.get_running_loop()

    def text() -> bytes:
        pending = asyncio.run_coroutine_threadsafe(engine.worker_metrics(), loop)
        return labeled(pending.result(_METRICS_SECONDS))

    return text
