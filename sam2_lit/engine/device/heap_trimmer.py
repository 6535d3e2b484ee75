"""Settings of glibc's malloc, and returning freed memory to the system; no effect with another C library."""

import asyncio
import ctypes
from collections.abc import Callable
from contextlib import suppress

from sam2_lit.errors import LitError
from sam2_lit.thread_pool import ThreadPool

# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

_DELAY_SECONDS = 1.0

try:
    _libc: ctypes.CDLL | None = ctypes.CDLL("libc.so.6")
except OSError:
    _libc = None


def retain_freed_memory() -> None:
    """Makes malloc retain freed memory for the process, in one heap for all threads.

    By default, a large tensor's memory returns to the system when it is freed, and the next frame's tensors fault every
    page in again. With several heaps, each would retain its own peak, and only the first can return memory to the
    system.
    """
    if _libc is not None:
        _libc.mallopt(_M_ARENA_MAX, 1)
        _libc.mallopt(_M_MMAP_THRESHOLD, 32 * 2**20)
        _libc.mallopt(_M_TRIM_THRESHOLD, 512 * 2**20)


class HeapTrimmer:
    """Returns freed memory to the system while no work is running; during work it would be reused at once.

    Without it, holes that released sessions leave in the heap stay with the process forever.
    """

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        self._is_busy = is_busy
        self._timer: asyncio.TimerHandle | None = None
        self._thread = ThreadPool("trim", max_waiting=1)

    def trim_soon(self) -> None:
        """Trims after a delay, when what is being released is gone. Called on the event loop."""
        self._cancel()
        self._timer = asyncio.get_running_loop().call_later(_DELAY_SECONDS, self._trim)

    def close(self) -> None:
        self._cancel()
        self._thread.close(run_waiting=False, wait=False)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _trim(self) -> None:
        if _libc is not None and not self._is_busy():
            # Takes tens of milliseconds. Where a trim waits already, it will do for this one too.
            with suppress(LitError):
                self._thread.submit(_libc.malloc_trim, 0)
