import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from sam2_lit.cli import main
from tests.evaluation.conftest import CHANGE, FRAMES

CONTRACT = {"mode", "sequence", "object", "frames", "corrections", "accepted", "clicks", "j", "train_seconds"}
ROW = CONTRACT | {"threshold", "shift", "effort", "user_seconds"}


QUICK = ("--max-clicks", 1, "--learn-on", 0)
SETTINGS = (*QUICK, "--threshold", 0.5, "--threshold", 0.8, "--threshold", 0)


def evaluate(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def report_in(out: Path) -> Any:
    return json.loads((out / "report.json").read_text())


def without_seconds(report: Any) -> Any:
    for row in report["rows"]:
        row["train_seconds"] = len(row["train_seconds"])
    for total in report["totals"].values():
        total.pop("train_seconds_mean", None)
    return report


@pytest.fixture(scope="module")
def done(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """An evaluation in all modes at two thresholds, and of the tracker alone: what it printed, and its folder."""
    out = tmp_path_factory.mktemp("evaluation")
    outcome = evaluate(dataset, *SETTINGS, "--out", out)
    assert outcome.exit_code == 0, outcome.output
    return outcome, out


def test_the_report_has_a_row_for_each_mode_and_totals(done: tuple[Result, Path], dataset: Path) -> None:
    report = report_in(done[1])

    assert (report["model"], report["dataset"]) == ("pocket", str(dataset))
    assert (report["threshold"], report["max_clicks"]) == (0.5, 1)
    assert [row["mode"] for row in report["rows"]] == ["off", "suggest", "auto"]
    for row in report["rows"]:
        assert row.keys() == ROW
        assert (row["sequence"], row["object"], row["frames"]) == ("discs", 1, FRAMES - 1)
        assert 0 < row["j"] < 1
        assert report["totals"][row["mode"]]["corrections"] == row["corrections"]
    suggest, off = report["totals"]["suggest"], report["totals"]["off"]
    assert suggest["reduction"] == pytest.approx(1 - suggest["corrections"] / off["corrections"], abs=1e-3)


def test_adapters_are_trained_by_corrections_and_only_where_they_are_on(done: tuple[Result, Path]) -> None:
    off, suggest, auto = report_in(done[1])["rows"]

    assert off["corrections"] > 0 and off["train_seconds"] == [] and off["accepted"] == 0
    assert len(suggest["train_seconds"]) == suggest["corrections"] > 0
    assert len(auto["train_seconds"]) == auto["corrections"] > 0 and auto["accepted"] == 0


def test_a_frame_at_or_above_the_threshold_is_not_touched(done: tuple[Result, Path]) -> None:
    lines = (done[1] / "outcomes.jsonl").read_text().splitlines()[1:]
    for outcome in map(json.loads, lines):
        trace, threshold = outcome["trace"], outcome["row"]["threshold"]
        touched = {*trace["corrected"], *trace["accepted"]}
        assert touched == {
            index for index, found in zip(trace["frame_indices"], trace["found"], strict=True) if found < threshold
        }
        assert min(touched, default=CHANGE) >= CHANGE
        assert all(left >= threshold for left in trace["left"])


def test_a_table_is_printed_and_plots_are_drawn(done: tuple[Result, Path]) -> None:
    printed, out = done

    assert "suggest: corrections" in printed.stdout and "discs" in printed.stdout and "total" in printed.stdout
    assert "user s" in printed.stdout and "95% interval" in printed.stdout
    for name in ("corrections.png", "iou.png", "curves.png"):
        with Image.open(out / name) as picture:
            assert min(picture.size) > 200


def test_a_stopped_evaluation_resumes_and_ends_with_the_same_report(
    done: tuple[Result, Path], dataset: Path, tmp_path: Path
) -> None:
    shutil.copytree(done[1], tmp_path / "stopped")
    outcomes = tmp_path / "stopped" / "outcomes.jsonl"
    lines = outcomes.read_text().splitlines(keepends=True)
    # As if killed while it wrote the last outcome.
    outcomes.write_text("".join(lines[:-1]) + lines[-1][:50])

    evaluate(dataset, *SETTINGS, "--out", tmp_path / "stopped")

    assert outcomes.read_text().splitlines()[:-1] == [line.rstrip("\n") for line in lines[:-1]]
    assert without_seconds(report_in(tmp_path / "stopped")) == without_seconds(report_in(done[1]))


def test_results_of_other_settings_are_not_mixed(done: tuple[Result, Path], dataset: Path) -> None:
    outcome = evaluate(dataset, *QUICK, "--max-clicks", 2, "--out", done[1])

    assert outcome.exit_code == 1
    assert "other settings (protocol)" in outcome.output


def test_every_threshold_is_compared_with_mode_off_in_work_and_user_seconds(done: tuple[Result, Path]) -> None:
    report = report_in(done[1])

    assert [(each["threshold"], each["mode"]) for each in report["work"]] == [
        (threshold, mode) for threshold in (0.5, 0.8) for mode in ("off", "suggest", "auto")
    ]
    off, suggest = report["work"][:2]
    assert "seconds_saved" not in off
    assert suggest["seconds_saved"]["value"] == pytest.approx(
        1 - suggest["user_seconds"] / off["user_seconds"], abs=1e-3
    )
    # One object has no spread.
    assert suggest["seconds_saved"]["interval"] is None
    assert off["masks_drawn"] <= off["corrections"] and suggest["candidates_judged"] >= suggest["accepted"]


def test_the_curve_begins_with_the_tracker_alone_and_rises_with_the_users_time(done: tuple[Result, Path]) -> None:
    curves = report_in(done[1])["curves"]

    assert curves.keys() == {"off", "suggest", "auto"}
    start = curves["off"]["points"][0]
    for curve in curves.values():
        assert curve["points"][0] == start
        assert curve["until"] == curves["off"]["points"][-1][0]
        assert start[1] < curve["area"] <= max(j for _, j in curve["points"])
        assert all(seconds > start[0] and j > start[1] for seconds, j in curve["points"][1:])


def test_the_authors_loop_is_added_to_an_evaluation_without_repeating_it(
    done: tuple[Result, Path], dataset: Path, tmp_path: Path
) -> None:
    shutil.copytree(done[1], tmp_path / "more")
    before = (tmp_path / "more" / "outcomes.jsonl").read_text()

    evaluate(dataset, *QUICK, "--modes", "off,reference", "--out", tmp_path / "more")

    off, reference = report_in(tmp_path / "more")["rows"]
    after = (tmp_path / "more" / "outcomes.jsonl").read_text()
    assert after.startswith(before) and len(after.splitlines()) == len(before.splitlines()) + 1
    assert (off["mode"], reference["mode"]) == ("off", "reference")
    assert len(reference["train_seconds"]) == reference["corrections"] > 0


def test_without_corrections_the_tracker_is_compared_with_a_copy_of_the_first_mask(
    dataset: Path, tmp_path: Path
) -> None:
    printed = evaluate(dataset, "--no-corrections", "--out", tmp_path)

    report = report_in(tmp_path)
    plain, copied = report["rows"]
    assert (plain["mode"], copied["mode"]) == ("off", "copy")
    assert plain["corrections"] == copied["corrections"] == 0
    assert copied["j"] < plain["j"]
    assert "copy: J" in printed.stdout and "corrections" not in printed.stdout


def test_a_shifted_first_mask_is_tracked_as_it_was_given(dataset: Path, tmp_path: Path) -> None:
    for shift in (0, -3):
        evaluate(dataset, "--no-corrections", "--shift", shift, "--out", tmp_path / str(shift))

    unshifted, shifted = (report_in(tmp_path / str(shift)) for shift in (0, -3))
    assert (unshifted["shift"], shifted["shift"]) == (0, -3)
    # A copy of the first mask fits the first frames well only where it was not shifted.
    assert shifted["rows"][1]["j"] < unshifted["rows"][1]["j"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere is not a data set in DAVIS layout: it has no folder JPEGImages"),
        (["DATASET", "--sequence", "cats"], "has no sequence cats; it has discs"),
        (["DATASET", "--modes", "off,on"], "there is no mode 'on'; choose from off, suggest, auto, reference"),
        (["DATASET", "--threshold", "2"], "--threshold"),
        (["DATASET", "--prompt", "clicks:0"], "'clicks:0' is no prompt; give mask, box, click, or clicks:N"),
        (
            ["DATASET", "--shift", "500"],
            "moves the first mask of object 1 of discs out of the frame",
        ),
        (["DATASET", "--model", "sam2.1_hiera_tiny", "--checkpoints-dir", "nowhere"], "sam2-lit download"),
    ],
)
def test_invalid_arguments_are_reported_in_one_line(arguments: list[str], says: str, dataset: Path) -> None:
    outcome = evaluate(*[dataset if argument == "DATASET" else argument for argument in arguments])

    assert outcome.exit_code != 0
    assert says in outcome.output.splitlines()[-1]
