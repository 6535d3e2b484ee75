"""What the server counts, as Prometheus reads it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client import Gauge as PlainGauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

_STEP_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
_TRAINING_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
_IOUS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1)


@dataclass(frozen=True)
class Gauge:
    """A gauge at one moment: a value for each value of its label."""

    name: str
    help: str
    label: str
    values: Mapping[str, int]


class Metrics:
    """One server's counts. Every name begins with `sam2_lit_`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.step_seconds = self._histogram("step_seconds", "Seconds of a device step, by kind.", _STEP_SECONDS, "kind")
        self.training_seconds = self._histogram(
            "training_seconds", "Seconds of an adapter's training.", _TRAINING_SECONDS
        )
        self.training_iou = self._histogram("training_iou", "IoU that a training reached on its correction.", _IOUS)
        self.tasks = PlainGauge("sam2_lit_tasks", "Tasks of the event loop.", registry=self._registry)
        self.errors = self._counter("errors", "Errors told to clients, by code.", "code")
        self.operation_seconds = self._histogram(
            "operation_seconds", "Seconds of a GraphQL operation, by its kind.", _STEP_SECONDS, "kind"
        )

    def watch(self, frames_tracked: Callable[[], int], gauges: Callable[[], Iterable[Gauge]]) -> None:
        """What is asked for its value at each scrape."""
        self._registry.register(_Watched(frames_tracked, gauges))

    def text(self) -> bytes:
        """The exposition format, UTF-8."""
        return generate_latest(self._registry)

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(f"sam2_lit_{name}", help, labels, registry=self._registry)

    def _histogram(self, name: str, help: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"sam2_lit_{name}", help, labels, buckets=buckets, registry=self._registry)


class _Watched(Collector):
    def __init__(self, frames_tracked: Callable[[], int], gauges: Callable[[], Iterable[Gauge]]) -> None:
        self._frames_tracked = frames_tracked
        self._gauges = gauges

    def describe(self) -> Iterator[Metric]:
        # Registering must not ask for values that are not there yet.
        return iter(())

    def collect(self) -> Iterator[Metric]:
        help = "Frames tracked, of all objects at once."
        yield CounterMetricFamily("sam2_lit_frames_tracked", help, self._frames_tracked())
        for gauge in self._gauges():
            family = GaugeMetricFamily(f"sam2_lit_{gauge.name}", gauge.help, labels=[gauge.label])
            for value, count in gauge.values.items():
                family.add_metric([value], count)
            yield family
