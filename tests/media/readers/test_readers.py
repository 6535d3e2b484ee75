import contextlib
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time

import av
import numpy as np
import pytest
from PIL import Image

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.media.readers.opening import open_video
from tests.media.clips import (
    B_FRAMES,
    FPS,
    HEIGHT,
    WIDTH,
    full_decode,
    hide_vp8_frame,
    join,
    number_in,
    remux,
    write_folder,
    write_gif,
    write_video,
    zero_packet,
)

UNEVEN_TIMES = np.cumsum(np.random.default_rng(3).integers(5, 200, 40)).tolist()
ALT_REF = {"auto-alt-ref": "1", "lag-in-frames": "16", "b": "300k"}

CLIPS: dict[str, Callable[[Path], Path]] = {
    "mp4_b_frames": lambda d: write_video(d / "clip.mp4", 40, options=B_FRAMES),
    "mov_b_frames": lambda d: write_video(d / "clip.mov", 40, options=B_FRAMES),
    "mkv_b_frames": lambda d: write_video(d / "clip.mkv", 40, options=B_FRAMES),
    "mp4_fragmented": lambda d: write_video(
        d / "clip.mp4", 40, options=B_FRAMES, container_options={"movflags": "frag_keyframe+empty_moov"}
    ),
    "mp4_uneven_times": lambda d: write_video(d / "clip.mp4", 40, times=UNEVEN_TIMES, options=B_FRAMES),
    "mkv_uneven_times": lambda d: write_video(d / "clip.mkv", 40, times=UNEVEN_TIMES, options=B_FRAMES),
    "mp4_every_frame_a_keyframe": lambda d: write_video(d / "clip.mp4", 20, group=1),
    "mp4_intra_refresh": lambda d: write_video(
        d / "clip.mp4", 40, options={"x264-params": "intra-refresh=1:keyint=10:bframes=0"}
    ),
    "mp4_hevc_open_groups": lambda d: write_video(
        d / "clip.mp4",
        40,
        "libx265",
        options={
            "preset": "ultrafast",
            "x265-params": "log-level=0:keyint=10:open-gop=1:bframes=3:b-adapt=0",
        },
    ),
    "webm_vp8": lambda d: write_video(d / "clip.webm", 40, "libvpx", group=30),
    "webm_vp9": lambda d: write_video(d / "clip.webm", 40, "libvpx-vp9", group=30, options=ALT_REF),
    "avi_mpeg4": lambda d: write_video(d / "clip.avi", 20, "mpeg4", options={"bf": "0"}),
    "avi_mpeg4_b_frames": lambda d: write_video(d / "clip.avi", 40, "mpeg4", options={"bf": "2"}),
    "ts_b_frames": lambda d: write_video(d / "clip.ts", 40, options=B_FRAMES),
    "m2ts_mpeg2": lambda d: write_video(d / "clip.m2ts", 40, "mpeg2video", options={"bf": "2"}),
    "3gp": lambda d: write_video(d / "clip.3gp", 40, options=B_FRAMES),
    "gif": lambda d: write_gif(d / "clip.gif", 12),
    "mp4_cut_by_edit_list": lambda d: remux(
        write_video(d / "whole.mp4", 40, options=B_FRAMES), d / "clip.mp4", shift=-14
    ),
    "mp4_begins_inside_a_group": lambda d: remux(
        write_video(d / "whole.mp4", 40, options=B_FRAMES), d / "clip.mp4", skip=7
    ),
}


@pytest.fixture(params=CLIPS)
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return CLIPS[request.param](tmp_path)


def refusal_of(path: Path, limits: MediaSettings | None = None) -> str:
    with pytest.raises(LitError) as caught:
        open_video(path, limits)
    assert caught.value.code == ErrorCode.UNSUPPORTED_MEDIA
    return caught.value.message


def test_frames_equal_a_full_decode_forward_backward_and_at_random(clip: Path) -> None:
    expected = full_decode(clip)
    with open_video(clip) as reader:
        assert len(reader) == len(expected)
        forward = list(range(len(expected)))
        for index in [*forward, *reversed(forward), *np.random.default_rng(0).permutation(forward).tolist()]:
            np.testing.assert_array_equal(reader.frame(index), expected[index])


def test_a_clip_of_b_frames_is_stored_out_of_order_and_read_in_order(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 40, options=B_FRAMES)
    with av.open(str(clip)) as container:
        stored = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]
    assert stored != sorted(stored)
    with open_video(clip) as reader:
        assert [number_in(reader.frame(index)) for index in range(40)] == list(range(40))


