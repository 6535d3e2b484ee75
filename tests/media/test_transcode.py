import struct
import threading
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from sam2_lit.errors import LitError
from sam2_lit.media import transcode
from sam2_lit.media.catalog import Video
from sam2_lit.media.mp4_writer import write_mp4
from sam2_lit.media.readers.mp4_boxes import index_is_in_front
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.stills import jpeg_frame, poster
from sam2_lit.media.transcode import playable
from tests.media.clips import (
    B_FRAMES,
    FPS,
    HEIGHT,
    WIDTH,
    full_decode,
    number_in,
    numbered_frame,
    write_folder,
    write_video,
)

FASTSTART = {"movflags": "faststart"}


def as_video(path: Path) -> Video:
    with open_video(path) as reader:
        return Video("id", f"videos/{path.name}", reader.info, path)


def pixels_of(jpeg: bytes) -> np.ndarray:
    with Image.open(BytesIO(jpeg)) as image:
        assert image.format == "JPEG"
        return np.array(image)


def shown_halfway_through(path: Path, fps: float, count: int) -> list[int]:
    """The frames that a player shows after seeking to (i + 0.5) / fps."""
    with av.open(str(path)) as container:
        shown = [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    halfway = [(index + 0.5) / fps for index in range(count)]
    return [number_in([image for time, image in shown if time <= moment][-1]) for moment in halfway]


def test_a_jpeg_is_the_frame_of_its_index(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "clip.mp4", 20, options=B_FRAMES)) as reader:
        for index in (13, 2):
            image = pixels_of(jpeg_frame(reader, index))
            assert image.shape == (HEIGHT, WIDTH, 3)
            assert number_in(image) == index


def test_a_lower_quality_makes_a_smaller_jpeg(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "clip.mp4", 2)) as reader:
        assert len(jpeg_frame(reader, 0, quality=30)) < len(jpeg_frame(reader, 0, quality=90))


def test_a_poster_is_the_first_frame_upright(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "clip.mp4", 3, rotation=(90, False, False))) as reader:
        assert number_in(np.rot90(pixels_of(poster(reader)), -1)) == 0


def test_a_poster_of_a_large_video_is_at_most_1280_pixels_wide(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "clip.mp4", 1, "mpeg4", size=(1920, 1080))) as reader:
        assert pixels_of(poster(reader)).shape == (720, 1280, 3)


def test_a_file_that_browsers_can_play_is_returned_itself(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 10, options=B_FRAMES, container_options=FASTSTART)
    assert playable(as_video(clip), tmp_path / "cache") == clip
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("kind", ["webm", "mkv_uneven", "rotated", "uneven", "mpeg4", "odd", "folder"])
def test_any_other_video_is_encoded_frame_by_frame(tmp_path: Path, kind: str) -> None:
    make = {
        "webm": lambda: write_video(tmp_path / "clip.webm", 15, "libvpx"),
        "mkv_uneven": lambda: write_video(
            tmp_path / "clip.mkv", 15, times=[n * n * 20 for n in range(15)], options=B_FRAMES
        ),
        "rotated": lambda: write_video(
            tmp_path / "clip.mp4", 15, rotation=(180, False, False), container_options=FASTSTART
        ),
        "uneven": lambda: write_video(
            tmp_path / "clip.mp4", 15, times=[n * n * 20 for n in range(15)], container_options=FASTSTART
        ),
        "mpeg4": lambda: write_video(tmp_path / "clip.mp4", 15, "mpeg4", container_options=FASTSTART),
        "odd": lambda: write_video(tmp_path / "clip.webm", 15, "libvpx", size=(WIDTH + 1, HEIGHT + 1)),
        "folder": lambda: write_folder(tmp_path / "clip", 15),
    }
    video = as_video(make[kind]())
    place = playable(video, tmp_path / "cache")
    assert place.parent == tmp_path / "cache"
    with av.open(str(place)) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt) == ("h264", "yuv444p" if kind == "odd" else "yuv420p")
    assert index_is_in_front(place)
    turned = 2 if kind == "rotated" else 0
    assert [number_in(np.rot90(image, turned)) for image in full_decode(place)] == list(range(15))
    if not turned:
        assert shown_halfway_through(place, video.info.fps, 15) == list(range(15))


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.mkv"])
def test_h264_of_constant_rate_is_copied_without_encoding(tmp_path: Path, name: str) -> None:
    clip = write_video(tmp_path / name, 15, options=B_FRAMES)
    place = playable(as_video(clip), tmp_path / "cache")
    assert place.parent == tmp_path / "cache"
    assert index_is_in_front(place)
    np.testing.assert_array_equal(full_decode(place), full_decode(clip))
    assert shown_halfway_through(place, FPS, 15) == list(range(15))


