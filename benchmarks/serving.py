"""The server as a separate process, and a client of it over the WebSocket."""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from numpy.typing import NDArray
from pycocotools import mask as coco

START = "mutation ($i: StartSessionInput!) { startSession(input: $i) { sessionId } }"
ADD_POINTS = """mutation ($i: AddPointsInput!) { addPoints(input: $i) {
  frameIndex rleMaskList { objectId rleMask { size counts } }
} }"""
CORRECT = """mutation ($i: AddCorrectionInput!) { addCorrection(input: $i) {
  frame { frameIndex } adapter { adapterId seconds steps } skipped
} }"""
CLOSE = "mutation ($i: CloseSessionInput!) { closeSession(input: $i) { success } }"
PROPAGATE = """subscription ($i: PropagateInVideoInput!) {
  propagateInVideo(input: $i) { frameIndex rleMaskList { objectId rleMask { size counts } } }
}"""


@dataclass(frozen=True)
class Server:
    """A running server."""

    address: str
    process_id: int

    @classmethod
    def of_this_process(cls) -> "Server":
        """For the memory of a reference, which has no address."""
        return cls("", os.getpid())

    def peak_mib(self) -> float:
        """The process's peak resident memory in MiB (Linux)."""
        return self._status_mib("VmHWM")

    def resident_mib(self) -> float:
        """The process's resident memory in MiB (Linux)."""
        return self._status_mib("VmRSS")

    def cpu_seconds(self) -> float:
        """The CPU time that all threads of the process have taken (Linux)."""
        # The name, in parentheses, may have spaces.
        fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status_mib(self, field: str) -> float:
        status = Path(f"/proc/{self.process_id}/status").read_text()
        found = re.search(rf"{field}:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


@contextmanager
def serving(
    videos: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    data_dir: Path | None = None,
    tree: Path | None = None,
) -> Iterator[Server]:
    """Runs `sam2-lit serve` over a folder of videos; `environment` is added to this process's.

    It stores its data in `data_dir`, by default in a folder that is deleted afterwards. With `tree` it runs the package
    in that checkout instead of this one's.
    """
    command = [sys.executable, "-m", "sam2_lit", "serve", "--port", "0", "--videos", str(videos), *arguments]
    with tempfile.TemporaryDirectory() as scratch:
        data = str(data_dir or scratch)
        variables = {**os.environ, **({"PYTHONPATH": str(tree)} if tree else {}), **(environment or {})}
        server = subprocess.Popen(
            [*command, "--data-dir", data], env=variables, cwd=tree, stderr=subprocess.PIPE, text=True
        )
        try:
            assert server.stderr is not None
            for line in server.stderr:
                if found := re.search(r"running on http://(\S+:\d+)", line):
                    break
            else:
                raise RuntimeError("the server did not start")
            # An unread log would fill its pipe and block the server.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield Server(found[1], server.pid)
        finally:
            server.terminate()
            server.wait()


class Work:
    """One session, used as a client uses it."""

    def __init__(self, connection: Any, session_id: str) -> None:
        self._connection = connection
        self.session_id = session_id

    async def click(
        self, object_id: int, frame_index: int, point: list[float], *, clear: bool = True
    ) -> dict[str, Any]:
        prompt = {"objectId": object_id, "frameIndex": frame_index, "points": [point], "labels": [1]}
        answer = await self.ask(ADD_POINTS, **prompt, clearOldPoints=clear)
        frame: dict[str, Any] = answer["addPoints"]
        return frame

    async def correct(self, object_id: int, frame_index: int, mask: NDArray[np.bool_]) -> dict[str, Any]:
        """Corrects a frame with a drawn mask, [H, W], and trains."""
        rle = coco.encode(np.asfortranarray(mask))
        text = {"size": rle["size"], "counts": rle["counts"].decode()}
        answer = await self.ask(CORRECT, objectId=object_id, frameIndex=frame_index, rleMask=text)
        correction: dict[str, Any] = answer["addCorrection"]
        return correction

    async def propagate(
        self, start: int | None = None, max_frames: int | None = None
    ) -> AsyncIterator[tuple[float, dict[str, Any]]]:
        """Yields each frame with the time of its arrival, in seconds of `time.perf_counter`.

        From frame `start` on forward, at most `max_frames`; or as the server does without a start.
        """
        request = gql(PROPAGATE)
        scope = {} if start is None else {"startFrameIndex": start, "direction": "FORWARD", "maxFrames": max_frames}
        request.variable_values = {"i": {"sessionId": self.session_id, **scope}}
        async for event in self._connection.subscribe(request):
            yield time.perf_counter(), event["propagateInVideo"]

    async def query(self, operation: str) -> dict[str, Any]:
        """The data of an operation whose variable `$i` is the session's id."""
        request = gql(operation)
        request.variable_values = {"i": self.session_id}
        answer: dict[str, Any] = await self._connection.execute(request)
        return answer

    async def close(self) -> None:
        await self.ask(CLOSE)

    async def ask(self, operation: str, **variables: object) -> dict[str, Any]:
        """The data of an operation whose input `$i` has the session and `variables`; gql raises its errors."""
        request = gql(operation)
        request.variable_values = {"i": {"sessionId": self.session_id, **variables}}
        answer: dict[str, Any] = await self._connection.execute(request)
        return answer


@asynccontextmanager
async def resumed(server: Server, session_id: str) -> AsyncIterator[Work]:
    """A session that the server has."""
    transport = WebsocketsTransport(url=f"ws://{server.address}/graphql", connect_args={"max_size": None})
    async with Client(transport=transport, execute_timeout=None) as connection:
        yield Work(connection, session_id)


@asynccontextmanager
async def working(server: Server, path: str, *, closes: bool = True) -> AsyncIterator[Work]:
    """A session on a video, closed at the end unless `closes` is False."""
    transport = WebsocketsTransport(url=f"ws://{server.address}/graphql", connect_args={"max_size": None})
    async with Client(transport=transport, execute_timeout=None) as connection:
        request = gql(START)
        request.variable_values = {"i": {"path": path}}
        started = await connection.execute(request)
        work = Work(connection, started["startSession"]["sessionId"])
        yield work
        if closes:
            await work.close()


async def stream(work: Work) -> tuple[float, dict[int, dict[int, NDArray[np.bool_]]]]:
    """Seconds from the subscription to its last frame, and the masks by frame and object."""
    started = time.perf_counter()
    events = [event async for event in work.propagate()]
    seconds = events[-1][0] - started
    return seconds, {event["frameIndex"]: masks_of(event) for _, event in events}


def masks_of(frame: dict[str, Any]) -> dict[int, NDArray[np.bool_]]:
    masks = {}
    for each in frame["rleMaskList"]:
        rle = each["rleMask"]
        masks[each["objectId"]] = coco.decode({"size": rle["size"], "counts": rle["counts"].encode()}).astype(bool)
    return masks
