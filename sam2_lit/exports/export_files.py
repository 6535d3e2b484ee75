"""Exports as files."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MEDIA_TYPES = {".json": "application/json", ".zip": "application/zip", ".mp4": "video/mp4"}
KEPT_SECONDS = 24 * 3600

_UNFINISHED = ".part"
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Export:
    """A finished export. Its id cannot be guessed: who has it may have the file."""

    id: str
    file: Path

    @property
    def byte_size(self) -> int:
        return self.file.stat().st_size

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.file.suffix]


class ExportStore:
    """Keeps each export in a folder of its own, named by its id, for a day at least.

    Invariants: a folder with an id for a name holds one complete file; a client's id is compared with the form of
    one before it is looked for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, filename: str, write: Callable[[Path], None]) -> Export:
        """Keeps the file that `write` makes at the place given to it. Where it raises nothing is left behind."""
        self._tidy()
        export_id = secrets.token_urlsafe(16)
        unfinished = self._folder / f"{export_id}{_UNFINISHED}"
        unfinished.mkdir(parents=True)
        try:
            write(unfinished / filename)
            os.replace(unfinished, self._folder / export_id)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        return Export(export_id, self._folder / export_id / filename)

    def find(self, export_id: str) -> Export | None:
        """The export with this id; None where there is none, or no more."""
        folder = self._folder / export_id
        if _ID.fullmatch(export_id) is None or not folder.is_dir():
            return None
        return Export(export_id, next(folder.iterdir()))

    def _tidy(self) -> None:
        if not self._folder.is_dir():
            return
        for folder in self._folder.iterdir():
            if folder.stat().st_mtime < time.time() - KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
