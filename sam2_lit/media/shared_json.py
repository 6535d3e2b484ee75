"""A JSON file that several processes read and replace."""

import json
import os
import threading
import uuid
from pathlib import Path
from typing import Any


class SharedJson:
    """Knows whether the file has changed since it was read or written here. May be used from any thread."""

    def __init__(self, file: Path) -> None:
        """The file need not exist."""
        self._file = file
        self._lock = threading.Lock()
        self._known_at = 0

    def changed(self) -> Any:
        """The content, where another process has written the file; None where there is nothing new.

        Raises OSError and ValueError where the file cannot be read; it counts as read.
        """
        try:
            changed_at = self._file.stat().st_mtime_ns
        except OSError:
            return None
        with self._lock:
            if changed_at == self._known_at:
                return None
            self._known_at = changed_at
            return json.loads(self._file.read_text())

    def replace(self, content: Any) -> None:
        """Writes the file as a whole. Raises OSError."""
        unfinished = self._file.with_name(f"{self._file.name}.{uuid.uuid4().hex}.part")
        with self._lock:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                unfinished.write_text(json.dumps(content))
                os.replace(unfinished, self._file)
                self._known_at = self._file.stat().st_mtime_ns
            finally:
                unfinished.unlink(missing_ok=True)
