"""The order numbers of the pictures of an H.264 stream, read from slice headers (ITU-T H.264, 7.3 and 8.2.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

# Longer than what is read of any slice header or sequence parameter set.
_HEADER_BYTES = 256
_SLICES, _IDR, _SPS = (1, 5), 5, 7
_PROFILES_WITH_CHROMA = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)


class UnknownOrder(Exception):
    """The stream has no order numbers that are read here: it has fields, or numbers of another kind, or is damaged."""


@dataclass(frozen=True)
class _Parameters:
    """What a sequence parameter set says about slice headers."""

    has_color_planes: bool
    frame_number_bits: int
    order_type: int
    order_bits: int
    may_have_fields: bool


class PictureOrder:
    """Numbers the pictures of a stream in the order in which they are shown."""

    def __init__(self, extradata: bytes) -> None:
        """`extradata` is the decoder's configuration: `avcC` (ISO/IEC 14496-15), or NAL units in Annex B format."""
        self._length_bytes = 0
        self._parameters: _Parameters | None = None
        self._period, self._decoded = 0, 0
        self._high, self._low = 0, 0
        if extradata[:1] == b"\1" and len(extradata) > 8:
            self._length_bytes = (extradata[4] & 3) + 1
            # The first set: an encoder writes one, and others come within the stream.
            start = 8
            self._parameters = _parameters(extradata[start : start + int.from_bytes(extradata[6:8], "big")])
        else:
            for unit in self._units(extradata):
                self._read_parameters(unit)

    def number(self, packet: bytes) -> tuple[int, int]:
        """What the next packet, in decoding order, is sorted by to get the order in which pictures are shown.

        Raises UnknownOrder where the packet does not say.
        """
        for unit in self._units(packet):
            self._read_parameters(unit)
            if unit[0] & 0x1F in _SLICES:
                return self._number(unit)
        raise UnknownOrder

    def _read_parameters(self, unit: bytes) -> None:
        if unit[0] & 0x1F == _SPS:
            self._parameters = _parameters(unit)

    def _number(self, unit: bytes) -> tuple[int, int]:
        parameters = self._parameters
        if parameters is None or parameters.order_type == 1:
            raise UnknownOrder
        bits = _Bits(unit)
        is_idr = unit[0] & 0x1F == _IDR
        for _ in range(3):
            bits.exponential()
        bits.number(2 if parameters.has_color_planes else 0)
        bits.number(parameters.frame_number_bits)
        if parameters.may_have_fields and bits.number(1):
            raise UnknownOrder
        self._decoded += 1
        if is_idr:
            self._period += 1
            self._high = self._low = 0
            bits.exponential()
        if parameters.order_type == 2:
            return self._period, self._decoded
        low, size = bits.number(parameters.order_bits), 1 << parameters.order_bits
        high = self._high
        if self._low - low >= size // 2:
            high += size
        elif low - self._low > size // 2:
            high -= size
        if unit[0] >> 5 & 3:
            self._high, self._low = high, low
        return self._period, high + low

    def _units(self, data: bytes) -> Iterator[bytes]:
        """The start of each NAL unit."""
        if self._length_bytes:
            start, size = 0, self._length_bytes
            while start + size < len(data):
                length = int.from_bytes(data[start : start + size], "big")
                start += size
                if not 0 < length <= len(data) - start:
                    raise UnknownOrder
                yield data[start : start + min(length, _HEADER_BYTES)]
                start += length
            return
        start = data.find(b"\0\0\1")
        while start >= 0 and start + 3 < len(data):
            following = data.find(b"\0\0\1", start + 3)
            end = len(data) if following < 0 else following
            if end > start + 3:
                yield data[start + 3 : min(end, start + 3 + _HEADER_BYTES)]
            start = following


class _Bits:
    """The fields of a NAL unit, after its first byte."""

    def __init__(self, unit: bytes) -> None:
        content = unit[1:].replace(b"\0\0\3", b"\0\0")
        self._value = int.from_bytes(content, "big")
        self._left = 8 * len(content)

    def number(self, bits: int) -> int:
        """An unsigned integer of so many bits."""
        self._left -= bits
        if self._left < 0:
            raise UnknownOrder
        return self._value >> self._left & (1 << bits) - 1

    def exponential(self) -> int:
        """An unsigned Exp-Golomb integer (9.1)."""
        zeros = 0
        while not self.number(1):
            zeros += 1
        return (1 << zeros) - 1 + self.number(zeros)


def _parameters(unit: bytes) -> _Parameters:
    bits = _Bits(unit)
    profile = bits.number(8)
    bits.number(16)
    bits.exponential()
    has_color_planes = False
    if profile in _PROFILES_WITH_CHROMA:
        chroma = bits.exponential()
        has_color_planes = chroma == 3 and bool(bits.number(1))
        bits.exponential()
        bits.exponential()
        bits.number(1)
        if bits.number(1):
            _skip_scaling_lists(bits, 12 if chroma == 3 else 8)
    frame_number_bits = bits.exponential() + 4
    order_type = bits.exponential()
    order_bits = bits.exponential() + 4 if order_type == 0 else 0
    if order_type == 1:
        return _Parameters(has_color_planes, frame_number_bits, order_type, 0, True)
    bits.exponential()
    bits.number(1)
    bits.exponential()
    bits.exponential()
    return _Parameters(has_color_planes, frame_number_bits, order_type, order_bits, not bits.number(1))


def _skip_scaling_lists(bits: _Bits, lists: int) -> None:
    for index in range(lists):
        if bits.number(1):
            last = following = 8
            for _ in range(16 if index < 6 else 64):
                if following:
                    code = bits.exponential()
                    following = (last + (code + 1 >> 1) * (1 if code % 2 else -1)) % 256
                last = following or last
