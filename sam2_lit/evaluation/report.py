"""The report of an evaluation, as `report.json` and as a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean
from typing import Any

from sam2_lit.evaluation.rows import Mode, Row


@dataclass(frozen=True)
class Report:
    """Rows in the order of the data set, those of one object next to each other, and what they were measured with.

    `corrects`: whether the user corrected. `shift`: pixels by which the first masks were shifted.
    """

    model: str
    dataset: str
    threshold: float
    max_clicks: int
    rows: tuple[Row, ...]
    corrects: bool = True
    shift: int = 0

    @property
    def modes(self) -> list[Mode]:
        return list(dict.fromkeys(row.mode for row in self.rows))

    def of(self, mode: Mode) -> list[Row]:
        return [row for row in self.rows if row.mode is mode]

    def as_json(self) -> dict[str, Any]:
        """`report.json`, with J rounded to four digits and seconds to three."""
        rows = [
            asdict(row) | {"j": round(row.j, 4), "train_seconds": [round(seconds, 3) for seconds in row.train_seconds]}
            for row in self.rows
        ]
        return {
            "model": self.model,
            "dataset": self.dataset,
            "threshold": self.threshold,
            "max_clicks": self.max_clicks,
            "shift": self.shift,
            "rows": rows,
            "totals": {mode.value: self._total(mode) for mode in self.modes},
        }

    def _total(self, mode: Mode) -> dict[str, Any]:
        rows = self.of(mode)
        total: dict[str, Any] = {
            "corrections": sum(row.corrections for row in rows),
            "clicks": sum(row.clicks for row in rows),
            "j": round(mean(row.j for row in rows), 4),
        }
        if mode not in (Mode.SUGGEST, Mode.AUTO):
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
        if report.corrects and mode in (Mode.SUGGEST, Mode.AUTO):
            header += (["accepted"] if mode is Mode.SUGGEST else []) + ["saved", "s/correction"]
    objects = dict.fromkeys((row.sequence, row.object) for row in report.rows)
    lines = [header]
    for sequence, number in objects:
        rows = [row for row in report.rows if (row.sequence, row.object) == (sequence, number)]
        lines.append([sequence, str(number), str(rows[0].frames), *_cells(report, rows)])
    total = sum(row.frames for row in report.of(report.modes[0]))
    lines.append(["total", str(len(objects)), str(total), *_cells(report, report.rows)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _cells(report: Report, rows: Sequence[Row]) -> list[str]:
    cells = []
    off = [row for row in rows if row.mode is Mode.OFF]
    for mode in report.modes:
        own = [row for row in rows if row.mode is mode]
        if report.corrects and mode is not Mode.COPY:
            cells.append(str(sum(row.corrections for row in own)))
        cells.append(f"{mean(row.j for row in own):.3f}")
        if report.corrects and mode in (Mode.SUGGEST, Mode.AUTO):
            if mode is Mode.SUGGEST:
                cells.append(str(sum(row.accepted for row in own)))
            saved = reduction(off, own) if off else None
            seconds = [seconds for row in own for seconds in row.train_seconds]
            cells += ["-" if saved is None else f"{saved:.0%}", f"{mean(seconds):.2f}" if seconds else "-"]
    return cells
