"""PNGs whose pixel values are objects."""

import struct
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.imports.parsed import ParsedFrame, Reading
from sam2_lit.imports.refusals import unusable

_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    EOFError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
)
_WHITE = 255
_MODES = ("1", "L", "P", "I", "I;16", "I;16B")


def read_values(reading: Reading, name: str, frame: ParsedFrame) -> NDArray[np.int64] | None:
    """The value of each pixel, int64 [H, W]; None where the picture does not have the video's size.

    A gray picture of black and white only, as in DAVIS 2016, has the values 0 and 1.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is no PNG with one value a pixel; as `ImportFiles.read`.
    """
    content = reading.files.read(name)
    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as image:
            if image.mode not in _MODES:
                raise unusable(
                    name, f"its mode is {image.mode}; a mask is a palette or gray PNG, a value for each object"
                )
            # Before any pixel is decoded.
            if reading.is_other_size(frame, (image.height, image.width)):
                return None
            values = np.array(image.convert("L") if image.mode == "1" else image, np.int64)
            is_binary = image.mode in ("1", "L") and bool(np.all((values == 0) | (values == _WHITE)))
            return values // _WHITE if is_binary else values
    except _BROKEN as error:
        raise unusable(name, f"it is not a whole PNG ({error})") from error
