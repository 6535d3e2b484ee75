"""The sources of a library by path and by id."""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.recounts import Recounts
from sam2_lit.media.sources import Source, SourceFolder, legacy_id, source_of
from sam2_lit.media.uploads import Uploads
from sam2_lit.records.videos import no_video_at, no_video_with

_REPLACED = 10_000
# An id that is not known is looked for again after this long.
_PAUSE_SECONDS = 1.0

Listed = Sequence[tuple[str, Source]]


class SourceIndex:
    """Finds a source by its path or id without listing the others, which is done where it is not known.

    May be used from any thread.
    """

    def __init__(self, sample: Path, videos_dir: Path | None, uploads: Uploads, recounts: Recounts) -> None:
        self._sample = sample
        self._recounts = recounts
        self._folder = None if videos_dir is None else SourceFolder(videos_dir, "videos")
        self._uploads = uploads
        self._lock = threading.Lock()
        self._by_path: dict[str, Source] = {}
        self._by_id: dict[str, Source] = {}
        self._by_legacy_id: dict[str, str] = {}
        self._replaced: OrderedDict[str, str] = OrderedDict()
        self._listed_at = 0.0
        self._listed: Listed = ()
        self._listed_from: tuple[tuple[Source, ...], list[Source]] | None = None

    def sources(self) -> Listed:
        """Every source with its cursor, in their order, which is that of the cursors.

        The sample, then those of the user's folder by path, then uploads, oldest first. A file that was overwritten in
        place may be listed at an earlier version; `as_it_is` returns it as it is.
        """
        self._recounts.refresh()
        of_folder = () if self._folder is None else self._folder.sources()
        uploads = [source_of(f"uploads/{file.name}", file) for file in self._uploads.files()]
        with self._lock:
            if (of := self._listed_from) is not None and of[0] is of_folder and of[1] == uploads:
                self._listed_at = time.monotonic()
                return self._listed
            sample = source_of(f"sample/{self._sample.name}", self._sample)
            found = [(f"0{self._sample.name}", self.recounted(sample))]
            found += [(f"1{source.path}", self.recounted(source)) for source in of_folder]
            found += [(f"2{source.changed_ns:020d}{source.path}", self.recounted(source)) for source in uploads]
            found.sort(key=lambda each: each[0])
            self._listed, self._listed_from = found, (of_folder, uploads)
            known = self._by_path
            self._by_path = {source.path: source for _, source in found}
            self._by_id = {source.id: source for _, source in found if source.refusal is None}
            for path in self._by_path.keys() - known.keys():
                self._by_legacy_id[legacy_id(path)] = path
            for path, old in known.items():
                if old.id not in self._by_id:
                    self._replaced[old.id] = path
            for source_id in self._replaced.keys() & self._by_id.keys():
                del self._replaced[source_id]
            self._shorten()
            self._listed_at = time.monotonic()
        return found

    def as_it_is(self, listed: Source) -> Source:
        """A listed source as it is now. Frames of a folder that were overwritten in place are not looked at."""
        return listed if listed.refusal is not None else self._now(listed, look_at_frames=False)

    def by_path(self, path: str) -> Source:
        """The source with a path, as it is now. Raises LitError (VIDEO_NOT_FOUND)."""
        self._recounts.refresh()
        source = self._by_path.get(path)
        if source is not None and source.refusal is None and (now := self._now(source, look_at_frames=True)).version:
            return now
        self.sources()
        if (listed := self._by_path.get(path)) is not None:
            return listed
        raise no_video_at(path)

    def by_id(self, source_id: str) -> Source:
        """The source with an id, or with the id that an earlier release gave to its path.

        Raises LitError: VIDEO_NOT_FOUND, also where it has changed.
        """
        self._recounts.refresh()
        source = self._known(source_id)
        if source is None and source_id not in self._replaced and self._may_list():
            self.sources()
            source = self._known(source_id)
        if source is not None:
            now = self._now(source, look_at_frames=False)
            if now.refusal is None and source_id in (now.id, now.legacy_id):
                return now
        if path := self._replaced.get(source_id):
            raise _replaced(path, source_id)
        raise no_video_with(source_id)

    def check_version(self, path: str, source_id: str) -> None:
        """Raises LitError (VIDEO_NOT_FOUND) where the source with a path, all frames looked at, has not this id."""
        if self.by_path(path).id != source_id:
            raise _replaced(path, source_id)

    def look_again(self, path: str) -> None:
        """Finds the version of a source again, after reading it has shown that it has changed."""
        if (source := self._by_path.get(path)) is not None:
            self._now(source, look_at_frames=True)

    def recount(self, source: Source) -> None:
        """Gives a source another id, after decoding has shown that it has another number of frames than was said."""
        self._recounts.add(source.id)
        self._now(source, look_at_frames=True)

    def recounted(self, source: Source) -> Source:
        """A source at the version that it has since it was recounted."""
        while source.refusal is None and source.id in self._recounts:
            source = replace(source, version=f"{source.version} recounted")
        return source

    def _known(self, source_id: str) -> Source | None:
        return self._by_id.get(source_id) or self._by_path.get(self._by_legacy_id.get(source_id, ""))

    def _may_list(self) -> bool:
        return time.monotonic() - self._listed_at > _PAUSE_SECONDS

    def _now(self, known: Source, *, look_at_frames: bool) -> Source:
        """A source as it is now; frames of a folder that itself has not changed only where `look_at_frames`."""
        if not look_at_frames and known.version and _is_folder_unchanged(known):
            return known
        now = self.recounted(source_of(known.path, known.file))
        if now != known:
            if self._folder is not None:
                self._folder.forget(known.file)
            self._listed_from = None
            with self._lock:
                if now.id != known.id:
                    self._replaced[known.id] = known.path
                    self._by_id.pop(known.id, None)
                self._by_path[now.path] = now
                if now.refusal is None:
                    self._by_id[now.id] = now
                self._shorten()
        return now

    def _shorten(self) -> None:
        while len(self._replaced) > _REPLACED:
            self._replaced.popitem(last=False)


def _is_folder_unchanged(source: Source) -> bool:
    try:
        return source.file.is_dir() and source.file.stat().st_mtime_ns == source.changed_ns
    except OSError:
        return False


def _replaced(path: str, source_id: str) -> LitError:
    return LitError(
        ErrorCode.VIDEO_NOT_FOUND,
        f"{path} has changed or is gone since it had the id {source_id!r}; the query videos has its new id",
    )
