"""Annotators at work on GPUs, as events: what benchmarks.fleet counts.

Each annotator clicks, trains and tracks again and again, in a session on one GPU. A GPU works as the engine does:
clicks before trainings before propagation, sessions in turn, nobody interrupted within a part of a step.
"""

import heapq
import math
import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.device_memory import CONTEXT, EMBEDDING, FLOAT32, GIB, MODELS
from sam2_lit.engine.device.device_budgets import divide

CARD = 80 * GIB
EMBEDDINGS = divide(int(CARD - CONTEXT - FLOAT32 * MODELS["large"] * 1e6), cuda_graphs=True).embeddings
"""Bytes of image embeddings of SAM 2.1 large that an engine caches on one GPU."""

PASSES_A_SESSION = 3
CLICKS_BEFORE, CLICKS_DURING = 18, 2
CYCLE_SECONDS = 300.0
REVIEWED = 0.2
"""Of the sessions, how many are on the video that another annotator had before."""


@dataclass(frozen=True)
class Service:
    """What the device does, in seconds; assumed for SAM 2.1 large on a GPU, on which nothing was measured.

    - frame: of a propagation, with three objects; part: the longest that nothing interrupts; click; training.
    - warm: how many times as fast a frame is whose embedding is cached; 1.64 is 39.3 over 23.9 frames/s, which
      `scripts/bench second-pass propagate` printed of `pocket` on two cores (docs/performance.md).
    - answer: of a click outside the device: network, database.
    """

    frame: float = 0.05
    part: float = 0.025
    click: float = 0.1
    training: float = 2.0
    warm: float = 1.64
    answer: float = 0.01


@dataclass(eq=False)
class Gpu:
    """One GPU and its engine: jobs that share the time that clicks leave.

    - passes, trainings: seconds of the device that each still takes, by annotator.
    - debt: seconds of clicks that are not done yet.
    - cached: bytes of embeddings by video, the least recently used first.
    - sessions: bytes by annotator, of the video that the session is on.
    """

    passes: dict[int, float] = field(default_factory=dict)
    trainings: dict[int, float] = field(default_factory=dict)
    debt: float = 0.0
    at: float = 0.0
    busy: float = 0.0
    version: int = 0
    cached: OrderedDict[int, int] = field(default_factory=OrderedDict)
    sessions: dict[int, int] = field(default_factory=dict)

    def advance(self, now: float) -> None:
        """Works up to `now`: clicks first; trainings have half of the rest, or all where nothing is tracked."""
        span = now - self.at
        self.at = now
        used = min(span, self.debt)
        self.debt -= used
        span -= used
        self.busy += used
        if not (self.passes or self.trainings):
            return
        self.busy += span
        for jobs, rate in self._rates():
            for annotator in jobs:
                jobs[annotator] -= span * rate

    def next_end(self) -> float | None:
        """When the next job ends, unless clicks come in between."""
        left = [min(jobs.values()) / rate for jobs, rate in self._rates()]
        return self.at + self.debt + max(0.0, min(left)) if left else None

    def touch(self, video: int, nbytes: int) -> bool:
        """Whether a video's embeddings are cached; they are afterwards, and the oldest others are not."""
        is_warm = video in self.cached
        self.cached[video] = nbytes
        self.cached.move_to_end(video)
        while sum(self.cached.values()) > EMBEDDINGS and len(self.cached) > 1:
            self.cached.popitem(last=False)
        return is_warm and nbytes <= EMBEDDINGS

    def _rates(self) -> list[tuple[dict[int, float], float]]:
        half = 0.5 if self.passes and self.trainings else 1.0
        return [(jobs, half / len(jobs)) for jobs in (self.passes, self.trainings) if jobs]


Policy = Callable[[Sequence[Gpu], int, int, random.Random], Gpu]


def fits(gpu: Gpu, nbytes: int) -> bool:
    return sum(gpu.sessions.values()) + nbytes <= EMBEDDINGS


