"""Listing again looks at folders only, and finds what a first listing finds."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam2_lit.media.library import VideoLibrary
from sam2_lit.sample import SAMPLE
from tests.media.clips import write_folder, write_video

_moments = itertools.count(1)
_NAMES = st.sampled_from(["a.mp4", "b.mp4", "notes.txt", "inner/a.mp4", "inner/c.mp4", "frames/00001.jpg"])


def settle(own: Path) -> None:
    """Makes folders look as if they had changed long ago, so that a listing may rely on them."""
    moment = next(_moments)
    for place, _, _ in os.walk(own):
        os.utime(place, (moment, moment))


def seen(library: VideoLibrary) -> list[tuple[str, str]]:
    page = library.page()
    return [(video.path, video.id) for _, video in page.videos] + [(each.path, each.reason) for each in page.unusable]


def grow(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"\0\0\0\x08free")


def test_listing_again_looks_at_folders_and_the_files_of_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    for number in range(90):
        file = own / str(number % 3) / f"{number:02}.mp4"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"broken")
    write_video(own / "0" / "00.mp4", 2)
    settle(own)
    library = VideoLibrary(SAMPLE, own, tmp_path / "data")
    library.page()
    calls: list[object] = []
    stat: Callable[..., os.stat_result] = os.stat
    monkeypatch.setattr(os, "stat", lambda path, *a, **k: calls.append(path) or stat(path, *a, **k))
    assert len(library.page(first=2).videos) == 2
    folders, first_page, uploads, recounted = 4, 2, 1, 1
    # Each listed file is looked at before it is returned, and while its entry is compared.
    assert len(calls) <= folders + 2 * first_page + uploads + recounted


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["write", "overwrite", "remove", "replace"]), _NAMES), max_size=6))
def test_a_library_lists_what_one_that_is_started_now_lists(changes: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as scratch:
        own = Path(scratch) / "own"
        (own / "inner").mkdir(parents=True)
        write_folder(own / "frames", 2)
        clip = write_video(Path(scratch) / "clip.mp4", 2).read_bytes()
        (own / "a.mp4").write_bytes(clip)
        library = VideoLibrary(SAMPLE, own, Path(scratch) / "data")
        for change, name in changes:
            file = own / name
            is_frame = name.startswith("frames")
            if change == "write" and not file.exists():
                file.write_bytes(clip)
                settle(own)
            elif change == "overwrite" and file.exists() and not is_frame:
                grow(file)
            elif change == "remove" and file.exists():
                file.unlink()
            elif change == "replace":
                other = Path(scratch) / "other"
                other.write_bytes(clip + b"\0\0\0\x08free")
                os.replace(other, file)
            fresh = VideoLibrary(SAMPLE, own, Path(scratch) / "other data")
            expected = seen(fresh)
            fresh.close()
            assert seen(library) == expected
            for path, video_id in expected:
                if path.startswith("videos") and len(video_id) == 16:
                    assert library.by_id(video_id).path == path
        library.close()
