"""Annotations as files: exports and imports."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sam2_lit.client.async_session_masks import AsyncSessionMasks
from sam2_lit.client.generated import (
    ExportAnnotationsInput,
    ExportFormat,
    FrameMapInput,
    FrameMatching,
    ImportAnnotationsInput,
    ImportFormat,
    ObjectMapInput,
    Upload,
)
from sam2_lit.client.generated import ImportFields as Import


class AsyncSessionFiles(AsyncSessionMasks):
    """The part of `AsyncSession` that writes annotations to files and reads them."""

    async def export(
        self,
        format: ExportFormat,
        destination: Path | str,
        *,
        object_ids: Sequence[int] | None = None,
        first: int = 0,
        last: int | None = None,
        include_pictures: bool = False,
        no_overlap: bool = False,
        other_sessions: Sequence[str] = (),
    ) -> Path:
        """Writes the session's masks to a file here, and returns its path.

        Args:
            destination: a file, or a folder, in which the file has the server's name for it.
            object_ids: the objects; None for all.
            first, last: the frames, both included; None for the last of the video.
            include_pictures: adds the frames as JPEGs, where the format has a place for them.
            no_overlap: leaves each pixel to one object, that with the lowest id.
            other_sessions: the ids of further sessions that become one data set with this one.

        Raises:
            NoPrompts: there is no mask yet.
            CapacityExceeded: the format has no room for so many objects.
            ObjectNotFound, FrameOutOfRange, SessionNotFound.
            OSError: the file cannot be written.
        """
        exported = await self._connection.export_annotations(
            ExportAnnotationsInput(
                session_id=self.session_id,
                format=format,
                object_ids=None if object_ids is None else list(object_ids),
                start_frame_index=first,
                end_frame_index=last,
                include_pictures=include_pictures,
                no_overlap=no_overlap,
                other_session_ids=list(other_sessions),
            )
        )
        path = Path(destination)
        if path.is_dir():
            path /= Path(exported.filename).name
        unfinished = path.with_name(f"{path.name}.part")
        try:
            with unfinished.open("wb") as file:
                await self._connection.download(exported.url, file)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path

    async def import_annotations(
        self,
        file: Path | str,
        format: ImportFormat | None = None,
        *,
        video: str | None = None,
        frames: FrameMatching = FrameMatching.AUTO,
        frame_map: Mapping[str, int] | None = None,
        object_map: Mapping[str, int] | None = None,
        dry_run: bool = False,
        ignore_mismatches: bool = False,
        force: bool = False,
    ) -> Import:
        """Makes the masks of a file masks of the session. Where something does not match, nothing is changed.

        Args:
            format: found from the file where it is None.
            video: the video in a file of several; None for that of the session's name.
            frames: whether frames match by name or by index.
            frame_map, object_map: frame indices and object ids by what the file calls them, where they are stated.
            dry_run: only says what would be changed, and what does not match.
            ignore_mismatches: imports the rest where something does not match.
            force: replaces confirmed masks, too.

        Raises:
            UnsupportedMedia, UploadTooLarge, BadRequest, Cancelled.
            OSError: the file cannot be read.
        """
        path = Path(file)
        wanted = ImportAnnotationsInput(
            session_id=self.session_id,
            format=format,
            video=video,
            frames=frames,
            frame_map=[FrameMapInput(source=source, frame_index=index) for source, index in (frame_map or {}).items()],
            object_map=[ObjectMapInput(source=source, object_id=each) for source, each in (object_map or {}).items()],
            dry_run=dry_run,
            ignore_mismatches=ignore_mismatches,
            force=force,
        )
        with path.open("rb") as content:
            upload = Upload(path.name, content, "application/octet-stream")
            return await self._connection.import_annotations(upload, wanted)