def test_a_vp8_packet_that_is_never_shown_counts_as_no_frame(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.webm", 30, "libvpx", group=40)
    clip = hide_vp8_frame(whole, tmp_path / "clip.webm", hidden=10)
    expected = full_decode(clip)
    with open_video(clip) as reader:
        assert len(reader) == len(expected) == 29
        numbers = [number_in(reader.frame(index)) for index in range(29)]
    assert numbers == [*range(10), *range(11, 30)]


def test_random_access_returns_the_requested_frames(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "clip.mp4", 60, options=B_FRAMES)) as reader:
        assert [number_in(reader.frame(index)) for index in (59, 0, 31, 30, 12, 11)] == [
            59,
            0,
            31,
            30,
            12,
            11,
        ]


def test_a_clip_cut_by_an_edit_list_begins_at_the_cut(tmp_path: Path) -> None:
    with open_video(CLIPS["mp4_cut_by_edit_list"](tmp_path)) as reader:
        assert (len(reader), number_in(reader.frame(0)), number_in(reader.frame(25))) == (26, 14, 39)


def test_info_has_size_length_and_rate(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "clip.mp4", 36)) as reader:
        info = reader.info
    assert (info.width, info.height, info.frame_count, info.fps) == (WIDTH, HEIGHT, 36, FPS)
    assert info.duration_sec == pytest.approx(1.5)


def test_the_rate_of_uneven_times_is_the_average(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "clip.mkv", 40, times=UNEVEN_TIMES)) as reader:
        assert reader.info.fps == pytest.approx(40 / reader.info.duration_sec)
        assert reader.info.duration_sec == pytest.approx((UNEVEN_TIMES[-1] - UNEVEN_TIMES[0]) / 1000, abs=0.2)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize(
    ("rotation", "turned"),
    [
        ((90, False, False), lambda image: np.rot90(image)),
        ((-90, False, False), lambda image: np.rot90(image, -1)),
        ((180, False, False), lambda image: np.rot90(image, 2)),
        ((0, True, False), lambda image: image[:, ::-1]),
        ((90, True, False), lambda image: np.rot90(image)[:, ::-1]),
    ],
    ids=["counterclockwise", "clockwise", "upside_down", "mirrored", "turned_and_mirrored"],
)
def test_rotation_metadata_is_applied(
    tmp_path: Path,
    suffix: str,
    rotation: tuple[float, bool, bool],
    turned: Callable[[np.ndarray], np.ndarray],
) -> None:
    clip = write_video(tmp_path / f"clip{suffix}", 3, rotation=rotation)
    expected = turned(full_decode(clip)[1])
    with open_video(clip) as reader:
        np.testing.assert_array_equal(reader.frame(1), expected)
        assert (reader.info.height, reader.info.width) == expected.shape[:2]


def test_frames_outside_the_video_are_refused(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "clip.mp4", 5)) as reader:
        for index in (-1, 5):
            with pytest.raises(LitError, match="0 to 4") as caught:
                reader.frame(index)
            assert caught.value.code == ErrorCode.FRAME_OUT_OF_RANGE


def test_reading_forward_never_seeks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = count_runs(monkeypatch)
    with open_video(write_video(tmp_path / "clip.mp4", 60, group=1)) as reader:
        for index in range(60):
            reader.frame(index)
    assert len(runs) == 1


def test_reading_backward_decodes_each_group_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = count_runs(monkeypatch)
    with open_video(write_video(tmp_path / "clip.mp4", 60, group=20)) as reader:
        for index in reversed(range(60)):
            reader.frame(index)
    assert runs == [2, 2, 1, 0]


def count_runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    runs: list[int] = []
    start_run = ContainerReader._start_run

    def counted(reader: ContainerReader, start: int) -> None:
        runs.append(start)
        start_run(reader, start)

    monkeypatch.setattr(ContainerReader, "_start_run", counted)
    return runs


def test_reading_backward_caches_a_bounded_number_of_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sam2_lit.media.readers.container._BACKWARD_BYTES", 10 * WIDTH * HEIGHT * 3 // 2)
    clip = write_video(tmp_path / "clip.mp4", 60, group=60)
    with ContainerReader(clip, MediaSettings()) as reader:
        for index in reversed(range(60)):
            assert number_in(reader.frame(index)) == index
            assert len(reader._cache) <= 10


