"""GraphiQL, from the package's own files: the page that `/graphql` sends to a browser, and its assets.

The files under `static/graphiql/` are built from `graphiql/` at the root of the repository.
"""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount

import sam2_lit
from sam2_lit.server.routes.hashed_files import HashedFiles

_FILES = Path(sam2_lit.__path__[0]) / "static" / "graphiql"

# The page may load from this server only, whatever a bundled library or a response asks for.
# Monaco sets style attributes, and has its icons and images as data: URLs.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def graphiql_html() -> bytes:
    """The page, UTF-8. Its assets have absolute paths under `/static/graphiql/assets/`."""
    return (_FILES / "index.html").read_bytes()


async def graphiql_page() -> Response:
    """The response to a browser's GET of the GraphQL endpoint.

    The page refers to its assets by names with hashes, so browsers must revalidate the page (`no-cache`) but may cache
    the assets forever.
    """
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "same-origin",
        "Vary": "Accept",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(await run_in_threadpool(graphiql_html), headers=headers)


def graphiql_routes() -> list[BaseRoute]:
    """The page's scripts, workers, styles and font."""
    return [Mount("/static/graphiql/assets", app=HashedFiles(directory=_FILES / "assets"), name="graphiql")]
