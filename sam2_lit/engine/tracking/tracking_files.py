"""The memory files of all sessions, within one budget on disk."""

import logging
import os
import threading
from collections import OrderedDict
from functools import partial
from pathlib import Path

from sam2_lit.engine.tracking.memory_file import MemoryFile

logger = logging.getLogger("sam2_lit.engine")

_SUFFIX = ".memory"


class TrackingFiles:
    """One file a session, `<session id>.memory`; beyond the budget those of the least recently used sessions go first.

    A session without its file is tracked again where its memory is needed. Thread-safe.
    """

    def __init__(self, folder: Path | None, budget: int | None, model: bytes) -> None:
        """`budget` is bytes, None for no bound; `model` identifies the model.

        Without folder or budget, no file outlives the process.
        """
        self._folder = folder
        self._budget = budget
        self._model = model
        self._lock = threading.Lock()
        self._in_use: set[str] = set()
        # The least recently used first.
        self._sizes: OrderedDict[str, int] = OrderedDict()
        if folder is not None and folder.exists():
            found = [(path.stat(), path.stem) for path in folder.glob("*" + _SUFFIX)]
            self._sizes.update((name, stat.st_size) for stat, name in sorted(found, key=lambda each: each[0].st_mtime))

    def open(self, session_id: str) -> MemoryFile:
        """The file of a session, until it is closed."""
        if self._folder is None or self._budget is None:
            return MemoryFile(folder=self._folder)
        if self._budget == 0:
            return MemoryFile(folder=self._folder, grow=lambda nbytes: nbytes <= 0)
        with self._lock:
            self._in_use.add(session_id)
            self._sizes.setdefault(session_id, 0)
            self._sizes.move_to_end(session_id)
        return MemoryFile(
            self._path(session_id),
            model=self._model,
            grow=partial(self._grow, session_id),
            on_close=partial(self._close, session_id),
        )

    def discard(self, session_id: str) -> None:
        """Deletes the file of a session that is closed, if there is one."""
        if self._folder is not None:
            with self._lock:
                self._delete(session_id)

    def _grow(self, session_id: str, nbytes: int) -> bool:
        assert self._budget is not None
        with self._lock:
            while sum(self._sizes.values()) + nbytes > self._budget:
                idle = next((each for each in self._sizes if each not in self._in_use), None)
                if idle is not None:
                    self._delete(idle)
                elif nbytes > 0:
                    return False
                else:
                    break
            self._sizes[session_id] += nbytes
            return True

    def _close(self, session_id: str) -> None:
        with self._lock:
            self._in_use.discard(session_id)
            path = self._path(session_id)
            if path.exists():
                os.utime(path)
                self._sizes.move_to_end(session_id)
            else:
                self._sizes.pop(session_id, None)

    def _delete(self, session_id: str) -> None:
        self._sizes.pop(session_id, None)
        try:
            self._path(session_id).unlink(missing_ok=True)
        except OSError as error:
            logger.warning("the memory file of session %s could not be deleted: %s", session_id, error)

    def _path(self, session_id: str) -> Path:
        assert self._folder is not None
        return self._folder / (session_id + _SUFFIX)
