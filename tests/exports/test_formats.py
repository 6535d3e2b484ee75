from dataclasses import replace
from pathlib import Path

import pytest

from sam2_lit.exports.formats import FORMATS, FORMATS_DESCRIPTION, MEDIA_TYPES
from sam2_lit.records.exports import ExportFormat
from tests.exports.sources import annotations, disc, source, write


def test_every_format_has_a_line_in_the_table_and_in_the_description() -> None:
    assert FORMATS.keys() == set(ExportFormat)
    assert [line.split(":")[0] for line in FORMATS_DESCRIPTION.splitlines()] == [each.value for each in ExportFormat]


@pytest.mark.parametrize("pictures", [False, True])
@pytest.mark.parametrize("format", [each for each in ExportFormat if each is not ExportFormat.OVERLAY_MP4])
def test_a_writer_takes_as_many_steps_as_its_progress_says(
    format: ExportFormat, pictures: bool, tmp_path: Path
) -> None:
    masks = {index: {1: disc(5, 5, 3), 2: disc(9, 9, 3)} for index in (2, 3, 7)}
    steps: list[None] = []
    made = replace(source(annotations(masks), pictures=pictures), step=lambda: steps.append(None))

    write(made, format, tmp_path)

    assert len(steps) == FORMATS[format].step_count(made.videos, pictures)


def test_formats_with_one_suffix_have_one_media_type() -> None:
    assert all(spec.media_type == MEDIA_TYPES["." + spec.ending.rsplit(".")[-1]] for spec in FORMATS.values())
