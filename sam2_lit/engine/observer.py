"""Reports what the engine does and holds, for metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class EngineObserver(Protocol):
    """Called on the thread where something happens; must return quickly and never raise."""

    def step_finished(self, rank: str, seconds: float) -> None:
        """A step on the device's thread took `seconds`; `rank` is interactive, training, propagation or idle."""

    def training_finished(self, seconds: float, training_iou: float) -> None:
        """An adapter was trained in `seconds`, to an IoU of `training_iou` with its correction."""


class NoObserver:
    """An observer that ignores every report."""

    def step_finished(self, rank: str, seconds: float) -> None:
        pass

    def training_finished(self, seconds: float, training_iou: float) -> None:
        pass


@dataclass(frozen=True)
class CacheUse:
    """The bytes that a cache holds in the device's memory, and those that it may hold."""

    nbytes: int
    budget: int


@dataclass(frozen=True)
class EngineLoad:
    """How busy an engine is, for the choice of one.

    - free_bytes: of the budgets of its caches in the device's memory, those of all sessions together.
    - sessions, sessions_in_use, max_sessions: in memory, those of them that calls work on, and how many may be.
    - propagations, max_propagations: running, and how many may be.
    - videos: the ids of those whose embeddings it may have.
    """

    free_bytes: int
    sessions: int
    sessions_in_use: int
    max_sessions: int
    propagations: int
    max_propagations: int
    videos: frozenset[str]


@dataclass(frozen=True)
class EngineCounts:
    """The engine at one moment.

    - frames_tracked: frames tracked since the start, all objects of a frame counted once.
    - queue_lengths: jobs whose next step waits for the device, by rank.
    - sessions_in_memory, sessions_stored: sessions that are loaded, and all sessions.
    - propagations: streams of tracked frames that are running, and calls that track first.
    - caches: what is held in the device's memory, by cache.
    """

    frames_tracked: int
    queue_lengths: Mapping[str, int]
    sessions_in_memory: int
    sessions_stored: int
    propagations: int
    caches: Mapping[str, CacheUse]
