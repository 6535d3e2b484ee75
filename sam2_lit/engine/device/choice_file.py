"""A JSON file of what was chosen by measuring, by the machine and the versions that it was measured with."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sam2_lit.file_sync import sync


def read_choices(file: Path) -> dict[str, dict[str, Any]]:
    """The choices in a file; none if it cannot be read, or is not one that `write_choices` wrote."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    by_machine = found.items() if isinstance(found, dict) else ()
    return {machine: chosen for machine, chosen in by_machine if isinstance(chosen, dict)}


def write_choices(file: Path, choices: Mapping[str, Mapping[str, Any]]) -> None:
    """Replaces the file. Raises OSError."""
    unfinished = file.with_suffix(".part")
    unfinished.write_text(json.dumps(choices, indent=1) + "\n", "utf-8")
    sync(unfinished)
    os.replace(unfinished, file)