def bytes_then_streams(gpus: Sequence[Gpu], video: int, nbytes: int, chance: random.Random) -> Gpu:
    """Where there is memory; of these the one with the fewest streams; of these one that has the embeddings."""
    return min(
        gpus, key=lambda gpu: (not fits(gpu, nbytes), len(gpu.passes), video not in gpu.cached, len(gpu.sessions))
    )


def fewest_streams(gpus: Sequence[Gpu], video: int, nbytes: int, chance: random.Random) -> Gpu:
    fewest = min(len(gpu.passes) for gpu in gpus)
    return chance.choice([gpu for gpu in gpus if len(gpu.passes) == fewest])


def fewest_sessions(gpus: Sequence[Gpu], video: int, nbytes: int, chance: random.Random) -> Gpu:
    return min(gpus, key=lambda gpu: (len(gpu.sessions), len(gpu.passes)))


def at_random(gpus: Sequence[Gpu], video: int, nbytes: int, chance: random.Random) -> Gpu:
    return chance.choice(gpus)


def warm_first(gpus: Sequence[Gpu], video: int, nbytes: int, chance: random.Random) -> Gpu:
    """One that has the embeddings, however busy, or else as `bytes_then_streams`."""
    warm = [gpu for gpu in gpus if video in gpu.cached]
    return bytes_then_streams(warm or gpus, video, nbytes, chance)


POLICIES: dict[str, Policy] = {
    "bytes, then streams": bytes_then_streams,
    "fewest sessions": fewest_sessions,
    "fewest streams": fewest_streams,
    "random": at_random,
    "warm embeddings": warm_first,
}


@dataclass(eq=False)
class Annotator:
    """One person at work. `pace` is how much longer than others' a frame of the session takes: more objects."""

    number: int
    gpu: Gpu
    video: int = 0
    nbytes: int = 0
    frames: int = 600
    pace: float = 1.0
    passes_left: int = 0
    clicks_left: int = 0
    started: float = 0.0


