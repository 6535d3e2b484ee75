"""Reads the NumPy arrays of exports."""

import json
from collections.abc import Iterator
from io import BytesIO
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo, Reading
from sam2_lit.imports.refusals import unusable
from sam2_lit.records import masks
from sam2_lit.records.masks import BoolMask

_INDICES = "frame_indices.npy"
_MAX_FRAMES = 1_000_000


def read_npz(reading: Reading) -> list[ParsedVideo]:
    """The arrays that `sam2_lit.exports.arrays` writes. Headers are checked before anything is allocated."""
    names = [name for name in reading.files.names if name.rsplit("/")[-1] == _INDICES]
    if not names:
        raise unusable(reading.files.filename, f"it has no array {_INDICES}, so it is not an export of sam2-lit")
    return [_read(reading, name.removesuffix(_INDICES)) for name in names]


def _read(reading: Reading, prefix: str) -> ParsedVideo:
    video = ParsedVideo(prefix.rstrip("/"))
    indices, frame_names, ids, object_names = (
        _small(reading, f"{prefix}{name}.npy", kind)
        for name, kind in (("frame_indices", "i"), ("frame_names", "U"), ("object_ids", "i"), ("object_names", "U"))
    )
    has_mask = _small(reading, f"{prefix}has_mask.npy", "b")
    labels, attributes = _descriptions(reading, prefix, len(ids))
    if len(indices) != len(frame_names) or len(ids) != len(object_names) or has_mask.shape != (len(ids), len(indices)):
        raise unusable(reading.files.filename, "its arrays do not have the same numbers of frames and objects")
    video.frames = [
        ParsedFrame(str(name), int(index)) for index, name in zip(indices.tolist(), frame_names.tolist(), strict=True)
    ]
    for row, (object_id, name) in enumerate(zip(ids.tolist(), object_names.tolist(), strict=True)):
        key = video.known(str(object_id), name or None, object_id)
        video.describe(key, labels[row], attributes[row])
        for place, mask in enumerate(_masks(reading, f"{prefix}object_{object_id}.npy", video)):
            reading.step(row * len(video.frames) + place, len(ids) * len(video.frames))
            if has_mask[row, place]:
                video.frames[place].masks[key] = masks.encode(mask)
    return video


def _descriptions(reading: Reading, prefix: str, count: int) -> tuple[list[str], list[dict[str, str]]]:
    """The labels and attributes of `count` objects; earlier releases wrote neither."""
    if f"{prefix}object_labels.npy" not in reading.files.names:
        return [""] * count, [{}] * count
    labels, written = (_small(reading, f"{prefix}object_{name}.npy", "U") for name in ("labels", "attributes"))
    try:
        attributes = [{str(key): str(value) for key, value in json.loads(each).items()} for each in written.tolist()]
    except (ValueError, AttributeError, RecursionError) as error:
        raise unusable(reading.files.filename, f"its attributes are not JSON ({error})") from error
    if len(labels) != count or len(attributes) != count:
        raise unusable(reading.files.filename, "its arrays do not have the same numbers of objects")
    return [str(each) for each in labels.tolist()], attributes


def _masks(reading: Reading, name: str, video: ParsedVideo) -> Iterator[BoolMask]:
    """The masks of one object, frame by frame; none where they do not have the video's size."""
    if name not in reading.files.names:
        raise unusable(reading.files.filename, f"it has no array {name}")
    with reading.files.stream(name) as file:
        shape, dtype = _header(file, name)
        if len(shape) != 3 or shape[0] != len(video.frames) or dtype != np.dtype(bool):
            raise unusable(name, f"it has the shape {shape} and type {dtype}, not a bool mask for each frame")
        if shape[1:] != reading.size:
            for frame in video.frames:
                frame.other_size = (shape[1], shape[2])
            return
        for _ in video.frames:
            content = file.read(shape[1] * shape[2])
            if len(content) != shape[1] * shape[2]:
                raise unusable(name, "it does not have the bytes that its shape needs")
            yield np.frombuffer(content, np.uint8).reshape(reading.size) != 0


def _small(reading: Reading, name: str, kind: str) -> NDArray[Any]:
    if name not in reading.files.names:
        raise unusable(reading.files.filename, f"it has no array {name}")
    file = BytesIO(reading.files.read(name))
    shape, dtype = _header(file, name)
    if len(shape) > 2 or any(side > _MAX_FRAMES for side in shape) or dtype.kind != kind:
        raise unusable(name, f"it has the shape {shape} and type {dtype}")
    content = file.read()
    count = int(np.prod(shape, dtype=np.int64))
    if len(content) != count * dtype.itemsize:
        raise unusable(name, "it does not have the bytes that its shape needs")
    return np.frombuffer(content, dtype, count).reshape(shape) if len(content) else np.zeros(shape, dtype)


def _header(file: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        if npy.read_magic(file) != (1, 0):
            raise ValueError("its version is not 1.0")
        shape, is_fortran, dtype = npy.read_array_header_1_0(file)
    except (ValueError, SyntaxError, TypeError, EOFError, RecursionError, TokenError) as error:
        raise unusable(name, f"it is not a NumPy array ({error})") from error
    if is_fortran or dtype.hasobject:
        raise unusable(name, "it is not a plain array in C order")
    return shape, dtype
