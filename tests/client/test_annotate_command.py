"""`sam2-lit annotate`: a video annotated from a file of prompts."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from sam2_lit.cli import main
from tests.clips import FRAMES, Clip, iou
from tests.running import Server


def write(folder: Path, **prompts: Any) -> Path:
    path = folder / "prompts.json"
    path.write_text(json.dumps(prompts))
    return path


def annotate(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["annotate", *map(str, arguments)])


def test_a_server_of_its_own_tracks_corrects_and_exports(videos: Path, clip: Clip, tmp_path: Path) -> None:
    Image.fromarray(clip.masks[1][8]).save(tmp_path / "8.png")
    prompts = write(
        tmp_path,
        objects=[{"objectId": 2, "name": "blue"}],
        prompts=[
            {"objectId": 1, "frameIndex": 0, "box": clip.box(1, 0)},
            {"objectId": 2, "frameIndex": 0, "points": [clip.center(2, 0)]},
        ],
        corrections=[{"objectId": 1, "frameIndex": 8, "mask": "8.png"}],
    )
    command = [sys.executable, "-m", "sam2_lit", "annotate", videos / "discs.mp4", "--prompts", prompts]

    ran = subprocess.run(
        [*command, "--out", tmp_path / "out", "--format", "DAVIS", "--format", "COCO"],
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stderr
    written = [Path(line) for line in ran.stdout.splitlines()]
    assert {path.suffix for path in written} == {".zip", ".json"}
    assert set((tmp_path / "out").iterdir()) == set(written)
    assert ran.stderr.count(f"tracked {FRAMES} frames") == 2
    assert "corrected object 1, frame 8; trained an adapter" in ran.stderr
    [archive] = [zipfile.ZipFile(path) for path in written if path.suffix == ".zip"]
    pictures = sorted(name for name in archive.namelist() if name.endswith(".png"))
    assert len(pictures) == FRAMES
    values = np.asarray(Image.open(io.BytesIO(archive.read(pictures[8]))))
    assert np.array_equal(values == 1, clip.masks[1][8] & (values != 2))
    assert iou(values == 2, clip.masks[2][8]) > 0.7


def test_a_running_server_is_given_the_file_as_an_upload(
    server: Server, videos: Path, clip: Clip, tmp_path: Path
) -> None:
    prompts = write(tmp_path, prompts=[{"objectId": 1, "frameIndex": 0, "points": [clip.center(1, 0)], "labels": [1]}])

    outcome = annotate(videos / "discs.mp4", "--prompts", prompts, "--out", tmp_path / "out", "--url", server.url)

    assert outcome.exit_code == 0, outcome.output
    [path] = (tmp_path / "out").iterdir()
    assert path.name.endswith("davis.zip")


def test_a_running_server_s_own_video_is_named_by_its_path(server: Server, clip: Clip, tmp_path: Path) -> None:
    prompts = write(tmp_path, prompts=[{"objectId": 1, "frameIndex": 0, "box": clip.box(1, 0)}])
    sessions = server.query("{ sessions { sessionId } }")

    outcome = annotate("videos/discs.mp4", "--prompts", prompts, "--out", tmp_path / "out", "--url", server.url)

    assert outcome.exit_code == 0, outcome.output
    assert server.query("{ sessions { sessionId } }") == sessions


ONE = {"objectId": 1, "frameIndex": 0}
POINT = {**ONE, "points": [[0.5, 0.5]]}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "is not JSON"),
        ("[]", "should be a valid dictionary"),
        ('{"prompts": []}', "prompts: List should have at least 1 item"),
        (json.dumps({"prompts": [ONE]}), "prompts[0]: give exactly one of points, box and mask, not none"),
        (
            json.dumps({"prompts": [{**POINT, "box": [0, 0, 1, 1]}]}),
            "prompts[0]: give exactly one of points, box and mask, not points and box",
        ),
        (json.dumps({"prompts": [{**POINT, "labels": [1, 0]}]}), "prompts[0]: labels are given with points"),
        (json.dumps({"prompts": [{**ONE, "points": [[0.5, 1.5]]}]}), "prompts[0].points[0][1]: Input should be less"),
        (json.dumps({"prompts": [{**POINT, "frame": 1}]}), "prompts[0].frame: Extra inputs are not permitted"),
        (json.dumps({"prompts": [{**ONE, "mask": "no.png"}]}), "no.png is not a picture that can be read"),
        (
            json.dumps({"prompts": [POINT], "corrections": [{**POINT, "objectId": 2}]}),
            "object 2 has no prompt; add one to prompts",
        ),
    ],
)
def test_what_is_wrong_in_a_file_of_prompts_is_said_with_its_place(written: str, says: str, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.json"
    prompts.write_text(written)

    outcome = annotate("clip.mp4", "--prompts", prompts, "--out", tmp_path / "out")

    assert outcome.exit_code == 2
    assert says in outcome.output.splitlines()[-1]
    assert str(prompts) in outcome.output or "no.png" in outcome.output


@pytest.mark.parametrize(
    ("video", "arguments", "says"),
    [
        ("nowhere.mp4", [], "there is no file or folder nowhere.mp4"),
        ("nowhere.mp4", ["--url", "{url}"], "no video has the path 'nowhere.mp4'"),
        (".", ["--url", "{url}"], "is a folder, which cannot be uploaded"),
        ("nowhere.mp4", ["--url", "{url}", "--model", "pocket"], "has its model and device: leave them out"),
        ("nowhere.mp4", ["--url", "http://127.0.0.1:9"], "does not answer"),
    ],
)
def test_what_cannot_be_annotated_is_said(
    video: str, arguments: list[str], says: str, server: Server, tmp_path: Path
) -> None:
    prompts = write(tmp_path, prompts=[POINT])

    outcome = annotate(
        video, "--prompts", prompts, "--out", tmp_path / "out", *(each.format(url=server.url) for each in arguments)
    )

    assert outcome.exit_code == 2
    assert says in outcome.output.splitlines()[-1]
