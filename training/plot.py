"""Draws a run's log: the training loss, and the mean IoU of the masks that it tracked.

    python -m training.plot RUN [--out curve.png]

Needs Matplotlib.
"""

import argparse
import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

WINDOW = 5


def smoothed(values: list[float]) -> np.ndarray:
    """The mean of each value and those before it, at most WINDOW of them."""
    return np.array([np.mean(values[max(0, end - WINDOW) : end]) for end in range(1, len(values) + 1)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    # A run that went on from its last saved state did some steps again: what is later counts.
    reports = map(json.loads, (arguments.run / "log.jsonl").read_text().splitlines())
    by_step = {report["step"]: report for report in reports}
    steps = sorted(by_step)
    lines = [by_step[step] for step in steps]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    for axis, key, label in zip(axes, ("loss", "iou"), ("loss", "IoU of tracked masks"), strict=True):
        values = [line[key] for line in lines]
        axis.plot(steps, values, color="0.8")
        axis.plot(steps, smoothed(values))
        axis.set(xlabel="step", ylabel=label)
    figure.savefig(arguments.out or arguments.run / "curve.png", dpi=120)


if __name__ == "__main__":
    main()
