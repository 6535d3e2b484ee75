"""bfloat16 is chosen on a CPU by figures that `sam2-lit doctor` measures and stores."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import torch
from click.testing import CliRunner

from sam2_lit import pocket
from sam2_lit.cli import main
from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.models.loading import LoadedModel, load_model
from sam2_lit.engine.tracking import precision_choice
from sam2_lit.engine.tracking.precision_choice import PRECISION_FILE, PrecisionChoice, PrecisionFigures, pays
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.server.model_setup import prepare_model
from sam2_lit.settings import Settings
from tests.small_model import write_config

GOOD = PrecisionFigures(speed=1.3, least_iou=0.98, mean_iou=0.995, same_on_threads=True, masks=69)


@pytest.fixture
def unprepared(tmp_path: Path) -> LoadedModel:
    return load_model(
        "",
        predictor_class=LitPredictor,
        device="cpu",
        checkpoints_dir=tmp_path,
        checkpoint=pocket.WEIGHTS,
        model_config=write_config(tmp_path, 64),
    )


@pytest.fixture
def instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the CPU say that it has instructions for bfloat16."""
    monkeypatch.setattr(precision_choice, "has_bfloat16_instructions", lambda: True)


def test_bfloat16_pays_from_these_figures_on() -> None:
    assert pays(GOOD)


@pytest.mark.parametrize(
    "figures",
    [
        replace(GOOD, speed=1.29),
        replace(GOOD, speed=float("nan")),
        replace(GOOD, least_iou=0.979),
        replace(GOOD, mean_iou=0.9949),
        replace(GOOD, same_on_threads=False),
    ],
)
def test_bfloat16_does_not_pay_where_one_figure_is_worse(figures: PrecisionFigures) -> None:
    assert not pays(figures)


def test_a_cpu_without_instructions_computes_in_float32_whatever_is_stored(
    unprepared: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision_choice, "has_bfloat16_instructions", lambda: False)
    choice = PrecisionChoice(tmp_path, unprepared)
    choice.store(GOOD)

    assert choice.dtype() == (torch.float32, "this CPU has neither AVX512-BF16 nor AMX")


def test_the_figures_of_another_model_are_kept_and_not_used(
    unprepared: LoadedModel, tmp_path: Path, instructions: None
) -> None:
    other = PrecisionChoice(tmp_path, replace(unprepared, name="other"))
    other.store(GOOD)
    choice = PrecisionChoice(tmp_path, unprepared)
    assert choice.figures is None
    choice.store(replace(GOOD, speed=1.0))

    assert choice.dtype()[0] is torch.float32
    assert other.dtype() == (torch.bfloat16, str(GOOD))


def test_a_damaged_file_is_none(unprepared: LoadedModel, tmp_path: Path, instructions: None) -> None:
    choice = PrecisionChoice(tmp_path, unprepared)
    choice.store(GOOD)
    file = tmp_path / PRECISION_FILE
    file.write_text(file.read_text().replace("speed", "pace"))

    assert choice.figures is None
    assert "doctor" in choice.dtype()[1]


def test_a_server_starts_in_the_precision_that_is_stored_and_says_why(
    unprepared: LoadedModel, tmp_path: Path, instructions: None, caplog: pytest.LogCaptureFixture
) -> None:
    PrecisionChoice(tmp_path / "cache", unprepared).store(GOOD)

    with caplog.at_level(logging.INFO, "sam2_lit"), use_threads(1):
        prepare_model(unprepared, Settings(data_dir=tmp_path))

    assert cast(LitPredictor, unprepared.predictor).compute_dtype is torch.bfloat16
    assert f"small computes in bfloat16 on cpu: {GOOD}" in caplog.messages


def test_doctor_measures_once_and_prints_the_figures(
    tmp_path: Path, instructions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sam2_lit.engine.device.torch_private.has_bfloat16_instructions", lambda: True)
    monkeypatch.setattr(precision_choice, "FRAMES", 2)
    # On two cores, a CPU without instructions takes ten times as long for a convolution of bfloat16.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    model = ["--model-config", str(write_config(tmp_path, 64)), "--checkpoint", str(pocket.WEIGHTS), "--device", "cpu"]

    def precision() -> str:
        outcome = CliRunner().invoke(main, ["doctor", *model, "--data-dir", str(tmp_path)], catch_exceptions=False)
        return next(line for line in outcome.output.splitlines() if line[3:].startswith("precision:"))

    measured = precision()
    assert " times as fast as float32, IoU with its masks at least 0." in measured
    assert "on average of 3, equal to the bit on one thread and two" in measured
    assert precision() == measured
