"""What a call answered, from what it stored: for calls whose worker died before it could answer."""

from sam2_lit.cluster.messages import Answer
from sam2_lit.engine.sessions.stored_sessions import StoredSessions
from sam2_lit.records.changes import RevertedChange
from sam2_lit.records.frame_spans import ChangedFrames, frame_spans
from sam2_lit.records.masks import no_mask
from sam2_lit.records.results import Correction, FrameMasks, Mask, MaskSource, SessionInfo, TrainedAdapter
from sam2_lit.store.change_facts import ChangeFacts
from sam2_lit.store.store import Store


class StoredAnswers:
    """Every method takes a session and the id of a call; its answer is None where the call has stored nothing.

    A session may have been changed since: what is answered is then as it is now.
    """

    def __init__(self, store: Store, sessions: StoredSessions) -> None:
        self._store = store
        self._sessions = sessions

    async def done(self, session_id: str, call_id: str) -> Answer | None:
        """Of a call that returns nothing."""
        return None if await self._facts(session_id, call_id) is None else Answer()

    async def session(self, session_id: str, call_id: str) -> Answer | None:
        """Of a call that returns the session."""
        return (await self.done(session_id, call_id)) and Answer(await self._sessions.session(session_id))

    async def objects(self, session_id: str, call_id: str) -> Answer | None:
        """Of a call that returns the objects that it names."""
        if (facts := await self._facts(session_id, call_id)) is None:
            return None
        info = await self._sessions.session(session_id)
        named = facts.interaction.object_ids or ()
        return Answer([each for each in info.objects if each.object_id in named])

    async def object(self, session_id: str, call_id: str) -> Answer | None:
        """Of a call that returns the one object that it names; None also where that is gone again."""
        found = await self.objects(session_id, call_id)
        return Answer(found.value[0]) if found and found.value else None

    async def frame(self, session_id: str, call_id: str) -> Answer | None:
        """Of a call that returns the masks of the frame that it names."""
        if (facts := await self._facts(session_id, call_id)) is None:
            return None
        return Answer(await self._masks_on(session_id, facts.interaction.frame_index or 0))

    async def whole_frame(self, session_id: str, call_id: str) -> Answer | None:
        """As `frame`, with an empty mask for every object that has none."""
        if (facts := await self._facts(session_id, call_id)) is None:
            return None
        info = await self._sessions.session(session_id)
        return Answer(await self._all_masks_on(info, facts.interaction.frame_index or 0))

    async def removed_object(self, session_id: str, call_id: str) -> Answer | None:
        """Of `remove_object`."""
        if (facts := await self._facts(session_id, call_id)) is None:
            return None
        info = await self._sessions.session(session_id)
        frames = sorted(frame_index for _, frame_index in facts.prompted)
        return Answer([await self._all_masks_on(info, frame_index) for frame_index in frames])

    async def marked_absent(self, session_id: str, call_id: str) -> Answer | None:
        """Of `mark_absent`: what is confirmed in its range was left as it is, since the rest is so no more."""
        if (facts := await self._facts(session_id, call_id)) is None:
            return None
        [object_id], frames, step = facts.interaction.object_ids or (0,), *await self._range(session_id, facts)
        kept = await self._confirmed(session_id, object_id) & {*frames}
        changed = [frame for frame in frames if frame not in kept]
        cleared = sorted(frame_index for _, frame_index in facts.prompted)
        return Answer(
            ChangedFrames(object_id, frame_spans(changed, step), tuple(cleared), frame_spans(sorted(kept), step))
        )

    async def removed_masks(self, session_id: str, call_id: str) -> Answer | None:
        """Of `remove_masks`: what still has a prompt or is confirmed in its range was left as it is."""
        if (facts := await self._facts(session_id, call_id)) is None:
            return None
        frames, step = await self._range(session_id, facts)
        prompted = {each.object_id: each.prompted_frames for each in (await self._sessions.session(session_id)).objects}
        outcome = []
        for object_id in dict.fromkeys(facts.interaction.object_ids or ()):
            left = await self._confirmed(session_id, object_id) | {*prompted.get(object_id, ())}
            kept = [frame for frame in frames if frame in left]
            changed = sorted(frame for owner, frame in facts.masked if owner == object_id and frame not in left)
            outcome.append(ChangedFrames(object_id, frame_spans(changed, step), (), frame_spans(kept, step)))
        return Answer(outcome)

    async def reverted(self, session_id: str, call_id: str) -> Answer | None:
        """Of an undo or a redo."""
        facts = await self._facts(session_id, call_id)
        if facts is None or facts.reverted is None:
            return None
        lost = await self._store.reading.run(self._store.lost_adapters, session_id)
        return Answer(RevertedChange(facts.reverted, lost))

    async def correction(self, session_id: str, call_id: str) -> Answer | None:
        """Of a correction; one of which it is not known what became of its training has neither adapter nor reason."""
        if (facts := await self._facts(session_id, call_id)) is None:
            return None
        frame = await self._masks_on(session_id, facts.interaction.frame_index or 0)
        return Answer(Correction(frame, await self._adapter(session_id, facts), facts.interaction.skipped))

    async def trained(self, session_id: str, call_id: str) -> Answer | None:
        """Of a training; one that has begun, and of which nothing more is known, is answered with None."""
        facts = await self._facts(session_id, call_id)
        return None if facts is None else Answer(await self._adapter(session_id, facts))

    async def _facts(self, session_id: str, call_id: str) -> ChangeFacts | None:
        return await self._store.reading.run(self._store.change_facts, session_id, call_id)

    async def _adapter(self, session_id: str, facts: ChangeFacts) -> TrainedAdapter | None:
        info = await self._sessions.session(session_id)
        trained = (each for tracked in info.objects for each in tracked.adapters)
        return next((each for each in trained if each.record.adapter_id == facts.interaction.adapter_id), None)

    async def _masks_on(self, session_id: str, frame_index: int) -> FrameMasks:
        found = await self._store.reading.run(self._store.masks, session_id, frame_index, frame_index)
        return found[0] if found else FrameMasks(frame_index, ())

    async def _all_masks_on(self, info: SessionInfo, frame_index: int) -> FrameMasks:
        found = {each.object_id: each for each in (await self._masks_on(info.session_id, frame_index)).masks}
        empty = no_mask(info.video.info.width, info.video.info.height)
        owners = [each.object_id for each in info.objects]
        return FrameMasks(
            frame_index,
            tuple(found.get(owner) or Mask(owner, empty, None, None, MaskSource.TRACKED) for owner in owners),
        )

    async def _range(self, session_id: str, facts: ChangeFacts) -> tuple[range, int]:
        """The frames that a change of a range names, and how far they are apart."""
        step = (await self._sessions.session(session_id)).frame_step
        [(first, last)] = facts.interaction.ranges or ((0, -1),)
        return range(first + -first % step, last + 1, step), step

    async def _confirmed(self, session_id: str, object_id: int) -> set[int]:
        spans = (await self._sessions.object_frames(session_id)).get(object_id)
        return {frame for first, last in spans.confirmed for frame in range(first, last + 1)} if spans else set()
