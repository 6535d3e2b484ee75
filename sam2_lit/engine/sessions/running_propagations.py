"""Counts the propagations that run, of all users and of each."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.errors import RETRY_SECONDS, ErrorCode, LitError
from sam2_lit.records.users import current_user
from sam2_lit.store.user_slots import UserSlots


class RunningPropagations:
    """What is tracked at once: streams of frames, and calls that track first. Used on the event loop."""

    def __init__(self, settings: EngineSettings, slots: UserSlots | None = None) -> None:
        """With `slots`, those of a user are counted over all processes that share the database."""
        self._slots = slots
        self._most = settings.max_propagations
        self._most_of_user = settings.max_user_propagations
        self._of_users: Counter[str | None] = Counter()

    def __len__(self) -> int:
        return self._of_users.total()

    async def start(self) -> Callable[[], None]:
        """Counts a propagation of the current user, until what is returned is called.

        Raises LitError (CAPACITY_EXCEEDED) over `max_propagations`, or over those of a user.
        """
        user = current_user.get()
        if len(self) >= self._most:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{len(self)} propagations are running, which is the limit; try again when one has ended",
                RETRY_SECONDS,
            )
        with ExitStack() as ending:
            if user is not None and self._most_of_user is not None:
                if self._of_users[user] >= self._most_of_user:
                    raise _over_limit(self._most_of_user)
                self._count(user, ending)
                if self._slots is not None:
                    if (free := await self._slots.take(user, self._most_of_user)) is None:
                        raise _over_limit(self._most_of_user)
                    ending.callback(free)
            else:
                self._count(user, ending)
            return ending.pop_all().close

    def _count(self, user: str | None, ending: ExitStack) -> None:
        self._of_users[user] += 1
        ending.callback(self._uncount, user)

    def _uncount(self, user: str | None) -> None:
        self._of_users[user] -= 1
        if not self._of_users[user]:
            del self._of_users[user]


def _over_limit(most: int) -> LitError:
    return LitError(
        ErrorCode.CAPACITY_EXCEEDED,
        f"{most} propagations of yours are running, which is the limit of a user; try again when one has ended",
        RETRY_SECONDS,
    )
