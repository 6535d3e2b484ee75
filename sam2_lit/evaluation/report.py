"""The report of an evaluation, as `report.json` and as a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean
from typing import Any

from sam2_lit.evaluation.effort import TIMES
from sam2_lit.evaluation.equal_quality import Difference, Work, curves, work
from sam2_lit.evaluation.rows import Mode, Row
from sam2_lit.evaluation.tables import aligned
from sam2_lit.evaluation.user import Protocol


@dataclass(frozen=True)
class Report:
    """Rows in the order of the data set, those of one object next to each other, and what they were measured with.

    `protocols`: every threshold and shift. `rows` and `totals` are of the first that corrects, `every` has all.
    """

    model: str
    dataset: str
    protocols: tuple[Protocol, ...]
    every: tuple[Row, ...]

    @property
    def protocol(self) -> Protocol:
        return next((each for each in self.protocols if each.threshold), self.protocols[0])

    @property
    def corrects(self) -> bool:
        return self.protocol.corrects

    @property
    def rows(self) -> list[Row]:
        """The rows of `protocol`."""
        first = (self.protocol.threshold, self.protocol.shift)
        return [row for row in self.every if (row.threshold, row.shift) == first]

    @property
    def modes(self) -> list[Mode]:
        return list(dict.fromkeys(row.mode for row in self.rows))

    def of(self, mode: Mode) -> list[Row]:
        return [row for row in self.rows if row.mode is mode]

    def as_json(self) -> dict[str, Any]:
        """`report.json`, with J rounded to four digits and seconds to three."""
        report = {
            "model": self.model,
            "dataset": self.dataset,
            "threshold": self.protocol.threshold,
            "max_clicks": self.protocol.max_clicks,
            "shift": self.protocol.shift,
            "rows": [_row(row) for row in self.rows],
            "totals": {mode.value: self._total(mode) for mode in self.modes},
        }
        if self.corrects:
            report["shifts"] = list(dict.fromkeys(each.shift for each in self.protocols))
            report["user_times"] = asdict(TIMES)
            report["work"] = [each.as_json() for each in work(self.every)]
            report["curves"] = {mode.value: curve for mode, curve in curves(self.every).items()}
        return report

    def _total(self, mode: Mode) -> dict[str, Any]:
        rows = self.of(mode)
        total: dict[str, Any] = {
            "corrections": sum(row.corrections for row in rows),
            "clicks": sum(row.clicks for row in rows),
            "j": round(mean(row.j for row in rows), 4),
        }
        if not mode.learns:
            return total
        if Mode.OFF in self.modes:
            total["reduction"] = reduction(self.of(Mode.OFF), rows)
        seconds = [seconds for row in rows for seconds in row.train_seconds]
        return total | {
            "accepted": sum(row.accepted for row in rows),
            "train_seconds_mean": round(mean(seconds), 3) if seconds else None,
        }


def reduction(off: Sequence[Row], on: Sequence[Row]) -> float | None:
    """The fraction of corrections saved, to three digits; None where there were none to save."""
    before, after = (sum(row.corrections for row in rows) for rows in (off, on))
    return round(1 - after / before, 3) if before else None


def table(report: Report) -> str:
    """A line for each object and one in total: corrections and J in each mode, the fraction saved, training seconds."""
    header = ["sequence", "object", "frames"]
    for mode in report.modes:
        header += [f"{mode}: corrections", "J"] if report.corrects and mode is not Mode.COPY else [f"{mode}: J"]
        if report.corrects and mode.learns:
            header += (["accepted"] if mode.offers_candidates else []) + ["saved", "s/correction"]
    objects = dict.fromkeys((row.sequence, row.object) for row in report.rows)
    lines = [header]
    for sequence, number in objects:
        rows = [row for row in report.rows if (row.sequence, row.object) == (sequence, number)]
        lines.append([sequence, str(number), str(rows[0].frames), *_cells(report, rows)])
    total = sum(row.frames for row in report.of(report.modes[0]))
    lines.append(["total", str(len(objects)), str(total), *_cells(report, report.rows)])
    return aligned(lines)


def work_table(report: Report) -> str:
    """A line for each threshold and mode: what it took, and what it saved with the interval over objects."""
    header = ["until every IoU is", "mode", "corrections", "accepted", "clicks", "drawn", "user s", "saved"]
    lines = [[*header, "95% interval", "J", "J - off", "95% interval"]]
    for each in work(report.every):
        lines.append(_work_cells(each))
    return aligned(lines)


def _cells(report: Report, rows: Sequence[Row]) -> list[str]:
    cells = []
    off = [row for row in rows if row.mode is Mode.OFF]
    for mode in report.modes:
        own = [row for row in rows if row.mode is mode]
        if report.corrects and mode is not Mode.COPY:
            cells.append(str(sum(row.corrections for row in own)))
        cells.append(f"{mean(row.j for row in own):.3f}")
        if report.corrects and mode.learns:
            if mode.offers_candidates:
                cells.append(str(sum(row.accepted for row in own)))
            saved = reduction(off, own) if off else None
            seconds = [seconds for row in own for seconds in row.train_seconds]
            cells += ["-" if saved is None else f"{saved:.0%}", f"{mean(seconds):.2f}" if seconds else "-"]
    return cells


def _row(row: Row) -> dict[str, Any]:
    rounded = {
        "j": round(row.j, 4),
        "train_seconds": [round(seconds, 3) for seconds in row.train_seconds],
        "user_seconds": round(TIMES.seconds(row.effort), 2),
    }
    return asdict(row) | rounded


def _work_cells(each: Work) -> list[str]:
    effort = each.effort
    counts = [each.corrections, each.accepted, effort.clicks, effort.drawn, round(each.seconds)]
    return [
        f"{each.threshold:g}",
        each.mode,
        *map(str, counts),
        *_difference_cells(each.seconds_saved, ".0%"),
        f"{each.j:.3f}",
        *_difference_cells(each.j_difference, "+.3f"),
    ]


def _difference_cells(difference: Difference | None, style: str) -> list[str]:
    if difference is None or difference.value is None:
        return ["-", "-"]
    interval = difference.interval
    return [
        format(difference.value, style),
        "-" if interval is None else " to ".join(format(bound, style) for bound in interval),
    ]
