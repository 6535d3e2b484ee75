"""Opens a media file and finds its video stream."""

from pathlib import Path

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.video_reader import unsupported

# Only self-contained formats: a playlist could make the server read other files and hosts.
_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,gif"
# FFmpeg's own decoders of these leave out transparency.
_WITH_TRANSPARENCY = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
NAMES = "MP4, MOV, 3GP, MKV, WebM, AVI, MPEG-TS or GIF"


def open_video_stream(path: Path, settings: MediaSettings) -> tuple[InputContainer, VideoStream]:
    """Opens a file and finds its video stream.

    Raises:
        LitError: UNSUPPORTED_MEDIA for anything but a readable file of one of `NAMES` with a video stream within the
            limits.
    """
    try:
        container = av.open(
            str(path.absolute()),
            container_options={"format_whitelist": _FORMATS, "protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        raise unsupported(path, f"it is not a whole {NAMES} file") from error
    try:
        return container, _video_stream(path, container, settings)
    except BaseException:
        container.close()
        raise


def _video_stream(path: Path, container: InputContainer, settings: MediaSettings) -> VideoStream:
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or stream.disposition & stream.disposition.attached_pic:
        raise unsupported(path, "it has no video stream")
    if stream.codec_context is None:
        raise unsupported(path, "no decoder for its video stream is installed")
    size = (stream.codec_context.width, stream.codec_context.height)
    # Only MP4 counts frames in its header; AVI counts ticks, and Matroska has what its writer said.
    counted = stream.frames if container.format.name.startswith("mov") else 0
    if reason := settings.refusal_of_count(counted) or settings.refusal_of_size(*size):
        raise unsupported(path, reason)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = 2
    return stream


def decoder_of(stream: VideoStream) -> VideoCodecContext:
    """The decoder of a stream: its own, or for transparent VP8 and VP9 in WebM a new one."""
    own = stream.codec_context
    name = _WITH_TRANSPARENCY.get(own.name, "") if stream.metadata.get("alpha_mode") == "1" else ""
    decoder = CodecContext.create(name, "r") if name in av.codecs_available else own
    assert isinstance(decoder, VideoCodecContext)
    return decoder
