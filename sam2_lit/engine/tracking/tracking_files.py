"""The memory files of all sessions, within one budget on disk."""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sam2_lit.engine.tracking.memory_file import MemoryFile, is_open_elsewhere
from sam2_lit.folder_listing import entries

logger = logging.getLogger("sam2_lit.engine")

_SUFFIX = ".memory"

EpochOf = Callable[[str], int | None]
"""The epoch since which this process owns a session; None where there are no other processes."""


class TrackingFiles:
    """One file a session, `<session id>.memory`; beyond the budget those of the least recently used sessions go first.

    A session without its file is tracked again where its memory is needed. Thread-safe.

    Where other processes use the folder, a file is `<session id>.<epoch>.memory`, and locked while it is open. A new
    owner renames that of the epoch before, unless its process still has it open: what that writes is of no session any
    more. A file of an earlier epoch is not what the owner in between has stored.
    """

    def __init__(
        self, folder: Path | None, budget: int | None, model: bytes, epoch_of: EpochOf = lambda session_id: None
    ) -> None:
        """`budget` is bytes, None for no bound; `model` identifies the model.

        Without folder or budget, no file outlives the process.
        """
        self._epoch_of = epoch_of
        self._folder = folder
        self._budget = budget
        self._model = model
        self._lock = threading.Lock()
        self._in_use: set[str] = set()
        # The least recently used first.
        self._sizes: OrderedDict[str, int] = OrderedDict()
        if folder is not None:
            found = sorted(entries(folder, "*" + _SUFFIX), key=lambda entry: entry[1].st_mtime)
            self._sizes.update((path.stem, status.st_size) for path, status in found)

    def open(self, session_id: str) -> MemoryFile:
        """The file of a session, until it is closed."""
        if self._folder is None or self._budget is None:
            return MemoryFile(folder=self._folder)
        if self._budget == 0:
            return MemoryFile(folder=self._folder, grow=lambda nbytes: nbytes <= 0)
        epoch = self._epoch_of(session_id)
        with self._lock:
            name = session_id if epoch is None else self._take_over(session_id, epoch)
            self._in_use.add(name)
            self._sizes.setdefault(name, 0)
            self._sizes.move_to_end(name)
        return MemoryFile(
            self._path(name),
            model=self._model,
            grow=partial(self._grow, name),
            on_close=partial(self._close, name),
            is_shared=epoch is not None,
        )

    def discard(self, session_id: str) -> None:
        """Deletes the file of a session that is closed, if there is one."""
        if self._folder is not None:
            with self._lock:
                self._delete(session_id)
                if self._epoch_of(session_id) is not None:
                    for file in self._folder.glob(f"{session_id}.*{_SUFFIX}"):
                        self._delete(file.stem)

    def _take_over(self, session_id: str, epoch: int) -> str:
        """The name of a session's file at an epoch, which may be that of the epoch before; older ones are deleted."""
        assert self._folder is not None
        name, before = f"{session_id}.{epoch}", f"{session_id}.{epoch - 1}"
        try:
            for file in self._folder.glob(f"{session_id}.*{_SUFFIX}"):
                if file.stem == before and not is_open_elsewhere(file):
                    os.replace(file, self._path(name))
                    self._sizes[name] = self._sizes.pop(before, self._path(name).stat().st_size)
                elif file.stem != name:
                    self._delete(file.stem)
        except OSError as error:
            logger.warning("session %s is tracked again: its memory file cannot be used: %s", session_id, error)
        return name

    def _grow(self, session_id: str, nbytes: int) -> bool:
        assert self._budget is not None
        with self._lock:
            while sum(self._sizes.values()) + nbytes > self._budget:
                idle = next((each for each in self._sizes if each not in self._in_use), None)
                if idle is not None and self._path(idle).exists() and is_open_elsewhere(self._path(idle)):
                    # Another process's, and within the budget of that.
                    self._sizes.pop(idle)
                elif idle is not None:
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
        """A file that another process has open stays its own under no name; `_grow` does not ask for that."""
        self._sizes.pop(session_id, None)
        try:
            self._path(session_id).unlink(missing_ok=True)
        except OSError as error:
            logger.warning("the memory file of session %s could not be deleted: %s", session_id, error)

    def _path(self, session_id: str) -> Path:
        assert self._folder is not None
        return self._folder / (session_id + _SUFFIX)
