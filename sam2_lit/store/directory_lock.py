"""One server per data directory."""

from pathlib import Path

from filelock import FileLock, Timeout

from sam2_lit.store.store_errors import DirectoryInUse


class DirectoryLock:
    """A lock on a data directory, held until `release` or until the process ends, even by a crash."""

    def __init__(self, folder: Path) -> None:
        """Raises DirectoryInUse where another server holds the lock."""
        # Not thread-local: the thread that closes the store need not be the one that opened it.
        self._lock = FileLock(folder / "lock", blocking=False, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise DirectoryInUse(
                f"{folder} is in use by another sam2-lit server; give --data-dir another one"
            ) from None

    def release(self) -> None:
        self._lock.release()
