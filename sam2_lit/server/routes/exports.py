"""`/exports/{id}`: the files of exportAnnotations."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sam2_lit.exports.exporter import Exporter

_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


async def download(request: Request) -> Response:
    """The file as an attachment; 404 where there is no such export or it has expired."""
    exporter: Exporter = request.app.state.exporter
    export = await run_in_threadpool(exporter.files.find, request.path_params["id"])
    if export is None or not export.owner.admits_current():
        message = "there is no such export, or it has expired; exportAnnotations makes a new one"
        return JSONResponse({"errors": [{"message": message}]}, status_code=404)
    return FileResponse(export.file, media_type=export.media_type, filename=export.file.name, headers=_HEADERS)


def export_routes() -> list[BaseRoute]:
    return [Route("/exports/{id}", download)]
