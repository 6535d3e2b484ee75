"""What clients are shown of sessions, read from the store alone: no model, no session in memory."""

import secrets

from sam2_lit.engine.sessions.saved_memory import object_frames
from sam2_lit.engine.sessions.validation import check_frame, session_not_found
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.records.results import FrameMasks, ObjectFrames, SessionInfo
from sam2_lit.records.users import current_user
from sam2_lit.store.store import Store


def new_session_id() -> str:
    return secrets.token_urlsafe(16)


class StoredSessions:
    """Answers queries about sessions. Every method with a session raises LitError (SESSION_NOT_FOUND)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sessions(self, user: str | None = None) -> list[SessionInfo]:
        """The sessions that the current user may see, oldest first, in memory or not; of one user, or of all."""
        return await self._store.reading.run(self._store.sessions, current_user.get(), user)

    async def session_page(self, request: PageRequest, user: str | None = None) -> Page[SessionInfo]:
        """A page of what `sessions` returns."""
        return await self._store.reading.run(self._store.session_page, request, current_user.get(), user)

    async def session(self, session_id: str) -> SessionInfo:
        """Refused where the current user may not see it, as if it were not there."""
        info = await self._store.reading.run(self._store.session, session_id)
        if info is None or not info.owner.admits_current():
            raise session_not_found(session_id)
        return info

    async def masks(self, session_id: str, first: int, last: int | None) -> list[FrameMasks]:
        """The masks on the frames from `first` to `last`, both included; None is the last frame.

        Raises LitError (FRAME_OUT_OF_RANGE).
        """
        count = (await self.session(session_id)).video.info.frame_count
        check_frame(count, first)
        if last is None:
            last = count - 1
        check_frame(count, last)
        return await self._store.reading.run(self._store.masks, session_id, first, last)

    async def interactions(self, session_id: str) -> list[Interaction]:
        """What users did in a session, in order."""
        await self.session(session_id)
        return await self._store.reading.run(self._store.interactions, session_id)

    async def interaction_page(self, session_id: str, request: PageRequest) -> Page[Interaction]:
        """A page of what users did in a session, in order."""
        await self.session(session_id)
        return await self._store.reading.run(self._store.interaction_page, session_id, request)

    async def object_frames(self, session_id: str) -> dict[int, ObjectFrames]:
        """Where each object is absent, and which of its masks are confirmed or stale, by object id."""
        step = (await self.session(session_id)).frame_step
        saved = await self._store.reading.run(self._store.versions, session_id)
        return await self._store.reading.run(object_frames, step, *saved)
