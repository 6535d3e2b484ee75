"""The files of finished exports."""

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sam2_lit.exports.formats import MEDIA_TYPES
from sam2_lit.folder_listing import entries
from sam2_lit.records.users import NO_OWNER, Owner

KEPT_SECONDS = 24 * 3600

_UNFINISHED = ".part"
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class ExportFile:
    """A finished export. Its id cannot be guessed, and gives access to the file.

    `losses` says what the format could not hold; it is not stored, so a file that is found again has none. `owner` is
    who made it; private where one of its sessions is.
    """

    id: str
    file: Path
    losses: tuple[str, ...] = ()
    owner: Owner = NO_OWNER

    @property
    def byte_size(self) -> int:
        return self.file.stat().st_size

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.file.suffix]


class ExportFiles:
    """Stores each export in its own folder, named by its id, for at least a day.

    Invariants: a folder named by an id holds one complete file; next to it, where it has an owner, there is a JSON file
    about that, and was before it; a client's id is used as a path only where it has the form of one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, filename: str, write: Callable[[Path], list[str]], owner: Owner = NO_OWNER) -> ExportFile:
        """Stores the file of an owner that `write` writes to the given path; it returns the losses.

        Where `write` raises, nothing is left behind.
        """
        self._remove_expired()
        export_id = secrets.token_urlsafe(16)
        unfinished = self._folder / f"{export_id}{_UNFINISHED}"
        unfinished.mkdir(parents=True)
        try:
            losses = write(unfinished / filename)
            if owner != NO_OWNER:
                self._about(export_id).write_text(json.dumps(asdict(owner)))
            os.replace(unfinished, self._folder / export_id)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        return ExportFile(export_id, self._folder / export_id / filename, tuple(losses), owner)

    def find(self, export_id: str) -> ExportFile | None:
        """The export with this id; None where there is none, or it has expired. Raises OSError."""
        folder = self._folder / export_id
        if _ID.fullmatch(export_id) is None or not (files := entries(folder)):
            return None
        about = self._about(export_id)
        owner = Owner(**json.loads(about.read_bytes())) if about.exists() else NO_OWNER
        return ExportFile(export_id, files[0][0], owner=owner)

    def _about(self, export_id: str) -> Path:
        return self._folder / f"{export_id}.json"

    def _remove_expired(self) -> None:
        before = time.time() - KEPT_SECONDS
        expired = [each for each, status in entries(self._folder) if status.st_mtime < before]
        for each in expired:
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
        for each in expired:
            # What says whose an export is goes after it.
            if each.is_file() and not each.with_suffix("").exists():
                each.unlink(missing_ok=True)
