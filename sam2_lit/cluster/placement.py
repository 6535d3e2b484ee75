"""Which worker a session is placed on: pure, without Ray."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sam2_lit.engine.observer import EngineLoad
from sam2_lit.errors import RETRY_SECONDS, ErrorCode, LitError

# What is within so many bytes is equally free: sessions that have just begun say little about what they will need.
_STEP_BYTES = 256 * 2**20


@dataclass(frozen=True)
class WorkerLoad:
    """How busy a worker is.

    Attributes:
        worker: its name; a process that takes its place has another.
        engine: that of its engine.
        is_draining: it gives up its sessions, and takes no other.
    """

    worker: str
    engine: EngineLoad
    is_draining: bool = False

    @property
    def is_full(self) -> bool:
        engine = self.engine
        no_room = engine.propagations >= engine.max_propagations or engine.sessions_in_use >= engine.max_sessions
        return no_room or engine.free_bytes <= 0

    def with_one_more(self) -> "WorkerLoad":
        """After a session was placed on it, until it says so itself."""
        return replace(self, engine=replace(self.engine, sessions=self.engine.sessions + 1))


def choose(loads: Iterable[WorkerLoad], video_id: str | None = None) -> WorkerLoad:
    """The worker for a session: the one with most free memory, then fewest streams, then fewest sessions.

    Of equal ones, one that holds embeddings of the session's video. Raises LitError: CAPACITY_EXCEEDED, with when to
    try again, where all are full or there is none.
    """
    present = [each for each in loads if not each.is_draining]
    able = [each for each in present if not each.is_full]
    if not able:
        reason = f"all {len(present)} workers are full" if present else "no worker answers"
        raise LitError(ErrorCode.CAPACITY_EXCEEDED, f"{reason}; try again in a few seconds", RETRY_SECONDS)

    def rank(load: WorkerLoad) -> tuple[int, int, int, bool, str]:
        engine = load.engine
        is_cold = video_id not in engine.videos
        return -(engine.free_bytes // _STEP_BYTES), engine.propagations, engine.sessions, is_cold, load.worker

    return min(able, key=rank)
