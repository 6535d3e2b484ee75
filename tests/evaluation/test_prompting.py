import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from sam2_lit.cli import main
from sam2_lit.evaluation.prompting import CLICKED_FRAMES, CORRECTIVE_CLICKS, box_of
from tests.evaluation.conftest import FRAMES
from tests.evaluation.test_evaluate import CONTRACT

PROMPTS = ("mask", "box", "clicks:3")


@pytest.fixture(scope="module")
def done(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    out = tmp_path_factory.mktemp("prompts")
    asked = [argument for prompt in PROMPTS for argument in ("--prompt", prompt)]
    outcome = CliRunner().invoke(main, ["evaluate", str(dataset), *asked, "--out", str(out)])
    assert outcome.exit_code == 0, outcome.output
    return outcome, out


@pytest.fixture
def report(done: tuple[Result, Path]) -> Any:
    return json.loads((done[1] / "report.json").read_text())


@pytest.fixture
def objects(done: tuple[Result, Path]) -> dict[str, Any]:
    lines = (done[1] / "prompts.jsonl").read_text().splitlines()[1:]
    return {each["prompt"]: each for each in map(json.loads, lines)}


def test_the_first_frame_is_measured_for_each_prompt(report: Any, objects: dict[str, Any]) -> None:
    assert list(report["prompts"]) == list(PROMPTS)
    assert report["prompts"]["mask"]["first_iou"] == 1
    for prompt in ("box", "clicks:3"):
        assert 0 < report["prompts"][prompt]["first_iou"] <= 1
    assert len(objects["clicks:3"]["first"]) == 3


def test_tracked_frames_are_measured_after_one_three_and_five_clicks(report: Any, objects: dict[str, Any]) -> None:
    for prompt in PROMPTS:
        measured = objects[prompt]
        assert len(measured["clicked_frames"]) == CLICKED_FRAMES
        assert all(2 <= len(ious) <= CORRECTIVE_CLICKS + 1 for ious in measured["tracked"])
        after = report["prompts"][prompt]["j_after_clicks"]
        assert list(after) == ["0", "1", "3", "5"]
        expected = np.mean([ious[min(3, len(ious) - 1)] for ious in measured["tracked"]])
        assert after["3"] == pytest.approx(expected, abs=1e-4)


def test_clicks_that_make_a_frame_worse_are_counted(report: Any, objects: dict[str, Any]) -> None:
    for prompt in PROMPTS:
        steps = [after < before for ious in objects[prompt]["tracked"] for before, after in pairwise(ious)]
        assert report["prompts"][prompt]["clicks_worse"] == pytest.approx(np.mean(steps), abs=1e-4)


def test_its_report_has_the_rows_of_the_contract(report: Any) -> None:
    assert [row["prompt"] for row in report["rows"]] == list(PROMPTS)
    for row in report["rows"]:
        assert row.keys() > CONTRACT
        assert (row["mode"], row["frames"], row["corrections"]) == ("off", FRAMES - 1, 0)


def test_a_table_has_a_line_for_each_prompt(done: tuple[Result, Path]) -> None:
    assert all(f"{prompt} " in done[0].stdout for prompt in PROMPTS) and "worse of good" in done[0].stdout


def test_a_box_encloses_the_mask_to_the_pixel() -> None:
    mask = np.zeros((40, 60), bool)
    mask[10:20, 15:45] = True

    assert box_of(mask) == [0.25, 0.25, 0.75, 0.5]
