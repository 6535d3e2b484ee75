"""Errors of the machine that a user can do something about: memory, disk, database, recursion.

Imports no torch, and SQLAlchemy only once there is an error to examine, so that the schema imports fast.
"""

import errno
import sqlite3

from sam2_lit.errors import ErrorCode, LitError

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SQLITE_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
_SQLITE_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_POSTGRESQL_FULL = "53100"
_ALLOCATION_FAILED = (
    # c10/core/impl/alloc_cpu.cpp
    "can't allocate memory",
    # torch.OutOfMemoryError of CUDA and ROCm, torch.AcceleratorError, and MPS
    "out of memory",
    # cuBLAS, cuDNN, cuSOLVER and their counterparts of ROCm: CUBLAS_STATUS_ALLOC_FAILED and the like
    "STATUS_ALLOC_FAILED",
    "STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED",
    "STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
)
"""PyTorch raises RuntimeErrors of several classes, with one of these texts, where memory of a CPU or a GPU runs out."""


def user_error(error: BaseException) -> LitError | None:
    """The error to report to a client in place of `error`, or None where `error` is unexpected.

    A LitError is returned as it is. OUT_OF_MEMORY where memory ran out; CAPACITY_EXCEEDED where the disk is full, the
    database does not answer or is locked, or a request is nested too deeply.
    """
    if isinstance(error, LitError):
        return error
    if is_out_of_memory(error):
        return _out_of_memory(error)
    if _is_disk_full(error):
        message = (
            "the server's disk is full, so this could not be stored; free space in its data directory and send it again"
        )
    elif _is_database_unavailable(error):
        message = (
            "the server's database does not answer, so this could not be stored or read; send it again when it does"
        )
    elif _is_sqlite_locked(error):
        message = (
            "another program holds the lock of the server's database, so this could not be stored; end it, and send "
            "this again"
        )
    elif isinstance(error, RecursionError):
        message = "what was sent is nested too deeply; send something flatter"
    else:
        return None
    known = LitError(ErrorCode.CAPACITY_EXCEEDED, message)
    known.__cause__ = error
    return known


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the error says that memory ran out, of the CPU or of a GPU."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in _ALLOCATION_FAILED)


def _out_of_memory(cause: BaseException) -> LitError:
    """OUT_OF_MEMORY, caused by the allocation that failed."""
    known = LitError(
        ErrorCode.OUT_OF_MEMORY,
        "the device ran out of memory in this step; close other sessions, or use a smaller model or video",
    )
    known.__cause__ = cause
    return known


def _is_disk_full(error: BaseException) -> bool:
    from sqlalchemy.exc import DBAPIError

    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) in _SQLITE_FULL
    if getattr(cause, "sqlstate", None) == _POSTGRESQL_FULL:
        return True
    return isinstance(cause, OSError) and cause.errno in _DISK_FULL


def _is_sqlite_locked(error: BaseException) -> bool:
    from sqlalchemy.exc import DBAPIError

    cause = error.orig if isinstance(error, DBAPIError) else error
    # The lowest byte is the kind of an extended code.
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE_LOCKED


def _is_database_unavailable(error: BaseException) -> bool:
    from sqlalchemy.exc import DBAPIError, OperationalError

    # SQLite is a file and always answers; only a database server can be unavailable.
    is_server = isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error)
    return is_server or (isinstance(error, DBAPIError) and error.connection_invalidated)
