"""Pictures as RGB, the way a viewer shows them."""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from sam2_lit.media.readers.video_reader import unsupported

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp")
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
_ORIENTATION_TAG = 0x0112
_SUBFILE_TAG, _BITS_TAG, _SAMPLE_FORMAT_TAG = 254, 258, 339
_IS_REDUCED, _UNSIGNED = 1, 1
_QUARTER_TURNS = (5, 6, 7, 8)
# Of samples: cameras store 10, 12 and 14 bits in 16.
_DEPTHS = (8, 10, 12, 14, 16, 32)
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    EOFError,
    ArithmeticError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
)


def read_size(path: Path) -> tuple[int, int]:
    """The (width, height) of a picture as shown, from its header.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is not a picture of `FORMATS`, or several.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            _refuse_several(path, image)
            return _shown_size(image)
    except _BROKEN as error:
        raise unsupported(path, _reason(error)) from error


def is_deep(path: Path) -> bool:
    """Whether the picture is gray with more than 8 bits, so that it needs a `white`."""
    with Image.open(path, formats=FORMATS) as image:
        return _is_deep(image)


def white_of(paths: Iterable[Path]) -> float:
    """The sample value that is shown white: the largest of the smallest bit depth that holds all samples.

    Of floating-point pictures 1, where no sample is larger.
    """
    largest, has_fractions = 0.0, False
    for path in paths:
        try:
            with Image.open(path, formats=FORMATS) as image:
                has_fractions |= image.mode == "F"
                samples = _samples(image)
                largest = max(largest, float(samples[np.isfinite(samples)].max(initial=0)))
        except _BROKEN:
            continue
    if has_fractions and largest <= 1:
        return 1.0
    return next((2.0**depth - 1 for depth in _DEPTHS if largest < 2.0**depth), largest)


def read_picture(path: Path, size: tuple[int, int], white: float) -> NDArray[np.uint8]:
    """A picture as RGB uint8 [height, width, 3]: upright, transparent pixels on black, deep gray scaled to `white`.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is damaged, not of `size`, (width, height), or several pictures.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            _refuse_several(path, image)
            shown = _shown_size(image)
            if shown == size:
                upright = ImageOps.exif_transpose(image) if _orientation(image) else image
                return np.array(_as_rgb(upright, white))
    except _BROKEN as error:
        raise unsupported(path, _reason(error)) from error
    raise unsupported(
        path,
        f"it is {shown[0]}x{shown[1]} pixels and the first frame {size[0]}x{size[1]}; all frames must have one size",
    )


def _reason(error: Exception) -> str:
    """Why a picture cannot be used, without the path that Pillow's messages have."""
    if isinstance(error, UnidentifiedImageError):
        return "it is not a JPEG, PNG, WebP, TIFF or BMP image, or of a kind that is not read"
    if isinstance(error, Image.DecompressionBombError):
        return "it has too many pixels"
    return f"it is damaged ({error.strerror if isinstance(error, OSError) and error.strerror else error})"


def _refuse_several(path: Path, image: Image.Image) -> None:
    """Refuses an animation and pages; the previews in a JPEG or a TIFF are none."""
    count = 1 if image.format in ("JPEG", "MPO") else int(getattr(image, "n_frames", 1))
    if count > 1 and isinstance(image, TiffImageFile):
        for number in range(1, count):
            image.seek(number)
            count -= image.tag_v2.get(_SUBFILE_TAG, 0) & _IS_REDUCED
        image.seek(0)
    if count > 1:
        raise unsupported(path, f"it holds {count} pictures; a frame is a file with one")


def _shown_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if _orientation(image) in _QUARTER_TURNS else (width, height)


def _orientation(image: Image.Image) -> int:
    # Pillow decodes a PNG to look for EXIF behind its pixels, and turns a TIFF itself.
    if image.format == "TIFF" or (image.format == "PNG" and "exif" not in image.info):
        return 0
    return int(image.getexif().get(_ORIENTATION_TAG, 0))


def _is_deep(image: Image.Image) -> bool:
    return image.mode[0] in "IF"


def _samples(image: Image.Image) -> NDArray[np.float64]:
    """The samples of a deep gray picture. Pillow has those of 32 bits as signed."""
    values = np.asarray(image)
    if isinstance(image, TiffImageFile) and image.mode == "I":
        tags = image.tag_v2
        if tags.get(_BITS_TAG) == (32,) and tags.get(_SAMPLE_FORMAT_TAG, (_UNSIGNED,))[0] == _UNSIGNED:
            values = values.view(np.uint32)
    return values.astype(np.float64)


def _as_rgb(image: Image.Image, white: float) -> Image.Image:
    if _is_deep(image):
        samples = np.nan_to_num(_samples(image), posinf=white) / white * 255
        image = Image.fromarray(np.clip(np.round(samples), 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        pixels = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", pixels.size, (0, 0, 0, 255)), pixels)
    return image.convert("RGB")
