"""The server of the test, which restarts with what it stored, and its two clients."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip, draw_clip, write_clip
from tests.interleaving.calls import FACTS
from tests.interleaving.model import MAX_OBJECTS
from tests.running import Client, Server, running

FRAMES = 6
MAX_PROPAGATIONS = 3
UPLOAD = "mutation ($file: Upload!) { uploadVideo(file: $file) { path } }"


class World:
    """Two sessions fit into memory, next to a third one that only evicts them."""

    def __init__(self, folder: Path, model: LoadedModel) -> None:
        videos = folder / "videos"
        videos.mkdir()
        self.clip: Clip = draw_clip(FRAMES)
        self.file = videos / "discs.mp4"
        write_clip(self.file, self.clip.frames)
        self.errors = ErrorLog()
        self.counts: Counter[str] = Counter()
        self._settings = Settings(
            videos=videos,
            data_dir=folder / "data",
            max_sessions=2,
            max_objects=MAX_OBJECTS,
            max_propagations=MAX_PROPAGATIONS,
            resume_timeout=24 * 3600,
        )
        self._model = model
        self._running = ExitStack()
        self._start()
        self._third = ClientSession.start(self.server, "videos/discs.mp4").session_id

    def _start(self) -> None:
        self.server: Server = self._running.enter_context(running(self._settings, self._model))
        url = self.server.url
        self.clients = [Client(url, httpx.Client(base_url=url, timeout=120)) for _ in range(2)]

    def close(self) -> None:
        """Ends the server, then its clients: calls may be running."""
        self._running.close()
        for each in self.clients:
            each.http.close()

    def restart(self) -> None:
        self.close()
        self._start()

    def evict(self) -> str | None:
        """Loads the third session, for which one of the others has to leave memory. Returns the code of an error."""
        query = "mutation ($i: SetLoraModeInput!) { setLoraMode(input: $i) { sessionId } }"
        answer = self.server.http.post(
            "/graphql", json={"query": query, "variables": {"i": {"sessionId": self._third, "mode": "OFF"}}}
        ).json()
        code: str | None = answer["errors"][0]["extensions"]["code"] if "errors" in answer else None
        return code

    def upload(self) -> str:
        """The path of the clip as an upload."""
        form = {
            "operations": f'{{"query": "{UPLOAD}", "variables": {{"file": null}}}}',
            "map": '{"0": ["variables.file"]}',
        }
        answer = self.server.http.post("/graphql", data=form, files={"0": ("discs.mp4", self.file.read_bytes())}).json()
        path: str = answer["data"]["uploadVideo"]["path"]
        return path

    def delete_upload(self, path: str) -> str | None:
        """The code of the error; None where it was deleted."""
        query = "mutation ($p: String!) { deleteUpload(input: {path: $p}) { success } }"
        answer = self.server.http.post("/graphql", json={"query": query, "variables": {"p": path}}).json()
        code: str | None = answer["errors"][0]["extensions"]["code"] if "errors" in answer else None
        return code

    def found(self, session_id: str) -> Any:
        """A session as the server sends it; None where there is none.

        A frame that was being tracked when its stream was left may be stored while it is read: so it is read until it
        stays the same. A stream that nobody reads pauses.
        """
        found = self.server.query(FACTS, s=session_id)["session"]
        while (again := self.server.query(FACTS, s=session_id)["session"]) != found:
            found = again
        return found

    def frames_tracked(self, session_id: str) -> int | None:
        """By a session in memory; None where it is not."""
        pooled = self.server.engine.pool.get(session_id)
        return None if pooled is None else int(pooled.state.tracker.frames_tracked)


class ErrorLog(logging.Handler):
    """What is logged as an error, by anything."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def at_once(functions: list[Callable[[], None]]) -> None:
    """Runs each on a thread of its own, started together. Raises what the first that failed raised."""
    together = threading.Barrier(len(functions))
    errors: list[BaseException] = []

    def run(function: Callable[[], None]) -> None:
        together.wait()
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
