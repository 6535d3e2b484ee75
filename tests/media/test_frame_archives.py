"""ZIP files of frames, as programs of every system write them."""

import struct
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from sam2_lit.errors import LitError
from sam2_lit.media.library import VideoLibrary
from sam2_lit.sample import SAMPLE
from tests.media.clips import number_in, numbered_frame


@pytest.fixture
def library(tmp_path: Path) -> VideoLibrary:
    return VideoLibrary(SAMPLE, None, tmp_path)


def frame(index: int) -> bytes:
    buffer = BytesIO()
    Image.fromarray(numbered_frame(index)).save(buffer, "PNG")
    return buffer.getvalue()


def zip_of(names: list[str]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for index, name in enumerate(names):
            archive.writestr(name, frame(index))
    return buffer.getvalue()


def numbers_in(library: VideoLibrary, content: bytes) -> list[int]:
    with library.open(library.add_upload(BytesIO(content), "frames.zip")) as reader:
        return [number_in(reader.frame(index)) for index in range(len(reader))]


def test_folders_may_be_separated_by_backslashes_as_programs_on_windows_do(library: VideoLibrary) -> None:
    content = zip_of(["shots-A-0.png", "shots-A-1.png"]).replace(b"shots-A-", b"shots\\A\\")

    assert numbers_in(library, content) == [0, 1]


def test_the_folder_that_macos_adds_has_no_frames(library: VideoLibrary) -> None:
    assert numbers_in(library, zip_of(["shots/0.png", "shots/1.png", "__MACOSX/shots/0.png"])) == [0, 1]


@pytest.mark.parametrize("name", ["1\n.png", "x" * 252 + ".png"])
def test_a_frame_whose_name_no_file_can_have_is_not_left_out_in_silence(
    library: VideoLibrary, tmp_path: Path, name: str
) -> None:
    with pytest.raises(LitError, match="the name of its frame"):
        numbers_in(library, zip_of(["0.png", name, "2.png"]))
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_long_list_of_files_is_refused_before_it_is_read(library: VideoLibrary) -> None:
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 9, 9, 2**31, 0, 0)

    with pytest.raises(LitError, match="list of files has more than 16 MiB"):
        numbers_in(library, zip_of(["0.png"])[:-22] + end)
