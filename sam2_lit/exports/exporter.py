"""Makes exports, one at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.cancelling import Cancellations
from sam2_lit.exports.export_files import ExportFile, ExportFiles
from sam2_lit.exports.formats import FORMATS
from sam2_lit.exports.names import unique_names, video_name
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.exports import Color, ExportFormat, ExportSelection
from sam2_lit.records.file_progress import FileProgress
from sam2_lit.records.labels import Label
from sam2_lit.records.results import FrameMasks, SessionInfo
from sam2_lit.records.users import Owner, current_user
from sam2_lit.thread_pool import ThreadPool

SessionMasks = tuple[SessionInfo, Sequence[FrameMasks]]
"""A session and its masks, by rising frame index."""


class Exporter:
    """Exports sessions over one library of videos into one folder.

    One export at a time: concurrent ones would only compete with each other, and with tracking, for the CPU.
    """

    def __init__(self, library: VideoLibrary, folder: Path) -> None:
        self.files = ExportFiles(folder)
        self._library = library
        self._thread = ThreadPool("export", max_waiting=32)
        self._running = Cancellations("the export was cancelled; nothing was written")

    def close(self) -> None:
        """Ends the thread. Exports that wait fail; one that runs is cancelled and not waited for."""
        self._running.cancel_all()
        self._thread.close(run_waiting=False, wait=False)

    def cancel(self, session_id: str) -> bool:
        """Ends the exports that were requested for a session within a frame. Returns whether there was one."""
        return self._running.cancel(session_id)

    async def export(
        self,
        sessions: Sequence[SessionMasks],
        format: ExportFormat,
        colors: Mapping[int, Color],
        selection: ExportSelection | None = None,
        report: Callable[[FileProgress], None] = lambda progress: None,
        labels: tuple[Label, ...] = (),
    ) -> ExportFile:
        """Exports the masks of one session or several as one data set. Cancelling ends the work within a frame.

        Args:
            sessions: at least one; `cancel` takes the first one's id.
            format: the file format.
            colors: RGB by object id, for what is drawn; the other objects have DAVIS's colors.
            selection: what of each session; everything, without pictures, where None.
            report: called on a thread as frames are written.
            labels: those of the sessions' projects.

        Raises:
            LitError: NO_PROMPTS where a session has no masks; OBJECT_NOT_FOUND or FRAME_OUT_OF_RANGE for a selection
                that a session does not have; CAPACITY_EXCEEDED where the format has too few values for the objects, or
                too many exports wait; BAD_REQUEST where it holds one session; CANCELLED; where pictures are needed
                VIDEO_NOT_FOUND or UNSUPPORTED_MEDIA where the video is missing or unreadable.
        """
        with self._running.running(sessions[0][0].session_id) as cancellation:
            completed = 0

            def step(total: int) -> None:
                nonlocal completed
                cancellation.check()
                completed += 1
                report(FileProgress(completed, total))

            wanted = selection or ExportSelection()
            owner = _owner_of(session for session, _ in sessions)
            return await self._thread.run(self._make, sessions, format, colors, wanted, step, labels, owner)

    async def store(self, filename: str, write: Callable[[Path], list[str]], session: SessionInfo) -> ExportFile:
        """Stores another file of a session, which `write` writes to the given path, as `ExportFiles.add`."""
        return await self._thread.run(self.files.add, filename, write, _owner_of([session]))

    def _make(
        self,
        sessions: Sequence[SessionMasks],
        format: ExportFormat,
        colors: Mapping[int, Color],
        selection: ExportSelection,
        step: Callable[[int], None],
        labels: tuple[Label, ...],
        owner: Owner,
    ) -> ExportFile:
        names = unique_names(video_name(session.video.path) for session, _ in sessions)
        videos = tuple(
            Annotations.of(session, frames, name, selection, self._library.frame_stems(session.video))
            for (session, frames), name in zip(sessions, names, strict=True)
        )
        spec = FORMATS[format]
        total = spec.step_count(videos, selection.pictures)
        if selection.no_overlap:
            total += sum(len(video.frames) for video in videos)
            videos = tuple(video.without_overlaps(lambda: step(total)) for video in videos)
        source = ExportSource(videos, self._open, colors, selection.pictures, lambda: step(total), labels)
        several = f"-and-{len(videos) - 1}-more" if len(videos) > 1 else ""
        filename = f"{names[0]}{several}-{spec.file_ending(selection.pictures)}"
        return self.files.add(filename, lambda path: spec.write(source, path), owner)

    def _open(self, video: Annotations) -> VideoReader:
        return self._library.open(self._library.by_id(video.video.id))


def _owner_of(sessions: Iterable[SessionInfo]) -> Owner:
    """Who a file of sessions is of: where one of them is private, that session's owner alone."""
    private = (session.owner for session in sessions if session.owner.is_private)
    return next(private, Owner(current_user.get()))
