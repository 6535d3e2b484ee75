import logging
import os
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.readers.video_reader import VideoReader
from tests.media.clips import FPS, HEIGHT, WIDTH, number_in, write_folder, write_gif, write_video, zero_packet
from tests.media.listing import videos_of


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("sample") / "sample.mp4", 12)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_video(tmp_path_factory.mktemp("clip") / "clip.mp4", 48, group=10).read_bytes()


@pytest.fixture
def library(sample: Path, tmp_path: Path) -> VideoLibrary:
    return VideoLibrary(sample, None, tmp_path)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in (folder / "uploads").iterdir()]


def numbers_of(library: VideoLibrary, video: Video) -> list[int]:
    with library.open(video) as reader:
        return [number_in(reader.frame(index)) for index in range(len(reader))]


def test_the_sample_comes_first_then_the_users_videos_by_name_then_uploads(
    sample: Path, tmp_path: Path, clip: bytes
) -> None:
    own = tmp_path / "own"
    write_folder(own / "b-frames", 3)
    write_video(own / "a.mkv", 3)
    write_video(own / "c.webm", 3, "libvpx")
    library = VideoLibrary(sample, own, tmp_path / "data")
    first, second = (library.add_upload(BytesIO(clip), "mine.mp4") for _ in range(2))
    paths = ["sample/sample.mp4", "videos/a.mkv", "videos/b-frames", "videos/c.webm", first.path, second.path]
    assert [video.path for video in videos_of(library)] == paths
    assert library.default().path == "sample/sample.mp4"


