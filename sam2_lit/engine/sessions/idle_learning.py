"""Continues trainings after their answer, while the device is idle."""

import asyncio
import logging

from sam2_lit.engine.device.steps import Rank
from sam2_lit.engine.learning.adapter_training import FinishedTraining
from sam2_lit.engine.sessions.pooled_session import PooledSession
from sam2_lit.engine.sessions.progress_feed import ProgressFeeds
from sam2_lit.engine.sessions.training_steps import learn_on_while_idle
from sam2_lit.errors import LitError
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.results import TrainedAdapter, TrainingProgress

logger = logging.getLogger("sam2_lit.engine")


class IdleLearning:
    """At most one continued training for each object of a session in memory.

    It holds no lock and does not keep its session in memory: it changes an adapter in a single step, and only one that
    nothing else has changed meanwhile. A session that leaves memory stops its trainings first.
    """

    def __init__(self, feeds: ProgressFeeds[TrainingProgress]) -> None:
        self._feeds = feeds
        self._tasks: set[asyncio.Task[None]] = set()

    def start(
        self,
        session: PooledSession,
        trained: TrainedAdapter,
        bank: AdapterBank,
        finished: FinishedTraining,
        interaction: Interaction,
    ) -> None:
        """Continues a training that was answered, in place of an earlier one of the object."""
        session.stop_learning(trained.object_id)
        if session.state.settings.training.learn_on_steps == 0:
            return
        task = asyncio.create_task(self._continue(session, trained, bank, finished, interaction))
        session.learning[trained.object_id] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ended(self, session: PooledSession) -> None:
        """Returns once no training of the session continues."""
        while tasks := list(session.learning.values()):
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Returns once every training has ended; the device is closed before."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _continue(
        self,
        session: PooledSession,
        trained: TrainedAdapter,
        bank: AdapterBank,
        finished: FinishedTraining,
        interaction: Interaction,
    ) -> None:
        object_id, feed = trained.object_id, self._feeds.get(session.state.session_id)
        steps = learn_on_while_idle(
            session.state,
            object_id,
            bank,
            trained.record.adapter_id,
            finished,
            interaction,
            feed.publish,
        )
        try:
            last = await session.commit(steps, Rank.IDLE)
        except LitError as error:
            # The answer that the client has stays valid.
            logger.info("the training of object %d did not continue: %s", object_id, error.message)
            return
        finally:
            if session.learning.get(object_id) is asyncio.current_task():
                del session.learning[object_id]
        if last is not None:
            feed.publish(last)