def test_opening_ten_minutes_of_video_does_not_decode_it(tmp_path: Path) -> None:
    minute = join([write_video(tmp_path / "short.mp4", 240, group=120)] * 6, tmp_path / "minute.mp4")
    clip = join([minute] * 10, tmp_path / "long.mp4")
    started = process_time()
    with open_video(clip) as reader:
        opened = process_time() - started
        assert len(reader) == 10 * 60 * FPS
        assert opened < 1
        assert number_in(reader.frame(10_000)) == 10_000 % 240


def test_two_readers_of_one_file_are_independent(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 30, options=B_FRAMES)
    with open_video(clip) as ahead, open_video(clip) as behind:
        for index in range(30):
            assert number_in(ahead.frame(index)) == index
            assert number_in(behind.frame(29 - index)) == 29 - index


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_folder_of_frames_is_a_video(tmp_path: Path, suffix: str) -> None:
    with open_video(write_folder(tmp_path / "frames", 5, suffix)) as reader:
        assert [number_in(reader.frame(index)) for index in range(5)] == list(range(5))
        assert (reader.info.width, reader.info.height, reader.info.fps) == (WIDTH, HEIGHT, 24)


def test_frames_of_a_folder_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "frames", 12)
    for index in range(12):
        (folder / f"{index:05d}.jpg").rename(folder / f"frame_{index}.jpg")
    with open_video(folder) as reader:
        assert [number_in(reader.frame(index)) for index in range(12)] == list(range(12))


def test_a_folder_whose_frames_differ_in_size_is_refused_at_the_frame(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "frames", 2)
    Image.new("RGB", (WIDTH + 2, HEIGHT)).save(folder / "00002.jpg")
    with open_video(folder) as reader, pytest.raises(LitError, match="one size") as caught:
        reader.frame(2)
    assert caught.value.code == ErrorCode.UNSUPPORTED_MEDIA


def test_a_folder_with_two_frames_of_one_number_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "frames", 2)
    Image.new("RGB", (WIDTH, HEIGHT)).save(folder / "00001.png")
    assert "same number" in refusal_of(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "no .jpg" in refusal_of(tmp_path)


def test_a_damaged_frame_of_a_folder_is_refused_at_the_frame(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "frames", 2)
    (folder / "00001.jpg").write_bytes((folder / "00001.jpg").read_bytes()[:3000])
    with open_video(folder) as reader, pytest.raises(LitError, match="damaged"):
        reader.frame(1)


@pytest.mark.parametrize(
    "content", [b"", b"hello, this is text\n" * 99, bytes(100_000)], ids=["empty", "text", "zeros"]
)
def test_a_file_that_is_not_a_video_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    assert "clip.mp4" in refusal_of(tmp_path / "clip.mp4")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal_of(tmp_path / "gone.mp4")


def test_a_picture_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "picture.jpg")
    assert "not a whole MP4" in refusal_of(tmp_path / "picture.jpg")


def test_a_playlist_that_names_another_file_is_refused(tmp_path: Path) -> None:
    write_video(tmp_path / "secret.mp4", 5)
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile secret.mp4\n")
    assert "not a whole MP4" in refusal_of(tmp_path / "list.mp4")


