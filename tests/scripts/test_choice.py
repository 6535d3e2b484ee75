"""The command that fits the rule for using adapters' masks, on cases that it has kept."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from benchmarks.choice import Case, main
from sam2_lit.engine.learning.adapter_selection import MODEL, Evidence


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Cases of four clips in which masks are better where they continue the frame before more smoothly."""
    rng = np.random.default_rng(0)
    cases = []
    for number in range(200):
        continuity, unrelated = rng.uniform(0, 1, 2)
        evidence = Evidence(unrelated, continuity, 0.5, unrelated, 0.5, 4.0, 4.0, unrelated, 0.5, number % 7)
        gain = continuity - 0.5 + rng.normal(0, 0.1)
        cases.append(Case(f"clip {number % 4}", number, evidence, True, 0.45 + gain, 0.45))
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([asdict(case) for case in cases]))
    return file


def test_the_regression_weighs_what_decides_and_is_in_the_form_of_the_shipped_one(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = tmp_path / "fitted.json"
    monkeypatch.setattr("sys.argv", ["choice", "--cases", str(kept), "--fit", str(fitted)])

    main()

    found, shipped = json.loads(fitted.read_text()), json.loads(MODEL.read_text())
    assert found["weights"].keys() == shipped["weights"].keys()
    assert max(found["weights"], key=lambda name: abs(found["weights"][name])) == "candidate_continuity"
    assert found["weights"]["candidate_continuity"] > 5


def test_rules_are_compared_on_clips_that_the_regression_has_not_seen(
    kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["choice", "--cases", str(kept)])

    main()

    printed = capsys.readouterr().out
    assert "200 candidates on 4 clips" in printed
    [line] = [line for line in printed.splitlines() if line.startswith("probability over 0.7")]
    used, _, _, _, mean, worse, *_ = line.removeprefix("probability over 0.7").split()
    assert int(used) > 40
    assert float(mean) > 0.15
    assert worse in ("0%", "1%", "2%")


def test_neither_a_data_set_nor_cases_are_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["choice"])

    with pytest.raises(SystemExit):
        main()

    assert "name a data set, or files of cases" in capsys.readouterr().err
