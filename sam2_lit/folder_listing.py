"""Lists a folder that other processes change."""

import os
from contextlib import suppress
from pathlib import Path


def entries(folder: Path, pattern: str = "*") -> list[tuple[Path, os.stat_result]]:
    """What a folder holds under names that match `pattern`, with the state of each.

    What is removed while it is listed is left out, and a folder that is not there holds nothing. Raises OSError where
    the folder or something in it cannot be read.
    """
    found = []
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):
            found.append((path, path.stat()))
    return found
