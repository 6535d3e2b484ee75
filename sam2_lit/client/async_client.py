"""The client for asyncio."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Self

from sam2_lit.client.async_session import AsyncSession
from sam2_lit.client.connection import Connection
from sam2_lit.client.errors import SessionNotFound
from sam2_lit.client.generated import StartSessionInput, Upload
from sam2_lit.client.generated import VideoFields as Video

DEFAULT_URL = "http://127.0.0.1:7263"


class AsyncClient:
    """A client of a server; an asynchronous context manager.

    Methods raise `ClientError`: `ServerError` with the code of the server's answer, or `ConnectionFailed`.
    """

    def __init__(self, url: str = DEFAULT_URL, token: str | None = None, reconnect_seconds: float = 30.0) -> None:
        """
        Args:
            url: the server's.
            token: what it was given as --auth-token, or the user's own.
            reconnect_seconds: how long a tracking whose connection broke tries to connect again.
        """
        self._connection = Connection(url.rstrip("/").removesuffix("/graphql"), token, reconnect_seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections; sessions stay on the server."""
        await self._connection.http.aclose()

    async def videos(self) -> AsyncIterator[Video]:
        """Every video of the server: the sample, the served folder's, uploads."""
        after: str | None = None
        while True:
            page = await self._connection.videos(after)
            for edge in page.edges:
                yield edge.node
            if not page.page_info.has_next_page:
                return
            after = page.page_info.end_cursor

    async def upload(
        self,
        file: Path | str,
        start_seconds: float | None = None,
        duration_seconds: float | None = None,
        private: bool = False,
    ) -> Video:
        """Uploads a video file of this machine, of which the server keeps the given part.

        Only the user who uploads it may see a private one.

        Raises:
            OSError: the file cannot be read.
            UnsupportedMedia, UploadTooLarge.
        """
        path = Path(file)
        with path.open("rb") as content:
            upload = Upload(path.name, content, "application/octet-stream")
            return await self._connection.upload_video(upload, start_seconds, duration_seconds, private)

    async def open(
        self, video: Video | str, frame_step: int = 1, *, frame_rate: float | None = None, private: bool = False
    ) -> AsyncSession:
        """A new session on a video of the server, or on its path as `videos` lists it (`sample/sample.mp4`).

        It works on every `frame_step`-th frame, from 0, or on about `frame_rate` frames a second; frames keep their
        indices. Only the user who starts it may see a private one.

        Raises:
            VideoNotFound, UnsupportedMedia, CapacityExceeded.
        """
        path = video if isinstance(video, str) else video.path
        given = StartSessionInput(path=path, frame_step=frame_step, frame_rate=frame_rate, private=private)
        started = await self._connection.start_session(given)
        return await self.session(started.session_id)

    async def session(self, session_id: str) -> AsyncSession:
        """A session that exists. Raises SessionNotFound."""
        found = await self._connection.session(session_id)
        if found is None:
            raise SessionNotFound(f"there is no session {session_id!r}")
        # As of the other methods, so that it is equal to theirs.
        video = Video(**found.video.model_dump(by_alias=True))
        return AsyncSession(self._connection, session_id, video)