def test_files_that_are_not_videos_are_left_out_with_a_warning(
    sample: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = tmp_path / "own"
    (own / "empty").mkdir(parents=True)
    (own / "notes.txt").write_text("not a video, and not named like one")
    (own / "broken.mp4").write_bytes(b"not a video, but named like one")
    library = VideoLibrary(sample, own, tmp_path / "data")
    with caplog.at_level(logging.WARNING, logger="sam2_lit"):
        for _ in range(3):
            assert [video.path for video in videos_of(library)] == ["sample/sample.mp4"]
    assert [record.getMessage().split(" is left out")[0] for record in caplog.records] == ["videos/broken.mp4"]


def test_an_unreadable_folder_is_passed_over(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    (own / "lost+found").mkdir(parents=True)
    write_video(own / "clip.mp4", 3)
    listed = Path.iterdir

    def refuse(folder: Path) -> Iterator[Path]:
        if folder.name == "lost+found":
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    # Tests may run as root, which can read every folder.
    monkeypatch.setattr(Path, "iterdir", refuse)
    library = VideoLibrary(sample, own, tmp_path / "data")
    assert [video.path for video in videos_of(library)[1:]] == ["videos/clip.mp4"]


def test_a_folder_of_frames_with_other_digits_in_their_names_is_listed(sample: Path, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "own" / "frames", 2)
    (folder / "00001.jpg").rename(folder / "①².jpg")
    library = VideoLibrary(sample, tmp_path / "own", tmp_path / "data")
    assert library.by_path("videos/frames").info.frame_count == 2


@pytest.mark.parametrize("suffix", [".avi", ".ts", ".mts", ".3gp", ".gif"])
def test_an_upload_may_be_of_any_format_that_opens(library: VideoLibrary, tmp_path: Path, suffix: str) -> None:
    if suffix == ".gif":
        clip = write_gif(tmp_path / "clip.gif", 6)
    else:
        clip = write_video(tmp_path / f"clip{'.m2ts' if suffix == '.mts' else suffix}", 6)
    video = library.add_upload(BytesIO(clip.read_bytes()), f"holiday{suffix}")
    assert video.file.suffix == suffix
    assert numbers_of(library, video) == list(range(6))


def test_hidden_files_and_names_that_cannot_be_sent_to_clients_are_left_out(sample: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    clip = write_video(own / "Fische im Kelp, süß.mp4", 3)
    for name in (b".hidden.mp4", b"not-utf8-\xe9.mp4"):
        (own / os.fsdecode(name)).write_bytes(clip.read_bytes())
    library = VideoLibrary(sample, own, tmp_path / "data")
    assert [video.path for video in videos_of(library)[1:]] == ["videos/Fische im Kelp, süß.mp4"]


def test_a_file_that_changed_is_opened_again(sample: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    library = VideoLibrary(sample, own, tmp_path / "data")
    write_video(own / "clip.mp4", 5)
    assert library.by_path("videos/clip.mp4").info.frame_count == 5
    write_video(own / "clip.mp4", 7)
    assert library.by_path("videos/clip.mp4").info.frame_count == 7
    (own / "clip.mp4").unlink()
    assert len(videos_of(library)) == 1


def test_listing_again_opens_no_file(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = VideoLibrary(sample, None, tmp_path)
    before = videos_of(library)
    monkeypatch.setattr("sam2_lit.media.catalog.open_video", None)
    assert videos_of(library) == before


def test_a_missing_videos_folder_is_an_error(sample: Path, tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="nowhere"):
        VideoLibrary(sample, tmp_path / "nowhere", tmp_path)


def test_an_id_is_the_same_after_a_restart_and_safe_in_urls(sample: Path, tmp_path: Path, clip: bytes) -> None:
    library = VideoLibrary(sample, None, tmp_path)
    library.add_upload(BytesIO(clip), "mine.mp4")
    before = videos_of(library)
    after = videos_of(VideoLibrary(sample, None, tmp_path))
    assert after == before
    assert all(video.id.isalnum() and video.id.isascii() for video in before)
    assert [library.by_id(video.id) for video in before] == before


@pytest.mark.parametrize(
    "path",
    ["", "sample", "sample.mp4", "../sample/sample.mp4", "sample/../sample/sample.mp4", "/etc/passwd", "\0"],
)
def test_only_the_paths_of_known_videos_are_found(library: VideoLibrary, path: str) -> None:
    for find in (library.by_path, library.by_id):
        with pytest.raises(LitError) as caught:
            find(path)
        assert caught.value.code == ErrorCode.VIDEO_NOT_FOUND


def test_an_absolute_path_is_not_found_even_of_a_known_video(library: VideoLibrary, sample: Path) -> None:
    with pytest.raises(LitError) as caught:
        library.by_path(str(sample))
    assert caught.value.code == ErrorCode.VIDEO_NOT_FOUND


def test_an_upload_becomes_a_video_with_the_same_bytes(library: VideoLibrary, clip: bytes) -> None:
    video = library.add_upload(BytesIO(clip), "mine.mp4")
    assert video.file.read_bytes() == clip
    assert video.path == f"uploads/{video.file.name}"
    assert (video.info.width, video.info.height, video.info.frame_count) == (WIDTH, HEIGHT, 48)
    assert library.by_path(video.path) == video


@pytest.mark.parametrize("trim", [{}, {"duration_sec": 0.5}])
def test_an_upload_is_on_the_disk_before_it_is_acknowledged(
    library: VideoLibrary, tmp_path: Path, clip: bytes, trim: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, int]] = []
    fsync, replace = os.fsync, os.replace

    def noting_fsync(descriptor: int) -> None:
        fsync(descriptor)
        done.append(("synced", os.fstat(descriptor).st_ino))

    def noting_replace(source: Path, target: Path) -> None:
        done.append(("renamed", source.stat().st_ino))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(os, "replace", noting_replace)
    file = library.add_upload(BytesIO(clip), "mine.mp4", **trim).file.stat().st_ino
    folder = (tmp_path / "uploads").stat().st_ino

    # The damage that is found in the background is stored, too.
    of_upload = [each for each in done if each[1] in (file, folder)]
    assert of_upload == [("synced", file), ("renamed", file), ("synced", folder)]


@pytest.mark.parametrize("name", ["../../evil.mp4", "..\\evil.mp4", "/etc/passwd", "", "a\0b.mp4", "x" * 5000, ".mp4"])
def test_the_name_of_an_upload_never_becomes_a_path(
    library: VideoLibrary, tmp_path: Path, clip: bytes, name: str
) -> None:
    video = library.add_upload(BytesIO(clip), name)
    assert video.file.parent == tmp_path / "uploads"
    assert left_in(tmp_path) == [video.file.name]
    assert re.fullmatch(r"[\w-]{1,40}-[0-9a-f]{12}\.mp4", video.file.name)


def test_an_upload_is_named_after_the_clients_file(library: VideoLibrary, clip: bytes) -> None:
    names = [
        library.add_upload(BytesIO(clip), name).file.name for name in ("Zwei Katzen.mp4", "猫.mp4", "Zwei Katzen.mp4")
    ]
    assert [name.rsplit("-", 1)[0] for name in names] == ["Zwei_Katzen", "猫", "Zwei_Katzen"]
    assert len(set(names)) == 3


def test_an_upload_keeps_the_suffix_of_its_kind(library: VideoLibrary, tmp_path: Path) -> None:
    webm = write_video(tmp_path / "own.webm", 4, "libvpx").read_bytes()
    assert library.add_upload(BytesIO(webm), "Mine.WEBM").file.suffix == ".webm"


@pytest.mark.parametrize(
    ("start", "duration", "kept"),
    [
        (0.5, 0.25, range(12, 18)),
        (None, 0.5, range(12)),
        (1.5, None, range(36, 48)),
        (0.0, 10.0, range(48)),
        (10 / FPS, 1 / FPS, range(10, 11)),
        (0.1, 0.1, range(3, 5)),
    ],
)
def test_trimming_keeps_exactly_the_frames_between_start_and_end(
    library: VideoLibrary, clip: bytes, start: float | None, duration: float | None, kept: range
) -> None:
    video = library.add_upload(BytesIO(clip), "mine.mp4", start, duration)
    assert numbers_of(library, video) == list(kept)
    assert video.info.fps == pytest.approx(FPS, rel=0.01)
    assert video.info.duration_sec == pytest.approx(len(kept) / FPS, abs=0.01)


def test_trimming_turns_a_rotated_video_upright_and_keeps_uneven_times(library: VideoLibrary, tmp_path: Path) -> None:
    times = [0, 40, 300, 360, 900, 1000]
    turned = write_video(tmp_path / "turned.mp4", 6, times=times, rotation=(90, False, False))
    video = library.add_upload(BytesIO(turned.read_bytes()), "turned.mp4", 0.04, 0.9)
    assert (video.info.width, video.info.height, video.info.frame_count) == (HEIGHT, WIDTH, 4)
    with library.open(video) as reader:
        assert reader.frame_times.tolist() == pytest.approx([0, 0.26, 0.32, 0.86], abs=0.002)


@pytest.mark.parametrize(
    ("start", "duration"),
    [
        (2.0, None),
        (5.0, 1.0),
        (-1.0, None),
        (0.0, 0.0),
        (0.0, -2.0),
        (float("nan"), 1.0),
        (0.0, float("nan")),
    ],
)
def test_a_trim_that_leaves_nothing_is_refused(
    library: VideoLibrary, tmp_path: Path, clip: bytes, start: float, duration: float | None
) -> None:
    with pytest.raises(LitError, match=r"mine\.mp4") as caught:
        library.add_upload(BytesIO(clip), "mine.mp4", start, duration)
    assert caught.value.code == ErrorCode.UNSUPPORTED_MEDIA
    assert left_in(tmp_path) == []


def test_an_upload_over_the_byte_limit_is_not_read_to_its_end_and_leaves_nothing(sample: Path, tmp_path: Path) -> None:
    library = VideoLibrary(sample, None, tmp_path, MediaSettings(upload_bytes=3 * 1024**2))
    source = BytesIO(bytes(10 * 1024**2))
    with pytest.raises(LitError, match="3145728") as caught:
        library.add_upload(source, "big.mp4")
    assert caught.value.code == ErrorCode.UPLOAD_TOO_LARGE
    assert source.tell() <= 4 * 1024**2
    assert left_in(tmp_path) == []


def test_an_upload_of_exactly_the_limit_is_accepted(sample: Path, tmp_path: Path, clip: bytes) -> None:
    library = VideoLibrary(sample, None, tmp_path, MediaSettings(upload_bytes=len(clip)))
    assert library.add_upload(BytesIO(clip), "mine.mp4").info.frame_count == 48


@pytest.mark.parametrize("kind", ["empty", "text", "truncated", "too_many_frames", "too_many_pixels", "lost_end"])
def test_a_refused_upload_names_the_file_and_leaves_nothing(
    sample: Path, tmp_path: Path, clip: bytes, kind: str
) -> None:
    whole = tmp_path / "whole.mp4"
    whole.write_bytes(clip)
    content, limits = {
        "empty": (b"", MediaSettings()),
        "text": (b"I am not a video. " * 1000, MediaSettings()),
        "truncated": (clip[: len(clip) // 2], MediaSettings()),
        "too_many_frames": (clip, MediaSettings(frames=47)),
        "too_many_pixels": (clip, MediaSettings(pixels=WIDTH * HEIGHT - 1)),
        "lost_end": (zero_packet(whole, tmp_path / "lost.mp4", 47).read_bytes(), MediaSettings()),
    }[kind]
    library = VideoLibrary(sample, None, tmp_path / "data", limits)
    with pytest.raises(LitError, match=r"holiday\.mp4") as caught:
        library.add_upload(BytesIO(content), "holiday.mp4")
    assert caught.value.code == ErrorCode.UNSUPPORTED_MEDIA
    assert left_in(tmp_path / "data") == []


def test_an_interrupted_upload_leaves_nothing(library: VideoLibrary, tmp_path: Path, clip: bytes) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError("the client went away")
            return super().read(1000)

    with pytest.raises(ConnectionResetError):
        library.add_upload(Broken(clip), "mine.mp4")
    assert left_in(tmp_path) == []


def test_uploads_left_unfinished_by_a_killed_server_are_removed_after_a_restart(
    sample: Path, tmp_path: Path, clip: bytes
) -> None:
    kept = VideoLibrary(sample, None, tmp_path).add_upload(BytesIO(clip), "mine.mp4")
    (tmp_path / "uploads" / "0123456789abcdef.part").write_bytes(clip[:1000])
    assert VideoLibrary(sample, None, tmp_path).by_id(kept.id) == kept
    assert left_in(tmp_path) == [kept.file.name]


def test_uploads_are_listed_oldest_first_after_a_restart(sample: Path, tmp_path: Path, clip: bytes) -> None:
    library = VideoLibrary(sample, None, tmp_path)
    videos = [library.add_upload(BytesIO(clip), "mine.mp4") for _ in range(4)]
    for age, video in enumerate(reversed(videos)):
        os.utime(video.file, (1_700_000_000 - age, 1_700_000_000 - age))
    assert [video.path for video in videos_of(VideoLibrary(sample, None, tmp_path))[1:]] == [v.path for v in videos]


def test_the_library_works_from_many_threads(library: VideoLibrary, clip: bytes) -> None:
    failures: list[Exception] = []

    def use() -> None:
        try:
            video = library.add_upload(BytesIO(clip), "mine.mp4")
            assert library.by_path(video.path) == video
            assert numbers_of(library, video)[::47] == [0, 47]
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(videos_of(library)) == 5


def test_limits_must_be_positive() -> None:
    for name in ("upload_bytes", "pixels", "frames"):
        with pytest.raises(ValueError, match=name):
            MediaSettings(**{name: 0})


def test_finding_one_video_opens_no_other(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for name in ("a.mp4", "b.mp4"):
        write_video(own / name, 3)
    library = VideoLibrary(sample, own, tmp_path / "data")
    opened: list[str] = []

    def noted(path: Path, settings: MediaSettings, *, learn: bool) -> VideoReader:
        opened.append(path.name)
        return open_video(path, settings, learn=learn)

    monkeypatch.setattr("sam2_lit.media.catalog.open_video", noted)
    video = library.by_path("videos/b.mp4")

    assert opened == ["b.mp4"]
    assert library.by_id(video.id) == video


def zip_of(entries: dict[str, bytes]) -> BytesIO:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def frame_bytes(tmp_path: Path, count: int) -> list[bytes]:
    return [file.read_bytes() for file in sorted(write_folder(tmp_path / "frames", count).iterdir())]


def test_a_zip_of_frames_becomes_a_video_of_its_frames_under_their_names(library: VideoLibrary, tmp_path: Path) -> None:
    frames = frame_bytes(tmp_path, 3)
    entries = {f"seq/img_{index * 5}.jpg": content for index, content in enumerate(frames)}
    video = library.add_upload(zip_of(entries | {"__MACOSX/._x.jpg": b"x", "notes.txt": b"x"}), "Zwei Katzen.zip")
    assert video.path.startswith("uploads/Zwei_Katzen-")
    assert numbers_of(library, video) == [0, 1, 2]
    assert sorted(file.name for file in video.file.iterdir()) == ["img_0.jpg", "img_10.jpg", "img_5.jpg"]
    assert VideoLibrary(library.default().file, None, tmp_path).by_id(video.id) == video
    library.remove_upload(video.path)
    assert left_in(tmp_path) == []


def test_a_zip_of_frames_is_trimmed_as_a_video_is(library: VideoLibrary, tmp_path: Path) -> None:
    frames = {f"{index}.jpg": content for index, content in enumerate(frame_bytes(tmp_path, 6))}
    video = library.add_upload(zip_of(frames), "frames.zip", 2 / 24, 3 / 24)
    assert numbers_of(library, video) == [2, 3, 4]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda frame: {}, "holds no"),
        (lambda frame: {"../../evil.jpg": frame, "a/b.jpg": frame}, "several folders"),
        (lambda frame: {"a.jpg": frame, "b.jpg": b"broken"}, "JPEG|damaged"),
        (lambda frame: {"1.jpg": frame, "01.jpg": frame}, "same number"),
        (lambda frame: {f"{index}.jpg": frame for index in range(5)}, "more than 4 frames"),
        (lambda frame: {"a.jpg": bytes(2 * 10**6)}, "more than 1000000 bytes"),
        (None, "whole ZIP"),
    ],
)
def test_a_zip_that_cannot_be_used_is_refused_and_leaves_nothing(
    sample: Path, tmp_path: Path, make: Callable[[bytes], dict[str, bytes]] | None, reason: str
) -> None:
    library = VideoLibrary(sample, None, tmp_path, MediaSettings(frames=4, upload_bytes=10**6))
    [frame] = frame_bytes(tmp_path, 1)
    content = BytesIO(b"PK\x03\x04 but no more") if make is None else zip_of(make(frame))
    with pytest.raises(LitError, match=reason) as caught:
        library.add_upload(content, "frames.zip")
    assert caught.value.code in (ErrorCode.UNSUPPORTED_MEDIA, ErrorCode.UPLOAD_TOO_LARGE)
    assert left_in(tmp_path) == []
    assert not (tmp_path.parent / "evil.jpg").exists()


def test_a_zip_that_lacks_its_start_is_refused(library: VideoLibrary, tmp_path: Path) -> None:
    frames = {f"{index}.jpg": content for index, content in enumerate(frame_bytes(tmp_path, 3))}
    content = zip_of(frames).getvalue()
    for start in range(1, len(content), 997):
        with pytest.raises(LitError) as caught:
            library.add_upload(BytesIO(content[start:]), "frames.zip")
        assert caught.value.code == ErrorCode.UNSUPPORTED_MEDIA
    assert left_in(tmp_path) == []
