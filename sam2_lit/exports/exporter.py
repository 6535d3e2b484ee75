"""Makes exports, one at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from sam2_lit.exports.annotations import Annotations
from sam2_lit.exports.coco import write_coco
from sam2_lit.exports.export_files import Export, ExportStore
from sam2_lit.exports.overlay import write_overlay
from sam2_lit.exports.palette import write_davis, write_youtube_vos
from sam2_lit.media.library import VideoLibrary
from sam2_lit.records.exports import Color, ExportFormat
from sam2_lit.records.results import FrameMasks, SessionInfo

_ENDINGS = {
    ExportFormat.COCO: "coco.json",
    ExportFormat.DAVIS: "davis.zip",
    ExportFormat.YOUTUBE_VOS: "youtube-vos.zip",
    ExportFormat.OVERLAY_MP4: "overlay.mp4",
}


class Exporter:
    """Exports of sessions over one library of videos, kept in a folder.

    One is made at a time: several would only take the cores from each other, and from tracking.
    """

    def __init__(self, library: VideoLibrary, folder: Path) -> None:
        self.store = ExportStore(folder)
        self._library = library
        self._lock = asyncio.Lock()

    async def export(
        self,
        session: SessionInfo,
        frames: Sequence[FrameMasks],
        format: ExportFormat,
        colors: Mapping[int, Color],
    ) -> Export:
        """Makes an export of a session's masks as they stand now.

        Args:
            session: whose they are.
            frames: the masks, by rising frame.
            format: what to make.
            colours: RGB by object id, for what is drawn.

        Raises:
            LitError: NO_PROMPTS where there are no masks, CAPACITY_EXCEEDED where the format has no room for so many
                objects; for an overlay VIDEO_NOT_FOUND or UNSUPPORTED_MEDIA where the video went away or became
                unreadable.
        """
        annotations = Annotations.of(session, frames)
        async with self._lock:
            return await asyncio.to_thread(self._make, annotations, format, colors)

    def _make(self, annotations: Annotations, format: ExportFormat, colors: Mapping[int, Color]) -> Export:
        def write(place: Path) -> None:
            match format:
                case ExportFormat.COCO:
                    write_coco(annotations, place)
                case ExportFormat.DAVIS:
                    write_davis(annotations, place)
                case ExportFormat.YOUTUBE_VOS:
                    write_youtube_vos(annotations, place)
                case ExportFormat.OVERLAY_MP4:
                    video = self._library.by_id(annotations.video.id)
                    with self._library.open(video) as reader:
                        write_overlay(annotations, reader, colors, place)

        return self.store.add(f"{annotations.name}-{_ENDINGS[format]}", write)
