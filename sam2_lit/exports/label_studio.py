"""Label Studio's JSON of tasks with brush masks."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.sidecar import sidecar
from sam2_lit.exports.zip_files import ExportZip
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.masks import BoolMask

TASKS = "tasks.json"
_FROM, _TO = "tag", "image"
_CHANNELS = 4
# The bits of the four lengths of runs, and of a value: what Label Studio writes itself.
_LENGTH_BITS = (3, 4, 8, 16)
_VALUE_BITS = 8


def write_label_studio(source: ExportSource, path: Path) -> list[str]:
    """Writes Label Studio's tasks, one for each frame that has masks, or a zip of them and of pictures.

    A task's `data.image` is the picture's name, `<video>/<frame>.jpg`; `data.sam2_lit` is the part of the sidecar that
    concerns it. A region's `id` names its object. The labels are brush labels of the control `tag` on the image
    `image`. Returns what the format could not hold: nothing.
    """
    described = sidecar(source, ExportFormat.LABEL_STUDIO, source.numbered(), [])
    tasks = []
    for video, part in zip(source.videos, described.pop("videos"), strict=True):
        frames = part.pop("frames")
        for frame, known in zip(video.frames, frames, strict=True):
            source.step()
            regions = [
                _region(f"object-{mask.object_id}-frame-{frame.frame_index}", decoded, video.category(mask.object_id))
                for mask in frame.masks
                if (decoded := masks.decode(mask.rle)).any()
            ]
            data = {"image": _file_name(video, frame.frame_index), "sam2_lit": {**described, **part, "frame": known}}
            tasks.append({"data": data, "annotations": [{"result": regions}]})
    content = json.dumps(tasks, ensure_ascii=False)
    if source.pictures:
        with ExportZip(path, source, ExportFormat.LABEL_STUDIO) as file:
            file.put_text(TASKS, content)
            file.put_pictures(lambda video, index: f"images/{_file_name(video, index)}")
    else:
        path.write_text(content, encoding="utf-8")
    return []


def _file_name(video: Annotations, index: int) -> str:
    return f"{video.name}/{video.frame_names[index]}.jpg"


def _region(region_id: str, mask: BoolMask, label: str) -> dict[str, Any]:
    height, width = mask.shape
    return {
        "id": region_id,
        "from_name": _FROM,
        "to_name": _TO,
        "type": "brushlabels",
        "original_width": width,
        "original_height": height,
        "image_rotation": 0,
        "value": {"format": "rle", "rle": brush_rle(mask), "brushlabels": [label]},
    }


def brush_rle(mask: BoolMask) -> list[int]:
    """A mask as Label Studio's run-length encoding of an RGBA picture, each channel 255 on the mask, 0 elsewhere.

    thi.ng/rle-pack, as `encode_rle` in label_studio_sdk/converter/brush.py writes it: 32 bits, the number of values;
    5 bits, the size of a value less 1; four times 4 bits, the sizes of lengths less 1; then for each run a bit 1, 2
    bits that name the size of its length, the length less 1, and the value. Bits are padded to bytes.
    """
    flat = mask.ravel()
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts = np.concatenate([[0], ends])
    lengths = np.diff(np.concatenate([starts, [flat.size]])) * _CHANNELS
    header = f"{flat.size * _CHANNELS:032b}{_VALUE_BITS - 1:05b}" + "".join(f"{bits - 1:04b}" for bits in _LENGTH_BITS)
    bits = [header]
    for length, is_set in zip(lengths.tolist(), flat[starts].tolist(), strict=True):
        value = f"{255 if is_set else 0:0{_VALUE_BITS}b}"
        while length:
            size, width = next(
                ((each, width) for each, width in enumerate(_LENGTH_BITS) if length <= 2**width),
                (len(_LENGTH_BITS) - 1, _LENGTH_BITS[-1]),
            )
            run = min(length, 2**width)
            bits.append(f"1{size:02b}{run - 1:0{width}b}{value}")
            length -= run
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))
