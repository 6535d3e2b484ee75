"""The log: its formats, text or JSON, and the one line that each request and operation gets."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

TEXT_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

_LONGEST_VALUE = 100
"""Characters of a path, an operation's name or a session id in a line; clients choose them."""

_requests = logging.getLogger("sam2_lit.requests")


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the record's `extra={"fields": …}` as further members."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def set_up_logging(level: str, format: str) -> None:
    """`format` is text or json."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if format == "json" else logging.Formatter(TEXT_FORMAT))
    logging.captureWarnings(True)
    logging.basicConfig(level=level.upper(), handlers=[handler])


def log_request(operation: str, *, seconds: float, **fields: Any) -> None:
    """Logs a finished request or operation at INFO. Fields that are empty are left out."""
    operation = operation[:_LONGEST_VALUE]
    present = {name: _shortened(value) for name, value in fields.items() if value}
    rest = " ".join(
        f"{name}={','.join(value) if isinstance(value, list) else value}" for name, value in present.items()
    )
    milliseconds = round(seconds * 1000, 1)
    _requests.info(
        "%s %s ms%s",
        operation,
        milliseconds,
        f" {rest}" if rest else "",
        extra={"fields": {"operation": operation, "milliseconds": milliseconds, **present}},
    )


def _shortened(value: Any) -> Any:
    return value[:_LONGEST_VALUE] if isinstance(value, str) else value
