"""Index i is the i-th frame of a full decode, also where timestamps say otherwise."""

import struct
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers import decoding_order, packet_table, table_cache
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.transcode import playable
from sam2_lit.sample import SAMPLE
from tests.media.clips import B_FRAMES, number_in, write_video
from tests.media.field_video import write_fields

SIZE = (192, 32)
X265 = {"preset": "ultrafast", "x265-params": "log-level=0:keyint=10:open-gop=1:bframes=3:b-adapt=0"}
CODECS: dict[str, tuple[str, dict[str, str]]] = {
    "h264": ("libx264", B_FRAMES),
    "h264_closed": ("libx264", {"bf": "2", "b_adapt": "0"}),
    "mpeg4": ("mpeg4", {"bf": "2"}),
    "hevc": ("libx265", X265),
    "vp9": ("libvpx-vp9", {"auto-alt-ref": "1", "lag-in-frames": "16"}),
}


@cache
def encoded(codec: str, count: int = 36) -> bytes:
    name, options = CODECS[codec]
    with TemporaryDirectory() as folder:
        path = write_video(Path(folder) / "clip.mp4", count, name, options=options, size=SIZE)
        return path.read_bytes()


def repack(codec: str, place: Path, change: Callable[[list[av.Packet]], list[av.Packet]]) -> Path:
    """Copies a clip's packets after `change`, which may choose others and set their pts in frames, as encoded 0 to 35.

    Decoding times rise by one frame, and all pts are moved behind them.
    """
    source = place.with_name("source.mp4")
    source.write_bytes(encoded(codec))
    with av.open(str(source)) as old, av.open(str(place), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        packets = [packet for packet in old.demux(video=0) if packet.size]
        tick = packets[0].duration
        first = min(packet.pts for packet in packets)
        for packet in packets:
            packet.pts = (packet.pts - first) // tick
        for ordinal, packet in enumerate(change(packets)):
            packet.stream = stream
            packet.dts = ordinal * tick
            packet.pts = max((packet.pts + 40) * tick, packet.dts)
            new.mux(packet)
    return place


def at(times: dict[int, int]) -> Callable[[list[av.Packet]], list[av.Packet]]:
    """Gives the frames shown at the keys the timestamps of the values."""

    def change(packets: list[av.Packet]) -> list[av.Packet]:
        for packet in packets:
            packet.pts = times.get(packet.pts, packet.pts)
        return packets

    return change


def in_storage_order(packets: list[av.Packet]) -> list[av.Packet]:
    for ordinal, packet in enumerate(packets):
        packet.pts = ordinal
    return packets


def two_cuts(packets: list[av.Packet]) -> list[av.Packet]:
    """The second part begins before the first has ended."""
    start = [ordinal for ordinal, packet in enumerate(packets) if packet.is_keyframe][-1]
    for packet in packets[start:]:
        packet.pts -= 8
    return packets[:20] + packets[start:]


def two_edits(path: Path) -> Path:
    """Makes an MP4 play its frames 10 to 19, then 24 to 33, by an edit list."""
    repack("h264_closed", path, lambda packets: packets)
    with av.open(str(path)) as container:
        tick, base = next(container.demux(video=0)).duration, container.streams.video[0].time_base
    data = path.read_bytes()
    lengths = 10 * tick * 1000 // base.denominator
    start = min(each.pts for each in demuxed(path))
    edits = [(lengths, start + first * tick, 1 << 16) for first in (10, 24)]
    table = b"".join(struct.pack(">IiI", *edit) for edit in edits)
    content = b"elst" + struct.pack(">II", 0, len(edits)) + table
    elst = struct.pack(">I", len(content) + 4) + content
    box = struct.pack(">I", len(elst) + 8) + b"edts" + elst
    position = data.index(b"edts") - 4
    old = int.from_bytes(data[position : position + 4], "big")
    data = data[:position] + box + data[position + old :]
    for kind in (b"trak", b"moov"):
        place = data.index(kind) - 4
        size = int.from_bytes(data[place : place + 4], "big") + len(box) - old
        data = data[:place] + size.to_bytes(4, "big") + data[place + 4 :]
    path.write_bytes(data)
    return path


def demuxed(path: Path) -> list[av.Packet]:
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


CASES: dict[str, Callable[[Path], Path]] = {
    "b_frames_without_presentation_times": lambda d: repack("h264", d / "clip.mp4", in_storage_order),
    "b_frames_in_avi": lambda d: repack("mpeg4", d / "clip.avi", lambda packets: packets),
    "doubled_times": lambda d: repack("h264", d / "clip.mp4", at({5: 4, 20: 18})),
    "doubled_times_in_mkv": lambda d: repack("h264", d / "clip.mkv", at({5: 4, 20: 18})),
    "swapped_times": lambda d: repack("h264", d / "clip.mp4", at({13: 14, 14: 13})),
    "cuts_that_overlap": lambda d: repack("h264", d / "clip.mp4", two_cuts),
    "two_edits": lambda d: two_edits(d / "clip.mp4"),
    "field_packets": lambda d: write_fields(d / "clip.mp4", 24, SIZE),
    "open_group_cut": lambda d: repack("hevc", d / "clip.mkv", lambda packets: packets[10:]),
    "begins_without_a_keyframe": lambda d: repack("h264", d / "clip.mp4", lambda packets: packets[5:]),
}


def numbers_of_full_decode(path: Path) -> list[int]:
    numbers: list[int] = []
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            numbers += [number_in(frame.to_ndarray(format="rgb24")) for frame in frames]
    return numbers


def numbers_at(path: Path, order: Sequence[int]) -> list[int]:
    with open_video(path) as reader:
        return [number_in(reader.frame(index)) for index in order]


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_frames_are_those_of_a_full_decode_in_any_order(make: Callable[[Path], Path], tmp_path: Path) -> None:
    clip = make(tmp_path)
    expected = numbers_of_full_decode(clip)
    forward = list(range(len(expected)))
    order = [*np.random.default_rng(1).permutation(forward).tolist(), *forward, *reversed(forward)]
    with open_video(clip) as reader:
        assert len(reader) == len(expected)
    assert numbers_at(clip, order) == [expected[index] for index in order]


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_what_browsers_play_has_the_same_frames(make: Callable[[Path], Path], tmp_path: Path) -> None:
    clip = make(tmp_path)
    expected = numbers_of_full_decode(clip)
    with open_video(clip) as reader:
        video = Video("id", "videos/clip", reader.info, clip)
    assert numbers_of_full_decode(playable(video, tmp_path / "cache")) == expected


def permuted(codec: str, place: Path, times: Sequence[int]) -> Path:
    """Copies a clip with the timestamps of its frames permuted; they start at 0 at a constant rate, as in the clip."""
    source = place.with_name("source.mp4")
    source.write_bytes(encoded(codec))
    with av.open(str(source)) as old, av.open(str(place), "w", options={"movflags": "faststart"}) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        packets = [packet for packet in old.demux(video=0) if packet.size]
        tick, first = packets[0].duration, min(packet.pts for packet in packets)
        shown = [times[(packet.pts - first) // tick] for packet in packets]
        delay = max(ordinal - time for ordinal, time in enumerate(shown))
        for ordinal, (packet, time) in enumerate(zip(packets, shown, strict=True)):
            packet.stream, packet.pts, packet.dts = stream, time * tick, (ordinal - delay) * tick
            new.mux(packet)
    return place


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    suffix=st.sampled_from([".mp4", ".mkv"]),
    swaps=st.lists(st.tuples(st.integers(0, 35), st.integers(1, 3)), min_size=1, max_size=3),
)
def test_a_player_shows_the_frames_of_a_full_decode_where_timestamps_are_permuted(
    suffix: str, swaps: list[tuple[int, int]]
) -> None:
    times = list(range(36))
    for first, distance in swaps:
        second = min(first + distance, 35)
        times[first], times[second] = times[second], times[first]
    with TemporaryDirectory() as folder:
        clip = permuted("h264", Path(folder) / f"clip{suffix}", times)
        with open_video(clip) as reader:
            fps = reader.info.fps
            video = Video("id", "videos/clip", reader.info, clip)
        assert shown_halfway_through(playable(video, Path(folder) / "cache"), fps, 36) == list(range(36))


def test_an_unpermuted_file_is_still_served_as_it_is(tmp_path: Path) -> None:
    clip = permuted("h264", tmp_path / "clip.mp4", range(36))
    with open_video(clip) as reader:
        video = Video("id", "videos/clip", reader.info, clip)
    assert playable(video, tmp_path / "cache") == clip


def shown_halfway_through(path: Path, fps: float, count: int) -> list[int]:
    """The frames that a player, which goes by timestamps, shows after seeking to (i + 0.5) / fps."""
    with av.open(str(path)) as container:
        shown = sorted((frame.time, number_in(frame.to_ndarray(format="rgb24"))) for frame in container.decode(video=0))
    return [[number for time, number in shown if time <= (index + 0.5) / fps][-1] for index in range(count)]


def test_two_edits_play_both_parts(tmp_path: Path) -> None:
    assert numbers_of_full_decode(two_edits(tmp_path / "clip.mp4")) == [*range(10, 20), *range(24, 34)]


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    index = st.integers(0, 35)
    kinds = st.sampled_from(["double", "swap", "drop", "shift", "cut", "join", "storage order"])
    return draw(st.lists(st.tuples(kinds, index, index), min_size=1, max_size=3))


def applied(packets: list[av.Packet], changed: list[tuple[str, int, int]]) -> list[av.Packet]:
    for kind, first, second in changed:
        one, other = packets[first % len(packets)], packets[second % len(packets)]
        if kind == "double":
            one.pts = other.pts
        elif kind == "swap":
            one.pts, other.pts = other.pts, one.pts
        elif kind == "shift":
            for packet in packets[first % len(packets) :]:
                packet.pts += second - 18
        elif kind == "storage order":
            packets = in_storage_order(packets)
        elif len(packets) > 12:
            start, end = sorted((first % len(packets), second % len(packets)))
            packets = {
                "drop": packets[:start] + packets[start + 1 :],
                "cut": packets[min(start, len(packets) - 12) :],
                "join": packets[: start + 1] + packets[max(end, start + 1) :],
            }[kind]
    return packets


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    codec=st.sampled_from(sorted(CODECS)),
    container=st.sampled_from(["mp4", "mkv"]),
    changed=changes(),
    seed=st.integers(0, 2**31),
)
def test_repacked_files_are_read_as_a_full_decode_returns_them(
    codec: str, container: str, changed: list[tuple[str, int, int]], seed: int
) -> None:
    with TemporaryDirectory() as folder:
        clip = repack(codec, Path(folder) / f"clip.{container}", lambda packets: applied(packets, changed))
        expected = numbers_of_full_decode(clip)
        if not expected:
            with pytest.raises(LitError):
                open_video(clip)
            return
        order = np.random.default_rng(seed).permutation(len(expected)).tolist()
        try:
            numbers = numbers_at(clip, order)
        except LitError as error:
            assert "open it again" in error.message or error.code == ErrorCode.FRAME_OUT_OF_RANGE
            numbers = numbers_at(clip, order)
        assert numbers == [expected[index] for index in order]


def test_an_upload_that_decodes_to_fewer_frames_than_it_has_timestamps_is_counted_again(tmp_path: Path) -> None:
    clip = repack("h264", tmp_path / "clip.mp4", lambda packets: packets[:4] + packets[17:])
    library = VideoLibrary(SAMPLE, None, tmp_path / "data")
    with clip.open("rb") as file:
        video = library.add_upload(file, "clip.mp4")
    assert video.info.frame_count == len(numbers_of_full_decode(clip)) < len(demuxed(clip))


@pytest.mark.parametrize(("codec", "kept"), [("h264_closed", (10, 14)), ("hevc", (4, 17))])
def test_an_upload_whose_middle_has_fewer_frames_than_timestamps_is_trimmed(
    codec: str, kept: tuple[int, int], tmp_path: Path
) -> None:
    clip = repack(codec, tmp_path / "clip.mp4", lambda packets: packets[: kept[0]] + packets[kept[1] :])
    library = VideoLibrary(SAMPLE, None, tmp_path / "data")
    with clip.open("rb") as file:
        video = library.add_upload(file, "clip.mp4", 0.0, 60.0)
    assert video.info.frame_count == len(numbers_of_full_decode(clip)) < len(demuxed(clip))


def test_a_learned_order_is_learned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = CASES["doubled_times"](tmp_path)
    open_video(clip).close()
    monkeypatch.setattr(table_cache, "learn_order", lambda *arguments: pytest.fail("decoded a second time"))
    assert numbers_at(clip, [30, 3]) == [30, 3]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_an_ordinary_file_is_not_decoded_at_opening(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_video(tmp_path / f"clip{suffix}", 60, options=B_FRAMES)
    for module, learn in ((table_cache, "learn_order"), (packet_table, "begins_in_order")):
        monkeypatch.setattr(module, learn, lambda *arguments: pytest.fail("decoded"))
    assert numbers_at(clip, [59, 0, 31]) == [59, 0, 31]


def test_a_file_too_long_to_decode_for_its_order_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = CASES["doubled_times"](tmp_path)
    monkeypatch.setattr(decoding_order, "MAX_PIXELS", 36 * SIZE[0] * SIZE[1] - 1)
    table_cache.forget_tables()
    with pytest.raises(LitError, match="timestamps do not give the order"):
        open_video(clip, MediaSettings())
