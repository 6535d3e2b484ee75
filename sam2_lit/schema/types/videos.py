"""Videos of the library."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import strawberry
from graphql import GraphQLError
from strawberry import relay

from sam2_lit.errors import ErrorCode
from sam2_lit.records import videos as records
from sam2_lit.records.videos import VideoEntry
from sam2_lit.schema.context import Info
from sam2_lit.schema.types.pages import MAX_PAGE, Connection, Edge

if TYPE_CHECKING:
    # Printing the schema needs no PyAV.
    from sam2_lit.media.library import VideoPage

_CURSOR = "video"


@strawberry.type
class FrameRange:
    first: int
    last: int = strawberry.field(description="Included.")
    reason: str

    @classmethod
    def of(cls, found: records.FrameRange) -> Self:
        return cls(first=found.first, last=found.last, reason=found.reason)


@strawberry.type
class Video(relay.Node):
    code: relay.NodeID[str]
    path: str = strawberry.field(description="The path to give to startSession.")
    poster_path: str | None
    width: int = strawberry.field(description="Pixels, as displayed.")
    height: int = strawberry.field(description="Pixels, as displayed.")
    url: str = strawberry.field(description="The video as H.264 MP4; its i-th frame is the one with index i.")
    poster_url: str
    frame_count: int
    fps: float
    duration_sec: float
    frame_url_template: str = strawberry.field(
        description="Replace {index} by a frame index to get exactly that frame as JPEG."
    )

    @strawberry.field(
        description="The frames that cannot be shown as they are. Null until the video has been read to its end, which "
        "begins with its upload or with a session on it, and where it is too long for that."
    )
    def damage(self, info: Info) -> list[FrameRange] | None:
        found = info.context.engine.library.damage.of(self.code)
        return None if found is None else [FrameRange.of(each) for each in found]

    @classmethod
    def of(cls, video: VideoEntry, base_url: str) -> Self:
        root = f"videos/{quote(video.id)}"
        return cls(
            code=video.id,
            path=video.path,
            poster_path=f"{root}/poster.jpg",
            width=video.info.width,
            height=video.info.height,
            url=f"{base_url}{root}/video.mp4",
            poster_url=f"{base_url}{root}/poster.jpg",
            frame_count=video.info.frame_count,
            fps=video.info.fps,
            duration_sec=video.info.duration_sec,
            frame_url_template=f"{base_url}{root}/frames/{{index}}.jpg",
        )

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> list[Self]:
        context = info.context
        found = [await context.engine.videos.by_id(node_id) for node_id in node_ids]
        return [cls.of(video, context.base_url) for video in found]


@strawberry.type(description="A file or folder that cannot be used as a video.")
class UnusableVideo:
    path: str
    reason: str


@strawberry.type(description="A video that can be used once the order of its frames is known.")
class PreparingVideo:
    path: str
    progress: float = strawberry.field(description="How much of it is decoded, 0 to 1.")


@strawberry.type(
    description="A page of videos. Its cursors stay valid while videos are added and removed. A page may have fewer "
    "videos than were asked for where others follow."
)
class VideoConnection(Connection[Video]):
    unusable: list[UnusableVideo] = strawberry.field(
        description="What was found on the way to this page's videos and cannot be used."
    )
    preparing: list[PreparingVideo] = strawberry.field(
        description="Likewise, what is being decoded once to learn the order of its frames; ask again for the progress."
    )
    total_count: int = strawberry.field(description="Files and folders on all pages, those that cannot be used too.")

    @classmethod
    def of_page(cls, page: "VideoPage", base_url: str) -> Self:
        return cls(
            edges=[
                Edge(cursor=relay.to_base64(_CURSOR, cursor), node=Video.of(video, base_url))
                for cursor, video in page.videos
            ],
            page_info=relay.PageInfo(
                has_next_page=page.has_next,
                has_previous_page=page.has_previous,
                start_cursor=relay.to_base64(_CURSOR, page.start) if page.start else None,
                end_cursor=relay.to_base64(_CURSOR, page.end) if page.end else None,
            ),
            unusable=[UnusableVideo(path=each.path, reason=each.reason) for each in page.unusable],
            preparing=[PreparingVideo(path=each.path, progress=each.progress) for each in page.preparing],
            total_count=page.total,
        )


def video_cursor(cursor: str | None) -> str | None:
    """What a cursor of a page of videos stands for. Raises GraphQLError where it is none."""
    try:
        kind, value = (_CURSOR, None) if cursor is None else relay.from_base64(cursor)
    except ValueError:
        kind, value = "", None
    if kind != _CURSOR:
        raise invalid_page()
    return value


def invalid_page() -> GraphQLError:
    return GraphQLError(
        f"before and after must be cursors from an earlier page of videos; first and last must be 0 to {MAX_PAGE}",
        extensions={"code": ErrorCode.BAD_REQUEST.value},
    )


@strawberry.type
class VideoChange:
    same_frames: int = strawberry.field(description="How many frames at the start are the same.")
    frame_count: int = strawberry.field(
        description="How many frames there are now; 0 where the file is gone or cannot be used."
    )


@strawberry.type
class DeleteUpload:
    success: bool
