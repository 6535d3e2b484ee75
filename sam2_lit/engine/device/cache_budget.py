"""Bounds what caches hold in a device's memory."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import islice

_ASKED = 2048
"""The entries used least recently that may be asked to go: if none of them does, the budget is exceeded."""


class CacheBudget:
    """The bytes that one cache or several hold together: evicts what was used least recently, whichever has it.

    Used on the device's thread only; `nbytes` may be read on any. The entry used last always stays.
    """

    def __init__(self, limit: int) -> None:
        """`limit` is in bytes."""
        self.limit = limit
        self.nbytes = 0
        self._entries: OrderedDict[Hashable, tuple[int, Callable[[], bool]]] = OrderedDict()

    def use(self, key: Hashable, nbytes: int, evict: Callable[[], bool]) -> None:
        """Notes that an entry is used, new or not, and evicts others over the limit.

        `evict` drops the entry from its cache and returns True; or it returns False, and the entry stays.
        """
        if key in self._entries:
            self._entries.move_to_end(key)
            return
        self._entries[key] = (nbytes, evict)
        self.nbytes += nbytes
        if self.nbytes > self.limit:
            self._evict_before(key)

    def forget(self, key: Hashable) -> None:
        """Notes that an entry is gone."""
        nbytes, _ = self._entries.pop(key, (0, None))
        self.nbytes -= nbytes

    def _evict_before(self, newest: Hashable) -> None:
        for oldest in list(islice(self._entries, _ASKED)):
            # By identity: an owner in a key may be a mapping, which compares all that it holds.
            if self.nbytes <= self.limit or oldest is newest:
                break
            _, evict = self._entries[oldest]
            if evict():
                self.forget(oldest)
