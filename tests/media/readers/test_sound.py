"""Sound that AAC does not have as it is, and sound that changes on the way."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from sam2_lit.media.mp4_writer import write_mp4
from sam2_lit.media.readers.opening import open_video
from tests.media.clips import FPS, numbered_frame

SIZE = (64, 48)


def with_tone(path: Path, codec: str, rate: int, layout: str = "mono", start: int = 0) -> Path:
    """A second of video, from second `start` on, with a tone."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg2video", rate=FPS)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        audio = container.add_stream(codec, rate=rate, layout=layout)
        for index in range(FPS):
            frame = av.VideoFrame.from_ndarray(numbered_frame(index, *SIZE), format="rgb24")
            frame.pts, frame.time_base = start * FPS + index, Fraction(1, FPS)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        tone = (np.sin(np.arange(rate) * 2 * np.pi * 200 / rate) * 8000).astype(np.int16)
        for at in range(0, rate, 1152):
            part = np.repeat(tone[at : at + 1152], audio.channels)[None]
            samples = av.AudioFrame.from_ndarray(part, format="s16", layout=layout)
            samples.sample_rate, samples.pts, samples.time_base = rate, start * rate + at, Fraction(1, rate)
            container.mux(audio.encode(samples))
        container.mux(audio.encode())
    return path


def written_with_sound(clip: Path, place: Path) -> tuple[int, float]:
    """The rate of the sound in an MP4 made of a clip, and how many seconds of it are not silent."""
    with open_video(clip) as reader, reader.sound(range(len(reader))) as sound:
        frames = ((index / FPS, reader.frame(index)) for index in range(len(reader)))
        write_mp4(place, frames, SIZE, FPS, sound)
    with av.open(str(place)) as container:
        decoded = list(container.decode(audio=0))
    loud = sum(frame.samples for frame in decoded if np.abs(frame.to_ndarray()).max() > 0.1)
    return decoded[0].sample_rate, loud / decoded[0].sample_rate


@pytest.mark.parametrize(("rate", "written"), [(192_000, 48_000), (44_100, 44_100), (4_000, 7_350), (50_000, 64_000)])
def test_sound_of_any_rate_is_written_at_one_that_aac_has(tmp_path: Path, rate: int, written: int) -> None:
    found, seconds = written_with_sound(with_tone(tmp_path / "clip.mkv", "pcm_s16le", rate), tmp_path / "out.mp4")

    assert found == written
    assert seconds == pytest.approx(1, abs=0.35)


def test_sound_goes_on_where_its_rate_and_channels_change(tmp_path: Path) -> None:
    first = with_tone(tmp_path / "a.ts", "mp2", 48_000)
    second = with_tone(tmp_path / "b.ts", "mp2", 32_000, "stereo", start=1)
    clip = tmp_path / "joined.ts"
    clip.write_bytes(first.read_bytes() + second.read_bytes())

    rate, seconds = written_with_sound(clip, tmp_path / "out.mp4")

    assert rate == 48_000
    assert seconds == pytest.approx(2, abs=0.3)
