"""What a file's own structure says, without a demuxer: whether it is whole, whether it streams, when samples are shown.

FFmpeg reads a Matroska file or a fragmented MP4 that was cut off as a shorter video, without an error.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_BOXES_WITH_MEDIA = (b"moov", b"moof", b"mdat")

_Span = tuple[int, int]
"""Where the content of a box starts and ends, in bytes."""


def is_cut_off(path: Path) -> bool:
    """Whether the file ends before its outermost elements do; False for all but MP4, MOV, MKV and WebM."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) == _EBML:
            return _matroska_end(file) > size
        return any(kind in _BOXES_WITH_MEDIA and end > size for kind, _, end in _boxes(file, 0, size))


def index_is_in_front(path: Path) -> bool:
    """Whether the file is an MP4 (not QuickTime) that plays while it loads: `moov` before `mdat`."""
    size = path.stat().st_size
    with path.open("rb") as file:
        kinds = [kind for kind, _, _ in _boxes(file, 0, size)]
        file.seek(8)
        brand = file.read(4)
    parts = [kind for kind in kinds if kind in _BOXES_WITH_MEDIA]
    return kinds[:1] == [b"ftyp"] and brand != b"qt  " and parts == [b"moov", b"mdat"]


def composition_offsets(path: Path, track_id: int) -> NDArray[np.int64] | None:
    """By sample of an MP4's track, how long after decoding it is shown (ISO/IEC 14496-12, 8.6.1.3), in its units.

    Empty where the track has none, being shown as it is decoded. None where that does not tell when samples are
    shown: without the track, or with an edit list that puts more than one part of it together.
    """
    with path.open("rb") as file:
        track = _track(file, path.stat().st_size, track_id)
        if track is None or _edits(file, track) > 1:
            return None
        box = next(_within(file, track, b"mdia", b"minf", b"stbl", b"ctts"), None)
        if box is None:
            return np.zeros(0, np.int64)
        runs = np.frombuffer(_content(file, box)[8:], dtype=np.dtype(">u4, >i4"))
        return np.repeat(runs["f1"].astype(np.int64), runs["f0"])


def _track(file: BinaryIO, size: int, track_id: int) -> _Span | None:
    for track in _within(file, (0, size), b"moov", b"trak"):
        for box in _within(file, track, b"tkhd"):
            header = _content(file, box)
            place = 20 if header[0] == 1 else 12
            if int.from_bytes(header[place : place + 4], "big") == track_id:
                return track
    return None


def _edits(file: BinaryIO, track: _Span) -> int:
    """How many parts of its media a track plays (8.6.6); empty edits only delay them."""
    box = next(_within(file, track, b"edts", b"elst"), None)
    if box is None:
        return 1
    content = _content(file, box)
    form = ">u8, >i8, >u4" if content[0] == 1 else ">u4, >i4, >u4"
    return int(np.count_nonzero(np.frombuffer(content[8:], dtype=np.dtype(form))["f1"] != -1))


def _within(file: BinaryIO, span: _Span, *kinds: bytes) -> Iterator[_Span]:
    """The contents of boxes inside one another, each of one kind."""
    for kind, start, end in _boxes(file, *span):
        if kind == kinds[0] and end <= span[1]:
            if len(kinds) == 1:
                yield start, end
            else:
                yield from _within(file, (start, end), *kinds[1:])


def _content(file: BinaryIO, span: _Span) -> bytes:
    start, end = span
    file.seek(start)
    return file.read(end - start)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, start of content, and end of each box between two places (ISO/IEC 14496-12, 4.2)."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        elif size == 0:
            size = end - start
        if size < 8:
            return
        content = file.tell()
        start += size
        yield kind, content, start


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
