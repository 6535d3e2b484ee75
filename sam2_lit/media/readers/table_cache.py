"""Finds the packet table of a file, and caches it.

Where timestamps do not give the order of the frames, the whole file is decoded once.
"""

import threading
from collections import OrderedDict
from pathlib import Path

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.decoding_order import DecodingOrder, learn_order
from sam2_lit.media.readers.learned_orders import store_order, stored_order
from sam2_lit.media.readers.packet_index import read_index
from sam2_lit.media.readers.packet_scan import scan_packets
from sam2_lit.media.readers.packet_table import PacketTable, first_frame, table_by_decoding, table_by_time
from sam2_lit.media.readers.truncation import is_truncated
from sam2_lit.media.readers.video_reader import unsupported
from sam2_lit.media.readers.video_stream import open_video_stream

_CACHED_TABLES = 64

# Device, inode, time of change, size: an upload keeps them when it gets its name.
_FileState = tuple[int, int, int, int, MediaSettings]
_lock = threading.Lock()
_learning = threading.Lock()
_corrections = 0
_tables: "OrderedDict[_FileState, PacketTable]" = OrderedDict()


class OrderUnknown(Exception):
    """The order of a file's frames is not known yet, and decoding the file to learn it was not wanted."""


def read_packet_table(path: Path, settings: MediaSettings, *, learn: bool = True) -> PacketTable:
    """The packet table of a file. The most recent tables are cached until their file changes.

    Args:
        path: the file.
        settings: with the limits, and where learned orders are stored.
        learn: whether to decode the file where that is needed to know the order of its frames.

    Raises:
        LitError: UNSUPPORTED_MEDIA where `open_video_stream` raises it, and for a file that is truncated or damaged,
            has no frames, or more than the limits allow, or whose order would take too long to learn.
        OrderUnknown: without `learn`.
    """
    state = _state_of(path, settings)
    table = _cached(state) or _read(path, settings)
    if table is not None:
        return _cache(state, table)
    if not learn:
        raise OrderUnknown
    return _learn(path, settings)


def learn_packet_table(path: Path, settings: MediaSettings) -> PacketTable:
    """The packet table of a file whose frames turned out to be in another order than that of their timestamps.

    `read_packet_table` returns it from now on.

    Raises:
        LitError: as `read_packet_table`.
    """
    global _corrections
    table = _learn(path, settings)
    with _lock:
        _corrections += 1
    return table


def corrections() -> int:
    """How often `learn_packet_table` has corrected a table: what was read from tables before may be outdated."""
    return _corrections


def forget_tables() -> None:
    """Empties the cache of `read_packet_table`."""
    with _lock:
        _tables.clear()


def _state_of(path: Path, settings: MediaSettings) -> _FileState:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size, settings


def _cached(state: _FileState) -> PacketTable | None:
    with _lock:
        return _tables.get(state)


def _cache(state: _FileState, table: PacketTable) -> PacketTable:
    with _lock:
        _tables[state] = table
        # Tables that were learned are dear, and few.
        cheap = [each for each, cached in _tables.items() if cached.checksums is None]
        for each in cheap[:-_CACHED_TABLES]:
            del _tables[each]
    return table


def _read(path: Path, settings: MediaSettings) -> PacketTable | None:
    """The table as far as it is known without decoding the whole file; None where its order must be learned."""
    if is_truncated(path):
        raise unsupported(path, "it is truncated; send the whole file")
    if settings.learned_orders is not None and (order := stored_order(settings.learned_orders, path)) is not None:
        return _table_of_order(path, settings, order)
    container, stream = open_video_stream(path, settings)
    with container:
        packets = read_index(path, container, stream)
        table = None if packets is None else table_by_time(path, packets, stream, settings)
    if packets is None:
        container, stream = open_video_stream(path, settings)
        with container:
            packets = scan_packets(path, container, stream, settings)
            table = table_by_time(path, packets, stream, settings)
    return table


def _learn(path: Path, settings: MediaSettings) -> PacketTable:
    # One file at a time, and each once for all that ask meanwhile.
    with _learning:
        state = _state_of(path, settings)
        known = _cached(state)
        if known is not None and known.checksums is not None:
            return known
        return _cache(state, _table_of_order(path, settings, None))


def _table_of_order(path: Path, settings: MediaSettings, order: DecodingOrder | None) -> PacketTable:
    """The table of a file whose frames have this order; where it is None, it is learned and stored."""
    container, stream = open_video_stream(path, settings)
    with container:
        packets = scan_packets(path, container, stream, settings)
        first_frame(path, packets, stream, settings)
        if order is None or order.packets.max() >= len(packets.pts):
            order = learn_order(path, settings, len(packets.pts))
            if settings.learned_orders is not None:
                store_order(settings.learned_orders, path, order)
        return table_by_decoding(path, packets, order, stream, settings)
