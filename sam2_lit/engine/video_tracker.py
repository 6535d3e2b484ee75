"""What the rest of the engine needs of a tracker and of the device it runs on.

Another tracker is a folder of its own that implements these two protocols; nothing else of the engine changes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from sam2.modeling.sam2_base import SAM2Base

from sam2_lit.engine.device.worker import DeviceWorker
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.object_memory import ObjectMemory
from sam2_lit.engine.observer import CacheUse
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.training_graphs import TrainingGraphs
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import BoxPrompt, PointPrompt, Prompt
from sam2_lit.records.results import ModelInfo


@dataclass(frozen=True)
class ObjectMask:
    """One object's mask after a step.

    `predicted_iou` (0 to 1) and `object_score` (a logit) are the model's own estimates, None for a mask prompt.
    `version` is that of the write to the object's memory, on the clock of its `ObjectMemories`.
    """

    object_id: int
    at_video_size: Callable[[], BoolMask]
    predicted_iou: float | None
    object_score: float | None
    by_adapter: bool
    version: int

    @cached_property
    def mask(self) -> BoolMask:
        """Bool [H, W] at the size of the video, computed on first use, on any thread."""
        return self.at_video_size()


@dataclass(frozen=True)
class ObjectEstimate:
    """The model's estimates of one object's mask on a frame, before the mask is resized to the video."""

    object_id: int
    features: DecoderFeatures
    predicted_iou: float
    object_score: float
    by_adapter: bool
    version: int


ChooseAdapter = Callable[[int, ObjectEstimate], Adapter | None]
"""From an object and its tracked estimate to the adapter to decode the frame with instead, or None."""


@dataclass(frozen=True)
class CapturedFeatures:
    """The mask decoder's inputs for one object on one frame.

    `memory` is the memory that they were conditioned on (`ObjectMemory.under`): while tracking the frame again would
    read the same, they are fresh. `reverse` is the direction of tracking.
    """

    features: DecoderFeatures
    reverse: bool
    memory: frozenset[tuple[int, int]]


PREFETCHED_FRAMES = 8
"""How many frames after the one being tracked are passed to `VideoTracker.prefetch`, which may start fewer."""


class VideoTracker(Protocol):
    """One session's tracker. Every method runs on the device's thread; each that runs the model is one step.

    The tracker writes `memories`; others read them. `frames_tracked` counts calls of `track`.
    """

    memories: ObjectMemories
    frames_tracked: int

    @property
    def frame_count(self) -> int: ...

    @property
    def reach(self) -> int:
        """How many frames of the video back tracking reads the memory of tracked frames."""

    def prompt(self, object_id: int, frame_index: int, prompt: Prompt) -> ObjectMask:
        """Adds a prompt to the object's memory and returns the mask it makes; on any error the state is unchanged."""

    def refine(self, object_id: int, frame_index: int, prompt: PointPrompt, mask: BoolMask) -> BoolMask:
        """The mask that clicks make of a mask, both bool [H, W] at the size of the video; changes nothing."""

    def segment(self, object_id: int, frame_index: int, prompt: BoxPrompt) -> BoolMask:
        """The mask that a box alone makes, bool [H, W], as on a frame that was not tracked; changes nothing."""

    def tracked_mask(self, object_id: int, frame_index: int) -> BoolMask | None:
        """The mask of a frame as it was tracked, bool [H, W], also where it was prompted since; None if it was not."""

    def clear(self, object_id: int, frame_index: int) -> None:
        """Removes the prompts of a frame and their memory; with the last that shows it, the object is removed."""

    def mark_absent(self, object_id: int, frames: Sequence[int]) -> int:
        """Notes that an object, prompted or not, is not there on these frames, none of them prompted, rising.

        Tracking passes them, and remembers of them that the object was not in view. Returns the version.
        """

    def forget(self, object_id: int, frames: Sequence[int]) -> int:
        """Removes the memory of frames that are tracked or marked absent, none of them prompted, rising.

        Returns the version.
        """

    def remove(self, object_id: int) -> None: ...

    def reset(self) -> None:
        """Removes every object."""

    def prefetch(self, frame_indices: Sequence[int]) -> None:
        """Starts to load the frames that are tracked next, in that order; the first is tracked now."""

    def track(
        self,
        frame_index: int,
        reverse: bool,
        *,
        again: bool,
        object_ids: Collection[int] | None = None,
        force: bool = False,
        choose: ChooseAdapter | None = None,
    ) -> list[ObjectMask]:
        """Tracks one frame for the prompted objects among `object_ids`, or for all; others are not touched.

        A mask that is a prompt, absent or confirmed is kept; `force` tracks over confirmed ones. `again` tracks also
        objects whose mask on the frame is current. `choose` names the adapter to decode an object with instead.
        """

    def capture(self, object_id: int, frame_index: int) -> CapturedFeatures:
        """Captures the features of a frame under the object's present memory, without changing memory or masks.

        Raises LitError FEATURES_NOT_CAPTURED where the tracker has no features to train an adapter on.
        """

    def captured(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        """The captured features of this object and frame, or None where there are none or they are stale."""

    def at_video_size(self, logits: torch.Tensor) -> BoolMask:
        """The mask, bool [H, W] at the size of the video, of logits [1, 1, h, w]."""

    def conditioning(self, object_id: int, frame_index: int) -> dict[str, torch.Tensor]:
        """What the newest prompt of a frame left in the object's memory, as contiguous CPU tensors, for `restore`."""

    def resume(self, consolidated: int) -> None:
        """Begins to restore a session that had consolidated prompts up to this version (`ObjectMemories.resume`).

        What it has in memory is dropped, but for outputs of frames that `restore` finds by their version.
        """

    def restore(
        self, object_id: int, memory: ObjectMemory, conditioning: Mapping[int, dict[str, torch.Tensor]]
    ) -> None:
        """Restores an object with its prompted frames, without running the model.

        `resume` is called first.
        """

    def lost(self, frame_index: int) -> frozenset[bool]:
        """The directions in which objects were tracked on a frame whose memory is lost since they were restored."""

    def recover(self, frame_index: int, reverse: bool, *, choose: ChooseAdapter | None = None) -> None:
        """Makes the memory that is lost on a frame again, by tracking the frame; versions and masks stay."""

    def close(self) -> None:
        """Releases the video and all memory."""


class TrackingDevice(Protocol):
    """A model on one device, the device's thread, and the caches that sessions share.

    `lora_model` is the SAM 2 model whose mask decoder adapters are trained for, on the device `lora_model.device`; None
    where the tracker has no such decoder. `training_graphs` are those of its trainings.
    """

    worker: DeviceWorker
    training_graphs: TrainingGraphs

    @property
    def model(self) -> ModelInfo: ...

    @property
    def lora_model(self) -> SAM2Base | None: ...

    def open_tracker(self, reader: VideoReader, video_id: str, session_id: str, frame_step: int) -> VideoTracker:
        """A session's tracker on every `frame_step`-th frame of a video; it closes the reader.

        Frames keep the indices that they have in the video.
        """

    def discard_video(self, video_id: str) -> None:
        """Drops what is cached of a video that no session uses."""

    def discard_session(self, session_id: str) -> None:
        """Deletes what is stored of a session whose tracker is closed, for good."""

    def cache_use(self) -> Mapping[str, CacheUse]:
        """What the caches of all sessions hold in the device's memory; may be called on any thread."""

    def release_memory(self) -> None:
        """Drops what can be made again of all sessions. Called on the device's thread where memory ran out."""

    def close(self) -> None:
        """Stops the thread after its present step, and releases the caches."""
