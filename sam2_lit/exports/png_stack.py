"""Masks as plain black and white PNGs."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from sam2_lit.exports.annotations import ExportSource
from sam2_lit.exports.zip_files import ExportZip
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat


def write_png_stack(source: ExportSource, path: Path) -> list[str]:
    """Writes a zip of `masks/<video>/<object id>/<frame>.png`, 255 on the object and 0 elsewhere.

    There is a PNG for every mask, empty ones included. Returns what the format could not hold: nothing.
    """
    with ExportZip(path, source, ExportFormat.PNG) as file:
        for video in source.videos:
            for frame in video.frames:
                source.step()
                for mask in frame.masks:
                    buffer = BytesIO()
                    Image.fromarray(masks.decode(mask.rle)).convert("L").save(buffer, "PNG")
                    name = video.frame_names[frame.frame_index]
                    file.put(f"masks/{video.name}/{mask.object_id}/{name}.png", buffer.getvalue())
        ids = {(video.name, object_id): object_id for video in source.videos for object_id in video.objects}
        file.put_sidecar(ids, [])
        file.put_pictures(lambda video, index: f"images/{video.name}/{video.frame_names[index]}.jpg")
    return []
