"""Assembles the Starlette application over any engine: routes, middleware, lifespan. Imports no torch."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from sam2_lit.engine.face import EngineFace
from sam2_lit.errors import LitError
from sam2_lit.exports.exporter import Exporter
from sam2_lit.imports.importer import Importer
from sam2_lit.media.transcode import Transcoder
from sam2_lit.server.access import Access
from sam2_lit.server.error_responses import error_response
from sam2_lit.server.graphql_endpoint import graphql_routes
from sam2_lit.server.metrics import Metrics
from sam2_lit.server.middleware.access import LoginMiddleware, OriginMiddleware, served_hosts
from sam2_lit.server.middleware.body_limit import BodyLimitMiddleware
from sam2_lit.server.middleware.compressed_body import CompressedBodyMiddleware
from sam2_lit.server.middleware.compression import CompressionMiddleware
from sam2_lit.server.middleware.connection_limit import ConnectionLimitMiddleware
from sam2_lit.server.middleware.disconnect import DisconnectMiddleware
from sam2_lit.server.middleware.request_log import RequestLogMiddleware
from sam2_lit.server.middleware.security_headers import SecurityHeadersMiddleware
from sam2_lit.server.middleware.stream_end import StreamEndMiddleware
from sam2_lit.server.routes.exports import export_routes
from sam2_lit.server.routes.graphiql import graphiql_routes
from sam2_lit.server.routes.health import health_routes
from sam2_lit.server.routes.page import page_routes
from sam2_lit.server.routes.sam2_demo import sam2_demo_routes
from sam2_lit.server.routes.videos import video_routes
from sam2_lit.server.tidying import keep_tidy
from sam2_lit.settings import MIB, Settings

OpenEngine = Callable[[Metrics], EngineFace]
"""Opens the engine on the event loop of the server, and adds its counts to the metrics."""


def create_application(settings: Settings, open_engine: OpenEngine) -> Starlette:
    """The application over the engine that `open_engine` returns, which it closes.

    While it runs, `app.state` has `engine`, `exporter`, `importer`, `transcoder` and `metrics`. Setting the event
    `stopping` ends all streams. Raises OSError or ValueError where the file of tokens cannot be used.
    """

    access = Access(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.stopping = asyncio.Event()
        app.state.metrics = metrics = Metrics()
        app.state.engine = engine = open_engine(metrics)
        library = engine.library
        app.state.exporter = exporter = Exporter(library, settings.media / "exports")
        app.state.importer = importer = Importer(library)
        app.state.transcoder = Transcoder(library.threads, settings.media / "playable", library.settings)
        background = [asyncio.create_task(each) for each in (keep_tidy(engine), access.watch())]
        try:
            yield
        finally:
            for task in background:
                task.cancel()
            importer.close()
            exporter.close()
            await engine.close()

    return Starlette(
        routes=[
            *health_routes(),
            *graphql_routes(settings, access),
            *graphiql_routes(),
            *page_routes(),
            *video_routes(),
            *sam2_demo_routes(),
            *export_routes(),
        ],
        middleware=_middleware(settings, access),
        exception_handlers={
            LitError: error_response,
            HTTPException: error_response,
            RecursionError: error_response,
            Exception: error_response,
        },
        lifespan=lifespan,
    )


def _middleware(settings: Settings, access: Access) -> list[Middleware]:
    """The first is the outermost: it sees a request first and its response last."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origin,
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["*"],
        allow_credentials=True,
    )
    return [
        Middleware(RequestLogMiddleware),
        Middleware(CompressionMiddleware),
        Middleware(SecurityHeadersMiddleware),
        *([cors] if settings.allowed_origin else []),
        Middleware(TrustedHostMiddleware, allowed_hosts=served_hosts(settings.host, settings.allowed_host)),
        Middleware(OriginMiddleware, allowed_origins=settings.allowed_origin),
        Middleware(LoginMiddleware, access=access),
        Middleware(ConnectionLimitMiddleware, connections=settings.max_connections),
        Middleware(CompressedBodyMiddleware),
        Middleware(
            BodyLimitMiddleware,
            upload=settings.max_upload * MIB,
            body=settings.max_body * MIB,
            idle=settings.idle_timeout,
        ),
        Middleware(StreamEndMiddleware),
        Middleware(DisconnectMiddleware),
    ]
