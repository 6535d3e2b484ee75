"""A video is its content: listing, finding and recognizing versions of files."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers import table_cache
from sam2_lit.media.sources import legacy_id
from sam2_lit.sample import SAMPLE
from tests.media.clips import number_in, numbered_frame, write_folder, write_video
from tests.media.listing import videos_of
from tests.media.readers.test_decoding_order import CASES


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def library_of(own: Path) -> VideoLibrary:
    data = own.parent / "data"
    return VideoLibrary(SAMPLE, own, data, MediaSettings(learned_orders=data / "orders"))


def code_of(call: object, *arguments: object) -> tuple[ErrorCode, str]:
    assert callable(call)
    with pytest.raises(LitError) as caught:
        call(*arguments)
    return caught.value.code, caught.value.message


def test_a_learned_order_outlives_a_restart(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    CASES["doubled_times"](own)
    before = library_of(own).by_path("videos/clip.mp4")
    table_cache.forget_tables()
    monkeypatch.setattr(table_cache, "learn_order", lambda *arguments: pytest.fail("decoded a second time"))
    library = library_of(own)
    assert library.by_path("videos/clip.mp4") == before
    with library.open(before) as reader:
        assert [number_in(reader.frame(index)) for index in (30, 4, 35)] == [30, 4, 35]


def test_a_stored_order_that_is_damaged_is_learned_again(own: Path) -> None:
    CASES["doubled_times"](own)
    library_of(own).by_path("videos/clip.mp4")
    [stored] = (own.parent / "data" / "orders").iterdir()
    stored.write_bytes(b"damaged")
    table_cache.forget_tables()
    assert library_of(own).by_path("videos/clip.mp4").info.frame_count == 36


def test_listing_does_not_wait_for_a_file_whose_order_is_being_learned(own: Path) -> None:
    CASES["doubled_times"](own)
    (own / "source.mp4").rename(own / "z.mp4")
    table_cache.forget_tables()
    library = library_of(own)
    with table_cache._learning:
        page = library.page()
        assert [video.path for _, video in page.videos] == ["sample/sample.mp4", "videos/z.mp4"]
        assert [(each.path, each.progress) for each in page.preparing] == [("videos/clip.mp4", 0.0)]
    assert library.by_path("videos/clip.mp4").info.frame_count == 36
    assert library.page().preparing == ()


def test_a_replaced_file_has_another_id_and_the_old_one_is_refused_with_the_reason(own: Path) -> None:
    write_video(own / "clip.mp4", 5)
    library = library_of(own)
    old = library.by_path("videos/clip.mp4")
    write_video(own / "clip.mp4", 7)
    code, message = code_of(library.by_id, old.id)
    assert code == ErrorCode.VIDEO_NOT_FOUND
    assert "videos/clip.mp4 has changed" in message
    new = library.by_path("videos/clip.mp4")
    assert (new.info.frame_count, library.by_id(new.id)) == (7, new)


def test_frames_that_are_added_or_overwritten_make_another_id(own: Path) -> None:
    folder = write_folder(own / "frames", 3)
    library = library_of(own)
    first = library.by_path("videos/frames")
    Image.fromarray(numbered_frame(9)).save(folder / "00003.jpg")
    second = library.by_path("videos/frames")
    os.utime(folder / "00001.jpg", (1, 1))
    third = library.by_path("videos/frames")
    assert len({first.id, second.id, third.id}) == 3
    assert [video.id for video in videos_of(library)[1:]] == [third.id]
    assert code_of(library.by_id, first.id)[0] == ErrorCode.VIDEO_NOT_FOUND


def test_a_text_file_in_a_folder_of_frames_makes_no_other_id(own: Path) -> None:
    folder = write_folder(own / "frames", 3)
    library = library_of(own)
    before = library.by_path("videos/frames")
    (folder / "notes.txt").write_text("taken on Monday")
    assert library.by_path("videos/frames") == before == library.by_id(before.id)


@pytest.mark.parametrize(
    "make", [lambda place: write_video(place / "clip.mp4", 6), lambda place: write_folder(place / "frames", 6)]
)
def test_an_open_reader_refuses_to_read_a_file_that_has_changed(own: Path, make: object) -> None:
    assert callable(make)
    place = make(own)
    library = library_of(own)
    [_, video] = videos_of(library)
    with library.open(video) as reader:
        reader.frame(0)
        changed = place if place.is_file() else place / "00004.jpg"
        os.utime(changed, (1, 1))
        code, message = code_of(reader.frame, 4)
    assert code == ErrorCode.VIDEO_NOT_FOUND
    assert "has changed" in message
    assert [each.id == video.id for each in videos_of(library)[1:]] == [False]


def test_a_frame_that_was_overwritten_in_place_is_not_served_under_the_old_id(own: Path) -> None:
    folder = write_folder(own / "frames", 3)
    library = library_of(own)
    [_, video] = videos_of(library)
    os.utime(folder / "00001.jpg", (1, 1))
    assert code_of(library.open, video)[0] == ErrorCode.VIDEO_NOT_FOUND


def test_ids_of_earlier_releases_are_found(own: Path) -> None:
    write_video(own / "clip.mp4", 3)
    library = library_of(own)
    assert library.by_id(legacy_id("videos/clip.mp4")) == library.by_path("videos/clip.mp4")


def test_a_frame_request_lists_no_folder(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_video(own / "clip.mp4", 3)
    write_folder(own / "frames", 3)
    library = library_of(own)
    videos = videos_of(library)
    monkeypatch.setattr(os, "scandir", lambda place: pytest.fail(f"{place} is listed"))
    assert [library.by_id(video.id) for video in videos] == videos
    assert code_of(library.by_id, "0123456789abcdef")[0] == ErrorCode.VIDEO_NOT_FOUND


def test_videos_in_subfolders_are_found_and_links_in_circles_end(own: Path) -> None:
    (own / "day 1" / "left").mkdir(parents=True)
    write_video(own / "day 1" / "left" / "clip.mp4", 3)
    write_folder(own / "day 1" / "frames", 2)
    (own / "day 1" / "again").symlink_to(own)
    library = library_of(own)
    assert [video.path for video in videos_of(library)[1:]] == ["videos/day 1/frames", "videos/day 1/left/clip.mp4"]


def test_what_cannot_be_used_is_listed_with_the_reason(own: Path) -> None:
    (own / "empty").mkdir()
    (own / "film.wmv").write_bytes(b"")
    (own / "broken.mp4").write_bytes(b"not a video")
    (own / os.fsdecode(b"not-utf8-\xe9.mp4")).write_bytes(b"")
    (own / "gone.mp4").symlink_to(own / "nothing.mp4")
    write_video(own / "large.mp4", 2, size=(64, 64))
    write_video(own / "small.mp4", 2, size=(32, 32))
    library = VideoLibrary(SAMPLE, own, own.parent / "data", MediaSettings(pixels=32 * 32))
    page = library.page()
    assert [video.path for _, video in page.videos] == ["videos/small.mp4"]
    reasons = {each.path: each.reason for each in page.unusable}
    expected = {
        "sample/sample.mp4": "pixels are accepted",
        "videos/empty": "neither frames nor videos",
        "videos/film.wmv": "its name ends in none of",
        "videos/broken.mp4": "not a whole",
        "videos/not-utf8-\N{REPLACEMENT CHARACTER}.mp4": "rename it",
        "videos/gone.mp4": "No such file",
        "videos/large.mp4": "64x64 pixels",
    }
    assert set(reasons) == set(expected)
    assert [path for path, part in expected.items() if part not in reasons[path]] == []
    assert code_of(library.by_path, "videos/large.mp4")[0] == ErrorCode.UNSUPPORTED_MEDIA


def test_pages_have_every_video_once_while_others_come_and_go(own: Path) -> None:
    clip = write_video(own / "clip000.mp4", 1, size=(32, 32)).read_bytes()
    for number in range(1, 30):
        (own / f"clip{number:03}.mp4").write_bytes(clip if number % 3 else b"broken")
    library = library_of(own)
    paths: list[str] = []
    after = None
    while True:
        page = library.page("CLIP", after=after, first=4)
        paths += [video.path for _, video in page.videos]
        if not page.has_next:
            break
        after = page.end
        (own / "clip001.mp4").unlink(missing_ok=True)
        (own / "clip0005.mp4").write_bytes(clip)
    assert paths == [f"videos/clip{number:03}.mp4" for number in range(30) if number % 3 or not number]
    backward = library.page("clip", last=2)
    assert [video.path for _, video in backward.videos] == paths[-2:]
    assert backward.has_previous
    before = library.page("clip", before=backward.start, last=1)
    assert [video.path for _, video in before.videos] == paths[-3:-2]
    assert library.page("clip", first=5, last=2).videos == library.page("clip", first=5).videos[-2:]


def test_a_page_opens_at_most_a_hundred_files(own: Path) -> None:
    for number in range(150):
        (own / f"{number:03}.mp4").write_bytes(b"broken")
    library = library_of(own)
    assert len(library.page(first=100).unusable) == 99
    assert len(library.page(first=100).unusable) == 150


def same_frames(own: Path, old: Path, new: Path) -> int:
    library = library_of(own)
    videos = {video.path: video for video in videos_of(library)}
    digests = library.frame_digests(videos[f"videos/{old.name}"])
    return library.same_frames(videos[f"videos/{new.name}"], digests)


def test_the_frames_that_two_versions_share_are_recognized(own: Path) -> None:
    old = write_folder(own / "old", 6)
    new = write_folder(own / "new", 8)
    assert same_frames(own, old, new) == 6
    Image.fromarray(numbered_frame(77)).save(new / "00003.jpg")
    assert same_frames(own, old, new) == 3
    clip = write_video(own / "clip.mp4", 24)
    assert same_frames(own, clip, write_video(own / "copy.mkv", 24)) in (0, 24)
    assert same_frames(own, clip, write_video(own / "other.mp4", 24, size=(64, 64))) == 0


def test_threads_open_a_source_once(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_video(own / "clip.mp4", 3)
    library = library_of(own)
    found: list[Video] = []
    threads = [threading.Thread(target=lambda: found.append(library.by_path("videos/clip.mp4"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert np.unique([video.id for video in found]).size == 1
