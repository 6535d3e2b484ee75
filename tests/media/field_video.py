"""Interlaced H.264 with a packet for each field, as AVCHD cameras write it. No encoder at hand makes such pictures.

The syntax is that of ITU-T H.264, sections 7.3.2 to 7.3.5: intra slices of uncompressed macroblocks (I_PCM).
"""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.media.clips import numbered_frame

_MAIN_PROFILE, _LEVEL = 77, 30
_SPS, _PPS, _SLICE, _IDR_SLICE = 7, 8, 1, 5
_INTRA_SLICE, _I_PCM = 7, 25
_ORDER_BITS = 8
_FIELDS_PER_SECOND = 50


class Bits:
    """Writes syntax elements by their descriptors."""

    def __init__(self) -> None:
        self._bits: list[int] = []

    def fixed(self, size: int, value: int) -> None:
        """u(n)"""
        self._bits += [value >> bit & 1 for bit in reversed(range(size))]

    def golomb(self, *values: int) -> None:
        """ue(v), of each value."""
        for value in values:
            self.fixed(2 * (value + 1).bit_length() - 1, value + 1)

    def raw(self, samples: NDArray[np.uint8]) -> None:
        """Samples from the next byte on."""
        self._bits += [0] * (-len(self._bits) % 8)
        self._bits += np.unpackbits(samples).tolist()

    def unit(self, kind: int, importance: int) -> bytes:
        """A NAL unit in the byte stream format, with its trailing bits and its emulation prevention bytes."""
        bits = [*self._bits, 1]
        data, escaped = np.packbits(bits).tobytes(), bytearray()
        for byte in data:
            if byte <= 3 and escaped[-2:] == b"\0\0":
                escaped.append(3)
            escaped.append(byte)
        return b"\0\0\0\1" + bytes([importance << 5 | kind]) + bytes(escaped)


def write_fields(path: Path, count: int, size: tuple[int, int]) -> Path:
    """Writes numbered frames, each as two fields. The sides are multiples of 16 and 32."""
    width, height = size
    stream = bytearray(_parameters(width, height))
    for index in range(count):
        picture = av.VideoFrame.from_ndarray(numbered_frame(index, width, height), format="rgb24")
        planes = picture.reformat(format="yuv420p").to_ndarray()
        for parity in (0, 1):
            stream += _field(index, parity, _planes(planes, height, parity))
    raw = path.with_name("fields.h264")
    raw.write_bytes(bytes(stream))
    with av.open(str(raw)) as old, av.open(str(path), "w") as new:
        track = new.add_stream_from_template(old.streams.video[0])
        for ordinal, packet in enumerate(each for each in old.demux(video=0) if each.size):
            packet.stream = track
            packet.time_base, packet.pts = track.time_base, round(ordinal / _FIELDS_PER_SECOND / track.time_base)
            packet.dts, packet.duration = packet.pts, round(1 / _FIELDS_PER_SECOND / track.time_base)
            new.mux(packet)
    return path


def _planes(planes: NDArray[np.uint8], height: int, parity: int) -> list[NDArray[np.uint8]]:
    """Y, U and V of a field, from the rows of `to_ndarray` in yuv420p."""
    luma, width = planes[:height], planes.shape[1]
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    return [luma[parity::2], chroma[0][parity::2], chroma[1][parity::2]]


def _parameters(width: int, height: int) -> bytes:
    sequence = Bits()
    for value in (_MAIN_PROFILE, 0, _LEVEL):
        sequence.fixed(8, value)
    # Ids, 4 bits of frame_num, order by its least bits, one reference frame without gaps.
    sequence.golomb(0, 0, 0, _ORDER_BITS - 4, 1)
    sequence.fixed(1, 0)
    sequence.golomb(width // 16 - 1, height // 32 - 1)
    # Not only frames, no macroblock-adaptive fields, direct_8x8_inference; no cropping, no VUI.
    sequence.fixed(5, 0b00100)
    picture = Bits()
    picture.golomb(0, 0)
    picture.fixed(2, 0)
    picture.golomb(0, 0, 0)
    picture.fixed(3, 0)
    picture.golomb(0, 0, 0)
    # The deblocking filter is controlled by slices.
    picture.fixed(3, 0b100)
    return sequence.unit(_SPS, 3) + picture.unit(_PPS, 3)


def _field(index: int, parity: int, planes: list[NDArray[np.uint8]]) -> bytes:
    """The first frame is the reference frame; the others are read by none."""
    is_idr, is_reference = index == 0 and parity == 0, index == 0
    bits = Bits()
    bits.golomb(0, _INTRA_SLICE, 0)
    bits.fixed(4, 0 if is_reference else 1)
    bits.fixed(2, 0b10 | parity)
    if is_idr:
        bits.golomb(0)
    bits.fixed(_ORDER_BITS, (2 * index + parity) % 2**_ORDER_BITS)
    if is_reference:
        bits.fixed(2 if is_idr else 1, 0)
    # No change of the quantizer, no deblocking.
    bits.golomb(0, 1)
    rows, columns = planes[0].shape
    for top in range(0, rows, 16):
        for left in range(0, columns, 16):
            bits.golomb(_I_PCM)
            for plane, side in zip(planes, (16, 8, 8), strict=True):
                y, x = top * side // 16, left * side // 16
                bits.raw(np.ascontiguousarray(plane[y : y + side, x : x + side]).ravel())
    return bits.unit(_IDR_SLICE if is_idr else _SLICE, 3 if is_reference else 0)
