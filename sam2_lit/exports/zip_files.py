"""Zip files of exports."""

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.sidecar import SIDECAR, sidecar
from sam2_lit.media.stills import jpeg_frame
from sam2_lit.records.exports import ExportFormat

_JPEG_QUALITY = 95


class ExportZip:
    """A zip that is being written: `put` for pictures, which are compressed already, `put_text` for text."""

    def __init__(self, path: Path, source: ExportSource, format: ExportFormat) -> None:
        self._file = ZipFile(path, "w", ZIP_STORED)
        self._source = source
        self._format = format

    def __enter__(self) -> "ExportZip":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def put(self, name: str, content: bytes) -> None:
        self._file.writestr(name, content)

    def put_text(self, name: str, text: str) -> None:
        self._file.writestr(name, text, ZIP_DEFLATED)

    def put_sidecar(self, numbers: dict[tuple[str, int], int], losses: list[str]) -> None:
        """Adds the sidecar; the arguments are those of `sidecar`."""
        content = sidecar(self._source, self._format, numbers, losses)
        self.put_text(SIDECAR, json.dumps(content, ensure_ascii=False, indent=1))

    def put_pictures(self, name: Callable[[Annotations, int], str], *, all_selected: bool = False) -> None:
        """Adds the frames that have masks, or all that are selected, as JPEGs, where the export includes pictures."""
        if not self._source.pictures:
            return
        for video in self._source.videos:
            indices = video.selected if all_selected else [frame.frame_index for frame in video.frames]
            with self._source.open_video(video) as reader:
                for index in indices:
                    self._source.step()
                    self.put(name(video, index), jpeg_frame(reader, index, _JPEG_QUALITY))
