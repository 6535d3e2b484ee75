"""What was measured of one object, and how it is kept while an evaluation runs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Mode(StrEnum):
    """How an object is annotated.

    `OFF`: without adapters. `SUGGEST`: the user takes a candidate that is good enough. `AUTO`: the engine takes
    candidates by itself, the user sees none. `COPY`: no tracker at all, the first mask stays where it is.
    """

    OFF = "off"
    SUGGEST = "suggest"
    AUTO = "auto"
    COPY = "copy"


@dataclass(frozen=True)
class Row:
    """One object of one sequence in one mode.

    - frames: how many were judged: the annotated ones after its first.
    - corrections, clicks: what the user did; accepted: candidates taken instead.
    - j: mean IoU over the judged frames, of the masks as the user leaves them.
    - train_seconds: of each training.
    """

    mode: Mode
    sequence: str
    object: int
    frames: int
    corrections: int
    accepted: int
    clicks: int
    j: float
    train_seconds: tuple[float, ...]


@dataclass(frozen=True)
class Trace:
    """A row's course, an entry for each judged frame: its index, the IoU as the user finds it, and as they leave it;
    then the indices of the frames corrected, and of those on which a candidate was taken."""

    frame_indices: tuple[int, ...]
    found: tuple[float, ...]
    left: tuple[float, ...]
    corrected: tuple[int, ...]
    accepted: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """A row and its course."""

    row: Row
    trace: Trace


class OtherSettingsError(Exception):
    """The outcomes that are kept were made with other settings."""


class OutcomeFile:
    """Outcomes in a file of JSON lines, the settings they were made with on its first: what is done is kept."""

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        """Raises OtherSettingsError where the file is there and is of other settings."""
        self._path = path
        # As JSON gives them back.
        settings = json.loads(json.dumps(settings))
        self.outcomes: dict[tuple[Mode, str, int], Outcome] = {}
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings) + "\n")
            return
        first, *lines = path.read_text().splitlines(keepends=True)
        self._check(json.loads(first), settings)
        # A line without its end is one that was being written when the evaluation was stopped.
        whole = [line for line in lines if line.endswith("\n")]
        if len(whole) < len(lines):
            path.write_text("".join([first, *whole]))
        for line in whole:
            self._keep(_outcome(json.loads(line)))

    def add(self, outcome: Outcome) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(outcome)) + "\n")
        self._keep(outcome)

    def _keep(self, outcome: Outcome) -> None:
        row = outcome.row
        self.outcomes[row.mode, row.sequence, row.object] = outcome

    def _check(self, kept: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        differing = [name for name in wanted if kept.get(name) != wanted[name]]
        if differing:
            raise OtherSettingsError(
                f"{self._path.parent} holds an evaluation with other settings "
                f"({', '.join(differing)}); give another --out, or remove it"
            )


def _outcome(fields: dict[str, Any]) -> Outcome:
    row, trace = fields["row"], fields["trace"]
    row |= {"mode": Mode(row["mode"]), "train_seconds": tuple(row["train_seconds"])}
    return Outcome(Row(**row), Trace(**{name: tuple(values) for name, values in trace.items()}))
