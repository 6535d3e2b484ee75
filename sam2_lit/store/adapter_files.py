"""The weights of trained adapters, in files next to the database."""

import json
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sam2_lit.errors import LitError
from sam2_lit.file_sync import sync
from sam2_lit.folder_listing import entries
from sam2_lit.lora.peft_names import CONFIG_NAME

if TYPE_CHECKING:
    # A process that only reads what clients are shown needs no torch.
    from sam2_lit.lora.layers import Adapter

_UNFINISHED = ".part"


class AdapterFiles:
    """One folder per set of weights, in PEFT's layout. A folder is complete and never changes.

    Further training writes a new folder; the database's row says which one is current, so that both change in one
    transaction. Several databases may share a data directory: the folders of each are in one that has its id as name,
    and no database touches another's.
    """

    def __init__(self, root: Path, database_id: str) -> None:
        self._root, self._folder = root, root / database_id
        self._folder.mkdir(parents=True, exist_ok=True)
        self._damaged: set[str] = set()

    def recover(self, names: set[str]) -> None:
        """Brings the files in line with the database, which refers to `names`. Call it before anything is written.

        Removes what a crash left unfinished, and complete folders of this database that it does not refer to. Earlier
        releases wrote every folder directly into the root: those in `names` are moved to where they belong.
        """
        for name in names:
            earlier, place = self._root / name, self._folder / name
            if earlier.is_dir() and not place.exists():
                os.replace(earlier, place)
        sync(self._folder)
        sync(self._root)
        for unfinished in self._root.glob(f"*{_UNFINISHED}"):
            shutil.rmtree(unfinished, ignore_errors=True)
        self.remove(folder.name for folder in self._folder.iterdir() if folder.name not in names)

    def remove_unused(self, names: set[str], before: float) -> None:
        """Removes what `recover` would, where other processes may be writing: only what was written before a time.

        `before` is in seconds since the epoch.
        """
        for folder, status in entries(self._folder):
            if folder.name not in names and status.st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)

    def new_name(self, adapter_id: str) -> str:
        return f"{adapter_id}-{secrets.token_hex(4)}"

    def write(self, name: str, adapter: "Adapter", base_model: str, revision: str) -> None:
        """Writes an adapter as `save_adapter`, atomically and durably: after a power cut it is complete or absent."""
        from sam2_lit.lora.peft_format import save_adapter

        place = self._folder / name
        if place.exists():
            return
        unfinished = place.with_name(name + _UNFINISHED)
        try:
            save_adapter(adapter, unfinished, base_model, revision)
            for file in unfinished.iterdir():
                sync(file)
            sync(unfinished)
            os.replace(unfinished, place)
            sync(self._folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise

    def read(self, name: str) -> "tuple[Adapter, str | None]":
        """As `load_adapter`. Raises LitError (ADAPTER_NOT_FOUND) where the files are missing or damaged."""
        from sam2_lit.lora.peft_format import load_adapter

        try:
            adapter = load_adapter(self._folder / name)
        except LitError:
            self._damaged.add(name)
            raise
        self._damaged.discard(name)
        return adapter

    def revision(self, name: str) -> str | None:
        """The fingerprint of the model that an adapter is for; None where the files are missing or do not say."""
        try:
            config = json.loads((self._folder / name / CONFIG_NAME).read_text())
            revision = config["revision"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return revision if isinstance(revision, str) else None

    def content(self, name: str) -> dict[str, bytes]:
        """The files of an adapter by name. Raises OSError where they are missing."""
        return {file.name: file.read_bytes() for file in sorted((self._folder / name).iterdir())}

    def is_usable(self, name: str) -> bool:
        """Whether the files are there and were not found damaged when they were last read."""
        return name not in self._damaged and (self._folder / name).is_dir()

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            shutil.rmtree(self._folder / name, ignore_errors=True)