def test_concurrent_requests_encode_a_video_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[Path] = []
    convert = transcode._convert
    monkeypatch.setattr(transcode, "_convert", lambda place, *rest: (converted.append(place), convert(place, *rest)))
    video = as_video(write_video(tmp_path / "clip.webm", 15, "libvpx"))
    threads = [threading.Thread(target=playable, args=(video, tmp_path / "cache")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert converted == [playable(video, tmp_path / "cache")]


def test_a_failed_encoding_leaves_no_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "clip", 5)
    video = as_video(folder)
    Image.new("RGB", (WIDTH * 2, HEIGHT)).save(folder / "00003.jpg")
    with pytest.raises(Exception, match="one size"):
        playable(video, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_video_that_changed_is_encoded_again(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mkv", 5)
    before = playable(as_video(clip), tmp_path / "cache")
    after = playable(as_video(write_video(clip, 7)), tmp_path / "cache")
    assert before != after
    assert len(full_decode(after)) == 7


def test_an_encoded_file_has_the_rate_of_its_video(tmp_path: Path) -> None:
    place = playable(as_video(write_folder(tmp_path / "clip", 12)), tmp_path / "cache")
    with open_video(place) as reader:
        assert reader.info.fps == FPS


def test_a_file_that_claims_an_impossible_rate_is_refused(tmp_path: Path) -> None:
    claiming = write_video(tmp_path / "claiming.avi", 1, "mpeg4")
    content = bytearray(claiming.read_bytes())
    # dwScale and dwRate of the stream header (AVISTREAMHEADER of the AVI RIFF file reference).
    struct.pack_into("<II", content, content.index(b"strh") + 28, 2_850_817, 24)
    claiming.write_bytes(content)
    with pytest.raises(LitError, match="frames/s"):
        playable(as_video(claiming), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_of_several_videos_in_a_file_the_one_that_is_read_is_served(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    with av.open(str(clip), "w", container_options=FASTSTART) as container:
        streams = [container.add_stream("libx264", rate=FPS, options={"bf": "0"}) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = WIDTH, 32, "yuv420p"
        for start, stream in zip((0, 100), streams, strict=True):
            for index in range(5):
                frame = av.VideoFrame.from_ndarray(numbered_frame(start + index, WIDTH, 32), format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, FPS)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    video = as_video(clip)
    place = playable(video, tmp_path / "cache")
    with open_video(clip) as reader:
        assert [number_in(image) for image in full_decode(place)] == [number_in(reader.frame(i)) for i in range(5)]
    with av.open(str(place)) as container:
        assert len(container.streams.video) == 1


@pytest.mark.parametrize(
    ("size", "times", "reason"),
    [((16_386, 2), (0, 1), "longer than 16384"), ((2, 2), (0, 30_000), "two frames are 30000 s apart")],
)
def test_what_an_mp4_has_no_room_for_is_refused_in_words(
    tmp_path: Path, size: tuple[int, int], times: tuple[int, int], reason: str
) -> None:
    frames = ((time, np.zeros((size[1], size[0], 3), np.uint8)) for time in times)
    with pytest.raises(LitError, match=reason):
        write_mp4(tmp_path / "out.mp4", frames, size, 24)
