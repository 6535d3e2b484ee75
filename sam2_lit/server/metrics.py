"""What the server counts, in Prometheus' terms."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from sam2_lit.engine.observer import EngineCounts

_STEP_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
_TRAINING_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
_IOUS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1)


class Metrics:
    """The metrics of one server, each named `sam2_lit_…`. Implements `EngineObserver` and the schema's observer."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counts: Callable[[], EngineCounts] | None = None
        self._frames_seen = 0
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
        self.tasks = self._gauge("tasks", "Tasks of the event loop.")
        self._frames_tracked = Counter(
            "sam2_lit_frames_tracked", "Frames tracked, of all objects at once.", registry=self._registry
        )
        self._queue_length = self._gauge("queue_length", "Jobs whose next step waits for the device, by kind.", "kind")
        self._sessions = self._gauge("sessions", "Sessions, in memory and in the store.", "where")
        self._propagations = self._gauge("propagations", "Streams of tracked frames that are running.", "state")

    def watch(self, counts: Callable[[], EngineCounts]) -> None:
        """Asks the engine for its counts at each scrape."""
        self._counts = counts

    def step_finished(self, rank: str, seconds: float) -> None:
        self._step_seconds.labels(rank).observe(seconds)

    def training_finished(self, seconds: float, training_iou: float) -> None:
        self._training_seconds.observe(seconds)
        self._training_iou.observe(training_iou)

    def error_sent(self, code: str) -> None:
        """A client was sent an error with this code."""
        self._errors.labels(code).inc()

    def operation_finished(self, kind: str, seconds: float) -> None:
        """A GraphQL operation (query, mutation or subscription) ended after `seconds`."""
        self._operation_seconds.labels(kind).observe(seconds)

    def text(self) -> bytes:
        """The exposition format, UTF-8."""
        if self._counts is not None:
            self._read(self._counts())
        return generate_latest(self._registry)

    def _read(self, counts: EngineCounts) -> None:
        self._frames_tracked.inc(max(0, counts.frames_tracked - self._frames_seen))
        self._frames_seen = max(self._frames_seen, counts.frames_tracked)
        for rank, length in counts.queue_lengths.items():
            self._queue_length.labels(rank).set(length)
        self._sessions.labels("in_memory").set(counts.sessions_in_memory)
        self._sessions.labels("stored").set(counts.sessions_stored)
        self._propagations.labels("running").set(counts.propagations)

    def _gauge(self, name: str, help: str, *labels: str) -> Gauge:
        return Gauge(f"sam2_lit_{name}", help, labels, registry=self._registry)

    def _histogram(self, name: str, help: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"sam2_lit_{name}", help, labels, buckets=buckets, registry=self._registry)
