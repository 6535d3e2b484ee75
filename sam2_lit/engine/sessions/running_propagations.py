"""Counts the propagations that run, of all users and of each."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.errors import RETRY_SECONDS, ErrorCode, LitError
from sam2_lit.records.users import current_user


class RunningPropagations:
    """What is tracked at once: streams of frames, and calls that track first. Used on the event loop."""

    def __init__(self, settings: EngineSettings) -> None:
        self._most = settings.max_propagations
        self._most_of_user = settings.max_user_propagations
        self._of_users: Counter[str | None] = Counter()

    def __len__(self) -> int:
        return self._of_users.total()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Counts a propagation of the current user within the block.

        Raises LitError (CAPACITY_EXCEEDED) over `max_propagations`, or over those of a user.
        """
        user = current_user.get()
        if len(self) >= self._most:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{len(self)} propagations are running, which is the limit; try again when one has ended",
                RETRY_SECONDS,
            )
        if user is not None and self._most_of_user is not None and self._of_users[user] >= self._most_of_user:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{self._of_users[user]} propagations of yours are running, which is the limit of a user; try again "
                "when one has ended",
                RETRY_SECONDS,
            )
        self._of_users[user] += 1
        try:
            yield
        finally:
            self._of_users[user] -= 1
            if not self._of_users[user]:
                del self._of_users[user]
