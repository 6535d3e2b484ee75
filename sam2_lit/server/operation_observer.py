"""Counts and logs GraphQL operations."""

from sam2_lit.records.users import current_user
from sam2_lit.schema.operations import FinishedOperation
from sam2_lit.server.logs import log_request
from sam2_lit.server.metrics import Metrics


class OperationObserver:
    """The schema's observer: one log line and one measurement for each operation, one count for each error."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def operation_finished(self, operation: FinishedOperation) -> None:
        self._metrics.operation_finished(operation.kind, operation.seconds)
        log_request(
            operation.name,
            seconds=operation.seconds,
            user=current_user.get(),
            session=operation.session_id,
            errors=operation.error_codes,
        )

    def error_sent(self, code: str) -> None:
        self._metrics.error_sent(code)
