"""A video's frames as SAM 2 reads them, decoded when they are asked for."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.reader import VideoReader

T = TypeVar("T")

# ImageNet statistics, as in sam2.utils.misc.load_video_frames.
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


EncodedFrame = tuple[torch.Tensor, dict[str, Any]]
"""A frame as a batch of one, [1, 3, S, S], and what `SAM2Base.forward_image` makes of it."""


class FrameSource:
    """Takes the place of the `images` tensor in SAM 2's inference state, with no frame held in memory.

    Values equal those of `sam2.utils.misc.load_video_frames` for the same pixels. Frames are decoded on a thread of
    their own, in the order they are asked for, so that the next one is ready when it is needed. With `encode` that
    thread runs the image encoder too: on a CPU, frame t+1 is encoded on one core while frame t is tracked on another.
    """

    def __init__(
        self, reader: VideoReader, image_size: int, encode: Callable[[torch.Tensor], EncodedFrame] | None = None
    ) -> None:
        self.width = reader.info.width
        self.height = reader.info.height
        self._reader = reader
        self._image_size = image_size
        self._encode = encode
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sam2-lit-frames")
        self._normalised = _normalised_values()
        self._closed = False
        self._images: dict[int, Future[torch.Tensor]] = {}
        self._encoded: dict[int, Future[EncodedFrame]] = {}

    def __len__(self) -> int:
        return self._reader.info.frame_count

    def __getitem__(self, index: int) -> torch.Tensor:
        """Frame `index`: float32 [3, S, S], RGB, normalised by ImageNet's statistics, S the model's image size.

        Raises:
            LitError: UNSUPPORTED_MEDIA where the frame cannot be decoded; SESSION_NOT_FOUND after `close`.
        """
        if self._closed:
            raise LitError(ErrorCode.SESSION_NOT_FOUND, "the session was closed meanwhile; start another one")
        image = self._images.pop(index, None) or self._thread.submit(self._load, index)
        return image.result()

    def encoded(self, index: int) -> EncodedFrame | None:
        """The frame with its embeddings, where `prefetch` had them made. Raises as indexing does."""
        encoded = self._encoded.pop(index, None)
        return None if encoded is None or self._closed else encoded.result()

    def prefetch(self, index: int) -> None:
        """Starts on a frame that will be asked for soon; of three such, the first is given up."""
        if self._closed:
            return
        if self._encode is None:
            _submit_ahead(self._images, index, lambda: self._thread.submit(self._load, index))
        else:
            _submit_ahead(self._encoded, index, lambda: self._thread.submit(self._load_and_encode, index))

    def close(self) -> None:
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._reader.close()

    def _load_and_encode(self, index: int) -> EncodedFrame:
        assert self._encode is not None
        return self._encode(self._load(index))

    def _load(self, index: int) -> torch.Tensor:
        image = Image.fromarray(self._reader.frame(index)).resize((self._image_size, self._image_size))
        pixels = np.asarray(image)
        planes = [values[pixels[:, :, channel]] for channel, values in enumerate(self._normalised)]
        return torch.from_numpy(np.stack(planes))


def _submit_ahead(ahead: dict[int, Future[T]], index: int, submit: Callable[[], Future[T]]) -> None:
    if index not in ahead:
        ahead[index] = submit()
    if len(ahead) > 2:
        ahead.pop(next(iter(ahead))).cancel()


def _normalised_values() -> list[NDArray[np.float32]]:
    # Each of the 256 values of a channel as load_video_frames makes it: divided in float64, then normalised in float32.
    values = torch.from_numpy(np.arange(256) / 255.0).float()
    return [((values - mean) / std).numpy() for mean, std in zip(_MEAN, _STD, strict=True)]
