"""A session's masks, as exports are made from them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.results import FrameMasks, SessionInfo
from sam2_lit.records.videos import VideoEntry


@dataclass(frozen=True)
class Annotations:
    """The masks of one video.

    Attributes:
        video: the video.
        objects: the names of all objects that have a mask, by rising id; "" for an object without a name.
        frames: the frames that have masks, by rising index.
    """

    video: VideoEntry
    objects: dict[int, str]
    frames: tuple[FrameMasks, ...]

    @classmethod
    def of(cls, session: SessionInfo, frames: Sequence[FrameMasks]) -> "Annotations":
        """Raises LitError (NO_PROMPTS) where no frame has a mask."""
        if not frames:
            raise LitError(
                ErrorCode.NO_PROMPTS, "there is nothing to export: no frame has a mask yet; add a prompt first"
            )
        annotated = sorted({mask.object_id for frame in frames for mask in frame.masks})
        names = {each.object_id: each.name or "" for each in session.objects}
        objects = {object_id: names.get(object_id, "") for object_id in annotated}
        return cls(session.video, objects, tuple(frames))

    @property
    def name(self) -> str:
        """The video's name without its suffix, safe as the name of a file or folder."""
        return re.sub(r"[^\w-]+", "_", PurePosixPath(self.video.path).stem).strip("_") or "video"


def frame_name(index: int) -> str:
    """The file name of a frame without its suffix, as in DAVIS and YouTube-VOS: `00000`."""
    return f"{index:05}"
