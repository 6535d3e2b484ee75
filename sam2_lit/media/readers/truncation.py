"""Whether a file ends before its container says that it does.

FFmpeg reads a truncated Matroska file or fragmented MP4 as a shorter video, without an error.
"""

import os
from pathlib import Path
from typing import BinaryIO

from sam2_lit.media.readers.mp4_boxes import MEDIA_BOXES, boxes

_EBML = b"\x1a\x45\xdf\xa3"
_RIFF = b"RIFF"
_SEGMENT = b"\x18\x53\x80\x67"


def is_truncated(path: Path) -> bool:
    """Whether the file ends before its outermost elements do. Always False for MPEG-TS and GIF."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if start[:4] == _EBML:
            return _segment_end(file) > size
        if start[:4] == _RIFF:
            return 8 + int.from_bytes(start[4:], "little") > size
        return any(box.kind in MEDIA_BOXES and box.end > size for box in boxes(file, 0, size))


def _segment_end(file: BinaryIO) -> int:
    """Where a Matroska file's segment ends, in bytes; 0 where its size is unknown, as in live streams (RFC 8794)."""
    file.seek(4)
    header_size = _read_ebml_size(file)
    if header_size is None:
        return 0
    file.seek(header_size, os.SEEK_CUR)
    if file.read(4) != _SEGMENT:
        return 0
    length = _read_ebml_size(file)
    return 0 if length is None else file.tell() + length


def _read_ebml_size(file: BinaryIO) -> int | None:
    """A variable-size integer (RFC 8794, section 4); None where it is unknown or invalid."""
    first = file.read(1)
    if not first or first == b"\x00":
        return None
    octets = 9 - first[0].bit_length()
    value = int.from_bytes(first + file.read(octets - 1), "big") & ((1 << 7 * octets) - 1)
    return None if value == (1 << 7 * octets) - 1 else value
