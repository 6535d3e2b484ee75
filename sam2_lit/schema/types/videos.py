"""Videos of the library."""

from collections.abc import Iterable
from typing import Self
from urllib.parse import quote

import strawberry
from strawberry import relay

from sam2_lit.records.videos import VideoEntry
from sam2_lit.schema.context import Info


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
        found = [await context.read(context.engine.library.by_id, node_id) for node_id in node_ids]
        return [cls.of(video, context.base_url) for video in found]


@strawberry.type
class DeleteUpload:
    success: bool
