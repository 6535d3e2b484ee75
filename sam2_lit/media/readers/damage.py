"""Finds the frames that cannot be shown, by reading a whole video."""

from collections.abc import Callable, Iterable
from pathlib import Path

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.decoding_order import decode, is_too_long
from sam2_lit.media.readers.packet_table import PacketTable
from sam2_lit.media.readers.video_stream import open_video_stream
from sam2_lit.records.videos import FrameRange

DAMAGED = "damaged; the frame before it is shown"
DOUBTFUL = "perhaps damaged; it is shown as it was decoded"
BROKEN = "not a whole picture; it cannot be shown"
OTHER_SIZE = "of another size; it cannot be shown"


def damage_of_file(path: Path, settings: MediaSettings, table: PacketTable) -> list[FrameRange] | None:
    """The frames of a video file that are damaged or of another size, found by decoding it on one thread.

    None where that would take too long. Raises LitError (UNSUPPORTED_MEDIA) where it cannot be opened.
    """
    container, stream = open_video_stream(path, settings)
    with container:
        if is_too_long(stream, len(table.sizes)):
            return None
        stream.codec_context.thread_count = 1
        reasons = dict.fromkeys(range(table.info.frame_count), DAMAGED)
        last, number = -1, 0
        for ordinal, frame in decode(stream, container.demux(stream)):
            number = number + 1 if ordinal == last else 0
            last = ordinal
            index = table.frame_at(ordinal, number) if ordinal < len(table.sizes) else -1
            if (frame.width, frame.height) != table.display.coded_size:
                reasons[index] = OTHER_SIZE
            elif frame.is_corrupt:
                reasons[index] = DOUBTFUL
            else:
                reasons.pop(index, None)
    return ranges((index, reason) for index, reason in reasons.items() if index >= 0)


def check_damage(found: Iterable[FrameRange], read: Callable[[int], object]) -> None:
    """Reads a frame of each damaged range: a reader notices where the decoder lost it without damage.

    Raises LitError (VIDEO_NOT_FOUND), as `VideoReader.frame`, where the video has another number of frames.
    """
    for each in found:
        try:
            if each.reason == DAMAGED:
                read(each.first)
        except LitError as error:
            if error.code is not ErrorCode.UNSUPPORTED_MEDIA:
                raise


def ranges(frames: Iterable[tuple[int, str]]) -> list[FrameRange]:
    """Frames, each with what is wrong with it, as ranges of one reason."""
    found: list[FrameRange] = []
    for index, reason in sorted(frames):
        if found and found[-1].last == index - 1 and found[-1].reason == reason:
            found[-1] = FrameRange(found[-1].first, index, reason)
        else:
            found.append(FrameRange(index, index, reason))
    return found
