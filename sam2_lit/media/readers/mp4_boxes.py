"""The box structure of MP4 and QuickTime files: what FFmpeg reads from it but PyAV does not expose."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

MEDIA_BOXES = (b"moov", b"moof", b"mdat")
_MAX_EDITS = 100_000


class Box(NamedTuple):
    """A box: its four-character kind, and where its content starts and ends, in bytes."""

    kind: bytes
    start: int
    end: int


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two positions (ISO/IEC 14496-12, 4.2). The last one may claim to end beyond `end`."""
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
        yield Box(kind, content, start)


def index_is_in_front(path: Path) -> bool:
    """Whether a file is an MP4 (not QuickTime) that browsers play while it loads: `moov` before a single `mdat`."""
    size = path.stat().st_size
    with path.open("rb") as file:
        kinds = [box.kind for box in boxes(file, 0, size)]
        file.seek(8)
        brand = file.read(4)
    media = [kind for kind in kinds if kind in MEDIA_BOXES]
    return kinds[:1] == [b"ftyp"] and brand != b"qt  " and media == [b"moov", b"mdat"]


def composition_offsets(path: Path, track_id: int, samples: int) -> NDArray[np.int64] | None:
    """Presentation time minus decoding time of each sample of a track (ISO/IEC 14496-12, 8.6.1.3), in its time base.

    Returns:
        int64 [samples]; empty where the track has no offsets. None where offsets alone do not give presentation times:
        the track is missing, its edit list plays more than one part of it, or its offsets are not those of `samples`
        samples.
    """
    with path.open("rb") as file:
        track = _track(file, path.stat().st_size, track_id)
        if track is None or _edit_count(file, track) > 1:
            return None
        box = next(_descend(file, track, b"mdia", b"minf", b"stbl", b"ctts"), None)
        if box is None:
            return np.zeros(0, np.int64)
        runs = _entries(file, box, np.dtype(">u4, >i4"), most=samples)
        if runs is None or int(runs["f0"].sum(dtype=np.int64)) != samples:
            return None
        return np.repeat(runs["f1"].astype(np.int64), runs["f0"])


def _track(file: BinaryIO, size: int, track_id: int) -> Box | None:
    for track in _descend(file, Box(b"", 0, size), b"moov", b"trak"):
        for box in _descend(file, track, b"tkhd"):
            header = _content(file, box, most=24)
            position = 20 if header[:1] == b"\1" else 12
            if int.from_bytes(header[position : position + 4], "big") == track_id:
                return track
    return None


def _edit_count(file: BinaryIO, track: Box) -> int:
    """How many parts of its media a track plays (8.6.6). Empty edits are not counted: they only delay the start."""
    box = next(_descend(file, track, b"edts", b"elst"), None)
    if box is None:
        return 1
    form = ">u8, >i8, >u4" if _content(file, box, most=1) == b"\1" else ">u4, >i4, >u4"
    edits = _entries(file, box, np.dtype(form), most=_MAX_EDITS)
    return _MAX_EDITS if edits is None else int(np.count_nonzero(edits["f1"] != -1))


def _entries(file: BinaryIO, box: Box, form: "np.dtype[Any]", most: int) -> "NDArray[Any] | None":
    """The entries of a table; None where the box does not hold as many as it claims, or claims more than `most`."""
    header = _content(file, box, most=8)
    count = int.from_bytes(header[4:8], "big")
    content = _content(file, box, most=8 + count * form.itemsize) if count <= most else b""
    return np.frombuffer(content, form, count, 8) if len(content) == 8 + count * form.itemsize else None


def _descend(file: BinaryIO, parent: Box, *kinds: bytes) -> Iterator[Box]:
    """The boxes at a path of kinds below `parent`."""
    for box in boxes(file, parent.start, parent.end):
        if box.kind == kinds[0] and box.end <= parent.end:
            if len(kinds) == 1:
                yield box
            else:
                yield from _descend(file, box, *kinds[1:])


def _content(file: BinaryIO, box: Box, most: int) -> bytes:
    """The first `most` bytes of a box, or all of them if they are fewer."""
    file.seek(box.start)
    return file.read(min(box.end - box.start, most))
