"""What the rest of the engine needs of a tracker and of the device it runs on.

Another tracker is a folder of its own that implements these two protocols; nothing else of the engine changes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from sam2.modeling.sam2_base import SAM2Base

from sam2_lit.engine.device.worker import DeviceWorker
from sam2_lit.engine.object_memory import ObjectMemories, ObjectMemory
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import Prompt
from sam2_lit.records.results import ModelInfo


@dataclass(frozen=True)
class ObjectMask:
    """One object's mask as a step left it.

    `predicted_iou` (0 to 1) and `object_score` (a logit) are the model's own estimates, None for a mask drawn by
    hand. `version` is when it was made, on the tracker's clock.
    """

    object_id: int
    at_video_size: Callable[[], BoolMask]
    predicted_iou: float | None
    object_score: float | None
    by_adapter: bool
    version: int

    @cached_property
    def mask(self) -> BoolMask:
        """Bool [H, W] at the size of the video, made when it is first asked for: on any thread, beside the tracking."""
        return self.at_video_size()


@dataclass(frozen=True)
class ObjectEstimate:
    """What the tracker knows of one object's mask on a frame before the mask is brought to the size of the video."""

    object_id: int
    features: DecoderFeatures
    predicted_iou: float
    object_score: float
    by_adapter: bool
    version: int


PREFETCHED_FRAMES = 2
"""How many frames after the one that is tracked `VideoTracker.prefetch` is given."""

ChooseAdapter = Callable[[int, ObjectEstimate], Adapter | None]
"""Given an object and its tracked estimate, the adapter to decode the frame with instead, or None to leave it."""


@dataclass(frozen=True)
class CapturedFeatures:
    """The mask decoder's inputs for one object on one frame.

    `memory` is the memory they were conditioned on (`ObjectMemory.under`): they are fresh as long as tracking the
    frame again would read the same.
    """

    features: DecoderFeatures
    reverse: bool
    memory: frozenset[tuple[int, int]]


class VideoTracker(Protocol):
    """One session's tracker. Every method runs on the device's thread; each that runs the model is one step.

    `memories` is kept by the tracker and read by everyone. `frames_tracked` counts the frames it has tracked, all
    objects of a frame counted once.
    """

    memories: ObjectMemories
    frames_tracked: int

    @property
    def frame_count(self) -> int: ...

    @property
    def reach(self) -> int:
        """How many frames back tracking reads the memory of tracked frames."""

    def prompt(self, object_id: int, frame_index: int, prompt: Prompt) -> ObjectMask:
        """Adds a prompt to the object's memory and returns the mask it makes; on any error the state is unchanged."""

    def clear(self, object_id: int, frame_index: int) -> None:
        """Removes the prompts of a frame and their memory; with its last prompt, the object goes."""

    def remove(self, object_id: int) -> None: ...

    def reset(self) -> None:
        """Removes every object."""

    def prefetch(self, frame_indices: Sequence[int]) -> None:
        """Starts to load the frames that will be tracked next, in that order."""

    def track(
        self, frame_index: int, reverse: bool, *, again: bool, choose: ChooseAdapter | None = None
    ) -> list[ObjectMask]:
        """Tracks one frame for every prompted object; a frame that is prompted keeps the mask of its prompt.

        `again` tracks also what is current. `choose` may name an adapter whose mask replaces the tracked one.
        """

    def capture(self, object_id: int, frame_index: int) -> CapturedFeatures:
        """Captures the features of a frame under the object's memory as it is; memory and masks stay as they are.

        Raises LitError FEATURES_NOT_CAPTURED where the tracker has no features to train an adapter on.
        """

    def captured(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        """The captured features of this object and frame, or None where there are none or they are stale."""

    def at_video_size(self, logits: torch.Tensor) -> BoolMask:
        """The mask, bool [H, W] at the size of the video, of low-resolution logits [1, 1, h, w]."""

    def conditioning(self, object_id: int, frame_index: int) -> dict[str, torch.Tensor]:
        """What the newest prompt of a frame left in the object's memory, as contiguous CPU tensors, for `restore`."""

    def restore(
        self, object_id: int, memory: ObjectMemory, conditioning: Mapping[int, dict[str, torch.Tensor]]
    ) -> None:
        """Puts an object back with its prompted frames as they were, without running the model."""

    def close(self) -> None:
        """Releases the video and all memory."""


class TrackingDevice(Protocol):
    """A model on one device, its thread, and what its sessions share there: caches within their budgets.

    `lora_model` is the SAM 2 model whose mask decoder adapters are trained on; its `device` is where tensors go. None
    where the tracker has no such decoder.
    """

    worker: DeviceWorker

    @property
    def model(self) -> ModelInfo: ...

    @property
    def lora_model(self) -> SAM2Base | None: ...

    def open_tracker(self, reader: VideoReader, video_id: str) -> VideoTracker:
        """A tracker on a video; it owns the reader from here on."""

    def discard_video(self, video_id: str) -> None:
        """Drops what is cached of a video that no session uses any more."""

    def close(self) -> None:
        """Ends the thread after the step it is in, and releases the caches."""
