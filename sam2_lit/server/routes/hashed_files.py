"""Files whose names contain a hash of their content."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class HashedFiles(StaticFiles):
    """Static files that never change under their name, so browsers may cache them forever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
