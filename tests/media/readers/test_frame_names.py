"""Frames of a folder are in the order of the numbers in their names."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam2_lit.media.readers.folder import frame_files

SUFFIXES = (".png", ".PNG", ".jpg", ".JPEG", ".tif", ".WebP", ".bmp")


def in_order(names: list[str]) -> list[str]:
    with TemporaryDirectory() as folder:
        for name in names:
            (Path(folder) / name).touch()
        return [file.stem for file in frame_files(Path(folder))]


@settings(max_examples=40, deadline=None)
@given(
    prefix=st.sampled_from(["", "frame_", "cam2_", "take-", "Größe (", "2024-05-01 "]),
    numbers=st.lists(st.integers(0, 10**40), min_size=1, max_size=6, unique=True),
    digits=st.integers(1, 8),
    data=st.data(),
)
def test_numbers_of_any_size_and_width_are_in_their_order(
    prefix: str, numbers: list[int], digits: int, data: st.DataObject
) -> None:
    stems = [f"{prefix}{number:0{digits}}" for number in sorted(numbers)]
    names = [stem + data.draw(st.sampled_from(SUFFIXES)) for stem in stems]

    assert in_order(data.draw(st.permutations(names))) == stems


@settings(max_examples=40, deadline=None)
@given(
    prefix=st.sampled_from(["", "frame_", "t=", "a ("]),
    below=st.lists(st.integers(-(10**6), -1), min_size=1, max_size=4, unique=True),
    above=st.lists(st.integers(0, 10**6), min_size=1, max_size=4, unique=True),
)
def test_negative_numbers_precede_others(prefix: str, below: list[int], above: list[int]) -> None:
    stems = [f"{prefix}{number}" for number in sorted(below + above)]

    assert in_order([f"{stem}.png" for stem in reversed(stems)]) == stems


@pytest.mark.parametrize("prefix", ["img-", "2024-05-", "clip--", "a - ", "-"])
def test_a_hyphen_before_every_number_separates(prefix: str) -> None:
    stems = [f"{prefix}{number}" for number in (1, 2, 10)]

    assert in_order([f"{stem}.png" for stem in reversed(stems)]) == stems
