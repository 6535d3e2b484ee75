"""The annotation page at `/`, from the package's own files.

The files under `static/page/` are built from `ui/` at the root of the repository.
"""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route

import sam2_lit
from sam2_lit.server.routes.hashed_files import HashedFiles

_FILES = Path(sam2_lit.__path__[0]) / "static" / "page"

# The page may load from this server only. Vite inlines small images as data: URLs.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def page_html() -> bytes:
    """The page, UTF-8. Its assets have absolute paths under `/static/page/assets/`."""
    return (_FILES / "index.html").read_bytes()


async def page(request: Request) -> Response:
    """The response to a GET of `/`.

    The page refers to its assets by names with hashes, so browsers must revalidate the page (`no-cache`) but may cache
    the assets forever.
    """
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(await run_in_threadpool(page_html), headers=headers)


def page_routes() -> list[BaseRoute]:
    """The page, and its scripts and styles."""
    assets = GZipMiddleware(HashedFiles(directory=_FILES / "assets"))
    return [Route("/", page), Mount("/static/page/assets", app=assets, name="page")]
