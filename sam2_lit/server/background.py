"""Serves the application in a thread of this process."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.applications import Starlette

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.server.app import create_app
from sam2_lit.server.http_server import http_server
from sam2_lit.server.logs import set_up_logging
from sam2_lit.settings import Settings
from sam2_lit.store.store import Store


@contextmanager
def serving(app: Starlette, settings: Settings) -> Iterator[str]:
    """Serves the application until the block ends, and yields its URL.

    Raises:
        RuntimeError: the server did not start; its log says why.
    """
    server = http_server(app, settings)
    thread = threading.Thread(target=server.run, name="http")
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
            if not thread.is_alive():
                raise RuntimeError(f"the server did not start on {settings.host}:{settings.port}")
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://{settings.host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def serving_video(video: Path, model: LoadedModel) -> Iterator[tuple[str, str]]:
    """Serves one video on a free port until the block ends; yields the URL and the token.

    The data directory is deleted at the end; warnings are logged.
    """
    set_up_logging("warning", "text")
    token = secrets.token_urlsafe()
    with TemporaryDirectory(prefix="sam2-lit-") as folder:
        # A link in a folder of its own: the video's folder may be the root of a large tree, which would be listed.
        videos = Path(folder) / "videos"
        videos.mkdir()
        (videos / video.resolve().name).symlink_to(video.resolve())
        settings = Settings(port=0, videos=videos, data_dir=Path(folder) / "data", auth_token=token)
        with serving(create_app(settings, model, Store(settings.data_dir)), settings) as url:
            yield url, token
