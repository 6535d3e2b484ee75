"""The files of an upload: those of a zip, or the upload itself."""

import codecs
import json
import lzma
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.imports.refusals import unusable
from sam2_lit.media.zip_directory import MAX_DIRECTORY_BYTES, is_directory_too_long

MAX_FILE_BYTES = 64 * 1024**2
MAX_TOTAL_BYTES = 4 * 1024**3
_ZIP = b"PK\x03\x04"
_HEAD_BYTES = 64
_ENCRYPTED = 1
_BROKEN = (
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)


class ImportFiles:
    """Files by name. Nothing is ever written to a disk, and a name is only compared with patterns.

    What a zip says about its sizes is not believed: a file is read up to `MAX_FILE_BYTES`, all files together up to
    `MAX_TOTAL_BYTES`, and the list of files may have `MAX_DIRECTORY_BYTES`.
    """

    def __init__(self, upload: BinaryIO, filename: str) -> None:
        """Raises LitError (UNSUPPORTED_MEDIA, UPLOAD_TOO_LARGE)."""
        self.filename = filename.replace("\\", "/").rsplit("/")[-1] or "the file"
        self._upload = upload
        self._read_bytes = 0
        self._zip: ZipFile | None = None
        self._members: dict[str, ZipInfo] = {}
        upload.seek(0)
        if is_zipfile(upload):
            self._open_zip(upload)
        elif self._head().startswith(_ZIP):
            raise unusable(self.filename, "it is not a whole zip")
        self.names = sorted(self._members) if self._zip else [self.filename]

    @property
    def is_zip(self) -> bool:
        return self._zip is not None

    @property
    def is_json(self) -> bool:
        """Whether the upload is JSON, whatever its name."""
        return not self.is_zip and self._head().startswith((b"{", b"["))

    @property
    def is_xml(self) -> bool:
        """Whether the upload is XML, whatever its name."""
        return not self.is_zip and self._head().startswith(b"<")

    def ending_with(self, suffix: str) -> list[str]:
        """The files of a zip whose names end so, in any case; an upload that is no zip, whatever its name."""
        return [name for name in self.names if not self.is_zip or name.lower().endswith(suffix)]

    def _head(self) -> bytes:
        self._upload.seek(0)
        return self._upload.read(_HEAD_BYTES).removeprefix(codecs.BOM_UTF8).lstrip()

    def read(self, name: str) -> bytes:
        """The content of a file. Raises LitError (UNSUPPORTED_MEDIA, UPLOAD_TOO_LARGE)."""
        try:
            if self._zip is None:
                self._upload.seek(0)
                content = self._upload.read(MAX_FILE_BYTES + 1)
            else:
                with self._zip.open(self._members[name]) as file:
                    content = file.read(MAX_FILE_BYTES + 1)
        except _BROKEN as error:
            raise unusable(name, f"it cannot be unzipped ({error})") from error
        self._read_bytes += len(content)
        if len(content) > MAX_FILE_BYTES or self._read_bytes > MAX_TOTAL_BYTES:
            limit = MAX_FILE_BYTES if len(content) > MAX_FILE_BYTES else MAX_TOTAL_BYTES
            what = name if limit == MAX_FILE_BYTES else f"the content of {self.filename}"
            raise LitError(
                ErrorCode.UPLOAD_TOO_LARGE, f"{what} has more than {limit // 1024**2} MiB, the most that is imported"
            )
        return content

    @contextmanager
    def stream(self, name: str) -> Iterator[IO[bytes]]:
        """A file of a zip that is larger than `read` takes; the caller reads no more of it than it has room for.

        Raises LitError (UNSUPPORTED_MEDIA), also from within the block.
        """
        assert self._zip is not None
        try:
            with self._zip.open(self._members[name]) as file:
                yield file
        except _BROKEN as error:
            raise unusable(name, f"it cannot be unzipped ({error})") from error

    def read_json(self, name: str) -> Any:
        """Raises LitError as `read`, and UNSUPPORTED_MEDIA where it is no JSON."""
        try:
            return json.loads(self.read(name))
        except (ValueError, RecursionError) as error:
            raise unusable(name, f"it is not JSON ({error})") from error

    def read_text(self, name: str) -> str:
        """Raises LitError as `read`, and UNSUPPORTED_MEDIA where it is not UTF-8."""
        try:
            return self.read(name).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise unusable(name, "it is not text in UTF-8") from error

    def _open_zip(self, upload: BinaryIO) -> None:
        if is_directory_too_long(upload):
            raise unusable(self.filename, f"its list of files has more than {MAX_DIRECTORY_BYTES // 1024**2} MiB")
        try:
            self._zip = ZipFile(upload)
            entries = self._zip.infolist()
        except _BROKEN as error:
            raise unusable(self.filename, f"it is not a whole zip ({error})") from error
        for entry in entries:
            # macOS writes letters and their accents apart.
            name = unicodedata.normalize("NFC", entry.filename.replace("\\", "/"))
            parts = name.split("/")
            if name.startswith("/") or ".." in parts or ":" in parts[0]:
                raise unusable(self.filename, f"it has a file with the path {entry.filename!r}, which is outside of it")
            if entry.flag_bits & _ENCRYPTED:
                raise unusable(self.filename, "it is encrypted")
            if entry.is_dir() or parts[0] == "__MACOSX" or parts[-1].startswith("."):
                continue
            if name in self._members:
                raise unusable(self.filename, f"it has two files with the path {name!r}")
            self._members[name] = entry
        if not self._members:
            raise unusable(self.filename, "it is an empty zip")
