"""Writes that survive a power cut."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Has the operating system write a file, or the entries of a folder, to the disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
