"""Log lines of requests and operations, in one form."""

import logging
from typing import Any

logger = logging.getLogger("sam2_lit.requests")

LONGEST_NAME = 100
"""Characters of a path, an operation or a session id that a line holds."""


def log_request(operation: str, *, seconds: float, **fields: Any) -> None:
    told = {name: value for name, value in fields.items() if value}
    rest = " ".join(f"{name}={','.join(value) if isinstance(value, list) else value}" for name, value in told.items())
    milliseconds = round(seconds * 1000, 1)
    logger.info(
        "%s %s ms%s",
        operation,
        milliseconds,
        f" {rest}" if rest else "",
        extra={"fields": {"operation": operation, "milliseconds": milliseconds, **told}},
    )
