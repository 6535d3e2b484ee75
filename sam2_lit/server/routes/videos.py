"""`/videos/{id}/…`: the video, its poster, and any frame as JPEG by index."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from sam2_lit.media.library import Video, VideoLibrary
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.media.stills import jpeg_frame, poster
from sam2_lit.media.transcode import playable

# A video never changes under its id, so browsers may cache it forever. `Vary: Origin`, because a response fetched
# without CORS (a poster in CSS) must not answer a later request with CORS.
_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable", "Vary": "Origin"}
_MAX_OPEN_READERS = 4


@dataclass
class _OpenReader:
    reader: VideoReader
    users: int = 0
    is_cached: bool = True


class OpenReaders:
    """A cache of the most recently used readers, so that neighboring frames need no new seek.

    A reader that is evicted is closed once nobody uses it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _OpenReader] = OrderedDict()

    @contextmanager
    def use(self, library: VideoLibrary, video: Video) -> Iterator[VideoReader]:
        with self._lock:
            opened = self._open.pop(video.id, None) or _OpenReader(library.open(video))
            self._open[video.id] = opened
            opened.users += 1
            if len(self._open) > _MAX_OPEN_READERS:
                _, oldest = self._open.popitem(last=False)
                oldest.is_cached = False
                self._close_unused(oldest)
        try:
            yield opened.reader
        finally:
            with self._lock:
                opened.users -= 1
                self._close_unused(opened)

    def _close_unused(self, opened: _OpenReader) -> None:
        if opened.users == 0 and not opened.is_cached:
            opened.reader.close()


class VideoRoutes:
    """Serves the library's videos. Transcoded videos are cached in `cache_dir`."""

    def __init__(self, cache_dir: Path) -> None:
        self._cache_dir = cache_dir
        self._readers = OpenReaders()

    async def video(self, request: Request) -> Response:
        """The video as H.264 MP4 whose i-th frame is the one with index i; supports Range."""
        video = await self._find(request)
        path = await run_in_threadpool(playable, video, self._cache_dir)
        return FileResponse(path, media_type="video/mp4", headers=_HEADERS)

    async def poster(self, request: Request) -> Response:
        video = await self._find(request)
        image = await run_in_threadpool(self._picture, _library(request), video, poster)
        return Response(image, media_type="image/jpeg", headers=_HEADERS)

    async def frame(self, request: Request) -> Response:
        """The frame with index `index` as JPEG."""
        video = await self._find(request)
        index = request.path_params["index"]
        image = await run_in_threadpool(
            self._picture, _library(request), video, lambda reader: jpeg_frame(reader, index)
        )
        return Response(image, media_type="image/jpeg", headers=_HEADERS)

    def _picture(self, library: VideoLibrary, video: Video, draw: Callable[[VideoReader], bytes]) -> bytes:
        with self._readers.use(library, video) as reader:
            return draw(reader)

    async def _find(self, request: Request) -> Video:
        return await run_in_threadpool(_library(request).by_id, request.path_params["id"])


def video_routes(data_dir: Path) -> list[BaseRoute]:
    routes = VideoRoutes(data_dir / "playable")
    return [
        Route("/videos/{id}/video.mp4", routes.video),
        Route("/videos/{id}/poster.jpg", routes.poster),
        Route("/videos/{id}/frames/{index:int}.jpg", routes.frame),
    ]


def _library(request: Request) -> VideoLibrary:
    library: VideoLibrary = request.app.state.engine.library
    return library
