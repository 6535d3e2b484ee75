"""The server's Prometheus metrics, each named `sam2_lit_…`."""

import asyncio
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sam2_lit.engine.observer import EngineCounts

_STEP_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
_TRAINING_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
_IOUS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1)


class Metrics:
    """The metrics of one server, created on its event loop. Implements `EngineObserver`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._others: list[Callable[[], bytes]] = []
        self._step_seconds = self._histogram(
            "step_seconds", "Seconds of a device step, by kind.", _STEP_SECONDS, "kind"
        )
        self._training_seconds = self._histogram(
            "training_seconds", "Seconds of an adapter's training.", _TRAINING_SECONDS
        )
        self._training_iou = self._histogram("training_iou", "IoU that a training reached on its correction.", _IOUS)
        self._errors = Counter("sam2_lit_errors", "Errors sent to clients, by code.", ["code"], registry=self._registry)
        self._operation_seconds = self._histogram(
            "operation_seconds", "Seconds of a GraphQL operation, by its kind.", _STEP_SECONDS, "kind"
        )
        loop = asyncio.get_running_loop()
        tasks = Gauge("sam2_lit_tasks", "Tasks of the event loop.", registry=self._registry)
        tasks.set_function(lambda: len(asyncio.all_tasks(loop)))

    def watch(self, counts: Callable[[], EngineCounts]) -> None:
        """Adds the engine's counts, which `counts` returns at each scrape."""
        self._registry.register(_EngineCollector(counts))

    def add_text(self, text: Callable[[], bytes]) -> None:
        """Adds what `text` returns at each scrape, in the same format."""
        self._others.append(text)

    def step_finished(self, rank: str, seconds: float) -> None:
        self._step_seconds.labels(rank).observe(seconds)

    def training_finished(self, seconds: float, training_iou: float) -> None:
        self._training_seconds.observe(seconds)
        self._training_iou.observe(training_iou)

    def error_sent(self, code: str) -> None:
        """An error with this code was sent to a client."""
        self._errors.labels(code).inc()

    def operation_finished(self, kind: str, seconds: float) -> None:
        """A GraphQL operation (query, mutation or subscription) ended after `seconds`."""
        self._operation_seconds.labels(kind).observe(seconds)

    def text(self) -> bytes:
        """The text exposition format, UTF-8. Reads the store, so it may block."""
        return generate_latest(self._registry) + b"".join(other() for other in self._others)

    def _histogram(self, name: str, help: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"sam2_lit_{name}", help, labels, buckets=buckets, registry=self._registry)


class _EngineCollector(Collector):
    """The engine's counts as metrics, read once for each scrape."""

    def __init__(self, counts: Callable[[], EngineCounts]) -> None:
        self._counts = counts
        self._frames_tracked = 0

    def describe(self) -> Iterator[Metric]:
        """No metrics: registering a collector would otherwise collect once."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        counts = self._counts()
        # A session that is evicted during the count may be missed, and a counter must never fall.
        self._frames_tracked = max(self._frames_tracked, counts.frames_tracked)
        yield CounterMetricFamily(
            "sam2_lit_frames_tracked",
            "Frames tracked; all objects of a frame count as one.",
            value=self._frames_tracked,
        )
        queue_length = GaugeMetricFamily(
            "sam2_lit_queue_length", "Jobs whose next step waits for the device, by kind.", labels=["kind"]
        )
        for rank, length in counts.queue_lengths.items():
            queue_length.add_metric([rank], length)
        yield queue_length
        sessions = GaugeMetricFamily("sam2_lit_sessions", "Sessions, in memory and in the store.", labels=["where"])
        sessions.add_metric(["in_memory"], counts.sessions_in_memory)
        sessions.add_metric(["stored"], counts.sessions_stored)
        yield sessions
        propagations = GaugeMetricFamily(
            "sam2_lit_propagations", "Streams of tracked frames that are running.", labels=["state"]
        )
        propagations.add_metric(["running"], counts.propagations)
        yield propagations
        held = GaugeMetricFamily("sam2_lit_cache_bytes", "Bytes in the device's memory, by cache.", labels=["cache"])
        budget = GaugeMetricFamily("sam2_lit_cache_budget_bytes", "Bytes that a cache may hold.", labels=["cache"])
        for cache, use in counts.caches.items():
            held.add_metric([cache], use.nbytes)
            budget.add_metric([cache], use.budget)
        yield held
        yield budget
