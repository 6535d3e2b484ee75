"""GraphQL queries. None changes anything."""

from typing import Annotated

import strawberry
from strawberry import relay

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.schema.context import Info
from sam2_lit.schema.types.learning import AdapterSource, LoraCandidate
from sam2_lit.schema.types.models import Model
from sam2_lit.schema.types.pages import MAX_PAGE, After, Before, Connection, First, Last, page_request
from sam2_lit.schema.types.sessions import Session
from sam2_lit.schema.types.users import OfUser, Viewer
from sam2_lit.schema.types.videos import Video, VideoConnection, invalid_page, video_cursor


@strawberry.type
class Query:
    @strawberry.field(description="The video to show first.")
    async def default_video(self, info: Info) -> Video:
        context = info.context
        return Video.of(await context.engine.videos.default(), context.base_url)

    @strawberry.field(
        description="The sample, the videos of the served folder and its subfolders by path, and uploads, oldest first."
    )
    async def videos(
        self,
        info: Info,
        before: Before = None,
        after: After = None,
        first: First = None,
        last: Last = None,
        search: Annotated[
            str, strawberry.argument(description="Only paths that contain this, whatever the case.")
        ] = "",
    ) -> VideoConnection:
        if any(count is not None and not 0 <= count <= MAX_PAGE for count in (first, last)):
            raise invalid_page()
        context = info.context
        if first is None and last is None:
            first = MAX_PAGE
        page = await context.engine.videos.page(search, video_cursor(after), video_cursor(before), first, last)
        return VideoConnection.of_page(page, context.base_url)

    @strawberry.field
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The ID of the object.")]
    ) -> relay.Node | None:
        # `relay.node()` fails with an exception of its own for any ID that it did not make.
        try:
            wanted = relay.GlobalID.from_id(id)
        except relay.GlobalIDValueError:
            wanted = None
        if wanted is None or wanted.type_name != "Video":
            raise LitError(ErrorCode.VIDEO_NOT_FOUND, "no object has this ID; send the `id` of one of `videos`")
        [video] = await Video.resolve_nodes(info=info, node_ids=[wanted.node_id])
        return video

    @strawberry.field
    def model(self, info: Info) -> Model:
        return Model.of(info.context.engine.model())

    @strawberry.field(description="Who asks; null where the server has no users.")
    def viewer(self) -> Viewer | None:
        return Viewer.current()

    @strawberry.field(description="Oldest first; without private ones of others.")
    async def sessions(self, info: Info, user: OfUser = None) -> list[Session]:
        context = info.context
        return [Session.of(session, context.base_url) for session in await context.engine.sessions(user)]

    @strawberry.field(description="As sessions, oldest first, in pages.")
    async def sessions_connection(
        self,
        info: Info,
        after: After = None,
        before: Before = None,
        first: First = None,
        last: Last = None,
        user: OfUser = None,
    ) -> Connection[Session]:
        context = info.context
        page = await context.engine.session_page(page_request("sessions", after, before, first, last), user)
        return Connection[Session].of(page, lambda session: Session.of(session, context.base_url))

    @strawberry.field(description="Null where there is no such session.")
    async def session(self, info: Info, session_id: str) -> Session | None:
        context = info.context
        try:
            return Session.of(await context.engine.session(session_id), context.base_url)
        except LitError as error:
            if error.code is not ErrorCode.SESSION_NOT_FOUND:
                raise
            return None

    @strawberry.field(
        description="The objects of the same label in other sessions, whose adapters copyAdapters may give to this "
        "one, newest session first: those of the model that runs, at most 20 objects. None for an object without "
        "a label."
    )
    async def adapter_sources(self, info: Info, session_id: str, object_id: int) -> list[AdapterSource]:
        return [AdapterSource.of(each) for each in await info.context.engine.adapters.sources(session_id, object_id)]

    @strawberry.field(
        description="Masks that the object's trained adapters propose for a frame, ordered by how near the adapter's "
        "closest correction is. Changes nothing in the session."
    )
    async def lora_candidates(
        self, info: Info, session_id: str, object_id: int, frame_index: int
    ) -> list[LoraCandidate]:
        candidates = await info.context.engine.lora_candidates(session_id, object_id, frame_index)
        return [LoraCandidate.of(candidate) for candidate in candidates]
