"""The sound of a video file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from sam2_lit.errors import LitError
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.packet_table import PacketTable
from sam2_lit.media.readers.video_stream import open_video_stream
from sam2_lit.media.sound import Sound

# What FFmpeg's AAC encoder takes.
_FORMAT = "fltp"
_FRAME_SAMPLES = 1024
_RATES = (7350, 8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000)
_HIGHEST_RATE = 48_000


@contextmanager
def open_sound(path: Path, table: PacketTable, frames: range) -> Iterator[Sound | None]:
    """The first sound track of a file while the frames are shown; None without sound.

    Sound that cannot be decoded ends early. Sound at a rate that AAC does not have gets the next higher one, or 48 kHz.
    """
    base = float(table.time_base)
    start, after = float(table.pts[frames[0]]) * base, frames[-1] + 1
    is_last = after == len(table.pts)
    end = float(table.pts[0]) * base + table.info.duration_sec if is_last else float(table.pts[after]) * base
    try:
        container, _ = open_video_stream(path, MediaSettings())
    except LitError:
        yield None
        return
    with container:
        stream = next(iter(container.streams.audio), None)
        codec = stream.codec_context if stream else None
        if stream is None or codec is None or not codec.sample_rate:
            yield None
            return
        layout = "mono" if codec.channels == 1 else "stereo"
        rate = next((each for each in _RATES if each >= codec.sample_rate), _HIGHEST_RATE)

        def decoded_frames() -> Iterator[tuple[float, AudioFrame]]:
            resampler, resampled = None, None
            try:
                container.seek(max(0, int((start - 1) * av.time_base)))
                for decoded in container.decode(stream):
                    if decoded.time is None or decoded.time + decoded.samples / decoded.sample_rate <= start:
                        continue
                    if decoded.time >= end:
                        break
                    form = (decoded.format.name, decoded.layout.name, decoded.sample_rate)
                    if resampler is None or form != resampled:
                        resampler = AudioResampler(_FORMAT, layout, rate, frame_size=_FRAME_SAMPLES)
                        resampled = form
                    for frame in resampler.resample(decoded):
                        if frame.time is not None:
                            yield max(0.0, frame.time - start), frame
            except av.FFmpegError:
                return

        yield Sound(rate, layout, decoded_frames())
