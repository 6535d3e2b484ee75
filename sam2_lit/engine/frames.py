"""A video's frames as SAM 2 reads them, decoded when they are asked for."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.reader import VideoReader

AHEAD = 2
"""Frames that are decoded and encoded before they are asked for."""

# ImageNet statistics, as in sam2.utils.misc.load_video_frames.
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


EncodedFrame = tuple[torch.Tensor, dict[str, Any]]
"""A frame as a batch of one, [1, 3, S, S], and what `SAM2Base.forward_image` makes of it."""


class FrameSource:
    """Takes the place of the `images` tensor in SAM 2's inference state, with no frame held in memory.

    Values equal those of `sam2.utils.misc.load_video_frames` for the same pixels. Frames are decoded on a thread of
    their own, in the order they are asked for, so that the next one is ready when it is needed. With `encode` the image
    encoder runs beside as well: on a CPU, the next frames are encoded on some cores while one is tracked on others.
    """

    def __init__(
        self, reader: VideoReader, image_size: int, encode: Callable[[torch.Tensor], EncodedFrame] | None = None
    ) -> None:
        self.width = reader.info.width
        self.height = reader.info.height
        self._reader = reader
        self._image_size = image_size
        self._encode = encode
        self._decoder = ThreadPoolExecutor(1, thread_name_prefix="sam2-lit-decode")
        self._encoders = ThreadPoolExecutor(AHEAD, thread_name_prefix="sam2-lit-encode")
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
        image = self._images.pop(index, None) or self._decoder.submit(self._load, index)
        return image.result()

    def encoded(self, index: int) -> EncodedFrame | None:
        """The frame with its embeddings, where `prefetch` had them made. Raises as indexing does."""
        encoded = self._encoded.pop(index, None)
        return None if encoded is None or self._closed else encoded.result()

    def prefetch(self, indices: Sequence[int]) -> None:
        """Starts on the frames that will be asked for next, in that order; gives up others that it had started on."""
        if self._closed:
            return
        for given_up in set(self._images) - set(indices):
            self._images.pop(given_up).cancel()
        for given_up in set(self._encoded) - set(indices):
            self._encoded.pop(given_up).cancel()
        for index in indices:
            if index in self._images or index in self._encoded:
                continue
            image = self._decoder.submit(self._load, index)
            if self._encode is None:
                self._images[index] = image
            else:
                self._encoded[index] = self._encoders.submit(self._encode_when_loaded, image)

    def close(self) -> None:
        self._closed = True
        self._encoders.shutdown(wait=True, cancel_futures=True)
        self._decoder.shutdown(wait=True, cancel_futures=True)
        self._reader.close()

    def _encode_when_loaded(self, image: Future[torch.Tensor]) -> EncodedFrame:
        assert self._encode is not None
        return self._encode(image.result())

    def _load(self, index: int) -> torch.Tensor:
        image = Image.fromarray(self._reader.frame(index)).resize((self._image_size, self._image_size))
        pixels = np.asarray(image)
        planes = np.empty((3, self._image_size, self._image_size), np.float32)
        for channel, values in enumerate(self._normalised):
            # Without a mode to skip it, take checks every index; a byte is never out of 256 values.
            np.take(values, pixels[:, :, channel], out=planes[channel], mode="clip")
        return torch.from_numpy(planes)


def _normalised_values() -> list[NDArray[np.float32]]:
    # Each of the 256 values of a channel as load_video_frames makes it: divided in float64, then normalised in float32.
    values = torch.from_numpy(np.arange(256) / 255.0).float()
    return [((values - mean) / std).numpy() for mean, std in zip(_MEAN, _STD, strict=True)]