class Simulation:
    """One cell: its GPUs, and annotators who start within the first ten minutes and stay."""

    def __init__(self, annotators: int, gpus: int, policy: Policy, service: Service, seed: int = 0) -> None:
        self.gpus = [Gpu() for _ in range(gpus)]
        self.clicks: list[float] = []
        self.slowdowns: list[float] = []
        self.warm: list[bool] = []
        self.frames = 0
        self._service = service
        self._policy = policy
        self._chance = random.Random(seed)
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._count = 0
        self._videos = 0
        self._is_measuring = False
        self._recent: list[tuple[int, int]] = []
        self._ends: dict[tuple[int, int], Callable[[float], None]] = {}
        for number in range(annotators):
            annotator = Annotator(number, self.gpus[0])
            self._at(self._chance.uniform(0, 600), lambda now, who=annotator: self._start_session(who, now))

    def run(self, warm_up: float = 900.0, seconds: float = 1800.0) -> None:
        """Measures `seconds` after `warm_up`; the GPUs' `busy` is of that time."""
        self._until(warm_up)
        self._is_measuring = True
        for gpu in self.gpus:
            gpu.advance(warm_up)
            gpu.busy = 0.0
        self._until(warm_up + seconds)
        for gpu in self.gpus:
            gpu.advance(warm_up + seconds)

    def _until(self, end: float) -> None:
        while self._events and self._events[0][0] <= end:
            now, _, happen = heapq.heappop(self._events)
            happen(now)

    def _at(self, moment: float, happen: Callable[[float], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, happen))

    def _start_session(self, who: Annotator, now: float) -> None:
        who.gpu.sessions.pop(who.number, None)
        chance = self._chance
        if self._recent and chance.random() < REVIEWED:
            who.video, who.frames = self._recent.pop(chance.randrange(len(self._recent)))
        else:
            self._videos += 1
            who.video, who.frames = (
                self._videos,
                round(min(3000.0, max(60.0, chance.lognormvariate(math.log(500), 0.6)))),
            )
            self._recent = [*self._recent[-200:], (who.video, who.frames)]
        who.nbytes = who.frames * EMBEDDING
        who.pace = chance.lognormvariate(-0.125, 0.5)
        who.gpu = self._policy(self.gpus, who.video, who.nbytes, chance)
        who.gpu.sessions[who.number] = who.nbytes
        who.passes_left = PASSES_A_SESSION
        self._start_cycle(who, now)

    def _start_cycle(self, who: Annotator, now: float) -> None:
        who.clicks_left = CLICKS_BEFORE
        self._at(now + self._thinking(), lambda then: self._click(who, then))

    def _thinking(self) -> float:
        service = self._service
        working = 600 * service.frame + service.training
        return self._chance.expovariate(CLICKS_BEFORE / (CYCLE_SECONDS - working))

    def _click(self, who: Annotator, now: float) -> None:
        answered = now + self._answer(who.gpu, now)
        who.clicks_left -= 1
        if who.clicks_left:
            self._at(answered + self._thinking(), lambda then: self._click(who, then))
        else:
            self._at(answered, lambda then: self._train(who, then))

    def _answer(self, gpu: Gpu, now: float) -> float:
        """Seconds from a click to its mask: what waits before it, the rest of the part that runs, and its own work."""
        service = self._service
        gpu.advance(now)
        rest = self._chance.uniform(0, service.part) if (gpu.passes or gpu.trainings) and not gpu.debt else 0.0
        gpu.debt += service.click
        taken = rest + gpu.debt + service.answer
        if self._is_measuring:
            self.clicks.append(taken)
        return taken

    def _click_aside(self, gpu: Gpu, now: float) -> None:
        """A correction during propagation, which the annotator does not wait for."""
        self._answer(gpu, now)

    def _train(self, who: Annotator, now: float) -> None:
        who.gpu.advance(now)
        who.gpu.trainings[who.number] = self._service.training
        self._watch(who.gpu, lambda then: self._track(who, then), who.gpu.trainings, who.number)

    def _track(self, who: Annotator, now: float) -> None:
        gpu, service = who.gpu, self._service
        is_warm = gpu.touch(who.video, who.nbytes)
        alone = who.frames * service.frame * who.pace
        who.started = now
        gpu.advance(now)
        gpu.passes[who.number] = alone / (service.warm if is_warm else 1.0)
        if self._is_measuring:
            self.warm.append(is_warm)
        for _ in range(CLICKS_DURING):
            self._at(now + self._chance.uniform(0, alone), lambda then: self._click_aside(gpu, then))
        self._watch(gpu, lambda then: self._tracked(who, alone, then), gpu.passes, who.number)

    def _tracked(self, who: Annotator, alone: float, now: float) -> None:
        if self._is_measuring:
            self.slowdowns.append((now - who.started) / alone)
            self.frames += who.frames
        who.passes_left -= 1
        (self._start_cycle if who.passes_left else self._start_session)(who, now)

    def _watch(self, gpu: Gpu, ended: Callable[[float], None], jobs: dict[int, float], number: int) -> None:
        """Calls `ended` once the job is done, which was just added."""
        self._ends[id(jobs), number] = ended
        self._expect(gpu)

    def _expect(self, gpu: Gpu) -> None:
        gpu.version += 1
        version, end = gpu.version, gpu.next_end()
        if end is not None:
            self._at(end, lambda now: self._check(gpu, version, now))

    def _check(self, gpu: Gpu, version: int, now: float) -> None:
        if gpu.version != version:
            return
        gpu.advance(now)
        done = []
        for jobs in (gpu.passes, gpu.trainings):
            for number in [number for number, left in jobs.items() if left <= 1e-6]:
                del jobs[number]
                done.append(self._ends.pop((id(jobs), number)))
        self._expect(gpu)
        for ended in done:
            ended(now)
