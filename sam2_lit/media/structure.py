"""What a file's outermost elements say, without a demuxer: whether it is whole, and whether it streams.

FFmpeg reads a Matroska file or a fragmented MP4 that was cut off as a shorter video, without an error.
"""

import os
from collections.abc import Iterator
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
        return any(kind in _BOXES_WITH_MEDIA and end > size for kind, end in _boxes(file, size))


def index_is_in_front(path: Path) -> bool:
    """Whether the file is an MP4 (not QuickTime) that plays while it loads: `moov` before `mdat`."""
    size = path.stat().st_size
    with path.open("rb") as file:
        kinds = [kind for kind, _ in _boxes(file, size)]
        file.seek(8)
        brand = file.read(4)
    parts = [kind for kind in kinds if kind in _BOXES_WITH_MEDIA]
    return kinds[:1] == [b"ftyp"] and brand != b"qt  " and parts == [b"moov", b"mdat"]


def _boxes(file: BinaryIO, file_size: int) -> Iterator[tuple[bytes, int]]:
    """Type and end of each outermost box (ISO/IEC 14496-12 section 4.2): its size, its type, its content."""
    start = 0
    while start + 8 <= file_size:
        file.seek(start)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        elif size == 0:
            size = file_size - start
        if size < 8:
            return
        start += size
        yield kind, start


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
