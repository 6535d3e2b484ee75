from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam2_lit.exports.names import FrameNames, safe_name, safe_stem, unique_names, video_name
from sam2_lit.records.exports import ExportFormat
from tests.exports.sources import annotations, disc, sidecar_of, source, unzipped, write


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("videos/discs.mp4", "discs"),
        ("videos/scene.01", "scene.01"),
        ("videos/scene.02", "scene.02"),
        ("videos/a clip.mp4", "a_clip"),
        ("videos/走る犬.mkv", "走る犬"),
        ("videos/Übung: 1?.mp4", "Übung__1_"),
        ("videos/CON.mp4", "_CON"),
        ("videos/....", "video"),
    ],
)
def test_a_video_is_named_as_its_file(path: str, name: str) -> None:
    assert video_name(path) == name


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_names_are_safe_on_every_system(text: str) -> None:
    for name in (safe_name(text), safe_stem(text)):
        assert name and len(name.encode()) <= 121
        assert not set(name) & set('<>:"/\\|?*\0\n')
        assert name[-1] not in ". " and name[0] != " "
        assert name.split(".")[0].casefold() not in ("con", "nul", "com1", "lpt9")
    assert not set(safe_name(text)) & set(" []")


@given(st.lists(st.sampled_from(["a", "A", "a_2", "b"])))
def test_names_of_a_data_set_differ_in_more_than_case(names: list[str]) -> None:
    unique = unique_names(names)

    assert len({each.casefold() for each in unique}) == len(names)


def test_frames_are_named_as_their_files() -> None:
    assert [FrameNames.of(("img_0001", "DSC 0005", "夏"))[index] for index in range(3)] == [
        "img_0001",
        "DSC 0005",
        "夏",
    ]


def test_frames_are_named_by_index_where_their_files_names_would_clash() -> None:
    names = FrameNames.of(("a1", "A1"))

    assert (names.source, names[1]) == ("index", "00001")


def test_the_label_files_of_several_videos_have_different_names(tmp_path: Path) -> None:
    mask = {0: {1: disc(9, 9, 4)}}
    first = annotations(mask, name="a", frame_count=1, stems=("b_1",))
    second = annotations(mask, name="A_b", frame_count=1, stems=("1",))

    path, _ = write(source(first, second, pictures=True), ExportFormat.YOLO_SEGMENTATION, tmp_path)

    files = unzipped(path)
    assert [name for name in files if name.startswith("labels/")] == [
        "labels/train/a_b_1.txt",
        "labels/train/A_b_2_1.txt",
    ]
    assert [each["name"] for each in sidecar_of(files)["videos"]] == ["a", "A_b_2"]


def test_davis_says_where_names_do_not_sort_as_frames_do(tmp_path: Path) -> None:
    mask = {0: {1: disc(9, 9, 4)}}
    for stems, is_lossy in (((*map(str, range(8, 12)),), True), ((*(f"{n:02}" for n in range(8, 12)),), False)):
        video = annotations(mask, frame_count=4, stems=stems)
        _, losses = write(source(video), ExportFormat.DAVIS, tmp_path)
        assert any("sorts frames by name" in loss for loss in losses) == is_lossy
