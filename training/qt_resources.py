"""Qt's compiled resources (`.rcc`), unpacked: some packages carry their pictures in these.

The format is `QResource`'s: a header, then a tree of entries (each names its children, or its data), the names in
UTF-16, and the data, each piece after its length.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

COMPRESSED, DIRECTORY = 1, 2


def entries(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The path and the bytes of each file in one `.rcc`; those compressed by zlib are decompressed."""
    magic, version, tree, data, names = struct.unpack_from(">4s4I", content)
    if magic != b"qres":
        raise ValueError("no Qt resources")
    node_size = 14 if version < 2 else 22

    def name_at(offset: int) -> str:
        (length,) = struct.unpack_from(">H", content, names + offset)
        start = names + offset + 6
        return content[start : start + 2 * length].decode("utf-16-be")

    def walk(number: int, folder: str) -> Iterator[tuple[str, bytes]]:
        name, flags, first, second = struct.unpack_from(">IHII", content, tree + number * node_size)
        if flags & DIRECTORY:
            inside = f"{folder}{name_at(name)}/" if number else ""
            for child in range(second, second + first):
                yield from walk(child, inside)
            return
        start = data + second + 4
        (length,) = struct.unpack_from(">I", content, start - 4)
        piece = content[start : start + length]
        yield folder + name_at(name), zlib.decompress(piece[4:]) if flags & COMPRESSED else piece

    yield from walk(0, "")


def unpack(archive: Path, folder: Path) -> None:
    """Writes every file of an `.rcc` into `folder`."""
    for name, content in entries(archive.read_bytes()):
        target = folder / name
        if not target.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{archive} would write outside its folder: {name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
