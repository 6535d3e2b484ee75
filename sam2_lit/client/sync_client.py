"""The client without asyncio: the same methods, which wait. An event loop runs in a thread of each client."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from anyio.from_thread import start_blocking_portal

from sam2_lit.client.async_client import DEFAULT_URL, AsyncClient
from sam2_lit.client.generated import VideoFields as Video
from sam2_lit.client.sync_session import Session, iterate


class Client:
    """A client of a server; a context manager. `AsyncClient` describes its methods and what they raise."""

    def __init__(self, url: str = DEFAULT_URL, token: str | None = None, reconnect_seconds: float = 30.0) -> None:
        self._exit = ExitStack()
        self._portal = self._exit.enter_context(start_blocking_portal())
        self._client = AsyncClient(url, token, reconnect_seconds)
        self._exit.enter_context(self._portal.wrap_async_context_manager(self._client))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; sessions stay on the server."""
        self._exit.close()

    def videos(self) -> Iterator[Video]:
        return iterate(self._portal, self._client.videos())

    def upload(
        self,
        file: Path | str,
        start_seconds: float | None = None,
        duration_seconds: float | None = None,
        private: bool = False,
    ) -> Video:
        return self._portal.call(self._client.upload, file, start_seconds, duration_seconds, private)

    def open(
        self, video: Video | str, frame_step: int = 1, *, frame_rate: float | None = None, private: bool = False
    ) -> Session:
        opened = partial(self._client.open, video, frame_step, frame_rate=frame_rate, private=private)
        return Session(self._portal, self._portal.call(opened))

    def session(self, session_id: str) -> Session:
        return Session(self._portal, self._portal.call(self._client.session, session_id))
