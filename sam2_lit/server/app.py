"""The Starlette application: routes, lifespan, GraphQL mounted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import sam2_lit
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.observer import EngineObserver
from sam2_lit.engine.tracking.sam2_device import Sam2Device
from sam2_lit.errors import LitError
from sam2_lit.exports.exporter import Exporter
from sam2_lit.lora.bank import BankSettings
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.records.results import LoraMode
from sam2_lit.server.error_responses import error_response
from sam2_lit.server.graphql_endpoint import graphql_routes
from sam2_lit.server.metrics import Metrics
from sam2_lit.server.middleware.access import OriginMiddleware, TokenMiddleware, served_hosts
from sam2_lit.server.middleware.body_limit import BodyLimitMiddleware
from sam2_lit.server.middleware.request_log import RequestLogMiddleware
from sam2_lit.server.middleware.security_headers import SecurityHeadersMiddleware
from sam2_lit.server.routes import graphiql, page
from sam2_lit.server.routes.exports import export_routes
from sam2_lit.server.routes.sam2_demo import demo_routes
from sam2_lit.server.routes.videos import video_routes
from sam2_lit.settings import MIB, Settings
from sam2_lit.store.store import Store

SAMPLE = Path(sam2_lit.__path__[0]) / "sample" / "sample.mp4"


def create_app(settings: Settings, model: LoadedModel, store: Store) -> Starlette:
    """The server over a loaded model and an open store, which it closes. `app.state.engine` is there while it runs."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.metrics = metrics = Metrics()
        app.state.engine = engine = create_engine(settings, model, store, metrics)
        metrics.watch(engine.counts)
        app.state.exporter = Exporter(engine.library, settings.data_dir / "exports")
        try:
            yield
        finally:
            await engine.close()

    middleware = [
        Middleware(RequestLogMiddleware),
        Middleware(SecurityHeadersMiddleware),
        Middleware(TrustedHostMiddleware, allowed_hosts=served_hosts(settings.host, settings.allowed_host)),
        Middleware(OriginMiddleware, allowed_origins=settings.allowed_origin),
        Middleware(TokenMiddleware, token=settings.auth_token),
        Middleware(
            BodyLimitMiddleware,
            upload=settings.max_upload * MIB,
            body=settings.max_body * MIB,
            idle=settings.idle_timeout,
        ),
    ]
    if settings.allowed_origin:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origin,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            allow_credentials=True,
        )
        middleware.insert(2, cors)
    return Starlette(
        routes=[
            Route("/healthz", alive),
            Route("/readyz", ready),
            Route("/metrics", metrics_text),
            *graphql_routes(settings),
            *graphiql.routes(),
            *page.routes(),
            *video_routes(settings.data_dir),
            *demo_routes(),
            *export_routes(),
        ],
        middleware=middleware,
        exception_handlers={LitError: error_response, RecursionError: error_response, Exception: error_response},
        lifespan=lifespan,
    )


def create_engine(
    settings: Settings, model: LoadedModel, store: Store, observer: EngineObserver | None = None
) -> Engine:
    def budget(told: int | None, on_cpu: int, on_gpu: int) -> int:
        usual = on_cpu if model.device.type == "cpu" else on_gpu
        return MIB * (usual if told is None else told)

    limits = MediaLimits(upload_bytes=settings.max_upload * MIB, pixels=settings.max_pixels, frames=settings.max_frames)
    engine_settings = EngineSettings(
        max_sessions=settings.max_sessions,
        max_objects=settings.max_objects,
        max_points=settings.max_points,
        max_propagations=settings.max_propagations,
        banking=BankSettings(max_adapters=settings.max_adapters),
        feature_budget=budget(settings.feature_memory, 128, 1024),
        memory_budget=budget(settings.tracking_memory, 64, 512),
        mask_budget=settings.mask_memory * MIB,
        embedding_budget=budget(settings.embedding_memory, 256, 4096),
        embedding_disk_budget=settings.embedding_disk * MIB,
        folder=settings.data_dir / "tracking",
        lora_mode=LoraMode(settings.lora_mode.upper()),
    )
    library = VideoLibrary(SAMPLE, settings.videos, settings.data_dir, limits)
    device = Sam2Device(model, engine_settings, observer)
    return Engine(device, library, store, engine_settings, observer)


async def metrics_text(request: Request) -> Response:
    """Prometheus' exposition format."""
    metrics: Metrics = request.app.state.metrics
    metrics.tasks.set(len(asyncio.all_tasks()))
    return Response(await run_in_threadpool(metrics.text), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def alive(request: Request) -> Response:
    """200 as long as the server answers."""
    return JSONResponse({"status": "alive"})


async def ready(request: Request) -> Response:
    """200 once the model is loaded and its device takes work, 503 otherwise."""
    engine: Engine | None = getattr(request.app.state, "engine", None)
    if engine is None or not engine.device.worker.is_running:
        return JSONResponse({"status": "not ready"}, status_code=503)
    return JSONResponse({"status": "ready", "model": engine.model().name})
