"""The measurements of one object, and the file that stores them while an evaluation runs."""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from sam2_lit.evaluation.effort import Effort


class Mode(StrEnum):
    """How an object is annotated.

    `OFF`: without adapters. `SUGGEST`: the user accepts a candidate that is good enough. `AUTO`: the engine accepts
    candidates, the user sees none. `REFERENCE`: the loop of the LIT paper's authors. `COPY`: no tracker, every frame
    gets the first mask.
    """

    OFF = "off"
    SUGGEST = "suggest"
    AUTO = "auto"
    REFERENCE = "reference"
    COPY = "copy"

    @property
    def learns(self) -> bool:
        return self in (Mode.SUGGEST, Mode.AUTO, Mode.REFERENCE)

    @property
    def offers_candidates(self) -> bool:
        """Whether the user looks at candidates."""
        return self in (Mode.SUGGEST, Mode.REFERENCE)


@dataclass(frozen=True)
class Row:
    """One object of one sequence in one mode, by one protocol.

    - threshold, shift: those of the protocol.
    - frames: number of evaluated frames: the annotated ones after its first.
    - corrections, clicks: how many the user made; accepted: candidates accepted instead.
    - j: mean IoU over the evaluated frames, of the masks as the user leaves them.
    - train_seconds: the duration of each training.
    """

    mode: Mode
    sequence: str
    object: int
    threshold: float
    shift: int
    frames: int
    corrections: int
    accepted: int
    clicks: int
    j: float
    train_seconds: tuple[float, ...]
    effort: Effort

    @property
    def name(self) -> tuple[str, int]:
        """The object: its sequence and number."""
        return self.sequence, self.object


@dataclass(frozen=True)
class Trace:
    """A row frame by frame.

    - frame_indices, found, left: of each evaluated frame, its index and its IoU before and after the user acts.
    - corrected, accepted: indices of the frames that were corrected, or on which a candidate was accepted.
    """

    frame_indices: tuple[int, ...]
    found: tuple[float, ...]
    left: tuple[float, ...]
    corrected: tuple[int, ...]
    accepted: tuple[int, ...]


@dataclass(frozen=True)
class Outcome:
    """A row and its trace."""

    row: Row
    trace: Trace

    @property
    def key(self) -> tuple[Mode, str, int, float, int]:
        row = self.row
        return row.mode, row.sequence, row.object, row.threshold, row.shift

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "Outcome":
        row, trace = fields["row"], fields["trace"]
        row |= {
            "mode": Mode(row["mode"]),
            "train_seconds": tuple(row["train_seconds"]),
            "effort": Effort(**row["effort"]),
        }
        return cls(Row(**row), Trace(**{name: tuple(values) for name, values in trace.items()}))


class OtherSettingsError(Exception):
    """The stored outcomes were made with other settings."""


class Storable(Protocol):
    """What an `OutcomeFile` stores; `key` tells outcomes apart."""

    @property
    def key(self) -> Hashable: ...

    def as_json(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=Storable)


class OutcomeFile(Generic[T]):
    """Outcomes in a file of JSON lines, so that a stopped evaluation resumes. The first line has the settings."""

    def __init__(self, path: Path, settings: Mapping[str, Any], from_json: Callable[[dict[str, Any]], T]) -> None:
        """Raises OtherSettingsError where the file exists and has other settings."""
        self._path = path
        # As they read after a round trip through JSON.
        settings = json.loads(json.dumps(settings))
        self.outcomes: dict[Hashable, T] = {}
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings) + "\n")
            return
        first, *lines = path.read_text().splitlines(keepends=True)
        self._check(json.loads(first), settings)
        # A line without its end was being written when the evaluation was stopped.
        complete = [line for line in lines if line.endswith("\n")]
        if len(complete) < len(lines):
            path.write_text("".join([first, *complete]))
        for line in complete:
            self._remember(from_json(json.loads(line)))

    def add(self, outcome: T) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(outcome.as_json()) + "\n")
        self._remember(outcome)

    def _remember(self, outcome: T) -> None:
        self.outcomes[outcome.key] = outcome

    def _check(self, stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        differing = [name for name in wanted if stored.get(name) != wanted[name]]
        if differing:
            raise OtherSettingsError(
                f"{self._path.parent} holds an evaluation with other settings "
                f"({', '.join(differing)}); choose another --out, or remove the folder"
            )
