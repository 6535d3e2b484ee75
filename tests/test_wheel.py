import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.mark.parametrize(
    "name",
    [
        "sam2_lit/pocket/pocket.yaml",
        "sam2_lit/pocket/weights.safetensors",
        "sam2_lit/pocket/MODEL_CARD.md",
        "sam2_lit/sample/sample.mp4",
        "sam2_lit/sample/Annotations/sample/00000.png",
        "sam2_lit/static/graphiql/index.html",
        "sam2_lit/py.typed",
    ],
)
def test_the_wheel_holds_what_the_package_needs_at_run_time(wheel: zipfile.ZipFile, name: str) -> None:
    assert name in wheel.namelist()


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "sam2_lit"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()

    assert set(tracked) <= set(wheel.namelist())


def test_the_wheels_command_is_sam2_lit(wheel: zipfile.ZipFile) -> None:
    [entry_points] = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]

    assert "sam2-lit = sam2_lit.cli:main" in wheel.read(entry_points).decode()
