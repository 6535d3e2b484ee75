"""`/videos/{id}/…`: the video, its poster, and any frame as JPEG by index."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from sam2_lit.engine.face import EngineFace
from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.media.stills import jpeg_frame, poster
from sam2_lit.media.transcode import Transcoder

# An id stands for one version of a video, so browsers may cache what it serves forever. `Vary: Origin`, because a
# response fetched without CORS (a poster in CSS) must not answer a later request with CORS.
_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable", "Vary": "Origin"}
# For ids of earlier releases, which stand for a path, whatever is there.
_HEADERS_OF_PATHS = {"Cache-Control": "private, no-cache", "Vary": "Origin"}
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
    """Serves the library's videos."""

    def __init__(self) -> None:
        self._readers = OpenReaders()

    async def video(self, request: Request) -> Response:
        """The video as H.264 MP4 whose i-th frame is the one with index i; supports Range."""
        transcoder: Transcoder = request.app.state.transcoder
        video = await self._find(request)
        path = await transcoder.playable(video)
        return FileResponse(path, media_type="video/mp4", headers=_headers(request, video))

    async def poster(self, request: Request) -> Response:
        return await self._picture(request, poster)

    async def frame(self, request: Request) -> Response:
        """The frame with index `index` as JPEG."""
        index = request.path_params["index"]
        return await self._picture(request, lambda reader: jpeg_frame(reader, index))

    async def _picture(self, request: Request, draw: Callable[[VideoReader], bytes]) -> Response:
        library, video = _library(request), await self._find(request)

        def picture() -> bytes:
            with self._readers.use(library, video) as reader:
                return draw(reader)

        # What is served depends on the version and the URL alone.
        etag = f'"{video.id}-{request.url.path.rsplit("/", 1)[1]}"'
        headers = _headers(request, video) | {"ETag": etag}
        if etag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        image = await library.threads.reading.run(picture)
        return Response(image, media_type="image/jpeg", headers=headers)

    async def _find(self, request: Request) -> Video:
        engine: EngineFace = request.app.state.engine
        return await engine.videos.by_id(request.path_params["id"])


def _headers(request: Request, video: Video) -> dict[str, str]:
    return _HEADERS if request.path_params["id"] == video.id else _HEADERS_OF_PATHS


def video_routes() -> list[BaseRoute]:
    routes = VideoRoutes()
    return [
        Route("/videos/{id}/video.mp4", routes.video),
        Route("/videos/{id}/poster.jpg", routes.poster),
        Route("/videos/{id}/frames/{index:int}.jpg", routes.frame),
    ]


def _library(request: Request) -> VideoLibrary:
    library: VideoLibrary = request.app.state.engine.library
    return library
