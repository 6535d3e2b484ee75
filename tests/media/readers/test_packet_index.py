"""Reading a file's index gives the same packets as scanning them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers import table_cache
from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.media.readers.packet_index import read_index
from sam2_lit.media.readers.packet_scan import StreamPackets, scan_packets
from sam2_lit.media.readers.video_stream import open_video_stream
from sam2_lit.sample import SAMPLE
from tests.media.clips import join, number_in, remux, write_video
from tests.media.readers.test_readers import CLIPS

LIMITS = MediaSettings()
CLOSED = {"bf": "3", "b_adapt": "0"}
INDEXED: dict[str, Callable[[Path], Path]] = {
    "sample": lambda d: SAMPLE,
    "b_frames": lambda d: write_video(d / "clip.mp4", 240, options=CLOSED),
    "quicktime": lambda d: write_video(d / "clip.mov", 240, options=CLOSED),
    "no_b_frames": lambda d: write_video(d / "clip.mp4", 240, options={"bf": "0"}),
    "index_in_front": lambda d: write_video(d / "clip.mp4", 240, container_options={"movflags": "faststart"}),
    "negative_offsets": lambda d: write_video(
        d / "clip.mp4", 240, options=CLOSED, container_options={"movflags": "negative_cts_offsets"}
    ),
    "uneven_times": lambda d: write_video(
        d / "clip.mp4", 240, times=np.cumsum(np.arange(240) % 7 * 11 + 5).tolist(), options=CLOSED
    ),
    "delayed": lambda d: remux(write_video(d / "whole.mp4", 240, options=CLOSED), d / "clip.mp4", shift=30),
    "hevc": lambda d: write_video(
        d / "clip.mp4",
        60,
        "libx265",
        options={"preset": "ultrafast", "x265-params": "log-level=0:keyint=10:open-gop=0"},
    ),
    "vp9": lambda d: write_video(d / "clip.mp4", 60, "libvpx-vp9"),
    "every_frame_a_keyframe": lambda d: write_video(d / "clip.mp4", 60, group=1),
    "joined": lambda d: join([write_video(d / "part.mp4", 60, options={"bf": "0"})] * 4, d / "clip.mp4"),
}


def both(path: Path) -> tuple[StreamPackets | None, StreamPackets]:
    container, stream = open_video_stream(path, LIMITS)
    with container:
        indexed = read_index(path, container, stream)
    container, stream = open_video_stream(path, LIMITS)
    with container:
        return indexed, scan_packets(path, container, stream, LIMITS)


def assert_same(indexed: StreamPackets, read: StreamPackets) -> None:
    np.testing.assert_array_equal(indexed.pts, read.pts)
    np.testing.assert_array_equal(indexed.shown, read.shown)
    assert indexed.keyframes == read.keyframes
    assert indexed.last_duration == read.last_duration
    assert indexed.first_frame is not None and read.first_frame is not None
    assert indexed.first_frame.pts == read.first_frame.pts
    np.testing.assert_array_equal(indexed.first_frame.to_ndarray(), read.first_frame.to_ndarray())


@pytest.mark.parametrize("make", INDEXED.values(), ids=INDEXED)
def test_the_index_equals_a_scan_of_every_packet(make: Callable[[Path], Path], tmp_path: Path) -> None:
    indexed, read = both(make(tmp_path))
    assert indexed is not None
    assert_same(indexed, read)


@pytest.mark.parametrize("make", CLIPS.values(), ids=CLIPS)
def test_an_index_is_used_only_where_it_equals_the_scan(make: Callable[[Path], Path], tmp_path: Path) -> None:
    indexed, read = both(make(tmp_path))
    if indexed is not None:
        assert_same(indexed, read)


@pytest.mark.parametrize("name", ["mp4_cut_by_edit_list", "mp4_fragmented", "mkv_b_frames", "webm_vp9"])
def test_files_without_a_complete_index_are_scanned(name: str, tmp_path: Path) -> None:
    indexed, read = both(CLIPS[name](tmp_path))
    assert indexed is None
    assert len(read.pts) > 0


@pytest.mark.parametrize("box", [b"stsz", b"stts", b"ctts", b"stss", b"stco"])
def test_a_wrong_index_is_rejected(box: bytes, tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 240, options=CLOSED)
    data = bytearray(clip.read_bytes())
    position = data.index(box) + (20 if box == b"stsz" else 15)
    data[position] ^= 1
    clip.write_bytes(data)
    container, stream = open_video_stream(clip, LIMITS)
    with container:
        indexed = read_index(clip, container, stream)
    if indexed is None:
        return
    container, stream = open_video_stream(clip, LIMITS)
    with container:
        assert_same(indexed, scan_packets(clip, container, stream, LIMITS))


def test_opening_an_mp4_does_not_scan_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_cache, "scan_packets", lambda *arguments: pytest.fail("the whole file is scanned"))
    clip = join([write_video(tmp_path / "part.mp4", 240, options={"bf": "0"})] * 20, tmp_path / "clip.mp4")
    assert len(table_cache.read_packet_table(clip, LIMITS).pts) == 4800


def test_frames_found_by_the_index_are_the_requested_ones(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", 240, options=CLOSED)
    with ContainerReader(clip, LIMITS) as reader:
        for index in (239, 0, 100, 101, 99, 37):
            assert number_in(reader.frame(index)) == index
