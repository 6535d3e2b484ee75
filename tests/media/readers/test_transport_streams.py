"""MPEG-TS with gaps, as recordings have them: the container says that packets are corrupt, and decoders go on."""

from pathlib import Path

import numpy as np
import pytest

from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.readers.damage import DOUBTFUL
from sam2_lit.sample import SAMPLE
from tests.media.clips import B_FRAMES, write_video
from tests.media.readers.test_decoding_order import SIZE, demuxed, numbers_at, numbers_of_full_decode

PACKET = 188


@pytest.mark.parametrize(("codec", "options"), [("libx264", B_FRAMES), ("mpeg2video", {"bf": "2"})])
def test_recordings_that_were_joined_have_the_frames_of_a_full_decode(
    tmp_path: Path, codec: str, options: dict[str, str]
) -> None:
    parts = [write_video(tmp_path / f"{n}.ts", n, codec, size=SIZE, options=options) for n in (20, 17)]
    clip = tmp_path / "joined.ts"
    clip.write_bytes(b"".join(part.read_bytes() for part in parts))
    expected = numbers_of_full_decode(clip)
    order = np.random.default_rng(1).permutation(len(expected)).tolist()

    assert sorted(expected) == sorted([*range(20), *range(17)])
    assert numbers_at(clip, order) == [expected[index] for index in order]


def test_a_recording_that_lost_packets_has_the_frames_of_a_full_decode(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.ts", 36, "mpeg2video", size=SIZE)
    packets = packets_of(clip)
    middle = len(packets) // 2
    clip.write_bytes(b"".join(packets[:middle] + packets[middle + 5 :]))

    assert any(packet.is_corrupt for packet in demuxed(clip))
    expected = numbers_of_full_decode(clip)
    assert numbers_at(clip, range(len(expected))) == expected


def test_frames_that_are_marked_corrupt_are_shown_and_reported(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    clip = write_video(own / "clip.ts", 36, size=SIZE)
    packets = packets_of(clip)
    # A packet may be sent twice (ISO/IEC 13818-1, 2.4.3.3), which FFmpeg takes for a gap.
    clip.write_bytes(b"".join(packet * (2 if place % 17 == 5 else 1) for place, packet in enumerate(packets)))
    library = VideoLibrary(SAMPLE, own, tmp_path / "data")
    video = library.by_path("videos/clip.ts")

    library.damage.find(video)

    assert {each.reason for each in library.damage.of(video.id) or ()} == {DOUBTFUL}
    assert len(numbers_at(clip, range(36))) == 36


def packets_of(clip: Path) -> list[bytes]:
    whole = clip.read_bytes()
    return [whole[start : start + PACKET] for start in range(0, len(whole), PACKET)]
