"""GraphQL subscriptions."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from sam2_lit.schema.context import Info
from sam2_lit.schema.tracking_inputs import PropagateInVideoInput
from sam2_lit.schema.types.file_progress import FileProgress
from sam2_lit.schema.types.history import SessionChange, sequence_of
from sam2_lit.schema.types.learning import LoraTrainingProgress
from sam2_lit.schema.types.tracking import PropagationFrame, TrackingProgress


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="One event for each frame, as soon as it is tracked. "
        "Ending the subscription stops tracking within a frame; it can be resumed for some time."
    )
    async def propagate_in_video(
        self, info: Info, input: PropagateInVideoInput
    ) -> AsyncGenerator[PropagationFrame, None]:
        context = info.context
        resume = input.resume_from(context.last_event_id)
        frames = context.engine.propagate(input.session_id, input.scope(), resume)
        async with aclosing(frames):
            async for frame in frames:
                context.event_id = f"{frame.propagation_id}:{frame.sequence}"
                yield PropagationFrame.of(frame)

    @strawberry.subscription(
        description="One event for each frame that a call on the session tracks on its way: propagateToFrame, "
        "a correction far ahead, candidates, a prompt after the session was resumed."
    )
    async def tracking_progress(self, info: Info, session_id: str) -> AsyncGenerator[TrackingProgress, None]:
        frames = info.context.engine.tracking_progress(session_id)
        async with aclosing(frames):
            async for progress in frames:
                yield TrackingProgress.of(progress)

    @strawberry.subscription(
        description="One event for each training step of any adapter of the session; "
        "the last event of a training has the adapter."
    )
    async def lora_training(self, info: Info, session_id: str) -> AsyncGenerator[LoraTrainingProgress, None]:
        steps = info.context.engine.training_progress(session_id)
        async with aclosing(steps):
            async for progress in steps:
                yield LoraTrainingProgress.of(progress)

    @strawberry.subscription(
        description="What any client changes in the session, in order, once it is stored, until the session is closed. "
        "`since` goes on after an event that was received, or after a session's changeCursor: none is missed, also "
        "across a restart. All frames of one tracking are one event, sent again as they are tracked, with all frames "
        "so far. On an event stream, Last-Event-ID does the same."
    )
    async def session_changes(
        self, info: Info, session_id: str, since: str | None = None
    ) -> AsyncGenerator[SessionChange, None]:
        context = info.context
        since = since or context.last_event_id
        after = None if since is None else sequence_of(since)
        await context.engine.session(session_id)
        events = context.engine.history.events(session_id, after)
        async with aclosing(events):
            async for event in events:
                change = SessionChange.of(event)
                context.event_id = change.cursor
                yield change

    @strawberry.subscription(description="One event for each frame that importAnnotations reads for the session.")
    async def import_progress(self, info: Info, session_id: str) -> AsyncGenerator[FileProgress, None]:
        frames = info.context.engine.import_progress(session_id)
        async with aclosing(frames):
            async for progress in frames:
                yield FileProgress.of(progress)

    @strawberry.subscription(description="One event for each frame that exportAnnotations writes for the session.")
    async def export_progress(self, info: Info, session_id: str) -> AsyncGenerator[FileProgress, None]:
        frames = info.context.engine.export_progress(session_id)
        async with aclosing(frames):
            async for progress in frames:
                yield FileProgress.of(progress)
