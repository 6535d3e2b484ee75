"""The propagations that run, and those that can be resumed."""

from collections.abc import Callable

from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.sessions.resumable_propagation import PropagationArguments, ResumablePropagation
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.reached import Reached
from sam2_lit.records.results import ResumeFrom


class Propagations:
    """Keeps propagations whose reader has left: each for `resume_timeout` seconds, and at most `max_propagations`.

    Used on the event loop only.
    """

    def __init__(self, settings: EngineSettings, clock: Callable[[], float]) -> None:
        """`clock` returns seconds that only rise."""
        self._settings = settings
        self._clock = clock
        self._held: dict[str, ResumablePropagation] = {}

    def start(self, arguments: PropagationArguments, reached: Reached | None = None) -> ResumablePropagation:
        """A new propagation, or one that goes on where another engine has come."""
        self.forget_old()
        started = ResumablePropagation(arguments, self._settings.kept_events, self._clock, reached)
        self._held[started.propagation_id] = started
        return started

    def find(self, arguments: PropagationArguments, resume: ResumeFrom) -> ResumablePropagation:
        """The propagation to resume: the latest of these arguments, unless `resume` names one.

        Raises LitError (SEQUENCE_NOT_FOUND) where there is none, or its event is not kept.
        """
        self.forget_old()
        found = [
            each
            for each in self._held.values()
            if each.arguments == arguments and resume.propagation_id in (None, each.propagation_id)
        ]
        if not found:
            raise LitError(
                ErrorCode.SEQUENCE_NOT_FOUND,
                "the session has no propagation with these arguments to resume: one is kept for "
                f"{self._settings.resume_timeout:g} seconds after its client left; start again without fromSequence",
            )
        found[-1].check(resume.sequence)
        return found[-1]

    def finish(self, session_id: str) -> None:
        """Ends a session's propagations: what is kept of them can be read, and nothing more is tracked."""
        for each in self._of(session_id):
            each.is_finished = True

    def forget(self, session_id: str) -> None:
        """Drops a session's propagations."""
        for each in self._of(session_id):
            del self._held[each.propagation_id]

    def forget_old(self) -> None:
        """Drops the propagations that nobody has resumed in time, and the oldest beyond the limit."""
        left = sorted((each.left_at, id) for id, each in self._held.items() if each.left_at is not None)
        beyond_limit = len(left) - self._settings.max_propagations
        earliest = self._clock() - self._settings.resume_timeout
        for index, (left_at, propagation_id) in enumerate(left):
            if index < beyond_limit or left_at < earliest:
                del self._held[propagation_id]

    def _of(self, session_id: str) -> list[ResumablePropagation]:
        return [each for each in self._held.values() if each.arguments.session_id == session_id]
