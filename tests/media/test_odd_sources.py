"""What lies in a folder of videos and is neither a video nor a frame is listed with the reason, and harms no other."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sam2_lit.media.library import VideoLibrary
from sam2_lit.sample import SAMPLE
from tests.media.clips import number_in, write_folder, write_video
from tests.media.listing import videos_of


def with_pipe(frames: Path) -> None:
    os.mkfifo(frames / "00001.png")


def with_dangling_link(frames: Path) -> None:
    (frames / "00001.png").symlink_to(frames / "gone.png")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (with_pipe, "00001.png cannot be used: it is not a file"),
        (with_dangling_link, "it cannot be read (00001.png: No such file or directory)"),
    ],
)
def test_a_frame_that_is_no_file_refuses_its_folder_alone(
    tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    own = tmp_path / "own"
    write_folder(own / "good", 2, ".png")
    spoil(write_folder(own / "bad", 1, ".png"))

    page = VideoLibrary(SAMPLE, own, tmp_path / "data").page()

    assert [video.path for _, video in page.videos] == ["sample/sample.mp4", "videos/good"]
    assert [(each.path, each.reason) for each in page.unusable] == [("videos/bad", reason)]


def test_a_pipe_with_the_name_of_a_video_is_not_opened(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    os.mkfifo(own / "clip.mp4")

    page = VideoLibrary(SAMPLE, own, tmp_path / "data").page()

    assert [(each.path, each.reason) for each in page.unusable] == [
        ("videos/clip.mp4", "it is neither a file nor a folder")
    ]


def test_a_folder_with_the_name_of_a_frame_is_none(tmp_path: Path) -> None:
    own = tmp_path / "own"
    frames = write_folder(own / "frames", 2, ".png")
    write_folder(frames / "00001.png.png", 1)
    library = VideoLibrary(SAMPLE, own, tmp_path / "data")

    [_, frames_of_folder, inner] = videos_of(library)

    with library.open(frames_of_folder) as reader:
        assert [number_in(reader.frame(index)) for index in range(len(reader))] == [0, 1]
    assert inner.path == "videos/frames/00001.png.png"


def test_what_lies_too_deep_is_listed_with_the_reason(tmp_path: Path) -> None:
    own = tmp_path / "own"
    deepest = own / "/".join("abcdefgh")
    (deepest / "i").mkdir(parents=True)
    write_video(deepest / "clip.mp4", 2)
    write_video(deepest / "i" / "clip.mp4", 2)

    page = VideoLibrary(SAMPLE, own, tmp_path / "data").page()

    assert [video.path for _, video in page.videos][1:] == ["videos/a/b/c/d/e/f/g/h/clip.mp4"]
    assert [(each.path, each.reason) for each in page.unusable] == [
        ("videos/a/b/c/d/e/f/g/h/i", "it is more than 8 folders deep in the folder of videos")
    ]
