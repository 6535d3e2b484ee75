"""Frames from a ZIP file."""

import errno
import lzma
import os
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.picture import SUFFIXES
from sam2_lit.media.readers.video_reader import unsupported
from sam2_lit.media.zip_directory import MAX_DIRECTORY_BYTES, is_directory_too_long

_CHUNK_BYTES = 1024**2
_LONGEST_NAME = 255
_ENCRYPTED = 1
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)


def extract_frames(archive: Path, folder: Path, settings: MediaSettings) -> None:
    """Writes the pictures of a ZIP file into a new folder, under their names, and syncs them to the disk.

    The archive may have them in one folder, also within others. Other files are left out.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is no ZIP file, is damaged or encrypted, has no pictures, has them in
            several folders or too many; UPLOAD_TOO_LARGE where they have more bytes than an upload may have.
    """
    folder.mkdir()
    with archive.open("rb") as file:
        if is_directory_too_long(file):
            raise unsupported(archive, f"its list of files has more than {MAX_DIRECTORY_BYTES // 1024**2} MiB")
    try:
        with zipfile.ZipFile(archive) as opened:
            left = settings.upload_bytes
            for entry in _pictures(archive, opened, settings):
                left = _extract(opened, entry, folder / _path(entry).name, left, settings)
    except OSError as error:
        # Positions that are not in the file, and damaged bzip2 streams; anything else is the machine's.
        if error.errno not in (None, errno.EINVAL):
            raise
        raise unsupported(archive, f"it is not a whole ZIP file ({error})") from error
    except _BROKEN as error:
        raise unsupported(archive, f"it is not a whole ZIP file ({error})") from error


def _pictures(archive: Path, opened: zipfile.ZipFile, settings: MediaSettings) -> list[zipfile.ZipInfo]:
    pictures = [entry for entry in opened.infolist() if not entry.is_dir() and _is_picture(entry)]
    if not pictures:
        raise unsupported(archive, f"it holds no {', '.join(SUFFIXES)} frames")
    if reason := settings.refusal_of_count(len(pictures)):
        raise unsupported(archive, reason)
    for name in (_path(entry).name for entry in pictures):
        if not name.isprintable() or len(name.encode()) > _LONGEST_NAME:
            raise unsupported(archive, f"the name of its frame {name[:40]!r} is too long or cannot be printed")
    folders = sorted({str(_path(entry).parent) for entry in pictures})
    if len(folders) > 1:
        raise unsupported(archive, f"its frames are in several folders, such as {folders[0]} and {folders[1]}")
    if any(entry.flag_bits & _ENCRYPTED for entry in pictures):
        raise unsupported(archive, "it is encrypted")
    return pictures


def _path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """The path of an entry, also where a program on Windows wrote it with backslashes."""
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _is_picture(entry: zipfile.ZipInfo) -> bool:
    path = _path(entry)
    is_hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return not is_hidden and path.suffix.lower() in SUFFIXES


def _extract(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, left: int, settings: MediaSettings) -> int:
    """Writes one picture. Returns how many bytes the others may have."""
    try:
        file = place.open("xb")
    except FileExistsError:
        raise unsupported(place, "it is twice in the ZIP file") from None
    with file, opened.open(entry) as source:
        while chunk := source.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise LitError(
                    ErrorCode.UPLOAD_TOO_LARGE,
                    f"the frames have more than {settings.upload_bytes} bytes, the most accepted",
                )
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return left
