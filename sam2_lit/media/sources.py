"""The files and folders that may be videos, found without opening them."""

import hashlib
import os
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sam2_lit.media.readers import picture
from sam2_lit.records.labels import LABEL_FILES

FILE_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".mkv", ".webm"),
    *(".avi", ".ts", ".mts", ".m2ts", ".gif"),
)
_MAX_DEPTH = 8
# A folder that changed this recently may change again within the resolution of its time of change.
_SETTLED_NS = 2 * 10**9
_UNREADABLE = "it cannot be read"
_NO_FILE = "it is neither a file nor a folder"


@dataclass(frozen=True)
class Source:
    """A file or folder that is a video, or not, at one version.

    Attributes:
        path: as clients know it.
        file: where it is.
        version: of a file its size and time of change; of a folder a digest of those and the names of its frames. Empty
            where `refusal` is given.
        refusal: why it cannot be a video, as far as its name and kind say; None where it has to be opened.
        changed_ns: the time of change of the file, or of the folder itself.
    """

    path: str
    file: Path
    version: str = ""
    refusal: str | None = None
    changed_ns: int = 0

    @property
    def is_unreadable(self) -> bool:
        """Whether it could not be looked at."""
        return self.refusal is not None and self.refusal.startswith(_UNREADABLE)

    @cached_property
    def place(self) -> str:
        """`file` as text, made once: the key under which 10,000 sources are found again."""
        return str(self.file)

    @cached_property
    def id(self) -> str:
        """Stands for the path and the version, in URLs."""
        return _digest(f"{self.path}\0{self.version}")

    @property
    def legacy_id(self) -> str:
        """The id that releases before content versions gave to the path."""
        return legacy_id(self.path)


def legacy_id(path: str) -> str:
    return _digest(path)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:16]


def source_of(path: str, file: Path) -> Source:
    """The source of a video file or folder of frames as it is now."""
    try:
        status = file.stat()
        version = f"{status.st_size} {status.st_mtime_ns}"
        if stat.S_ISDIR(status.st_mode):
            version = _Folder.read(str(file), status.st_mtime_ns).version()
    except OSError as error:
        return Source(path, file, refusal=_unreadable(error, file))
    if not _is_readable(status):
        return Source(path, file, refusal=_NO_FILE)
    return Source(path, file, version, changed_ns=status.st_mtime_ns)


def _unreadable(error: OSError, place: Path) -> str:
    """Why a file or folder cannot be read, with the name of the frame within it that is the reason."""
    frame = Path(os.fsdecode(error.filename)) if error.filename else place
    return f"{_UNREADABLE} ({'' if frame == place else f'{frame.name}: '}{error.strerror})"


def _is_readable(status: os.stat_result) -> bool:
    """Whether it is a file or a folder: reading a pipe or a device might wait forever."""
    return stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)


@dataclass
class _Folder:
    """What a folder held when it was read: names of its files, subfolders and frames."""

    place: str
    changed_ns: int
    read_ns: int
    files: tuple[str, ...]
    folders: tuple[str, ...]
    frames: tuple[str, ...]
    known_version: str | None = None

    @classmethod
    def read(cls, place: str, changed_ns: int) -> "_Folder":
        files, folders, frames = [], [], []
        now = time.time_ns()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    folders.append(entry.name)
                elif os.path.splitext(entry.name)[1].lower() in picture.SUFFIXES:
                    frames.append(entry.name)
                else:
                    files.append(entry.name)
        return cls(place, changed_ns, now, tuple(sorted(files)), tuple(sorted(folders)), tuple(sorted(frames)))

    def is_current(self, changed_ns: int) -> bool:
        return self.changed_ns == changed_ns and self.read_ns - changed_ns > _SETTLED_NS

    def version(self) -> str:
        """The version of its frames; each is looked at once."""
        if self.known_version is None:
            states = hashlib.sha256()
            for name in self.frames:
                status = os.stat(os.path.join(self.place, name))
                states.update(f"{name}\0{status.st_size} {status.st_mtime_ns}\0".encode(errors="surrogateescape"))
            self.known_version = states.hexdigest()
        return self.known_version


