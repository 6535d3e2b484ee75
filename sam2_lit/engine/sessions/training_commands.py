"""Corrections and trainings from a client's call to the stored adapter: the locks they hold and what they publish."""

import logging

from sam2_lit.engine.device.steps import Rank
from sam2_lit.engine.observer import EngineObserver
from sam2_lit.engine.sessions.idle_learning import IdleLearning
from sam2_lit.engine.sessions.pooled_session import PooledSession
from sam2_lit.engine.sessions.progress_feed import ProgressFeeds
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.training_steps import (
    correct_frame,
    gather_sample,
    log_interaction,
    skip_training,
    train_on_sample,
)
from sam2_lit.errors import LitError
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.lora.trainer import Sample
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import Prompt
from sam2_lit.records.results import Correction, TrainedAdapter, TrainingProgress

logger = logging.getLogger("sam2_lit.engine")


class TrainingCommands:
    """Corrects sessions and trains their adapters. A training does not hold the lock under which prompts change.

    After its answer a training continues while the device is idle, until the object is corrected or trained again.
    """

    def __init__(self, feeds: ProgressFeeds[TrainingProgress], observer: EngineObserver) -> None:
        self.idle_learning = IdleLearning(feeds)
        self._feeds = feeds
        self._observer = observer

    async def correct(
        self,
        session: PooledSession,
        object_id: int,
        frame_index: int,
        prompt: Prompt,
        wants_training: bool,
        must_exist: bool,
        interaction: Interaction,
    ) -> Correction:
        """Applies a correction, which stays whether or not an adapter can be trained from it.

        `must_exist` refuses an object that is not there, instead of adding it. Raises TrackingNeeded before anything
        is changed.
        """
        state = session.state
        session.stop_learning(object_id)
        async with session.change_lock:
            steps = correct_frame(state, object_id, frame_index, prompt, wants_training, must_exist, interaction)
            frame, sample = await session.commit(steps)
            bank = state.banks[object_id]
        if sample is None:
            return Correction(frame, None, None)
        try:
            if isinstance(sample, LitError):
                raise sample
            adapter = await self._train(session, object_id, bank, sample, interaction)
        except LitError as refusal:
            _log_refusal(state, object_id, frame_index, refusal)
            if state.journal.failure is None:
                await session.commit(skip_training(state, interaction, refusal.code))
            return Correction(frame, None, refusal.code.value)
        return Correction(frame, adapter, None)

    async def train(
        self,
        session: PooledSession,
        object_id: int,
        frame_index: int,
        mask: BoolMask | None,
        interaction: Interaction,
    ) -> TrainedAdapter:
        """Trains on a mask, by default that of the frame's correction. Raises TrackingNeeded before it trains."""
        state = session.state
        session.stop_learning(object_id)
        try:
            async with session.change_lock:
                sample = await session.run(gather_sample(state, object_id, frame_index, mask))
                bank = state.banks[object_id]
                await session.commit(log_interaction(state, interaction))
            return await self._train(session, object_id, bank, sample, interaction)
        except LitError as refusal:
            _log_refusal(state, object_id, frame_index, refusal)
            raise

    async def _train(
        self, session: PooledSession, object_id: int, bank: AdapterBank, sample: Sample, interaction: Interaction
    ) -> TrainedAdapter:
        feed = self._feeds.get(session.state.session_id)
        async with session.training_lock:
            steps = train_on_sample(session.state, object_id, bank, sample, interaction, feed.publish)
            last, finished = await session.commit(steps, Rank.TRAINING)
            trained = last.adapter
            assert trained is not None
        feed.publish(last)
        self.idle_learning.start(session, trained, bank, finished, interaction)
        self._observer.training_finished(trained.record.seconds, trained.record.training_iou)
        return trained


def _log_refusal(state: SessionState, object_id: int, frame_index: int, refusal: LitError) -> None:
    logger.warning(
        "no adapter trained: session %s, object %d, frame %d: %s: %s",
        state.session_id,
        object_id,
        frame_index,
        refusal.code,
        refusal.message,
    )
