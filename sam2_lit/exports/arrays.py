"""Masks as NumPy arrays."""

import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.records import masks


def write_npz(source: ExportSource, path: Path) -> list[str]:
    """Writes a file for `numpy.load` with these arrays, for T frames that have masks and N objects:

    - `frame_indices` int64 [T], `frame_names` str [T], `object_ids` int64 [N], `object_names`, `object_labels` and
      `object_attributes` str [N], the last as JSON;
    - `has_mask` bool [N, T]: whether the object has a mask on the frame, empty or not;
    - `object_<id>` bool [T, H, W] for each object: its masks, False where it has none;
    - with pictures, `pictures` uint8 [T, H, W, 3], RGB.

    With several videos the names begin with the video's name and a slash. Arrays are written frame by frame, so memory
    holds one frame at a time. Returns what the format could not hold: nothing.
    """
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for video in source.videos:
            prefix = f"{video.name}/" if len(source.videos) > 1 else ""
            for name, array in _described(video).items():
                _write(file, f"{prefix}{name}", array.shape, array.dtype, iter([array]))
            info = video.video.info
            shape = (len(video.frames), info.height, info.width)
            for object_id in video.objects:
                masks_of = _masks(source, video, object_id)
                _write(file, f"{prefix}object_{object_id}", shape, np.dtype(bool), masks_of)
            if source.pictures:
                _write(file, f"{prefix}pictures", (*shape, 3), np.dtype(np.uint8), _pictures(source, video))
    return []


def _described(video: Annotations) -> dict[str, NDArray[np.generic]]:
    present = [{mask.object_id for mask in frame.masks} for frame in video.frames]
    return {
        "frame_indices": np.array([frame.frame_index for frame in video.frames], np.int64),
        "frame_names": np.array([video.frame_names[frame.frame_index] for frame in video.frames]),
        "object_ids": np.array(list(video.objects), np.int64),
        "object_names": np.array(list(video.objects.values())),
        "object_labels": np.array([video.labels.get(object_id, "") for object_id in video.objects]),
        "object_attributes": np.array(
            [json.dumps(dict(video.attributes.get(object_id, {})), ensure_ascii=False) for object_id in video.objects]
        ),
        "has_mask": np.array([[object_id in ids for ids in present] for object_id in video.objects]),
    }


def _masks(source: ExportSource, video: Annotations, object_id: int) -> Iterator[NDArray[np.generic]]:
    nothing = np.zeros((video.video.info.height, video.video.info.width), bool)
    for frame in video.frames:
        source.step()
        found = [mask for mask in frame.masks if mask.object_id == object_id]
        yield masks.decode(found[0].rle) if found else nothing


def _pictures(source: ExportSource, video: Annotations) -> Iterator[NDArray[np.generic]]:
    with source.open_video(video) as reader:
        for frame in video.frames:
            source.step()
            yield reader.frame(frame.frame_index)


def _write(
    file: ZipFile, name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], parts: Iterator[NDArray[np.generic]]
) -> None:
    with file.open(f"{name}.npy", "w", force_zip64=True) as member:
        header = {"shape": shape, "fortran_order": False, "descr": npy.dtype_to_descr(dtype)}
        npy.write_array_header_1_0(member, header)
        for part in parts:
            member.write(np.ascontiguousarray(part).tobytes())
