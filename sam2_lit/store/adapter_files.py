"""The weights of trained adapters, in files next to the database."""

import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.peft_format import load_adapter, save_adapter

_UNFINISHED = ".part"


class AdapterFiles:
    """One folder per set of weights, in PEFT's layout. A folder is complete and never changes.

    Further training writes a new folder; the database's row says which one is current, so that both change in one
    transaction.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def new_name(self, adapter_id: str) -> str:
        return f"{adapter_id}-{secrets.token_hex(4)}"

    def write(self, name: str, adapter: Adapter) -> None:
        """Writes an adapter atomically and durably: after a power cut it is complete or absent."""
        place = self._folder / name
        if place.exists():
            return
        unfinished = place.with_name(name + _UNFINISHED)
        try:
            save_adapter(adapter, unfinished)
            for file in unfinished.iterdir():
                _sync(file)
            _sync(unfinished)
            os.replace(unfinished, place)
            _sync(self._folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise

    def read(self, name: str) -> Adapter:
        """Raises LitError (ADAPTER_NOT_FOUND) where the files are missing or damaged."""
        return load_adapter(self._folder / name)

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def keep_only(self, names: set[str]) -> None:
        """Removes every folder not in `names`, such as what a crash left behind."""
        self.remove(folder.name for folder in self._folder.iterdir() if folder.name not in names)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
