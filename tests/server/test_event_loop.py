"""What runs on the event loop's thread: nothing that reads or writes a disk, asks the database, decodes or encodes."""

import asyncio
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from sqlalchemy import Engine, event

from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.records import masks
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.media.clips import write_video
from tests.running import Server

AUDITED = {
    "open",
    "os.listdir",
    "os.scandir",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "sqlite3.connect",
    "subprocess.Popen",
}
INSTALLED = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
UPLOAD = "mutation ($f: Upload!) { uploadVideo(file: $f, durationTimeSec: 0.2) { path } }"

_watches: list["Watch"] = []


class Watch:
    """Notes what is done on one thread."""

    def __init__(self, thread: int) -> None:
        self.seen: list[str] = []
        self.elsewhere: set[str] = set()
        self._thread = thread

    def note(self, what: str, detail: object = "") -> None:
        if threading.get_ident() == self._thread:
            self.seen.append(f"{what} {detail}")
        else:
            self.elsewhere.add(what)


def _audit(name: str, arguments: tuple[Any, ...]) -> None:
    # A hook stays for as long as the process; imports read files where they are first needed.
    if _watches and name in AUDITED and not str(arguments[0]).startswith(INSTALLED):
        for watch in _watches:
            watch.note(name, arguments[0])


@contextmanager
def watching(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Watches the thread of a server's event loop within the block."""

    async def thread() -> int:
        return threading.get_ident()

    watch = Watch(asyncio.run_coroutine_threadsafe(thread(), server.loop).result())

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            watch.note(name)
            return function(*args, **kwargs)

        return called

    def execute(*arguments: Any) -> None:
        watch.note("query")

    for owner, name in ((av, "open"), (ContainerReader, "frame"), (masks, "encode"), (masks, "decode")):
        monkeypatch.setattr(owner, name, noted(f"{owner.__name__}.{name}", getattr(owner, name)))
    event.listen(Engine, "before_cursor_execute", execute)
    sys.addaudithook(_audit)
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.remove(watch)
        event.remove(Engine, "before_cursor_execute", execute)


def test_nothing_that_waits_for_a_disk_or_a_codec_runs_on_the_event_loop(
    server: Server, videos: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = write_video(videos / "watched.webm", 5, "libvpx")
    with watching(server, monkeypatch) as watch:
        form = {"operations": f'{{"query": "{UPLOAD}", "variables": {{"f": null}}}}', "map": '{"0": ["variables.f"]}'}
        # Twice as large as what a form keeps in memory.
        file = (videos / "discs.mp4").read_bytes() + b"\0\0\0\0free" + bytes(2 * 2**20)
        uploaded = server.http.post("/graphql", data=form, files={"0": ("discs.mp4", file)}).json()
        nodes = server.query("{ videos { edges { node { path url posterUrl frameUrlTemplate } } } }")["videos"]["edges"]
        node = next(each["node"] for each in nodes if each["node"]["path"] == "videos/watched.webm")
        for url in (node["url"], node["posterUrl"], node["frameUrlTemplate"].replace("{index}", "2")):
            assert server.http.get(httpx.URL(url).path).status_code == 200
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.half(1, 0))
        session.propagate(maxFrames=6)
        session.correct(1, 4, rleMask=clip.rle(1, 4))
        session.candidates(1, 5)
        session.masks()
        session.interactions()
        export = session.mutate("exportAnnotations", "ExportAnnotationsInput", "url", format="OVERLAY_MP4")
        for path in (httpx.URL(export["url"]).path, "/", "/graphql", "/metrics", "/readyz"):
            assert server.http.get(path, headers={"Accept": "text/html"}).status_code == 200
        session.close()
        path = uploaded["data"]["uploadVideo"]["path"]
        server.query("mutation ($p: String!) { deleteUpload(input: {path: $p}) { success } }", p=path)
    film.unlink()

    assert watch.seen == []
    # It was all done, and on other threads.
    assert {"open", "query", "av.open", "ContainerReader.frame", "os.rename"} <= watch.elsewhere
    assert {"sam2_lit.records.masks.encode", "sam2_lit.records.masks.decode"} <= watch.elsewhere
