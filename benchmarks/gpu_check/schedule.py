"""Runs the stages one after another, each within its time and all within theirs."""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from benchmarks.gpu_check.report import Report

B = TypeVar("B")

_REHEARSING = 3
"""How many times as long a stage may take on an emulated GPU."""

_GRACE = 10.0
"""Seconds after the end in which a call that cannot be cut off may still return."""


class OutOfTime(Exception):
    """A stage has used up its time."""


@dataclass
class Clock:
    """The time that the stage has which runs. `now` is in seconds."""

    now: Callable[[], float] = time.monotonic
    ends: float = float("inf")

    def check(self) -> None:
        """Called between two frames or steps. Raises OutOfTime once the stage's time is over."""
        if self.now() >= self.ends:
            raise OutOfTime


@dataclass(frozen=True)
class Stage(Generic[B]):
    """Some checks that belong together, on a B.

    `needs_gpu` is why they cannot be rehearsed; empty where they can.
    """

    run: Callable[[B], None]
    seconds: float
    needs_gpu: str = ""

    @property
    def name(self) -> str:
        return self.run.__name__.replace("_", " ")


@dataclass
class Schedule(Generic[B]):
    """Runs stages within `seconds` in all. `end_process` ends a process that hangs, with an exit status."""

    report: Report
    clock: Clock
    seconds: float
    end_process: Callable[[int], None] = os._exit
    _left: list[str] = field(default_factory=list)

    def run(self, stages: Sequence[Stage[B]], bench: B, *, rehearses: bool) -> None:
        ends = self.clock.now() + self.seconds
        self._left = [stage.name for stage in stages]
        with self._watched():
            for stage in stages:
                self._left.pop(0)
                if rehearses and stage.needs_gpu:
                    self.report.add("UNTRIED", stage.name, stage.needs_gpu)
                elif self.clock.now() >= ends:
                    self.report.add("SKIPPED", stage.name, "no time was left")
                else:
                    self._run_stage(stage, bench, ends, stage.seconds * (_REHEARSING if rehearses else 1))

    def _run_stage(self, stage: Stage[B], bench: B, ends: float, seconds: float) -> None:
        started = self.clock.now()
        self.clock.ends = min(ends, started + seconds)
        try:
            stage.run(bench)
        except OutOfTime:
            self.report.add("SLOW", stage.name, f"cut off after {self.clock.now() - started:.0f} s")
        except Exception as error:
            traceback.print_exc()
            self.report.add("FAIL", stage.name, f"{type(error).__name__}: {error}")
        finally:
            self.clock.ends = float("inf")
        self.report.measured(f"seconds of {stage.name}", f"{self.clock.now() - started:.1f}")

    @contextmanager
    def _watched(self):  # type: ignore[no-untyped-def]
        """Ends the process where a call hangs, such as a kernel that never returns or a compiler."""
        watchdog = threading.Timer(self.seconds + _GRACE, self.give_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()

    def give_up(self) -> None:
        """Reports what did not run, and ends the process."""
        self.report.add("SLOW", "the stage that was running", "did not return")
        for name in self._left:
            self.report.add("SKIPPED", name, "no time was left")
        sys.stdout.flush()
        self.end_process(self.report.status)