def test_a_file_with_sound_only_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), format="fltp", layout="mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert "no video stream" in refusal_of(tmp_path / "sound.mp4")


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.97])
@pytest.mark.parametrize(
    ("name", "codec", "container_options"),
    [
        ("clip.mp4", "libx264", {}),
        ("clip.mp4", "libx264", {"movflags": "faststart"}),
        ("clip.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        ("clip.mkv", "libx264", {}),
        ("clip.webm", "libvpx", {}),
    ],
    ids=["mp4", "mp4_faststart", "mp4_fragmented", "mkv", "webm"],
)
def test_a_truncated_file_is_refused(
    tmp_path: Path, name: str, codec: str, container_options: dict[str, str], kept: float
) -> None:
    clip = write_video(tmp_path / name, 20, codec, container_options=container_options)
    clip.write_bytes(clip.read_bytes()[: int(clip.stat().st_size * kept)])
    refusal_of(clip)


def test_a_video_over_the_pixel_limit_is_refused(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 2)
    assert f"{WIDTH}x{HEIGHT}" in refusal_of(clip, MediaSettings(pixels=WIDTH * HEIGHT - 1))


def test_a_video_over_the_frame_limit_is_refused(tmp_path: Path) -> None:
    assert "more than 9 frames" in refusal_of(write_video(tmp_path / "clip.mp4", 10), MediaSettings(frames=9))
    assert "more than 9 frames" in refusal_of(write_video(tmp_path / "clip.mkv", 10), MediaSettings(frames=9))


def test_frames_are_counted_and_not_the_ticks_that_an_avi_header_counts(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 10, "mpeg4")
    with av.open(str(clip)) as source, av.open(str(tmp_path / "clip.avi"), "w") as target:
        packets = [packet for packet in source.demux(video=0) if packet.size]
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in packets:
            packet.stream = stream
            target.mux(packet)
    with av.open(str(tmp_path / "clip.avi")) as written:
        assert written.streams.video[0].frames > 10
    with open_video(tmp_path / "clip.avi", MediaSettings(frames=10)) as reader:
        assert len(reader) == 10


@pytest.mark.parametrize("samples", [10**6, 10**8, 2**32 - 1])
def test_a_header_that_claims_millions_of_frames_is_refused_cheaply(tmp_path: Path, samples: int) -> None:
    clip = write_video(tmp_path / "clip.mp4", 5)
    data = bytearray(clip.read_bytes())
    sizes = data.index(b"stsz") + 8
    data[sizes : sizes + 8] = (1).to_bytes(4, "big") + samples.to_bytes(4, "big")
    clip.write_bytes(data)
    started = process_time()
    refusal_of(clip)
    assert process_time() - started < 1


@pytest.mark.parametrize("entries", [1, 10**8])
def test_offsets_that_claim_a_hundred_million_samples_take_no_memory(tmp_path: Path, entries: int) -> None:
    clip = write_video(tmp_path / "clip.mp4", 20, options=B_FRAMES)
    data = bytearray(clip.read_bytes())
    count = data.index(b"ctts") + 8
    data[count : count + 4] = entries.to_bytes(4, "big")
    data[count + 4 : count + 8] = (10**8).to_bytes(4, "big")
    clip.write_bytes(data)
    tracemalloc.start()
    try:
        with contextlib.suppress(LitError):
            open_video(clip).close()
        assert tracemalloc.get_traced_memory()[1] < 50 * 1024**2
    finally:
        tracemalloc.stop()


def test_an_index_with_padding_is_read(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 20, options=B_FRAMES)
    data = clip.read_bytes()
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"ctts"):
        place = data.index(kind) - 4
        data = (
            data[:place] + (int.from_bytes(data[place : place + 4], "big") + 3).to_bytes(4, "big") + data[place + 4 :]
        )
    end = data.index(b"ctts") - 4
    end += int.from_bytes(data[end : end + 4], "big") - 3
    clip.write_bytes(data[:end] + bytes(3) + data[end:])
    with open_video(clip) as reader:
        assert [number_in(reader.frame(index)) for index in (19, 3)] == [19, 3]


def test_a_keyframe_that_claims_absurd_dimensions_is_refused_cheaply(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.webm", 5, "libvpx")
    data = bytearray(clip.read_bytes())
    size = data.index(b"\x9d\x01\x2a") + 3
    data[size : size + 4] = (16383).to_bytes(2, "little") * 2
    clip.write_bytes(data)
    started = process_time()
    refusal_of(clip)
    assert process_time() - started < 1


def test_a_video_larger_than_4k_is_refused_by_default(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 1, "mpeg4", size=(4096, 2304))
    assert "4096x2304" in refusal_of(clip)


def test_frames_that_change_size_are_refused_at_the_frame(tmp_path: Path) -> None:
    first = write_video(tmp_path / "first.webm", 5, "libvpx")
    second = write_video(tmp_path / "second.webm", 5, "libvpx", size=(WIDTH + 16, HEIGHT))
    clip = join([first, second], tmp_path / "clip.webm")
    with open_video(clip) as reader, pytest.raises(LitError, match="change size") as caught:
        reader.frame(len(reader) - 1)
    assert caught.value.code == ErrorCode.UNSUPPORTED_MEDIA


def test_a_frame_that_cannot_be_decoded_is_replaced_by_the_one_before(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.mp4", 30, group=10, options={"bf": "0"})
    clip = zero_packet(whole, tmp_path / "clip.mp4", 15)
    with ContainerReader(clip, MediaSettings()) as reader:
        assert number_in(reader.frame(15)) == 14
        assert number_in(reader.frame(29)) == 29
        assert reader.damaged_frames == {15}
