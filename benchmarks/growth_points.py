"""The points of the curves of `growth`: as rows of the table, and drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.result import Result


@dataclass(frozen=True)
class Point:
    """At one size of a curve: milliseconds of CPU that a frame takes, resident memory and the data directory in MiB.

    `reference` and `reference_memory` are the official predictor's, or those of one adapter after the other; None where
    there are none.
    """

    size: int
    milliseconds: float
    memory: float | None = None
    disk: float | None = None
    reference: float | None = None
    reference_memory: float | None = None

    def against(self, reference: float, memory: float | None) -> "Point":
        return replace(self, reference=reference, reference_memory=memory)


def rows(curve: str, point: Point) -> Iterator[Result]:
    name = f"growth: {point.size} {curve}"
    yield _row(f"{name}, a frame", point.milliseconds, "ms", point.reference)
    if point.memory is not None:
        yield _row(f"{name}, resident memory", point.memory, "MiB", point.reference_memory)
    if point.disk is not None:
        yield _row(f"{name}, data directory", point.disk, "MiB", None)


def _row(name: str, value: float, unit: str, reference: float | None) -> Result:
    return Result(name, value, unit, reference, 1.0 if reference is None else reference / value, 1)


def draw(curves: Mapping[str, Sequence[Point]], file: Path) -> None:
    """A panel for each curve: time on the left axis, memory and disk on the right one; dashed is the reference."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot
    from matplotlib.ticker import FuncFormatter

    figure, axes = pyplot.subplots(2, 3, figsize=(13, 7), layout="constrained")
    for panel, (name, points) in zip(axes.flat, curves.items(), strict=False):
        right = panel.twinx()
        for axis, color, style, of in (
            (panel, "C0", "-o", lambda point: point.milliseconds),
            (panel, "C0", "--s", lambda point: point.reference),
            (right, "C1", "-o", lambda point: point.memory),
            (right, "C1", "--s", lambda point: point.reference_memory),
            (right, "C2", "-o", lambda point: point.disk),
        ):
            there = [point for point in points if of(point) is not None]
            axis.plot([point.size for point in there], list(map(of, there)), style, color=color, markersize=4)
        panel.set_xscale("symlog" if points[0].size == 0 else "log", base=2, **_linear_below_one(points))
        panel.set_xticks(_apart([point.size for point in points]))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:g}"))
        panel.minorticks_off()
        panel.set(title=name, ylabel="ms of CPU a frame")
        for axis in (panel, right):
            axis.set_ylim(0, 1.1 * axis.get_ylim()[1])
        panel.tick_params(axis="y", colors="C0")
        right.set_visible(any(point.memory is not None for point in points))
        right.set(ylabel="MiB")
    legend = axes.flat[-1]
    legend.axis("off")
    for color, style, label in (
        ("C0", "-o", "a frame, ms of CPU (left)"),
        ("C0", "--s", "the reference's"),
        ("C1", "-o", "resident memory, MiB (right)"),
        ("C1", "--s", "the reference's"),
        ("C2", "-o", "data directory, MiB (right)"),
    ):
        legend.plot([], [], style, color=color, markersize=4, label=label)
    legend.legend(loc="center", fontsize=11)
    figure.savefig(file, dpi=90)


def _apart(sizes: Sequence[int]) -> list[int]:
    """Those of rising sizes whose labels do not overlap."""
    return [size for size, before in zip(sizes, [-1, *sizes], strict=False) if size >= 1.5 * before]


def _linear_below_one(points: Sequence[Point]) -> dict[str, float]:
    return {"linthresh": 1.0} if points[0].size == 0 else {}
