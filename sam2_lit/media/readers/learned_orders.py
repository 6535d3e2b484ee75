"""Stores the orders of frames that were learned by decoding, so that each file is decoded for it once."""

import hashlib
import logging
import os
import uuid
from pathlib import Path

import numpy as np

from sam2_lit.folder_listing import entries
from sam2_lit.media.readers.decoding_order import DecodingOrder

logger = logging.getLogger(__name__)

_STORED = 1000
_COMPARED_BYTES = 64 * 1024
_SUFFIX = ".npy"


def store_order(folder: Path, path: Path, order: DecodingOrder) -> None:
    """Stores the order of a file's frames in `folder`, which keeps the 1000 that were stored last.

    It is valid for a file of the same size, time of change, and first and last 64 KiB, whatever its name. Where it
    cannot be stored, that is logged, and it will be learned again.
    """
    unfinished = folder / f"{uuid.uuid4().hex}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with unfinished.open("xb") as file:
            np.save(file, np.stack((order.packets, order.checksums)))
        os.replace(unfinished, folder / _name_of(path))
        stored = sorted((status.st_mtime_ns, file) for file, status in entries(folder, f"*{_SUFFIX}"))
        for _, oldest in stored[:-_STORED]:
            oldest.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("the order of the frames of %s is not stored (%s)", path.name, error)
    finally:
        unfinished.unlink(missing_ok=True)


def stored_order(folder: Path, path: Path) -> DecodingOrder | None:
    """The order that `store_order` stored for a file; None where there is none."""
    try:
        if not folder.is_dir():
            return None
        rows = np.load(folder / _name_of(path), allow_pickle=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError) as error:
        logger.warning("the stored order of the frames of %s cannot be read (%s)", path.name, error)
        return None
    if rows.dtype != np.int64 or rows.ndim != 2 or len(rows) != 2 or not rows.shape[1]:
        return None
    return DecodingOrder(*rows)


def _name_of(path: Path) -> str:
    status = path.stat()
    content = hashlib.sha256(f"{status.st_size} {status.st_mtime_ns} ".encode())
    with path.open("rb") as file:
        content.update(file.read(_COMPARED_BYTES))
        file.seek(max(0, status.st_size - _COMPARED_BYTES))
        content.update(file.read(_COMPARED_BYTES))
    return content.hexdigest()[:32] + _SUFFIX
