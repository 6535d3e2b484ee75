"""What the checks found so far: printed, and written to a file with every line, so that nothing is lost."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Report:
    """The lines so far.

    A line's status is PASS or FAIL of a check, MEASURED, SLOW for a stage that was cut off, SKIPPED for one that had no
    time left, or UNTRIED for one that cannot be rehearsed.
    """

    path: Path
    lines: list[dict[str, str]] = field(default_factory=list)

    def add(self, status: str, name: str, value: object = "", expected: str = "") -> None:
        self.lines.append({"status": status, "name": name, "value": str(value), "expected": expected})
        print(f"{status:8} {name}{f': {value}' if value != '' else ''}{f' (expected {expected})' if expected else ''}")
        written = self.path.with_suffix(".part")
        written.write_text(json.dumps(self.lines, indent=2))
        os.replace(written, self.path)

    def check(self, name: str, is_right: bool, value: object, expected: str) -> None:
        self.add("PASS" if is_right else "FAIL", name, value, expected)

    def measured(self, name: str, value: object) -> None:
        self.add("MEASURED", name, value)

    def compare(self, name: str, found: Mapping[object, object], expected: Mapping[object, object]) -> None:
        """Checks that two mappings are equal, and names the keys of what differs."""
        different = sorted({*found, *expected}, key=str)
        different = [key for key in different if found.get(key) != expected.get(key)]
        self.check(name, not different, f"{len(different)} of {len(expected)} differ {different[:5]}", "none")

    @property
    def status(self) -> int:
        """The exit status: 1 where a check failed, 4 where some did not run to their end, 0 where all passed."""
        found = {line["status"] for line in self.lines}
        return 1 if "FAIL" in found else 4 if "SLOW" in found or "SKIPPED" in found else 0
