"""Programs that annotators use read the exports that are for them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from sam2_lit.records.exports import ExportFormat
from tests.exports.sources import MASKS, NAMES, annotations, extract, source, write

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def readers() -> None:
    subprocess.run([ROOT / "scripts/setup-readers"], check=True)


def read(reader: str, path: Path, home: Path) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """The masks that a program reads, by picture and class."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / '.venv/readers'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "YOLO_CONFIG_DIR": str(home),
        "YOLO_OFFLINE": "true",
    }
    command = [sys.executable, "-m", "tests.exports.other_programs", reader, str(path)]
    output = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)
    assert output.returncode == 0, output.stderr
    found: list[dict[str, Any]] = json.loads(output.stdout.splitlines()[-1])
    masks = {
        (each["picture"], each["label"]): np.array([[pixel == "1" for pixel in row] for row in each["rows"]])
        for each in found
    }
    assert len(masks) == len(found)
    return masks


def written(format: ExportFormat, folder: Path) -> Path:
    """The folder of an export."""
    path, _ = write(source(annotations(MASKS, names=NAMES), pictures=True), format, folder)
    return extract(path, folder / "export")


def wanted(picture: str) -> dict[tuple[str, str], NDArray[np.bool_]]:
    return {
        (picture.format(index), NAMES[object_id]): mask
        for index, frame in MASKS.items()
        for object_id, mask in frame.items()
        if mask.any()
    }


def test_ultralytics_reads_the_classes_and_polygons_of_a_yolo_data_set(tmp_path: Path) -> None:
    folder = written(ExportFormat.YOLO_SEGMENTATION, tmp_path)

    found = read("ultralytics", folder, tmp_path)

    expected = wanted("clip_{:05}")
    assert found.keys() == expected.keys()
    for key, mask in expected.items():
        # It also fills the pixels that edges touch, and those on the line between two parts.
        assert (found[key] >= mask).all()
        grown = ndimage.binary_dilation(mask, np.ones((3, 3)))
        _, parts = ndimage.label(mask)
        assert parts > 1 or (found[key] <= grown).all()


def test_label_studio_reads_the_brush_masks_of_its_tasks(tmp_path: Path) -> None:
    [tasks] = written(ExportFormat.LABEL_STUDIO, tmp_path).glob("*.json")

    found = read("label-studio", tasks, tmp_path)

    expected = wanted("clip/{:05}.jpg")
    assert found.keys() == expected.keys()
    for key, mask in expected.items():
        np.testing.assert_array_equal(found[key], mask)


def test_datumaro_reads_the_masks_of_an_export_for_cvat(tmp_path: Path) -> None:
    folder = written(ExportFormat.CVAT_IMAGES, tmp_path)

    found = read("datumaro", folder / "annotations.xml", tmp_path)

    expected = wanted("clip/{:05}")
    assert found.keys() == expected.keys()
    for key, mask in expected.items():
        np.testing.assert_array_equal(found[key], mask)
