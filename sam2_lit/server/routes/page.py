"""The annotation page at `/`, from this server's own files.

The files under `static/page/` are built from `ui/` at the root of the repository.
"""

from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route

import sam2_lit
from sam2_lit.server.routes.hashed_files import HashedFiles

_FILES = Path(sam2_lit.__path__[0]) / "static" / "page"

# The browser itself holds the page to this server. Vite inlines small images as data: URLs.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def page_html() -> bytes:
    """The page, UTF-8. Its assets have absolute paths under `/static/page/assets/`."""
    return (_FILES / "index.html").read_bytes()


async def page(request: Request) -> Response:
    """The response to a GET of `/`.

    The page names its assets by their hashes, so it must be asked for anew (`no-cache`) while they may be kept for
    good.
    """
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page_html(), headers=headers)


def routes() -> list[BaseRoute]:
    """The page, and its scripts and styles at the paths that it names."""
    assets = GZipMiddleware(HashedFiles(directory=_FILES / "assets"))
    return [Route("/", page), Mount("/static/page/assets", app=assets, name="page")]
