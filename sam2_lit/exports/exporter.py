"""Makes exports, one at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from sam2_lit.exports.annotations import Annotations
from sam2_lit.exports.export_files import ExportFile, ExportFiles
from sam2_lit.exports.formats import FORMATS, ExportSource
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.exports import Color, ExportFormat
from sam2_lit.records.results import FrameMasks, SessionInfo


class Exporter:
    """Exports sessions over one library of videos into one folder.

    One export at a time: concurrent ones would only compete with each other, and with tracking, for the CPU.
    """

    def __init__(self, library: VideoLibrary, folder: Path) -> None:
        self.files = ExportFiles(folder)
        self._library = library
        self._lock = asyncio.Lock()

    async def export(
        self, session: SessionInfo, frames: Sequence[FrameMasks], format: ExportFormat, colors: Mapping[int, Color]
    ) -> ExportFile:
        """Exports a session's masks.

        Args:
            session: the session.
            frames: its masks, by rising frame index.
            format: the file format.
            colors: RGB by object id, for what is drawn; the other objects have DAVIS's colors.

        Raises:
            LitError: NO_PROMPTS where there are no masks; CAPACITY_EXCEEDED where the format has too few values for the
                objects; for an overlay VIDEO_NOT_FOUND or UNSUPPORTED_MEDIA where the video is missing or unreadable.
        """
        annotations = Annotations.of(session, frames)

        def open_video() -> VideoReader:
            return self._library.open(self._library.by_id(annotations.video.id))

        async with self._lock:
            return await asyncio.to_thread(self._make, ExportSource(annotations, colors, open_video), format)

    def _make(self, source: ExportSource, format: ExportFormat) -> ExportFile:
        spec = FORMATS[format]
        return self.files.add(f"{source.annotations.name}-{spec.ending}", lambda path: spec.write(source, path))
