"""How `scripts/gpu-check` keeps within its time, and some of its stages on an emulated GPU."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from benchmarks.gpu_check.__main__ import main
from benchmarks.gpu_check.report import Report
from benchmarks.gpu_check.schedule import Clock, Schedule, Stage


class Bench:
    """What stages run on here: a report, and a clock that they set."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.time = 0.0
        self.report = Report(folder / "report.json")
        self.clock = Clock(lambda: self.time)
        self.ended: list[int] = []
        self.schedule = Schedule[Bench](self.report, self.clock, seconds, self.ended.append)

    def run(self, *stages: tuple[str, Callable[["Bench"], None]]) -> list[tuple[str, str]]:
        """Status and name of each line in the file, measurements left out, of stages of ten seconds."""
        self.schedule.run([Stage(named(name, run), 10) for name, run in stages], self, rehearses=False)
        lines = json.loads(self.report.path.read_text())
        return [(line["status"], line["name"]) for line in lines if line["status"] != "MEASURED"]


def named(name: str, run: Callable[[Bench], None]) -> Callable[[Bench], None]:
    def stage(bench: Bench) -> None:
        run(bench)

    stage.__name__ = name
    return stage


def passes(bench: Bench) -> None:
    bench.time += 1
    bench.clock.check()
    bench.report.check("a check", True, "right", "right")


def dawdles(bench: Bench) -> None:
    bench.report.check("the first frame", True, "right", "right")
    for _ in range(100):
        bench.time += 1
        bench.clock.check()
    bench.report.check("the last frame", True, "right", "right")


def breaks(bench: Bench) -> None:
    raise RuntimeError("CUDA error: out of order")


def test_a_stage_over_its_time_is_cut_off_and_keeps_what_it_found(tmp_path: Path) -> None:
    bench = Bench(tmp_path, seconds=60)

    lines = bench.run(("slow", dawdles), ("quick", passes))

    assert lines == [("PASS", "the first frame"), ("SLOW", "slow"), ("PASS", "a check")]
    assert bench.time == 11
    assert bench.report.status == 4


def test_what_no_time_is_left_for_is_listed(tmp_path: Path) -> None:
    lines = Bench(tmp_path, seconds=8).run(("slow", dawdles), ("quick", passes), ("last", passes))

    assert lines[1:] == [("SLOW", "slow"), ("SKIPPED", "quick"), ("SKIPPED", "last")]


def test_a_failure_ends_its_stage_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path, seconds=60)

    assert bench.run(("broken", breaks), ("quick", passes)) == [("FAIL", "broken"), ("PASS", "a check")]
    assert bench.report.status == 1


def test_a_call_that_never_returns_ends_the_process_with_what_is_known(tmp_path: Path) -> None:
    bench = Bench(tmp_path, seconds=60)

    def hangs(bench: Bench) -> None:
        bench.schedule.give_up()

    lines = bench.run(("hanging", hangs), ("quick", passes))

    assert lines[:2] == [("SLOW", "the stage that was running"), ("SKIPPED", "quick")]
    assert bench.ended == [4]


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_without_a_gpu_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path)]) == 3
    assert "--rehearse" in capsys.readouterr().err


def test_stages_run_on_an_emulated_gpu(tmp_path: Path) -> None:
    stages = ("environment", "precision", "failed-capture", "reproducible", "compiled")

    assert main(["--rehearse", "--out", str(tmp_path), "--only", *stages]) == 0

    lines = json.loads((tmp_path / "gpu_check.json").read_text())
    assert {line["status"] for line in lines} == {"PASS", "MEASURED", "UNTRIED"}
    assert [line["name"] for line in lines if line["status"] == "UNTRIED"] == ["compiled"]
