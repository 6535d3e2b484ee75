"""One server a data directory."""

import fcntl
from pathlib import Path

from sam2_lit.store.store_errors import DirectoryInUse


class DirectoryLock:
    """Held until `release`, or until the process ends in whatever way."""

    def __init__(self, folder: Path) -> None:
        """Raises DirectoryInUse."""
        self._file = (folder / "lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise DirectoryInUse(
                f"{folder} is in use by another sam2-lit server; give --data-dir another one"
            ) from None

    def release(self) -> None:
        self._file.close()
