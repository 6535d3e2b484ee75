"""Reads files of masks, one at a time."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, BinaryIO

from sam2_lit.exports.cancelling import Cancellations
from sam2_lit.exports.sidecar import SIDECAR
from sam2_lit.imports.descriptions import describe_objects
from sam2_lit.imports.formats import IMPORT_FORMATS, detected_format
from sam2_lit.imports.import_files import ImportFiles
from sam2_lit.imports.matching import Target, chosen_video, plan_import
from sam2_lit.imports.parsed import Reading, count_masks
from sam2_lit.imports.sidecars import Sidecar, parse_sidecar
from sam2_lit.media.library import VideoLibrary
from sam2_lit.records.file_progress import FileProgress
from sam2_lit.records.imports import ImportOptions, ImportPlan
from sam2_lit.records.results import FrameMasks, SessionInfo
from sam2_lit.thread_pool import ThreadPool

_MAX_WAITING = 16


class Importer:
    """Reads files of masks on a thread of its own, and plans what importing them into a session changes.

    Nothing is changed here: `Engine.import_masks` does, all at once.
    """

    def __init__(self, library: VideoLibrary) -> None:
        self._library = library
        self._thread = ThreadPool("import", max_waiting=_MAX_WAITING)
        self._running = Cancellations("the import was cancelled; the session is as it was")

    def close(self) -> None:
        """Ends the thread. Imports that wait fail; one that runs is cancelled and not waited for."""
        self._running.cancel_all()
        self._thread.close(run_waiting=False, wait=False)

    def cancel(self, session_id: str) -> bool:
        """Ends the session's imports within a frame. Returns whether there was one."""
        return self._running.cancel(session_id)

    async def plan(
        self,
        session: SessionInfo,
        masks: Sequence[FrameMasks],
        upload: BinaryIO,
        filename: str,
        options: ImportOptions,
        report: Callable[[FileProgress], None],
        confirmed: Collection[tuple[int, int]] = (),
    ) -> ImportPlan:
        """Reads a file and matches it with a session. Cancelling the call ends the work within a frame.

        Args:
            session: what the masks are for.
            masks: those that it has.
            upload: the file.
            filename: its name, for messages.
            options: how it is read and matched.
            report: called on the thread as frames are read.
            confirmed: the session's masks that a person confirmed, by frame and object.

        Raises:
            LitError: UNSUPPORTED_MEDIA where the file is not what its format promises, UPLOAD_TOO_LARGE where it holds
                too much, FRAME_OUT_OF_RANGE or INVALID_PROMPT for a wrong map, CANCELLED, and CAPACITY_EXCEEDED where
                too many imports wait.
        """
        with self._running.running(session.session_id) as cancellation:

            def step(completed: int, total: int) -> None:
                cancellation.check()
                report(FileProgress(completed, total))

            return await self._thread.run(self._plan, session, masks, upload, filename, options, step, confirmed)

    def _plan(
        self,
        session: SessionInfo,
        masks: Sequence[FrameMasks],
        upload: BinaryIO,
        filename: str,
        options: ImportOptions,
        step: Callable[[int, int], None],
        confirmed: Collection[tuple[int, int]],
    ) -> ImportPlan:
        files = ImportFiles(upload, filename)
        sidecar = find_sidecar(files)
        format = options.format or detected_format(files, sidecar.format if sidecar else None)
        info = session.video.info
        reading = Reading(files, sidecar, (info.height, info.width), step)
        videos = IMPORT_FORMATS[format].read(reading)
        count_masks(videos)
        describe_objects(videos, sidecar, format)
        target = Target(session, masks, self._library.frame_stems(session.video), confirmed)
        video = chosen_video(videos, options, target, files.filename)
        return plan_import(format, video, options, target, reading.losses)


def find_sidecar(files: ImportFiles) -> Sidecar | None:
    """The sidecar of an export; None where the upload has none. Raises LitError (UNSUPPORTED_MEDIA)."""
    if files.is_zip:
        for name in files.names:
            if name.rsplit("/")[-1] == SIDECAR:
                return parse_sidecar(files.read_json(name), name)
    for name in files.names:
        if name.lower().endswith("instances.json") or files.is_json:
            content: Any = files.read_json(name)
            if isinstance(content, dict) and "sam2_lit" in content:
                return parse_sidecar(content["sam2_lit"], name)
    return None
