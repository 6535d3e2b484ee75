"""Queues of threads that are full: a call that needs one is refused with a code, and the server goes on."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sam2_lit.engine.engine import Engine
from sam2_lit.errors import LitError
from sam2_lit.thread_pool import ThreadPool
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.media.clips import write_video
from tests.running import Server


@contextmanager
def full(pool: ThreadPool) -> Iterator[None]:
    """Fills a pool's threads and its queue within the block."""
    go, busy = threading.Event(), threading.Semaphore(0)
    futures: list[Future[object]] = []

    def occupy() -> None:
        busy.release()
        go.wait()

    try:
        # The queue is filled once every thread has taken what it waits in.
        for _ in range(pool._max_threads):
            futures.append(pool.submit(occupy))
            busy.acquire()
        with pytest.raises(LitError, match="which is the limit"):
            while True:
                futures.append(pool.submit(go.wait))
        yield
    finally:
        go.set()
        # A request that comes before the threads have emptied the queue is refused as well.
        wait(futures)


@pytest.fixture
def film(server: Server, videos: Path) -> Iterator[str]:
    """The address of a video that has to be converted before a browser can play it."""
    path = write_video(videos / "queued.webm", 3, "libvpx")
    nodes = server.query("{ videos { edges { node { path url } } } }")["videos"]["edges"]
    yield next(httpx.URL(each["node"]["url"]).path for each in nodes if each["node"]["path"] == "videos/queued.webm")
    path.unlink()


POOLS: dict[str, Callable[[Engine], ThreadPool]] = {
    "decoding": lambda engine: engine._decoding,
    "store-reading": lambda engine: engine._store.reading,
    "video": lambda engine: engine.library.threads.reading,
}
CALLS = {
    "decoding": "mutation ($s: String!, $m: RLEMaskInput!) { "
    "addMask(input: {sessionId: $s, objectId: 1, frameIndex: 0, rleMask: $m}) { frameIndex } }",
    "store-reading": "query ($s: String!) { session(sessionId: $s) { masks { frameIndex } } }",
    "video": 'mutation { startSession(input: {path: "videos/discs.mp4"}) { sessionId } }',
}


@pytest.mark.parametrize("name", POOLS)
def test_a_call_whose_queue_is_full_is_refused_and_succeeds_later(
    name: str, server: Server, session: ClientSession, clip: Clip
) -> None:
    variables = {"s": session.session_id, "m": clip.rle(1, 0)} if "$m" in CALLS[name] else {"s": session.session_id}
    variables = variables if "$s" in CALLS[name] else {}

    with full(POOLS[name](server.engine)):
        assert server.code(CALLS[name], **variables) == "CAPACITY_EXCEEDED"
        assert server.http.get("/healthz").status_code == 200
        assert server.http.get("/readyz").status_code == 200

    data = server.query(CALLS[name], **variables)
    if "startSession" in data:
        ClientSession(server, data["startSession"]["sessionId"]).close()


def test_a_stream_whose_session_cannot_be_read_is_refused(server: Server, session: ClientSession) -> None:
    with full(server.engine._store.reading):
        answer = server.http.post("/propagate_in_video", json={"session_id": "unknown"})

    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "CAPACITY_EXCEEDED"


@pytest.mark.parametrize("pool", ["reading", "transcodes"])
def test_a_video_whose_queue_is_full_is_answered_with_503_and_served_later(
    pool: str, server: Server, film: str
) -> None:
    with full(getattr(server.engine.library.threads, pool)):
        refused = server.http.get(film)

    assert refused.status_code == 503
    assert refused.json()["errors"][0]["extensions"]["code"] == "CAPACITY_EXCEEDED"
    assert server.http.get(film).status_code == 200
