"""Workers in this process, each with an engine of its own over one PostgreSQL database, and ways to lose them.

What is sent is pickled, as it would be on its way to another process. A worker that is killed answers nothing any more;
what it was doing it goes on to do, as one does that is cut off from the others.
"""

import asyncio
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sam2_lit.cluster.messages import Answer, Call, StreamPart, WorkerAway, WorkerLost, WorkerState
from sam2_lit.cluster.remote_engine import RemoteEngine
from sam2_lit.cluster.worker import EngineWorker, OpenedEngine
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.media.library import VideoLibrary
from sam2_lit.store.fence import Fence
from sam2_lit.store.store import Store
from tests.engine.moving_masks import MovingMasksDevice

R = TypeVar("R")


def sent(value: R) -> R:
    copy: R = pickle.loads(pickle.dumps(value))
    return copy


@dataclass
class Local:
    """A worker, and whether it is killed."""

    worker: EngineWorker
    killed: asyncio.Event = field(default_factory=asyncio.Event)


class LocalWorkers:
    """Implements `Workers`; all fronts of a test share one.

    - lose_before, lose_after: a worker that is called one of these methods is killed before, or after it has carried it
      out; once.
    - away: for so many further calls, every worker carries out what it is sent, and the answer is lost.
    """

    def __init__(self, folder: Path, videos: Path, url: str, count: int = 2, **settings: Any) -> None:
        self.changed = asyncio.Event()
        self.folder, self.videos, self.url = folder, videos, url
        self.clock = 0.0
        self.lose_before: str | None = None
        self.lose_after: str | None = None
        self.loses_always = False
        self.away = 0
        self.calls: list[str] = []
        self._settings = EngineSettings(**{"max_sessions": 8, "max_propagations": 4, **settings})
        self._all: list[Local] = []
        self._named: dict[str, Local] = {}
        for index in range(count):
            self.start(f"worker-{index}")

    def start(self, name: str) -> EngineWorker:
        """Starts a worker, in place of the one that had the name."""
        local = Local(EngineWorker(name, self._open, lambda: self.clock))
        self._all.append(local)
        self._named[name] = local
        return local.worker

    async def repair(self) -> None:
        """Starts a worker in place of each that was killed or drained, and loses nothing any more.

        Those that were killed end here, with their connections to the database.
        """
        self.lose_before = self.lose_after = None
        self.away = 0
        states = {each.load.worker: each.load for each in await self.states("test")}
        for name, local in list(self._named.items()):
            if local.worker.id not in states or states[local.worker.id].is_draining:
                local.killed.set()
                self.start(name)
        for killed in [each for each in self._all if each.killed.is_set()]:
            self._all.remove(killed)
            await killed.worker.close()

    def kill(self, worker: str) -> None:
        """Kills the process with this id, if it lives."""
        next(each for each in self._all if each.worker.id == worker).killed.set()

    def worker(self, worker: str) -> EngineWorker:
        """The process with this id, killed or not."""
        return next(each.worker for each in self._all if each.worker.id == worker)

    @property
    def alive(self) -> list[EngineWorker]:
        return [each.worker for each in self._named.values() if not each.killed.is_set()]

    async def states(self, front: str) -> list[WorkerState]:
        return [sent(await each.state(front)) for each in self.alive]

    async def call(self, call: Call) -> Answer:
        self.calls.append(call.method)
        local = self._local(call.worker)
        if self._loses(call.method, "lose_before"):
            local.killed.set()
        answer = await self._unless_killed(local, local.worker.call(sent(call)))
        if self._loses(call.method, "lose_after"):
            local.killed.set()
            raise WorkerLost(call.worker)
        if self.away:
            self.away -= 1
            raise WorkerAway(call.worker)
        return sent(answer)

    async def open_stream(self, call: Call) -> Answer:
        local = self._local(call.worker)
        return sent(await self._unless_killed(local, local.worker.open_stream(sent(call))))

    async def next_part(self, worker: str, stream_id: str, received: int) -> StreamPart:
        local = self._local(worker)
        part = await self._unless_killed(local, local.worker.next_part(stream_id, received))
        if self.away:
            self.away -= 1
            raise WorkerAway(worker)
        return sent(part)

    def close_stream(self, worker: str, stream_id: str) -> None:
        if any(each.worker.id == worker for each in self._all):
            self._closing = asyncio.ensure_future(self.worker(worker).close_stream(stream_id))

    async def metrics(self) -> dict[str, bytes]:
        return {each.id: await each.metrics() for each in self.alive}

    async def close(self) -> None:
        """A front that closes leaves the workers to the others."""

    async def end(self) -> None:
        for each in self._all:
            await each.worker.close()

    def _loses(self, method: str, when: str) -> bool:
        loses: bool = getattr(self, when) == method
        if loses and not self.loses_always:
            setattr(self, when, None)
        return loses

    def _local(self, worker: str) -> Local:
        found = next((each for each in self._all if each.worker.id == worker), None)
        if found is None or found.killed.is_set():
            raise WorkerLost(worker)
        return found

    async def _unless_killed(self, local: Local, answering: Awaitable[R]) -> R:
        task, killed = asyncio.ensure_future(answering), asyncio.ensure_future(local.killed.wait())
        await asyncio.wait([task, killed], return_when=asyncio.FIRST_COMPLETED)
        killed.cancel()
        if local.killed.is_set():
            raise WorkerLost(local.worker.id)
        return await task

    async def _open(self, fence: Fence) -> OpenedEngine:
        store = Store(self.folder, self.url, fence)
        library = VideoLibrary(self.videos / "discs.mp4", self.videos, self.folder)
        engine = Engine(MovingMasksDevice(), library, store, self._settings)
        return OpenedEngine(engine, store, lambda: b"# TYPE frames counter\nframes_total 1.0\n")


@dataclass
class Cluster:
    """Workers, and fronts of them."""

    workers: LocalWorkers
    front: RemoteEngine
    open_front: Callable[[], Awaitable[RemoteEngine]]


@asynccontextmanager
async def cluster_in(folder: Path, videos: Path, url: str, count: int = 2, **settings: Any) -> AsyncIterator[Cluster]:
    """A cluster with one front, which may get others."""
    workers = LocalWorkers(folder, videos, url, count, **settings)
    fronts: list[RemoteEngine] = []

    async def open_front() -> RemoteEngine:
        library = VideoLibrary(videos / "discs.mp4", videos, folder)
        fronts.append(RemoteEngine(workers, library, Store(folder, url, Fence("front"))))
        await fronts[-1]._owners.refresh()
        return fronts[-1]

    try:
        yield Cluster(workers, await open_front(), open_front)
    finally:
        for front in fronts:
            await front.close()
        await workers.end()
