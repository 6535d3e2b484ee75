"""Single frames as JPEG, for browsers."""

from io import BytesIO

from PIL import Image

from sam2_lit.media.readers.video_reader import VideoReader

_POSTER_SIDE = 1280


def jpeg_frame(reader: VideoReader, index: int, quality: int = 90) -> bytes:
    """The frame at `index` as a JPEG of full size; `quality` is Pillow's, 1 to 95.

    Raises:
        LitError: as `VideoReader.frame`.
    """
    return _as_jpeg(Image.fromarray(reader.frame(index)), quality)


def poster(reader: VideoReader) -> bytes:
    """The first frame as a JPEG, at most 1280 pixels wide and high."""
    image = Image.fromarray(reader.frame(0))
    image.thumbnail((_POSTER_SIDE, _POSTER_SIDE))
    return _as_jpeg(image, quality=85)


def _as_jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
