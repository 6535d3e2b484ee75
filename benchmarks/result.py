"""What a benchmark returns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line of the table: medians over `samples` runs, `ratio` written so that more is better for us."""

    name: str
    value: float
    unit: str
    reference: float | None
    ratio: float
    samples: int
