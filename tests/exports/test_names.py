import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam2_lit.exports.names import FrameNames, safe_name, safe_stem, unique_names, video_name


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
