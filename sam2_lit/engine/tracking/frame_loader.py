"""Decodes frames and makes them the images that a model takes, in the background.

An image is float32 [3, S, S], RGB, normalized by ImageNet's statistics, S the model's image size. Its values equal
those of `sam2.utils.misc.load_video_frames` for the same pixels.
"""

from concurrent.futures import Future
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from sam2_lit.engine.device.preemption import Preemption
from sam2_lit.errors import as_exception
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.thread_pool import ThreadPool

# ImageNet statistics, as in sam2.utils.misc.load_video_frames.
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)

_RESIZING_THREADS = 4


class FrameLoader(Protocol):
    """Loads frames in the order in which they are started.

    `ahead` is how many frames after the one being tracked are worth starting.
    """

    ahead: int

    def start(self, index: int) -> Future[Tensor]:
        """Starts to load a frame. What the future has is for `image` alone; cancelling it skips the frame."""

    def image(self, loaded: Tensor) -> Tensor:
        """The image of a frame that is loaded, on the model's device."""

    def close(self) -> None:
        """Ends the threads; frames that wait are not loaded."""


def frame_loader(reader: VideoReader, image_size: int, device: torch.device, preemption: Preemption) -> FrameLoader:
    """What loads frames for a model on `device`."""
    if device.type == "cpu":
        return CpuLoader(reader, image_size, preemption)
    return GpuLoader(reader, image_size, device, preemption)


class CpuLoader:
    """Decodes, resizes and normalizes on one thread: the others have the model to run."""

    ahead = 2

    def __init__(self, reader: VideoReader, image_size: int, preemption: Preemption) -> None:
        self._reader = reader
        self._image_size = image_size
        self._preemption = preemption
        self._decoder = ThreadPool("decode")
        self._normalized = _normalized_values()

    def start(self, index: int) -> Future[Tensor]:
        return self._decoder.submit(self.load, index)

    def image(self, loaded: Tensor) -> Tensor:
        return loaded

    def close(self) -> None:
        self._decoder.close(run_waiting=False)

    def load(self, index: int) -> Tensor:
        """The image of a frame. Runs on the loader's thread."""
        self._preemption.yield_to_interactive()
        pixels = _resized(self._reader.frame(index), self._image_size)
        planes = np.empty((3, self._image_size, self._image_size), np.float32)
        for channel, values in enumerate(self._normalized):
            # "clip" skips the check of every index; a byte is always within 256 values.
            np.take(values, pixels[:, :, channel], out=planes[channel], mode="clip")
        return torch.from_numpy(planes)


class GpuLoader:
    """Decodes on one thread and resizes on several, further ahead; the GPU gets bytes and normalizes them.

    A GPU tracks faster than one thread can load, and floats would be four times the bytes to upload.
    """

    ahead = 8

    def __init__(self, reader: VideoReader, image_size: int, device: torch.device, preemption: Preemption) -> None:
        self._reader = reader
        self._image_size = image_size
        self._device = device
        self._preemption = preemption
        self._decoder = ThreadPool("decode")
        self._resizers = ThreadPool("resize", _RESIZING_THREADS)
        self._table: Tensor | None = None

    def start(self, index: int) -> Future[Tensor]:
        loaded: Future[Tensor] = Future()
        self._decoder.submit(self._decode, index, loaded)
        return loaded

    @torch.inference_mode()
    def image(self, loaded: Tensor) -> Tensor:
        if self._table is None:
            self._table = torch.from_numpy(np.stack(_normalized_values())).to(self._device)
        pixels = loaded.to(self._device, non_blocking=True)
        values = pixels.permute(2, 0, 1).to(torch.int64, memory_format=torch.contiguous_format)
        return torch.gather(self._table, 1, values.flatten(1)).view(values.shape)

    def close(self) -> None:
        self._decoder.close(run_waiting=False)
        self._resizers.close()

    def _decode(self, index: int, loaded: Future[Tensor]) -> None:
        if not loaded.set_running_or_notify_cancel():
            return
        try:
            self._preemption.yield_to_interactive()
            self._resizers.submit(self._resize, self._reader.frame(index), loaded)
        except BaseException as error:
            loaded.set_exception(as_exception(error))

    def _resize(self, frame: NDArray[np.uint8], loaded: Future[Tensor]) -> None:
        """Makes uint8 [S, S, 3] of a frame, in memory from which CUDA copies while the CPU goes on."""
        try:
            resized = _resized(frame, self._image_size)
            pixels = torch.empty(resized.shape, dtype=torch.uint8, pin_memory=self._device.type == "cuda")
            np.copyto(pixels.numpy(), resized)
            loaded.set_result(pixels)
        except BaseException as error:
            loaded.set_exception(as_exception(error))


def _resized(frame: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(frame).resize((size, size)))


def _normalized_values() -> list[NDArray[np.float32]]:
    # By byte, as load_video_frames computes it: divided in float64, then normalized in float32.
    values = torch.from_numpy(np.arange(256) / 255.0).float()
    return [((values - mean) / std).numpy() for mean, std in zip(_MEAN, _STD, strict=True)]
