"""`/healthz`, `/readyz` and `/metrics`."""

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sam2_lit.engine.face import EngineFace
from sam2_lit.server.metrics import Metrics


async def alive(request: Request) -> Response:
    """200 as long as the server answers."""
    return JSONResponse({"status": "alive"})


async def ready(request: Request) -> Response:
    """200 once the model is loaded, 503 before, and with a reason where calls fail, such as a thread that has died."""
    engine: EngineFace | None = getattr(request.app.state, "engine", None)
    if engine is None:
        return JSONResponse({"status": "not ready"}, status_code=503)
    if problems := engine.problems():
        return JSONResponse({"status": "not ready", "reason": " ".join(problems)}, status_code=503)
    return JSONResponse({"status": "ready", "model": engine.model().name})


async def metrics(request: Request) -> Response:
    """Prometheus' text exposition format."""
    registered: Metrics = request.app.state.metrics
    return Response(await run_in_threadpool(registered.text), headers={"Content-Type": CONTENT_TYPE_LATEST})


def health_routes() -> list[BaseRoute]:
    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
