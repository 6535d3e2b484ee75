"""`/exports/{id}`: what exportAnnotations made."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sam2_lit.exports.exporter import Exporter

_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


async def download(request: Request) -> Response:
    """The file, to be saved under its name; 404 where there is none or it is gone."""
    exporter: Exporter = request.app.state.exporter
    export = await run_in_threadpool(exporter.store.find, request.path_params["id"])
    if export is None:
        message = "there is no such export, or it was kept no longer; exportAnnotations makes it anew"
        return JSONResponse({"errors": [{"message": message}]}, status_code=404)
    return FileResponse(export.file, media_type=export.media_type, filename=export.file.name, headers=_HEADERS)


def export_routes() -> list[BaseRoute]:
    return [Route("/exports/{id}", download)]
