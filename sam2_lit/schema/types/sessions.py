"""Sessions and their objects."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from sam2_lit.records import results
from sam2_lit.records.results import LoraMode
from sam2_lit.schema.context import Info
from sam2_lit.schema.types.frame_spans import FrameSpan
from sam2_lit.schema.types.history import Change, cursor_of
from sam2_lit.schema.types.interactions import Interaction
from sam2_lit.schema.types.labels import Attribute, Label
from sam2_lit.schema.types.learning import LoraAdapter
from sam2_lit.schema.types.masks import RLEMaskListOnFrame
from sam2_lit.schema.types.pages import After, Before, Connection, First, Last, page_request
from sam2_lit.schema.types.videos import Video, VideoChange


@strawberry.type
class TrackedObject:
    object_id: int
    name: str | None
    label: str | None = strawberry.field(description="The name of one of the session's labels.")
    attributes: list[Attribute]
    prompted_frames: list[int]
    adapters: list[LoraAdapter]
    session_id: strawberry.Private[str]

    @strawberry.field(description="Where a person said that the object is not there.")
    async def absent_ranges(self, info: Info) -> list[FrameSpan]:
        return [FrameSpan.of(each) for each in (await self._frames(info)).absent]

    @strawberry.field(description="Masks that a person confirmed.")
    async def confirmed_ranges(self, info: Info) -> list[FrameSpan]:
        return [FrameSpan.of(each) for each in (await self._frames(info)).confirmed]

    @strawberry.field(
        description="Tracked masks of which a prompt that they depend on has changed since: tracking makes them again."
    )
    async def stale_ranges(self, info: Info) -> list[FrameSpan]:
        return [FrameSpan.of(each) for each in (await self._frames(info)).stale]

    async def _frames(self, info: Info) -> results.ObjectFrames:
        found = await info.context.object_frames(self.session_id)
        # The object may have been removed since.
        return found.get(self.object_id, results.ObjectFrames((), (), ()))

    @classmethod
    def of(cls, tracked: results.ObjectInfo, session_id: str) -> Self:
        return cls(
            session_id=session_id,
            object_id=tracked.object_id,
            name=tracked.name,
            label=tracked.label,
            attributes=[Attribute(key=key, value=value) for key, value in tracked.attributes.items()],
            prompted_frames=list(tracked.prompted_frames),
            adapters=[LoraAdapter.of(adapter) for adapter in tracked.adapters],
        )


@strawberry.type
class Session:
    session_id: str
    video: Video
    frame_step: int = strawberry.field(
        description="The session works on every so many-th frame of the video, from 0; the others have no masks."
    )
    lora_mode: LoraMode
    objects: list[TrackedObject]
    tracked_frame_count: int = strawberry.field(description="Frames that have a mask.")
    created_at: datetime
    user: str | None = strawberry.field(description="Who started it; null where the server had no users.")
    private: bool = strawberry.field(description="Whether only this user may see it.")

    @strawberry.field(
        description="The label classes of the session's project, the folder of videos that its video is in: those of "
        "setLabels, else those of labels.json, labels.yaml or labels.yml in that folder or the nearest one above it."
    )
    async def labels(self, info: Info) -> list[Label]:
        return [Label.of(each) for each in await info.context.engine.labels.of(self.video.path)]

    @strawberry.field(description="The masks that the session holds, tracked or drawn. Computes nothing.")
    async def masks(
        self,
        info: Info,
        start_frame_index: int = 0,
        end_frame_index: Annotated[
            int | None, strawberry.argument(description="The last frame, included; null is the video's last.")
        ] = None,
    ) -> list[RLEMaskListOnFrame]:
        frames = await info.context.engine.masks(self.session_id, start_frame_index, end_frame_index)
        return [RLEMaskListOnFrame.of(frame) for frame in frames]

    @strawberry.field(description="Every prompt, correction, training and removal, in order.")
    async def interactions(self, info: Info) -> list[Interaction]:
        return [Interaction.of(each) for each in await info.context.engine.interactions(self.session_id)]

    @strawberry.field(description="As interactions, in pages.")
    async def interactions_connection(
        self, info: Info, after: After = None, before: Before = None, first: First = None, last: Last = None
    ) -> Connection[Interaction]:
        request = page_request("interactions", after, before, first, last)
        page = await info.context.engine.interaction_page(self.session_id, request)
        return Connection[Interaction].of(page, Interaction.of)

    @strawberry.field(description="The changes that were made, undone ones included, oldest first.")
    async def history(
        self, info: Info, after: After = None, before: Before = None, first: First = None, last: Last = None
    ) -> Connection[Change]:
        request = page_request("history", after, before, first, last)
        return Connection[Change].of(await info.context.engine.history.page(self.session_id, request), Change.of)

    @strawberry.field(
        description="The cursor of the last change. Read before the rest of the session, or in an earlier request, it "
        "is the `since` with which sessionChanges misses nothing."
    )
    async def change_cursor(self, info: Info) -> str:
        return cursor_of(await info.context.engine.history.last_event(self.session_id))

    @strawberry.field(
        description="How the file of the video has changed since the session was started; null where it has not. "
        "continueSession continues with the frames that are the same."
    )
    async def video_change(self, info: Info) -> VideoChange | None:
        change = await info.context.engine.video_change(self.session_id)
        return None if change is None else VideoChange(same_frames=change.same_frames, frame_count=change.frame_count)

    @classmethod
    def of(cls, session: results.SessionInfo, base_url: str) -> Self:
        return cls(
            session_id=session.session_id,
            video=Video.of(session.video, base_url),
            frame_step=session.frame_step,
            lora_mode=session.lora_mode,
            objects=[TrackedObject.of(tracked, session.session_id) for tracked in session.objects],
            tracked_frame_count=session.tracked_frame_count,
            created_at=session.created_at,
            user=session.owner.user,
            private=session.owner.is_private,
        )


@strawberry.type
class StartSession:
    session_id: str


@strawberry.type
class CloseSession:
    success: bool


@strawberry.type
class ClearPointsInVideo:
    success: bool
