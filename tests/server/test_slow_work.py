"""Slow uploads, transcodes and disks, and what other clients are answered meanwhile."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, Engine, event

from sam2_lit.exports.export_files import ExportFiles
from sam2_lit.media import transcode
from sam2_lit.media.uploads import Uploads
from tests.client_session import ClientSession
from tests.clips import FRAMES, Clip
from tests.media.clips import write_video
from tests.running import Server
from tests.schema.subscribing import settled, subscribed

EXPORT = "mutation ($i: ExportAnnotationsInput!) { exportAnnotations(input: $i) { url } }"
UPLOAD = "mutation ($file: Upload!) { uploadVideo(file: $file) { path } }"


class Gate:
    """Holds every call of a function until it is opened."""

    def __init__(self, function: Any) -> None:
        self.open = threading.Event()
        self.calls = 0
        self._function = function
        self._entered = threading.Event()

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        self._entered.set()
        assert self.open.wait(60)
        return self._function(*args)

    async def entered(self) -> None:
        assert await asyncio.to_thread(self._entered.wait, 30)


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(Uploads.add)
    monkeypatch.setattr(Uploads, "add", lambda *args: gate(*args))
    yield gate
    gate.open.set()


@pytest.fixture
def transcodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(transcode._convert)
    monkeypatch.setattr(transcode, "_convert", gate)
    yield gate
    gate.open.set()


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(ExportFiles.add)
    monkeypatch.setattr(ExportFiles, "add", lambda *args: gate(*args))
    yield gate
    gate.open.set()


@pytest.fixture
def film(server: Server, videos: Path) -> Iterator[str]:
    """The address of a video that has to be converted before a browser can play it."""
    path = write_video(videos / "slow.webm", 5, "libvpx")
    nodes = server.query("{ videos { edges { node { path url } } } }")["videos"]["edges"]
    yield next(httpx.URL(each["node"]["url"]).path for each in nodes if each["node"]["path"] == "videos/slow.webm")
    path.unlink()


def client(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, timeout=120, limits=httpx.Limits(max_connections=None))


async def upload(http: httpx.AsyncClient, file: bytes) -> str:
    """The path of the uploaded video, or the code of the error."""
    operations = json.dumps({"query": UPLOAD, "variables": {"file": None}})
    form = {"operations": operations, "map": '{"0": ["variables.file"]}'}
    answer = (await http.post("/graphql", data=form, files={"0": ("discs.mp4", file)})).json()
    outcome: str = (
        answer["errors"][0]["extensions"]["code"] if "errors" in answer else answer["data"]["uploadVideo"]["path"]
    )
    return outcome


async def test_reads_and_pictures_are_answered_while_uploads_and_transcodes_are_running(
    server: Server, videos: Path, film: str, uploads: Gate, transcodes: Gate
) -> None:
    file = (videos / "discs.mp4").read_bytes()
    async with client(server) as http:
        slow = [asyncio.ensure_future(upload(http, file)) for _ in range(8)]
        slow += [asyncio.ensure_future(http.get(film)) for _ in range(40)]  # type: ignore[arg-type]
        await uploads.entered()
        await transcodes.entered()

        assert (await http.get("/healthz")).status_code == 200
        answer = await http.post("/graphql", json={"query": "{ sessions { sessionId } videos { edges { cursor } } }"})
        assert "errors" not in answer.json()
        assert (await http.get(film.replace("video.mp4", "poster.jpg"))).status_code == 200
        assert not any(each.done() for each in slow)

        uploads.open.set()
        transcodes.open.set()
        answers: list[Any] = await asyncio.gather(*slow)
    assert len(set(answers[:8])) == 8
    assert {each.status_code for each in answers[8:]} == {200}
    assert transcodes.calls == 1


async def test_a_client_that_leaves_does_not_end_a_transcode_that_others_wait_for(
    server: Server, film: str, transcodes: Gate
) -> None:
    async with client(server) as http, client(server) as leaving:
        left = asyncio.ensure_future(leaving.get(film))
        await transcodes.entered()
        waiting = asyncio.ensure_future(http.get(film))
        await http.get("/healthz")
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        await http.get("/healthz")
        transcodes.open.set()

        assert (await waiting).status_code == 200
    assert transcodes.calls == 1


async def test_more_uploads_than_may_wait_are_refused(server: Server, videos: Path, uploads: Gate) -> None:
    file = (videos / "discs.mp4").read_bytes()
    async with client(server) as http:
        slow = [asyncio.ensure_future(upload(http, file)) for _ in range(2 + 32 + 1)]
        done, _ = await asyncio.wait(slow, return_when=asyncio.FIRST_COMPLETED)
        uploads.open.set()
        answers = await asyncio.gather(*slow)

    assert [each.result() for each in done] == ["CAPACITY_EXCEEDED"]
    assert len(set(answers)) == 2 + 32 + 1


@pytest.fixture
def disk() -> Iterator[threading.Event]:
    """No write to the database is committed while this is cleared."""
    is_fast = threading.Event()
    is_fast.set()

    def commit(connection: Connection) -> None:
        if threading.current_thread().name == "sam2-lit-store":
            is_fast.wait()

    event.listen(Engine, "commit", commit)
    yield is_fast
    is_fast.set()
    event.remove(Engine, "commit", commit)


async def test_while_the_disk_is_slow_reads_are_answered_streams_pause_and_nothing_is_acknowledged(
    start: Callable[[], ClientSession], server: Server, clip: Clip, disk: threading.Event
) -> None:
    streaming, clicking = start(), start()
    for session in (streaming, clicking):
        session.add_mask(1, 0, clip.rle(1, 0))
    disk.clear()
    async with subscribed(streaming) as socket:
        before, now = await settled(streaming)
        while now > before or now == 0:
            before, now = await settled(streaming)
        click = asyncio.create_task(asyncio.to_thread(clicking.add_mask, 2, 0, clip.rle(2, 0)))
        async with client(server) as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 200
        found = await asyncio.to_thread(clicking.info)
        is_acknowledged = click.done()
        disk.set()
        frames = [(await socket.next_frame())["frameIndex"] for _ in range(FRAMES)]
    answer = await click

    # Those that are held until they are stored, and the one in progress.
    assert now <= 5
    assert not is_acknowledged
    assert [each["objectId"] for each in found["objects"]] == [1]
    assert len(answer["rleMaskList"]) == 2
    assert frames == list(range(FRAMES))


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux does each thread have a priority of its own")
async def test_uploads_and_transcodes_run_at_a_lower_priority_than_the_event_loop(
    server: Server, videos: Path, film: str
) -> None:
    async def thread() -> int:
        return threading.get_native_id()

    async with client(server) as http:
        await asyncio.gather(upload(http, (videos / "discs.mp4").read_bytes()), http.get(film))
    loop = asyncio.run_coroutine_threadsafe(thread(), server.loop).result()

    threads = {
        each.name: each.native_id
        for each in threading.enumerate()
        if each.name.startswith(("sam2-lit-upload", "sam2-lit-transcode"))
    }
    niceness = {name: os.getpriority(os.PRIO_PROCESS, number or 0) for name, number in threads.items()}
    assert {"sam2-lit-upload-0", "sam2-lit-transcode-0"} <= niceness.keys()
    assert min(niceness.values()) > os.getpriority(os.PRIO_PROCESS, loop)


async def test_more_exports_than_may_wait_are_refused(server: Server, session: ClientSession, exports: Gate) -> None:
    session.add_points(1, 0, [0.5, 0.5])
    request = {"query": EXPORT, "variables": {"i": {"sessionId": session.session_id, "format": "COCO"}}}
    async with client(server) as http:
        slow = [asyncio.ensure_future(http.post("/graphql", json=request)) for _ in range(1 + 32 + 1)]
        await asyncio.wait(slow, return_when=asyncio.FIRST_COMPLETED)
        refused = [each.result().json() for each in slow if each.done()]
        exports.open.set()
        answers = [(await each).json() for each in slow]

    assert [each["errors"][0]["extensions"]["code"] for each in refused] == ["CAPACITY_EXCEEDED"]
    assert sum("errors" in answer for answer in answers) == 1
