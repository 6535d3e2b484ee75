"""The plots of a report."""

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sam2_lit.evaluation.equal_quality import curves
from sam2_lit.evaluation.report import Report
from sam2_lit.evaluation.rows import Mode, Outcome

# From Okabe and Ito's palette, which people with color blindness can tell apart.
COLORS = {
    Mode.OFF: "#7f7f7f",
    Mode.SUGGEST: "#0072b2",
    Mode.AUTO: "#e69f00",
    Mode.REFERENCE: "#cc79a7",
    Mode.COPY: "#000000",
}
COLUMNS = 4
CORRECTED, ACCEPTED = "x", "o"


def plot_corrections(report: Report, path: Path) -> None:
    """Bars: the corrections of each object in each mode."""
    objects = list(dict.fromkeys((row.sequence, row.object) for row in report.rows))
    modes = [mode for mode in report.modes if mode is not Mode.COPY]
    figure = Figure(figsize=(8, 1.2 + 0.16 * (len(modes) + 1) * len(objects)), layout="constrained")
    axes = figure.add_subplot()
    for position, mode in enumerate(modes):
        counts = {(row.sequence, row.object): row.corrections for row in report.of(mode)}
        places = [index + (position - (len(modes) - 1) / 2) * 0.8 / len(modes) for index in range(len(objects))]
        bars = axes.barh(places, [counts[each] for each in objects], 0.75 / len(modes), color=COLORS[mode])
        bars.set_label(f"{mode} ({sum(counts.values())} in total)")
        axes.bar_label(bars, fontsize=6, padding=2)
    axes.set_yticks(range(len(objects)), [f"{sequence}, {number}" for sequence, number in objects], fontsize=7)
    axes.set_ylim(len(objects) - 0.4, -0.6)
    axes.set_xlabel("corrections")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(modes), frameon=False)
    figure.savefig(path, dpi=150)


def plot_ious(outcomes: Sequence[Outcome], threshold: float, path: Path) -> None:
    """Curves: the IoU of each frame before the user acts, one panel for each object, with the user's actions marked."""
    objects = list(dict.fromkeys((each.row.sequence, each.row.object) for each in outcomes))
    columns = min(COLUMNS, len(objects))
    rows = math.ceil(len(objects) / columns)
    figure = Figure(figsize=(4 * columns, 0.8 + 2 * rows), layout="constrained")
    panels = iter(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for (sequence, number), panel in zip(objects, panels, strict=False):
        panel.set_title(f"{sequence}, {number}", fontsize=8)
        panel.axhline(threshold, color="#cccccc", linewidth=0.8)
        panel.set_ylim(-0.03, 1.03)
        panel.tick_params(labelsize=7)
        panel.spines[["top", "right"]].set_visible(False)
        for each in outcomes:
            if (each.row.sequence, each.row.object) == (sequence, number):
                _draw_ious(panel, each)
    for panel in panels:
        panel.set_visible(False)
    modes = list(dict.fromkeys(each.row.mode for each in outcomes))
    handles = [Line2D([], [], color=COLORS[mode], label=mode) for mode in modes]
    handles += [
        Line2D([], [], color="black", linestyle="", marker=CORRECTED, markersize=5, label="corrected"),
        Line2D([], [], color="black", linestyle="", marker=ACCEPTED, markersize=5, fillstyle="none", label="accepted"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), frameon=False, fontsize=8)
    figure.supxlabel("frame", fontsize=9)
    figure.supylabel("IoU before the user acts", fontsize=9)
    figure.savefig(path, dpi=110)


def plot_curves(report: Report, path: Path) -> None:
    """Curves: mean J against the user's seconds for each object, a point for each threshold."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for mode, curve in curves(report.every).items():
        seconds, heights = zip(*curve["points"], strict=True)
        label = f"{mode} (area {curve['area']:.3f})"
        axes.plot(seconds, heights, color=COLORS[mode], marker="o", markersize=4, linewidth=1, label=label)
    axes.set_xlabel("user seconds for each object, after its first mask")
    axes.set_ylabel("mean J")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False)
    figure.savefig(path, dpi=150)


def _draw_ious(panel: Axes, outcome: Outcome) -> None:
    trace, color = outcome.trace, COLORS[outcome.row.mode]
    panel.plot(trace.frame_indices, trace.found, color=color, linewidth=1)
    found = dict(zip(trace.frame_indices, trace.found, strict=True))
    for frames, marker, fill in ((trace.corrected, CORRECTED, "full"), (trace.accepted, ACCEPTED, "none")):
        panel.plot(
            frames,
            [found[index] for index in frames],
            color=color,
            linestyle="",
            marker=marker,
            markersize=4,
            fillstyle=fill,
        )
