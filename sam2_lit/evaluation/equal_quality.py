"""The work that each mode takes at the same quality, and J against the user's time.

At a threshold q the user corrects until every frame that shows the object has an IoU of q or more, in each mode. So the
modes are compared by what that costs; mean J is compared too, since an accepted candidate needs only q where a drawn
mask has 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

import numpy as np

from sam2_lit.evaluation.effort import TIMES, Effort
from sam2_lit.evaluation.intervals import Floats, bootstrap_interval
from sam2_lit.evaluation.rows import Mode, Row


@dataclass(frozen=True)
class Difference:
    """Mode minus off, or the fraction saved, with its bootstrap interval over objects; None where it is undefined."""

    value: float | None
    interval: tuple[float, float] | None

    def as_json(self) -> dict[str, Any]:
        return {
            "value": None if self.value is None else round(self.value, 4),
            "interval": None if self.interval is None else [round(bound, 4) for bound in self.interval],
        }


@dataclass(frozen=True)
class Work:
    """What annotating every object took in one mode at one threshold, summed over objects and shifts.

    `j` is the mean over objects. The differences from mode off are None without it, and for it.
    """

    threshold: float
    mode: Mode
    corrections: int
    accepted: int
    effort: Effort
    j: float
    corrections_saved: Difference | None
    seconds_saved: Difference | None
    j_difference: Difference | None

    @property
    def seconds(self) -> float:
        return TIMES.seconds(self.effort)

    def as_json(self) -> dict[str, Any]:
        differences = ("corrections_saved", "seconds_saved", "j_difference")
        return {
            "threshold": self.threshold,
            "mode": self.mode.value,
            "corrections": self.corrections,
            "accepted": self.accepted,
            "clicks": self.effort.clicks,
            "masks_drawn": self.effort.drawn,
            "candidates_judged": self.effort.judged,
            "user_seconds": round(self.seconds, 1),
            "j": round(self.j, 4),
            **{name: each.as_json() for name in differences if (each := getattr(self, name)) is not None},
        }


def work(rows: Sequence[Row]) -> list[Work]:
    """By threshold and mode, in the order of the rows; thresholds of 0 have no work and are left out."""
    found = []
    for threshold in dict.fromkeys(row.threshold for row in rows if row.threshold):
        here = [row for row in rows if row.threshold == threshold and row.mode is not Mode.COPY]
        off = [row for row in here if row.mode is Mode.OFF]
        for mode in dict.fromkeys(row.mode for row in here):
            found.append(_work(threshold, mode, [row for row in here if row.mode is mode], off))
    return found


def curves(rows: Sequence[Row]) -> dict[Mode, dict[str, Any]]:
    """Mean J against the user's seconds for each object, a point for each threshold, by mode.

    The first point is the tracker alone, where it was measured (threshold 0). `area` is the mean height of the curve
    from no time up to `until`, the largest time of mode off, or of all modes without it; J is interpolated between
    points and stays as it is after the last.
    """
    start = _point([row for row in rows if not row.threshold])
    found: dict[Mode, list[tuple[float, float]]] = {}
    for each in work(rows):
        own = [row for row in rows if (row.threshold, row.mode) == (each.threshold, each.mode)]
        found.setdefault(each.mode, [start] if start else []).extend([point] if (point := _point(own)) else [])
    if not found:
        return {}
    measured = found.get(Mode.OFF) or [point for points in found.values() for point in points]
    until = max(seconds for seconds, _ in measured)
    return {
        mode: {
            "points": [[round(seconds, 2), round(j, 4)] for seconds, j in sorted(points)],
            "until": round(until, 2),
            "area": round(area(sorted(points), until), 4),
        }
        for mode, points in found.items()
    }


def area(points: Sequence[tuple[float, float]], until: float) -> float:
    """The mean height from 0 to `until` of a curve of (seconds, J), sorted; constant before its first and after its
    last point."""
    times, heights = zip(*points, strict=True)
    if until <= 0:
        return float(heights[0])
    grid = np.union1d(np.clip(times, 0, until), [0.0, until])
    return float(np.trapezoid(np.interp(grid, times, heights), grid) / until)


def _point(rows: Sequence[Row]) -> tuple[float, float] | None:
    if not rows:
        return None
    return mean(TIMES.seconds(row.effort) for row in rows), mean(row.j for row in rows)


def _work(threshold: float, mode: Mode, rows: Sequence[Row], off: Sequence[Row]) -> Work:
    compared = mode is not Mode.OFF and bool(off)
    return Work(
        threshold=threshold,
        mode=mode,
        corrections=sum(row.corrections for row in rows),
        accepted=sum(row.accepted for row in rows),
        effort=sum((row.effort for row in rows), Effort()),
        j=mean(row.j for row in rows),
        corrections_saved=_saved(off, rows, lambda row: row.corrections) if compared else None,
        seconds_saved=_saved(off, rows, lambda row: TIMES.seconds(row.effort)) if compared else None,
        j_difference=_j_difference(off, rows) if compared else None,
    )


def _saved(off: Sequence[Row], on: Sequence[Row], amount: Callable[[Row], float]) -> Difference:
    """The fraction of an amount that `on` saves."""
    values = _paired(off, on, amount)
    before, after = values.sum(0)

    def statistic(drawn: Floats) -> Floats:
        saved: Floats = 1 - drawn[..., 1].sum(1) / drawn[..., 0].sum(1)
        return saved

    return Difference(float(1 - after / before) if before else None, bootstrap_interval(statistic, values))


def _j_difference(off: Sequence[Row], on: Sequence[Row]) -> Difference:
    values = _paired(off, on, lambda row: row.j)

    def statistic(drawn: Floats) -> Floats:
        difference: Floats = (drawn[..., 1] - drawn[..., 0]).mean(1)
        return difference

    return Difference(float((values[:, 1] - values[:, 0]).mean()), bootstrap_interval(statistic, values))


def _paired(off: Sequence[Row], on: Sequence[Row], amount: Callable[[Row], float]) -> Floats:
    """[objects, 2]: without and with adapters. The shifts of an object are averaged: they are not independent."""
    names = dict.fromkeys(row.name for row in off)
    return np.array([[mean(amount(row) for row in rows if row.name == name) for rows in (off, on)] for name in names])
