"""Confidence intervals over objects."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
LEVEL = 0.95

Floats = NDArray[np.float64]


def bootstrap_interval(statistic: Callable[[Floats], Floats], values: Floats) -> tuple[float, float] | None:
    """The percentile bootstrap interval (Efron and Tibshirani, 1993, section 13.3) of a statistic of objects.

    `values` is [objects, columns]. `statistic` takes [draws, objects, columns] to [draws]; draws where it is not finite
    are left out. The same values give the same interval. Returns None for fewer than two objects, which show no spread,
    or where no draw is finite.
    """
    count = len(values)
    if count < 2:
        return None
    drawn = np.random.default_rng(0).integers(0, count, (DRAWS, count))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = statistic(values[drawn])
    found = found[np.isfinite(found)]
    if not len(found):
        return None
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
