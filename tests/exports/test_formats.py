from sam2_lit.exports.formats import FORMATS, FORMATS_DESCRIPTION, MEDIA_TYPES
from sam2_lit.records.exports import ExportFormat


def test_every_format_has_a_line_in_the_table_and_in_the_description() -> None:
    assert FORMATS.keys() == set(ExportFormat)
    assert [line.split(":")[0] for line in FORMATS_DESCRIPTION.splitlines()] == [each.value for each in ExportFormat]


def test_formats_with_one_suffix_have_one_media_type() -> None:
    assert all(spec.media_type == MEDIA_TYPES["." + spec.ending.rsplit(".")[-1]] for spec in FORMATS.values())
