"""Divides the CPU's cores between tracking a frame and encoding the next ones."""

from contextlib import AbstractContextManager, nullcontext

import torch

from sam2_lit.engine.device.cpu_threads import available_threads, tracking_threads, use_threads
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor

# Tracking an object costs far more on larger images than encoding them, and every step there has work for all cores.
_SMALL_IMAGE = 512


class CorePlan:
    """How many cores each step of tracking uses."""

    def __init__(self, predictor: LitPredictor, frames: FrameSource) -> None:
        self._frames = frames
        self._on_cpu = predictor.device.type == "cpu"
        self.is_small_image = bool(predictor.image_size <= _SMALL_IMAGE)

    @property
    def cores(self) -> int:
        """For tracking, while other cores may be encoding.

        On a GPU what this thread has: compiled code is compiled again for another number of threads.
        """
        if not self._on_cpu:
            return torch.get_num_threads()
        return tracking_threads() if self._frames.is_encoding else available_threads()

    def encodes_alongside(self, objects: int) -> bool:
        """Whether some cores encode the next frames while the others track one.

        It pays on a CPU where encoding a frame takes about as long as tracking it. A GPU runs its work in order anyway.
        """
        return self._on_cpu and self.is_small_image and objects == 1

    def decoding(self, objects: int) -> AbstractContextManager[None]:
        """All cores for one object on a large image, which a single thread decodes.

        On a small image that is hundreds of products of some ten microseconds each, too short for several cores.
        """
        return use_threads(self.cores) if objects == 1 and not self.is_small_image else nullcontext()
