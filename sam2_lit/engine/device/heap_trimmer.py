"""What the C library does with memory that was freed: glibc's malloc, where it is there."""

import asyncio
import ctypes
from collections.abc import Callable

# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

_MOMENT = 1.0

try:
    _libc: ctypes.CDLL | None = ctypes.CDLL("libc.so.6")
except OSError:
    _libc = None


def keep_freed_memory() -> None:
    """Has freed memory stay with the process.

    By default a large tensor's memory goes back to the system when it is freed, and the next frame's tensors fault
    every page in again. All threads share one heap: each of more would keep the most that it ever held, and what is
    free at the end of any heap but the first cannot be given back.
    """
    if _libc is not None:
        _libc.mallopt(_M_ARENA_MAX, 1)
        _libc.mallopt(_M_MMAP_THRESHOLD, 32 * 2**20)
        _libc.mallopt(_M_TRIM_THRESHOLD, 512 * 2**20)


class HeapTrimmer:
    """Gives the system what was freed once nobody works any more; otherwise it would be used again at once.

    The heap goes full of holes, which would stay with the process for good.
    """

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        self._is_busy = is_busy
        self._timer: asyncio.TimerHandle | None = None

    def trim_soon(self) -> None:
        """In a moment, when what is being let go of is gone. To be called on the event loop."""
        self.cancel()
        self._timer = asyncio.get_running_loop().call_later(_MOMENT, self._trim)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _trim(self) -> None:
        if _libc is not None and not self._is_busy():
            # It takes tens of milliseconds.
            asyncio.get_running_loop().run_in_executor(None, _libc.malloc_trim, 0)
