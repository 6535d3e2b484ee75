"""Work for a device, cut into steps, and whose step runs next."""

from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from enum import IntEnum
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Steps = Generator[T, None, R]
"""Work for the device: each `next` is one step, and other work may run between two steps."""


TRAINING_LEAD = 0.1
"""Seconds by which training may be ahead of propagation that waits, before they take turns."""


class Rank(IntEnum):
    """Whose step runs first; within a rank, sessions take turns.

    Training that lasts does not stop propagation: once it is `TRAINING_LEAD` ahead, both get half of the time. `IDLE`
    work runs where there is nothing else to run.
    """

    INTERACTIVE = 0
    TRAINING = 1
    PROPAGATION = 2
    IDLE = 3


class Job:
    """Steps queued on a worker, and who receives what they yield and return.

    - capacity: how many yielded items may be undelivered before the job pauses; None never pauses.
    - on_item, on_end: called on the worker's thread with each item that is not None, and once with the value that the
      steps return or the error that ended them.

    The worker's lock guards every field except `steps`.
    """

    def __init__(
        self,
        steps: Steps[Any, Any],
        rank: Rank,
        session: str,
        on_item: Callable[[Any], None],
        on_end: Callable[[Any, BaseException | None], None],
        capacity: int | None = None,
    ) -> None:
        self.steps = steps
        self.rank = rank
        self.session = session
        self.on_item = on_item
        self.on_end = on_end
        self.capacity = capacity
        self.undelivered = 0
        self.is_paused = False
        self.is_cancelled = False

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.undelivered >= self.capacity

    def forget_receivers(self) -> None:
        """Drops `on_item` and `on_end`.

        A stream refers to its job and the job to its stream. That cycle would keep the session's tensors until Python's
        garbage collector runs, which does not know how large they are.
        """
        self.on_item, self.on_end = _ignore, _ignore


class StepQueue:
    """The jobs whose next step may run, by rank, and within a rank by session in turn. Not thread-safe.

    A cancelled job is taken before any other: it only ends, and until then keeps all that its steps hold in memory.
    """

    def __init__(self) -> None:
        self._ready: dict[Rank, OrderedDict[str, deque[Job]]] = {rank: OrderedDict() for rank in Rank}
        self._cancelled: deque[Job] = deque()
        self._training_lead = 0.0

    def put(self, job: Job) -> None:
        if job.is_cancelled:
            self._cancelled.append(job)
        else:
            self._ready[job.rank].setdefault(job.session, deque()).append(job)

    def cancel(self, job: Job) -> None:
        """Marks a job as cancelled, whether or not it is queued."""
        job.is_cancelled = True
        sessions = self._ready[job.rank]
        jobs = sessions.get(job.session, deque())
        if job in jobs:
            jobs.remove(job)
            if not jobs:
                del sessions[job.session]
            self._cancelled.append(job)

    def charge(self, rank: Rank, seconds: float) -> None:
        """Counts the time that a step took, once the steps that follow it are queued."""
        if not self._ready[Rank.PROPAGATION]:
            self._training_lead = 0.0
        elif rank is Rank.TRAINING:
            self._training_lead += seconds
        elif rank is Rank.PROPAGATION:
            self._training_lead = max(0.0, self._training_lead - seconds)

    def take(self, *, only_interactive: bool) -> Job | None:
        """Removes and returns the job that runs next, or None where there is none."""
        if self._cancelled:
            return self._cancelled.popleft()
        ranks = [rank for rank, sessions in self._ready.items() if sessions]
        if only_interactive:
            ranks = [rank for rank in ranks if rank is Rank.INTERACTIVE]
        elif ranks[:2] == [Rank.TRAINING, Rank.PROPAGATION] and self._training_lead > TRAINING_LEAD:
            ranks = [Rank.PROPAGATION]
        return self._take_from(ranks[0], next(iter(self._ready[ranks[0]]))) if ranks else None

    def take_interactive(self, *, other_than: str) -> Job | None:
        """Removes and returns an interactive job of a session other than `other_than`, or None."""
        session = next((each for each in self._ready[Rank.INTERACTIVE] if each != other_than), None)
        return None if session is None else self._take_from(Rank.INTERACTIVE, session)

    def lengths(self) -> dict[str, int]:
        """The number of jobs by rank, named in lower case; cancelled ones are not counted."""
        return {rank.name.lower(): sum(map(len, sessions.values())) for rank, sessions in self._ready.items()}

    def _take_from(self, rank: Rank, session: str) -> Job:
        sessions = self._ready[rank]
        jobs = sessions.pop(session)
        job = jobs.popleft()
        if jobs:
            # Behind the other sessions: they take turns.
            sessions[session] = jobs
        return job


def _ignore(*arguments: object) -> None:
    pass
