"""The label classes of projects: those that clients set, or else those of a file in the folder of videos."""

from collections.abc import Iterable, Sequence

from sam2_lit.engine.sessions.label_files import read_label_file
from sam2_lit.media.library import VideoLibrary
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.records.labels import Label, LabelDraft, checked_labels, project_of
from sam2_lit.store.store import Store


class ProjectLabels:
    """The labels of each project. A project is a folder of videos; a video's path names it (`project_of`)."""

    def __init__(self, library: VideoLibrary, store: Store) -> None:
        self._library = library
        self._store = store

    async def of(self, path: str) -> tuple[Label, ...]:
        """The labels for the video with this path, in their order.

        Those that were set; else those of a file in the video's folder or the nearest one above it; else none. Raises
        LitError (UNSUPPORTED_MEDIA) where that file is not a list of labels.
        """
        stored = await self._store.reading.run(self._store.labels, project_of(path))
        if stored is not None:
            return stored
        return await self._library.threads.reading.run(lambda: read_label_file(self._library.project_folders(path)))

    async def of_all(self, paths: Iterable[str]) -> tuple[Label, ...]:
        """The labels of several videos' projects; of labels of one name the first."""
        found: dict[str, Label] = {}
        for path in paths:
            for label in await self.of(path):
                found.setdefault(label.name, label)
        return tuple(found.values())

    async def set(self, path: str, drafts: Sequence[LabelDraft] | None) -> None:
        """Sets the labels of a video's project; None goes back to those of the file. Raises INVALID_PROMPT."""
        labels = None if drafts is None else checked_labels(drafts)
        await self._store.set_labels(project_of(path), labels, ChangeScope.new(InteractionKind.SET_LABELS))
