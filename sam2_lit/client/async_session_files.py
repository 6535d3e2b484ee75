"""Annotations and adapters as files, and adapters of other sessions."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sam2_lit.client.async_session_masks import AsyncSessionMasks
from sam2_lit.client.generated import AdapterFields as Adapter
from sam2_lit.client.generated import AdapterSourceFields as AdapterSource
from sam2_lit.client.generated import (
    CopyAdaptersInput,
    ExportAdaptersInput,
    ExportAnnotationsInput,
    ExportFormat,
    FrameMapInput,
    FrameMatching,
    ImportAdaptersInput,
    ImportAnnotationsInput,
    ImportFormat,
    ObjectMapInput,
    Upload,
)
from sam2_lit.client.generated import ImportFields as Import


class AsyncSessionFiles(AsyncSessionMasks):
    """The part of `AsyncSession` that writes annotations and adapters to files, and gets them from elsewhere."""

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
        return await self._download(exported.url, exported.filename, Path(destination))

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

    async def adapter_sources(self, object_id: int) -> list[AdapterSource]:
        """The objects of the same label in other sessions, whose adapters `copy_adapters` may give to this one.

        The newest session first; none for an object without a label.
        """
        return list(await self._connection.adapter_sources(self.session_id, object_id))

    async def copy_adapters(self, object_id: int, source_session_id: str, source_object_id: int) -> list[Adapter]:
        """Gives an object copies of another object's adapters, and returns all that it has then.

        Raises:
            AdapterNotFound: they were trained for another model.
            CapacityExceeded: the object would have too many.
            ObjectNotFound, SessionNotFound.
        """
        copied = await self._connection.copy_adapters(
            CopyAdaptersInput(
                session_id=self.session_id,
                object_id=object_id,
                source_session_id=source_session_id,
                source_object_id=source_object_id,
            )
        )
        return list(copied.adapters)

    async def export_adapters(self, destination: Path | str, object_ids: Sequence[int] | None = None) -> Path:
        """Writes the adapters of objects, or of all, to a ZIP file here, and returns its path.

        Each is a folder that `peft.PeftModel.from_pretrained` loads onto SAM 2's mask decoder.

        Raises:
            AdapterNotFound: the objects have none.
            ObjectNotFound, SessionNotFound.
            OSError: the file cannot be written.
        """
        wanted = None if object_ids is None else list(object_ids)
        exported = await self._connection.export_adapters(
            ExportAdaptersInput(session_id=self.session_id, object_ids=wanted)
        )
        return await self._download(exported.url, exported.filename, Path(destination))

    async def import_adapters(self, object_id: int, file: Path | str) -> list[Adapter]:
        """Gives an object the adapters of a ZIP file such as `export_adapters` writes; returns all that it has then.

        Raises:
            UnsupportedMedia, UploadTooLarge.
            AdapterNotFound: they are for another model.
            CapacityExceeded: the object would have too many.
            OSError: the file cannot be read.
        """
        path = Path(file)
        wanted = ImportAdaptersInput(session_id=self.session_id, object_id=object_id)
        with path.open("rb") as content:
            upload = Upload(path.name, content, "application/zip")
            return list((await self._connection.import_adapters(upload, wanted)).adapters)

    async def _download(self, url: str, filename: str, destination: Path) -> Path:
        path = destination / Path(filename).name if destination.is_dir() else destination
        unfinished = path.with_name(f"{path.name}.part")
        try:
            with unfinished.open("wb") as file:
                await self._connection.download(url, file)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path
