"""The examples run as they are written."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from tests.clips import Clip
from tests.running import Server

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_script_annotates_a_sequence_in_davis_layout(server: Server, clip: Clip, tmp_path: Path) -> None:
    annotations = tmp_path / "Annotations" / "480p" / "discs.mp4"
    annotations.mkdir(parents=True)
    for index, mask in enumerate(clip.masks[1]):
        Image.fromarray(mask.astype(np.uint8)).save(annotations / f"{index:05}.png")
    command = [sys.executable, EXAMPLES / "annotate.py", "--url", server.url, "--davis", tmp_path]

    ran = subprocess.run([*command, "--sequence", "discs.mp4"], capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
    assert "Adapter " in ran.stdout
    assert "J before " in ran.stdout.splitlines()[-1]


def test_the_notebook_runs_and_draws_what_it_shows(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAM2_LIT_URL", server.url)
    written = nbformat.read(EXAMPLES / "annotate.ipynb", as_version=4)
    shown = [pictures(cell) for cell in written.cells]

    ran = NotebookClient(written, timeout=100, kernel_name="python3").execute(cwd=os.fspath(EXAMPLES))

    assert [pictures(cell) for cell in ran.cells] == shown
    assert sum(shown) >= 3


def pictures(cell: nbformat.NotebookNode) -> int:
    """How many pictures a cell shows."""
    return sum("image/jpeg" in output.get("data", {}) for output in cell.get("outputs", []))
