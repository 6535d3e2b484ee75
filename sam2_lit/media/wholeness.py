"""Tells a file that was cut off from a whole one by the sizes that its container declares.

FFmpeg reads a Matroska file or a fragmented MP4 that was cut off as a shorter video, without an error.
"""

import os
from pathlib import Path
from typing import BinaryIO

_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_BOXES_WITH_MEDIA = (b"moov", b"moof", b"mdat")


def is_cut_off(path: Path) -> bool:
    """Whether the file ends before its outermost elements do; False for all but MP4, MOV, MKV and WebM."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) == _EBML:
            return _matroska_end(file) > size
        return _mp4_is_cut_off(file, size)


def _mp4_is_cut_off(file: BinaryIO, file_size: int) -> bool:
    """Boxes as in ISO/IEC 14496-12 section 4.2: size (1: 64 bits of it follow; 0: to the end), then type."""
    start = 0
    while start + 8 <= file_size:
        file.seek(start)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        if size < 8:
            return False
        start += size
        if kind in _BOXES_WITH_MEDIA and start > file_size:
            return True
    return False


def _matroska_end(file: BinaryIO) -> int:
    """Where the segment says that it ends, in bytes; 0 where it does not (live streams, RFC 8794)."""
    file.seek(4)
    header = _read_ebml_size(file)
    if header is None:
        return 0
    file.seek(header, os.SEEK_CUR)
    if file.read(4) != _SEGMENT:
        return 0
    length = _read_ebml_size(file)
    return 0 if length is None else file.tell() + length


def _read_ebml_size(file: BinaryIO) -> int | None:
    """A variable-size integer of RFC 8794 section 4; None where it is unknown or invalid."""
    first = file.read(1)
    if not first or first == b"\x00":
        return None
    octets = 9 - first[0].bit_length()
    value = int.from_bytes(first + file.read(octets - 1), "big") & ((1 << 7 * octets) - 1)
    return None if value == (1 << 7 * octets) - 1 else value
