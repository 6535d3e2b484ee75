"""Workers as actors of Ray Core."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import ray
from ray.exceptions import ActorUnavailableError, RayActorError, RayTaskError

from sam2_lit.cluster.cluster_error import ClusterError
from sam2_lit.cluster.messages import Answer, Call, StreamPart, WorkerAway, WorkerLost, WorkerState
from sam2_lit.cluster.ray_connection import LOCAL, connect, first_line
from sam2_lit.cluster.worker import EngineWorker, OpenedEngine
from sam2_lit.cluster.worker_setup import open_engine
from sam2_lit.settings import Settings
from sam2_lit.store.fence import Fence

R = TypeVar("R")

logger = logging.getLogger("sam2_lit.front")

_STATE_SECONDS = 5.0
"""A worker that has not said within this time how busy it is, is not there; it may be loading its model."""

_MOMENT_SECONDS = 0.05
_AWAY_PAUSE_SECONDS = 0.25
_STARTING = "starting"
"""Asks for the states of workers before a front does."""

_CONCURRENT_CALLS = 1000


@dataclass(frozen=True)
class WorkerPlan:
    """How many workers there are to be, and what each needs."""

    count: int
    gpus: float
    cpus: int


class RayWorker(EngineWorker):
    """A worker in a process of its own."""

    def __init__(self, name: str, settings: Settings) -> None:
        async def opening(fence: Fence) -> OpenedEngine:
            return await open_engine(settings, fence)

        super().__init__(name, opening)

    async def live(self) -> None:
        """Never returns, so that a front that calls it knows at once when the process ends."""
        await asyncio.Event().wait()


class RayWorkers:
    """Implements `Workers`. Used on one event loop.

    Each worker is a detached actor with a name, so that every front finds it, and none has to live for it. Ray does not
    restart one that dies: its calls would wait for that, or fail as those of one that is only away. A front that misses
    a name starts another under it.
    """

    def __init__(self, settings: Settings) -> None:
        """Connects to a cluster, or starts one on this machine. Raises ClusterError."""
        self._settings = settings
        cores = (settings.workers or 1) * settings.worker_cpus
        connect(settings.cluster or LOCAL, settings.cluster_namespace, cores)
        self._plan = _plan(settings)
        self._actor = ray.remote(RayWorker)
        self.changed = asyncio.Event()
        self._handles: dict[str, Any] = {}
        self._processes: dict[str, str] = {}
        """By name, the process that has answered under it."""
        self._asking: dict[str, asyncio.Task[WorkerState]] = {}
        self._watching: dict[str, asyncio.Task[None]] = {}
        # They load their models while this front still starts.
        self._first_asked = {name: self._handle(name).state.remote(_STARTING) for name in self.names}

    @property
    def address(self) -> str:
        """Where other processes reach the cluster, as of `--cluster`."""
        address: str = ray.get_runtime_context().gcs_address
        return address

    @property
    def names(self) -> list[str]:
        """The names under which there are to be workers."""
        return [f"worker-{index}" for index in range(self._plan.count)]

    async def states(self, front: str) -> list[WorkerState]:
        found = await asyncio.gather(*(self._state(name, front) for name in self.names))
        return [each for each in found if each is not None]

    async def call(self, call: Call) -> Answer:
        return await self._ask(call.worker, lambda actor: actor.call.remote(call))

    async def open_stream(self, call: Call) -> Answer:
        return await self._ask(call.worker, lambda actor: actor.open_stream.remote(call))

    async def next_part(self, worker: str, stream_id: str, received: int) -> StreamPart:
        return await self._ask(worker, lambda actor: actor.next_part.remote(stream_id, received))

    def close_stream(self, worker: str, stream_id: str) -> None:
        name = _name_of(worker)
        if self._processes.get(name) == worker:
            try:
                self._handles[name].close_stream.remote(stream_id)
            except RayActorError as error:
                logger.debug("a stream of worker %s ended with it: %s", worker, error)

    async def metrics(self) -> dict[str, bytes]:
        async def one(name: str) -> bytes | None:
            try:
                return await asyncio.wait_for(_result(name, self._handles[name].metrics.remote()), _STATE_SECONDS)
            except (TimeoutError, WorkerLost, WorkerAway):
                return None

        names = sorted(self._processes)
        texts = await asyncio.gather(*map(one, names))
        return {name: text for name, text in zip(names, texts, strict=True) if text is not None}

    async def close(self) -> None:
        """Ends the workers where this process has started their Ray; others stay."""
        for task in (*self._asking.values(), *self._watching.values()):
            task.cancel()
        await asyncio.to_thread(ray.shutdown)

    async def _state(self, name: str, front: str) -> WorkerState | None:
        """None where it does not answer in time; one that is loading its model is asked again without another call."""
        asking = self._asking.pop(name, None) or asyncio.create_task(self._ask_state(name, front))
        # Nobody waits for one that has never answered: it loads its model.
        done, _ = await asyncio.wait([asking], timeout=_STATE_SECONDS if name in self._processes else _MOMENT_SECONDS)
        if not done:
            self._asking[name] = asking
            return None
        try:
            return asking.result()
        except (WorkerLost, WorkerAway):
            return None

    async def _ask_state(self, name: str, front: str) -> WorkerState:
        actor = self._handle(name)
        try:
            state: WorkerState = await _result(name, self._first_asked.pop(name, None) or actor.state.remote(front))
        except WorkerLost as error:
            self._lose(name, actor, error)
            raise
        if self._handles.get(name) is actor and name not in self._processes:
            self._processes[name] = state.load.worker
            self._watching[name] = asyncio.create_task(self._watch(name, actor))
            self.changed.set()
        return state

    async def _watch(self, name: str, actor: Any) -> None:
        """Returns once the worker is lost, and that is noted, whether or not anything else is asked of it."""
        while True:
            try:
                await _result(name, actor.live.remote())
            except WorkerAway:
                await asyncio.sleep(_AWAY_PAUSE_SECONDS)
            except WorkerLost as error:
                self._lose(name, actor, error)
                return

    def _lose(self, name: str, actor: Any, error: WorkerLost) -> None:
        """Notes that an actor is lost: another is started when the workers are asked next.

        That is at once where it had answered; what ends before it ever answers is not to be started again and again.
        """
        if self._handles.get(name) is not actor:
            return
        logger.warning("%s", error)
        del self._handles[name]
        self._asking.pop(name, None)
        if self._processes.pop(name, None) is not None:
            self.changed.set()

    def _handle(self, name: str) -> Any:
        actor = self._handles.get(name)
        if actor is None:
            options = self._actor.options(
                name=name,
                namespace=self._settings.cluster_namespace,
                get_if_exists=True,
                lifetime="detached",
                num_gpus=self._plan.gpus,
                num_cpus=self._plan.cpus,
                max_restarts=0,
                max_task_retries=0,
                max_concurrency=_CONCURRENT_CALLS,
            )
            actor = self._handles[name] = options.remote(name, self._settings)
        return actor

    async def _ask(self, worker: str, send: Callable[[Any], Awaitable[R]]) -> R:
        name = _name_of(worker)
        if self._processes.get(name) != worker:
            raise WorkerLost(worker)
        return await _result(worker, send(self._handles[name]))


async def _result(worker: str, pending: Awaitable[R]) -> R:
    """Raises WorkerLost and WorkerAway for Ray's errors."""
    try:
        return await pending
    except ActorUnavailableError as error:
        raise WorkerAway(f"{worker}: {first_line(error)}") from error
    except RayActorError as error:
        raise WorkerLost(f"{worker}: {first_line(error)}") from error
    except RayTaskError as error:
        # Only of opening the engine: a worker catches what its methods raise.
        raise WorkerLost(f"{worker}: {first_line(error.cause)}") from error


def _plan(settings: Settings) -> WorkerPlan:
    gpus = ray.cluster_resources().get("GPU", 0.0)
    each = settings.worker_gpus if settings.worker_gpus is not None else (1.0 if gpus else 0.0)
    count = settings.workers or (int(gpus // each) if each else 1)
    if count < 1 or each * count > gpus:
        raise ClusterError(
            f"--workers {count} with {each:g} GPUs each are more than the {gpus:g} of the cluster; give fewer, or a "
            "part of a GPU by --worker-gpus"
        )
    return WorkerPlan(count, each, settings.worker_cpus)


def _name_of(worker: str) -> str:
    """The name that a process has among the workers, from its own."""
    return worker.partition(".")[0]
