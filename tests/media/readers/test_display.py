"""Frames are shown as players show them: square pixels, standard range, no combs."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc
from numpy.typing import NDArray

from sam2_lit.media.catalog import Video
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.transcode import playable
from tests.media.clips import full_decode, number_in, numbered_frame, write_video


def write(
    path: Path,
    frames: list[NDArray[np.uint8]],
    prepare: Callable[[av.VideoStream], None] = lambda stream: None,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    frame_form: str = "rgb24",
) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=24, options=options or {"crf": "1"})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        prepare(stream)
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(picture, format=frame_form)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def served(clip: Path, folder: Path, settings: MediaSettings | None = None) -> tuple[Video, list[NDArray[np.uint8]]]:
    with open_video(clip, settings) as reader:
        video = Video("id", "videos/clip", reader.info, clip)
    return video, full_decode(playable(video, folder / "cache", settings))


@pytest.mark.parametrize(
    ("aspect", "size"), [(Fraction(4, 3), (128, 64)), (Fraction(3, 4), (96, 86)), (Fraction(1, 1000), (96, 64))]
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_pixels_that_are_not_square_are_shown_square(
    tmp_path: Path, aspect: Fraction, size: tuple[int, int], suffix: str
) -> None:
    def prepare(stream: av.VideoStream) -> None:
        stream.codec_context.sample_aspect_ratio = aspect

    half = np.zeros((64, 96, 3), np.uint8)
    half[:, 48:] = 255
    clip = write(tmp_path / f"clip{suffix}", [half] * 3, prepare)
    with open_video(clip) as reader:
        picture = reader.frame(1)
        assert (reader.info.width, reader.info.height) == size
    assert picture.shape == (size[1], size[0], 3)
    assert picture[:, : size[0] // 2 - 4].max() < 20 < 235 < picture[:, size[0] // 2 + 4 :].min()
    assert served(clip, tmp_path)[1][1].shape == picture.shape


@pytest.mark.parametrize("size", [(193, 128), (192, 129), (191, 127)])
def test_a_video_with_odd_sides_is_served_in_exactly_its_size(tmp_path: Path, size: tuple[int, int]) -> None:
    video, frames = served(write_video(tmp_path / "clip.webm", 5, "libvpx", size=size), tmp_path)
    assert (video.info.width, video.info.height) == size
    assert frames[0].shape == (size[1], size[0], 3)
    assert [number_in(frame) for frame in frames] == list(range(5))


def test_a_high_dynamic_range_is_mapped_to_the_standard_range(tmp_path: Path) -> None:
    # Ten levels of brightness, 0 to 1000 cd/m2, as the Perceptual Quantizer codes them.
    levels = np.linspace(0, 0.75, 10)
    coded = np.repeat(np.round(levels * 65535).astype(np.uint16), 16)
    picture = np.ascontiguousarray(np.broadcast_to(coded[None, :, None], (32, 160, 3)))

    def tag(tagged: av.VideoStream | av.VideoFrame) -> None:
        tagged.color_trc, tagged.color_primaries = ColorTrc.SMPTE2084, ColorPrimaries.BT2020
        tagged.colorspace = Colorspace.BT2020

    clip = tmp_path / "clip.mkv"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("ffv1", rate=24)
        stream.width, stream.height, stream.pix_fmt = 160, 32, "yuv420p10le"
        tag(stream.codec_context)
        for _ in range(2):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb48le")
            frame = frame.reformat(format="yuv420p10le", dst_colorspace=Colorspace.BT2020)
            tag(frame)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with open_video(clip) as reader:
        shown = reader.frame(1)[16, 8::16].astype(int)
    assert (np.diff(shown.mean(axis=1)) > 0).all()
    # White on paper has 203 cd/m2, a code of 0.58: untouched it would be darker than 150, at the same place.
    assert shown[-1].min() > 195
    assert np.ptp(shown, axis=1).max() <= 6


def test_interlaced_frames_are_deinterlaced_by_a_setting_and_stay_where_they_are(tmp_path: Path) -> None:
    pictures = []
    for index in range(6):
        picture = numbered_frame(index)
        # A bar that moves between the two fields: combs.
        picture[64::2, 40:100], picture[65::2, 60:120] = 255, 255
        picture[64::2, 100:120], picture[65::2, 40:60] = 0, 0
        pictures.append(picture)
    options = {"crf": "1", "flags": "+ildct+ilme", "x264-params": "interlaced=1:tff=1"}
    clip = write(tmp_path / "clip.mp4", pictures, options=options)

    def combs(settings: MediaSettings) -> float:
        with open_video(clip, settings) as reader:
            assert [number_in(reader.frame(index)) for index in (4, 1, 5)] == [4, 1, 5]
            edge = reader.frame(3)[66:-2, 102:118].astype(int)
        return float(np.abs(np.diff(edge, axis=0)).mean())

    assert combs(MediaSettings()) > 4 * combs(MediaSettings(deinterlace=True))
    _, frames = served(clip, tmp_path, MediaSettings(deinterlace=True))
    assert [number_in(frame) for frame in frames] == list(range(6))


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
def test_transparent_pixels_of_webm_are_shown_on_black(codec: str, tmp_path: Path) -> None:
    clip = tmp_path / "clip.webm"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream(codec, rate=24, options={"cpu-used": "8", "auto-alt-ref": "0"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 192, 64, "yuva420p", 4
        for index in range(8):
            picture = np.dstack([numbered_frame(index, 192, 64), np.full((64, 192), 255, np.uint8)])
            picture[40:] = (255, 0, 0, 0)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgba")))
        container.mux(stream.encode())
    with open_video(clip) as reader:
        frames = [reader.frame(index) for index in (5, 7, 0, 1, 6)]
    assert [number_in(frame) for frame in frames] == [5, 7, 0, 1, 6]
    assert all(frame[50:].max() < 16 for frame in frames)
