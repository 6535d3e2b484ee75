"""How long the list of files in a ZIP file is, before it is read."""

import struct
from typing import BinaryIO

MAX_DIRECTORY_BYTES = 16 * 1024**2
"""Read into memory, a list takes about eight times its size."""

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_END_BYTES, _MAX_COMMENT = 22, 2**16


def is_directory_too_long(file: BinaryIO) -> bool:
    """Whether a ZIP file's list of files, by its end record, has more than `MAX_DIRECTORY_BYTES`.

    (APPNOTE.TXT 4.3.14 and 4.3.16.) The file is at its start afterwards.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - _MAX_COMMENT - 128))
    tail = file.read()
    file.seek(0)
    at, at_64 = tail.rfind(_END), tail.rfind(_END_64)
    sizes = [0]
    if at >= 0 and len(tail) >= at + _END_BYTES:
        sizes.append(struct.unpack_from("<I", tail, at + 12)[0] % 0xFFFFFFFF)
    if at_64 >= 0 and len(tail) >= at_64 + 48:
        sizes.append(struct.unpack_from("<Q", tail, at_64 + 40)[0])
    return max(sizes) > MAX_DIRECTORY_BYTES
