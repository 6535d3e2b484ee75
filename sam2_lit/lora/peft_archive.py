"""Adapters in a ZIP file, each a folder as PEFT writes it, with a record of their training."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from math import inf
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.peft_names import CONFIG_NAME, WEIGHTS_NAME
from sam2_lit.records.adapters import AdapterRecord

if TYPE_CHECKING:
    # A process that only passes the file on needs no torch.
    from sam2_lit.lora.layers import Adapter

MAX_BYTES = 64 * 2**20
"""Of a ZIP file, and of all that it holds of adapters. One of the largest official model has 0.4 MiB."""

_RECORD_NAME = "training.json"
_NAMES = (CONFIG_NAME, WEIGHTS_NAME, _RECORD_NAME)


def write_archive(file: Path, found: Iterable[tuple[str, AdapterRecord, Mapping[str, bytes]]]) -> None:
    """Writes adapters to a ZIP file: for each the name of its folder, its record, and its files by name."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, record, content in found:
            for name, data in {**content, _RECORD_NAME: _training(record)}.items():
                archive.writestr(f"{folder}/{name}", data)


def read_archive(content: bytes) -> "list[tuple[AdapterRecord, Adapter, str | None]]":
    """The adapters of a ZIP file, each with its record and the fingerprint of its model, None where it has none.

    What PEFT itself wrote has no record of a training: zeros, and now. Raises LitError (UNSUPPORTED_MEDIA) where it is
    not such a file, or has no adapter.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            folders = [PurePosixPath(name).parent for name in sizes if PurePosixPath(name).name == CONFIG_NAME]
            wanted = [str(folder / name) for folder in folders for name in _NAMES]
            if sum(sizes.get(name, 0) for name in wanted) > MAX_BYTES:
                raise _unusable(f"its adapters have more than {MAX_BYTES // 2**20} MiB")
            found = [
                _parsed({name: archive.read(path) for name in _NAMES if (path := str(folder / name)) in sizes})
                for folder in folders
            ]
    except LitError as error:
        if error.code is ErrorCode.UNSUPPORTED_MEDIA:
            raise
        raise _unusable(error.message) from error
    # A ZIP file that is damaged, encrypted or compressed by something else fails with any exception.
    except Exception as error:
        raise _unusable(str(error) or type(error).__name__) from error
    if not found:
        raise _unusable(f"it has no {CONFIG_NAME}")
    return found


def _parsed(content: Mapping[str, bytes]) -> "tuple[AdapterRecord, Adapter, str | None]":
    from sam2_lit.lora.peft_format import parse_files

    adapter, revision = parse_files(content)
    return _record(adapter.rank, json.loads(content.get(_RECORD_NAME, b"{}"))), adapter, revision


def _training(record: AdapterRecord) -> bytes:
    known = {
        "baseline_iou": record.baseline_iou,
        "training_iou": record.training_iou,
        "steps": record.steps,
        "seconds": record.seconds,
        "created_at": record.created_at.isoformat(),
    }
    return json.dumps(known, indent=2).encode()


def _record(rank: int, training: Any) -> AdapterRecord:
    baseline, reached, seconds = (float(training.get(name, 0)) for name in ("baseline_iou", "training_iou", "seconds"))
    steps = int(training.get("steps", 0))
    created = training.get("created_at")
    if not (0 <= baseline <= 1 and 0 <= reached <= 1 and 0 <= seconds < inf and 0 <= steps < 2**31):
        raise ValueError(f"{_RECORD_NAME} has numbers that no training has")
    return AdapterRecord(
        adapter_id="",
        rank=rank,
        frame_indices=(),
        baseline_iou=baseline,
        training_iou=reached,
        steps=steps,
        seconds=seconds,
        created_at=datetime.now(UTC) if created is None else datetime.fromisoformat(created).astimezone(UTC),
    )


def _unusable(reason: str) -> LitError:
    return LitError(
        ErrorCode.UNSUPPORTED_MEDIA,
        f"the file has no adapters that can be used: {reason}; send a ZIP file of folders in PEFT's layout, such as "
        "exportAdapters writes",
    )
