"""A video's frames as SAM 2 reads them, decoded when they are asked for."""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.media.reader import VideoReader

# ImageNet statistics, as in sam2.utils.misc.load_video_frames.
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


class FrameSource:
    """Takes the place of the `images` tensor in SAM 2's inference state, with no frame held in memory.

    Values equal those of `sam2.utils.misc.load_video_frames` for the same pixels. Frames are decoded on a thread of
    their own, in the order they are asked for, so that the next one can be ready before it is needed.
    """

    def __init__(self, reader: VideoReader, image_size: int) -> None:
        self.width = reader.info.width
        self.height = reader.info.height
        self._reader = reader
        self._image_size = image_size
        self._decoder = ThreadPoolExecutor(1, thread_name_prefix="sam2-lit-decode")
        self._normalised = _normalised_values()
        self._ahead: dict[int, Future[torch.Tensor]] = {}

    def __len__(self) -> int:
        return self._reader.info.frame_count

    def __getitem__(self, index: int) -> torch.Tensor:
        """Frame `index`: float32 [3, S, S], RGB, normalised by ImageNet's statistics, S the model's image size.

        Raises:
            LitError: UNSUPPORTED_MEDIA where the frame cannot be decoded.
        """
        ahead = self._ahead.pop(index, None) or self._decoder.submit(self._load, index)
        return ahead.result()

    def prefetch(self, index: int) -> None:
        """Starts decoding a frame that will be asked for soon; of three such, the first is given up."""
        if index not in self._ahead:
            self._ahead[index] = self._decoder.submit(self._load, index)
        if len(self._ahead) > 2:
            self._ahead.pop(next(iter(self._ahead))).cancel()

    def close(self) -> None:
        self._decoder.shutdown(wait=True, cancel_futures=True)
        self._reader.close()

    def _load(self, index: int) -> torch.Tensor:
        image = Image.fromarray(self._reader.frame(index)).resize((self._image_size, self._image_size))
        pixels = np.asarray(image)
        planes = [values[pixels[:, :, channel]] for channel, values in enumerate(self._normalised)]
        return torch.from_numpy(np.stack(planes))


def _normalised_values() -> list[NDArray[np.float32]]:
    # Each of the 256 values of a channel as load_video_frames makes it: divided in float64, then normalised in float32.
    values = torch.from_numpy(np.arange(256) / 255.0).float()
    return [((values - mean) / std).numpy() for mean, std in zip(_MEAN, _STD, strict=True)]
