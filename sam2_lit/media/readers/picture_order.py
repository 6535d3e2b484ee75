"""Whether timestamps give the order of the pictures, by the order numbers inside the pictures, without decoding."""

import threading
from collections import OrderedDict
from pathlib import Path

import av
import numpy as np

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.h264_headers import PictureOrder, UnknownOrder
from sam2_lit.media.readers.packet_table import PacketTable
from sam2_lit.media.readers.video_stream import open_video_stream

_CACHED = 256

_lock = threading.Lock()
_verdicts: "OrderedDict[tuple[int, int, int, int], bool]" = OrderedDict()


def has_picture_order(path: Path, settings: MediaSettings, table: PacketTable) -> bool:
    """Whether `table`, made from timestamps, has the frames of an H.264 file in the order of their pictures.

    Every packet is read and none is decoded. A verdict is cached until the file changes.

    Raises:
        LitError: UNSUPPORTED_MEDIA where the file cannot be opened.
    """
    status = path.stat()
    state = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
    with _lock:
        verdict = _verdicts.get(state)
    if verdict is None:
        verdict = _orders_agree(path, settings, table)
        with _lock:
            _verdicts[state] = verdict
            while len(_verdicts) > _CACHED:
                _verdicts.popitem(last=False)
    return verdict


def _orders_agree(path: Path, settings: MediaSettings, table: PacketTable) -> bool:
    container, stream = open_video_stream(path, settings)
    with container:
        try:
            order = PictureOrder(bytes(stream.codec_context.extradata or b""))
            numbers = [order.number(bytes(packet)) for packet in container.demux(stream) if packet.size]
        except (av.FFmpegError, UnknownOrder):
            return False
    if len(set(numbers)) < len(numbers):
        return False
    shown = sorted(range(len(numbers)), key=numbers.__getitem__)
    return bool(np.array_equal(shown, table.packet_of_frame))
