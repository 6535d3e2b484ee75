"""Which exceptions of the machine a user can do something about."""

import errno
import sqlite3

import torch
from sqlalchemy.exc import DBAPIError, OperationalError

from sam2_lit.errors import ErrorCode, LitError

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DATABASE_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
_POSTGRESQL_FULL = "53100"


def user_error(error: BaseException) -> LitError | None:
    """OUT_OF_MEMORY where memory ran out; CAPACITY_EXCEEDED where the disk is full, the database is gone or a client
    nests too deeply.

    None for the unexpected.
    """
    if isinstance(error, LitError):
        return error
    if _is_out_of_memory(error):
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        known = LitError(
            ErrorCode.OUT_OF_MEMORY,
            "the device ran out of memory in this step; close other sessions, or use a smaller model or video",
        )
    elif _is_disk_full(error):
        known = LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            "the server's disk is full, so this could not be kept; free space in its data directory and send it again",
        )
    elif _is_database_gone(error):
        known = LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            "the server's database does not answer, so this could not be kept or read; send it again when it does",
        )
    elif isinstance(error, RecursionError):
        known = LitError(ErrorCode.CAPACITY_EXCEEDED, "what was sent is nested too deeply; send something flatter")
    else:
        return None
    known.__cause__ = error
    return known


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )


def _is_disk_full(error: BaseException) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) in _DATABASE_FULL
    if getattr(cause, "sqlstate", None) == _POSTGRESQL_FULL:
        return True
    return isinstance(cause, OSError) and cause.errno in _NO_SPACE


def _is_database_gone(error: BaseException) -> bool:
    # SQLite is a file; only a server can be gone.
    is_served = isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error)
    return is_served or (isinstance(error, DBAPIError) and error.connection_invalidated)