class SourceFolder:
    """Finds the sources in a folder and its subfolders. May be used from any thread.

    A folder is read again only where its time of change differs. Where none does, its files are not looked at again, so
    that finding 10,000 sources again costs one system call a folder.
    """

    def __init__(self, root: Path, prefix: str) -> None:
        """`prefix` is what the paths of the sources begin with."""
        self._root, self._prefix = root, prefix
        self._lock = threading.Lock()
        self._folders: dict[str, _Folder] = {}
        self._files: dict[str, Source] = {}
        self._found: tuple[Source, ...] | None = None

    def sources(self) -> tuple[Source, ...]:
        """Every source, in the order of their paths; the same tuple while no folder has changed.

        A file that was overwritten in place since it was found is found at its earlier version until `forget`.
        """
        with self._lock:
            if self._found is None or not self._is_unchanged():
                known, self._folders = self._folders, {}
                found = list(self._walk(str(self._root), "", known, ()))
                self._files = {source.place: source for source in found}
                self._found = tuple(sorted(found, key=lambda source: source.path))
                if any(source.is_unreadable for source in found):
                    # Permissions and targets of links change without the folder.
                    complete, self._found = self._found, None
                    return complete
            return self._found

    def forget(self, file: Path) -> None:
        """Has a file or a folder of frames looked at again, for one that was overwritten in place."""
        with self._lock:
            self._folders.pop(str(file), None)
            self._found = None

    def _is_unchanged(self) -> bool:
        try:
            return all(folder.is_current(os.stat(folder.place).st_mtime_ns) for folder in self._folders.values())
        except OSError:
            return False

    def _walk(
        self, place: str, name: str, known: dict[str, _Folder], above: tuple[tuple[int, int], ...]
    ) -> Iterator[Source]:
        path = f"{self._prefix}/{name}" if name else self._prefix
        try:
            status = os.stat(place)
            folder = known.get(place)
            if folder is None or not folder.is_current(status.st_mtime_ns):
                folder = _Folder.read(place, status.st_mtime_ns)
            version = folder.version() if name and folder.frames else ""
        except OSError as error:
            yield Source(path, Path(place), refusal=_unreadable(error, Path(place)))
            return
        identity = (status.st_dev, status.st_ino)
        if identity in above:
            return
        self._folders[place] = folder
        if folder.frames:
            reason = None if name else "frames must be in a folder of their own in the folder of videos"
            yield _named(Source(path, Path(place), version, reason, status.st_mtime_ns))
        elif name and not folder.files and not folder.folders:
            yield _named(Source(path, Path(place), refusal="it holds neither frames nor videos"))
        for each in folder.files:
            if each in LABEL_FILES or (folder.frames and not _may_be_video(each)):
                # Notes and lists next to frames belong to them.
                continue
            yield self._file(os.path.join(place, each), f"{path}/{each}")
        for each in folder.folders:
            inner = f"{name}/{each}" if name else each
            if len(above) == _MAX_DEPTH:
                reason = f"it is more than {_MAX_DEPTH} folders deep in the folder of videos"
                yield _named(Source(f"{path}/{each}", Path(place, each), refusal=reason))
            else:
                yield from self._walk(os.path.join(place, each), inner, known, (*above, identity))

    def _file(self, place: str, path: str) -> Source:
        known = self._files.get(place)
        try:
            status = os.stat(place)
        except OSError as error:
            return _named(Source(path, Path(place), refusal=_unreadable(error, Path(place))))
        version = f"{status.st_size} {status.st_mtime_ns}"
        if known is not None and version == known.version:
            return known
        if not _may_be_video(place):
            return _named(Source(path, Path(place), refusal=f"its name ends in none of {', '.join(FILE_SUFFIXES)}"))
        if not _is_readable(status):
            return _named(Source(path, Path(place), refusal=_NO_FILE))
        return _named(Source(path, Path(place), version, changed_ns=status.st_mtime_ns))


def _may_be_video(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in FILE_SUFFIXES


def _named(source: Source) -> Source:
    """The source, refused where its name cannot be sent to a client or typed by one."""
    if source.path.isprintable():
        return source
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in source.path)
    return Source(shown, source.file, refusal="its name has characters that cannot be printed; rename it")
