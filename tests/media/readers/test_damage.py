"""Frames that cannot be shown are found before they are reached."""

from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image

from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.sample import SAMPLE
from tests.media.clips import WIDTH, numbered_frame, write_folder, write_video, zero_packet
from tests.media.listing import videos_of


def ranges_of(library: VideoLibrary, video: Video) -> list[tuple[int, int, str]]:
    library.damage.find(video)
    found = library.damage.of(video.id)
    assert found is not None
    return [(each.first, each.last, each.reason.split(";")[0]) for each in found]


def test_damage_is_reported_as_ranges_of_frames(tmp_path: Path) -> None:
    own = tmp_path / "own"
    folder = write_folder(own / "frames", 8, ".png")
    for index in (2, 3, 6):
        Image.new("RGB", (WIDTH + 2, 8)).save(folder / f"{index:05}.png")
    (folder / "00004.png").write_bytes(b"not a picture")
    whole = write_video(tmp_path / "whole.mp4", 12, "mpeg4", group=1)
    first = zero_packet(whole, tmp_path / "first.mp4", 4)
    zero_packet(first, own / "zeroed.mp4", 5)
    write_video(own / "whole.mp4", 12)
    library = VideoLibrary(SAMPLE, own, tmp_path / "data")
    frames, intact, zeroed = videos_of(library)[1:]
    assert library.damage.of(frames.id) is None
    assert ranges_of(library, frames) == [
        (2, 3, "of another size"),
        (4, 4, "not a whole picture"),
        (6, 6, "of another size"),
    ]
    assert ranges_of(library, intact) == []
    assert ranges_of(library, zeroed) == [(4, 5, "damaged")]


def test_frames_of_another_size_within_a_file_are_reported(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    pictures = []
    for size in ((64, 48), (96, 64), (64, 48)):
        picture = BytesIO()
        Image.fromarray(numbered_frame(0, *size)).save(picture, "JPEG")
        pictures += [picture.getvalue()] * 3
    with av.open(str(own / "mixed.mkv"), "w") as container:
        stream = container.add_stream("mjpeg", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for index, picture in enumerate(pictures):
            packet = av.Packet(picture)
            packet.stream, packet.pts, packet.dts = stream, index, index
            packet.is_keyframe = True
            container.mux(packet)
    library = VideoLibrary(SAMPLE, own, tmp_path / "data")
    assert ranges_of(library, library.by_path("videos/mixed.mkv")) == [(3, 5, "of another size")]


def test_damage_outlives_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    whole = write_video(tmp_path / "whole.mp4", 12, "mpeg4", group=1)
    zero_packet(whole, own / "zeroed.mp4", 5)
    before = VideoLibrary(SAMPLE, own, tmp_path / "data")
    found = ranges_of(before, before.by_path("videos/zeroed.mp4"))
    library = VideoLibrary(SAMPLE, own, tmp_path / "data")
    video = library.by_path("videos/zeroed.mp4")
    assert library.damage.of(video.id) is not None
    monkeypatch.setattr(library, "open", lambda _: pytest.fail("read a second time"))
    assert ranges_of(library, video) == found == [(5, 5, "damaged")]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 3}', b'{"a": [[1, 2]]}', b"\xff"])
def test_stored_damage_that_cannot_be_read_is_found_again(tmp_path: Path, content: bytes) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "damage.json").write_bytes(content)
    library = VideoLibrary(SAMPLE, None, data)
    assert ranges_of(library, library.default()) == []
    assert VideoLibrary(SAMPLE, None, data).damage.of(library.default().id) == []


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_pictures_that_are_cut_off_are_reported_before_they_are_reached(tmp_path: Path, suffix: str) -> None:
    folder = write_folder(tmp_path / "own" / "frames", 4, suffix)
    place = folder / f"00002{suffix}"
    place.write_bytes(place.read_bytes()[: place.stat().st_size * 2 // 3])
    library = VideoLibrary(SAMPLE, tmp_path / "own", tmp_path / "data")
    assert ranges_of(library, library.by_path("videos/frames")) == [(2, 2, "not a whole picture")]
