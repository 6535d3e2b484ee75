"""A tracker without a model: every mask moves by a constant from one frame to the next."""

import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import torch

from sam2_lit.engine.device.worker import DeviceWorker
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.object_memory import ObjectMemory
from sam2_lit.engine.observer import CacheUse
from sam2_lit.engine.video_tracker import CapturedFeatures, ChooseAdapter, ObjectMask
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.training_graphs import TrainingGraphs
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt, Prompt
from sam2_lit.records.results import ModelInfo
from sam2_lit.store.store import Store

SPEED = 3
"""Pixels to the right, a frame."""


def moved(mask: BoolMask, frames: int) -> BoolMask:
    return np.roll(mask, SPEED * frames, axis=1)


class MovingMasks:
    """Implements `VideoTracker`. A frame's mask is made from the one before alone, which has to be in memory."""

    def __init__(self, reader: VideoReader, frame_step: int = 1) -> None:
        self.memories = ObjectMemories(frame_step)
        self.reach = frame_step
        self.frames_tracked = 0
        self._reader = reader
        self._masks: dict[int, dict[int, BoolMask]] = {}

    @property
    def frame_count(self) -> int:
        return len(self._reader)

    def prompt(self, object_id: int, frame_index: int, prompt: Prompt) -> ObjectMask:
        mask = self._masks.setdefault(object_id, {})[frame_index] = self._drawn(prompt)
        version = self.memories.change()
        self.memories.add(object_id).prompt(frame_index, version, is_absent=not mask.any())
        return ObjectMask(object_id, lambda: mask, None, None, False, version)

    def refine(self, object_id: int, frame_index: int, prompt: PointPrompt, mask: BoolMask) -> BoolMask:
        # A click draws a pixel: on the object one more, else one less.
        refined = mask.copy()
        for (x, y), label in zip(prompt.points, prompt.labels, strict=True):
            refined[int(y * (mask.shape[0] - 1)), int(x * (mask.shape[1] - 1))] = label == 1
        return refined

    def segment(self, object_id: int, frame_index: int, prompt: BoxPrompt) -> BoolMask:
        return self._drawn(prompt)

    def tracked_mask(self, object_id: int, frame_index: int) -> BoolMask | None:
        return None

    def clear(self, object_id: int, frame_index: int) -> None:
        memory = self.memories[object_id]
        if set(memory.prompted) - memory.absent.keys() <= {frame_index}:
            self.remove(object_id)
        else:
            del self._masks[object_id][frame_index]
            self.memories[object_id].clear(frame_index, self.memories.change())

    def mark_absent(self, object_id: int, frames: Sequence[int]) -> int:
        if object_id in self.memories:
            self._masks[object_id] |= dict.fromkeys(frames, self._empty())
        return self.memories.mark_absent(object_id, frames)

    def forget(self, object_id: int, frames: Sequence[int]) -> int:
        for frame_index in frames:
            self._masks.get(object_id, {}).pop(frame_index, None)
        return self.memories.forget(object_id, frames)

    def remove(self, object_id: int) -> None:
        del self._masks[object_id]
        self.memories.remove(object_id)
        self.memories.change()

    def reset(self) -> None:
        self._masks.clear()
        self.memories.clear()
        self.memories.change()

    def prefetch(self, frame_indices: Sequence[int]) -> None:
        pass

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
        step = -self.reach if reverse else self.reach
        made = []
        self.memories.consolidate()
        for object_id, memory in self.memories.items():
            if object_ids is not None and object_id not in object_ids:
                continue
            memory.passed[frame_index] = reverse
            if frame_index in memory.prompted or memory.keeps(frame_index, force=force):
                continue
            if not (again or not memory.is_current(frame_index)):
                continue
            known = self._masks[object_id]
            before = known.get(frame_index - step, self._empty())
            known[frame_index] = mask = moved(before, step)
            memory.track(frame_index, reverse, self.memories.tick())
            made.append(ObjectMask(object_id, mask.copy, 0.5, 1.0, False, self.memories.clock))
        self.frames_tracked += 1
        return made

    def capture(self, object_id: int, frame_index: int) -> CapturedFeatures:
        raise LitError(ErrorCode.FEATURES_NOT_CAPTURED, "masks that move have no features")

    def captured(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        return None

    def at_video_size(self, logits: torch.Tensor) -> BoolMask:
        raise NotImplementedError("there are no logits")

    def conditioning(self, object_id: int, frame_index: int) -> dict[str, torch.Tensor]:
        return {"mask": torch.from_numpy(self._masks[object_id][frame_index]).contiguous()}

    def resume(self, consolidated: int) -> None:
        self.memories.resume(consolidated)
        self._masks.clear()

    def restore(
        self, object_id: int, memory: ObjectMemory, conditioning: Mapping[int, dict[str, torch.Tensor]]
    ) -> None:
        self._masks[object_id] = {index: tensors["mask"].numpy() for index, tensors in conditioning.items()}
        self.memories.restore(object_id, memory)

    def lost(self, frame_index: int) -> frozenset[bool]:
        return frozenset(
            memory.tracked[frame_index].reverse
            for object_id, memory in self.memories.items()
            if frame_index in memory.tracked and frame_index not in self._masks[object_id]
        )

    def recover(self, frame_index: int, reverse: bool, *, choose: ChooseAdapter | None = None) -> None:
        step = -self.reach if reverse else self.reach
        for object_id, memory in self.memories.items():
            known, tracked = self._masks[object_id], memory.tracked.get(frame_index)
            if tracked is not None and tracked.reverse is reverse and frame_index not in known:
                known[frame_index] = moved(known.get(frame_index - step, self._empty()), step)
        self.frames_tracked += 1

    def close(self) -> None:
        self._reader.close()

    def _drawn(self, prompt: Prompt) -> BoolMask:
        mask = self._empty()
        height, width = mask.shape
        match prompt:
            case MaskPrompt(drawn):
                return drawn
            case BoxPrompt((left, top, right, bottom)):
                mask[int(top * height) : int(bottom * height), int(left * width) : int(right * width)] = True
            case PointPrompt(points):
                for x, y in points:
                    mask[int(y * (height - 1)), int(x * (width - 1))] = True
        return mask

    def _empty(self) -> BoolMask:
        return np.zeros((self._reader.info.height, self._reader.info.width), np.bool_)


class MovingMasksDevice:
    """Implements `TrackingDevice`."""

    lora_model = None
    model = ModelInfo("moving-masks", "cpu", image_size=0, parameter_count=0, checkpoint="", lora_targets=())

    def __init__(self) -> None:
        self.worker = DeviceWorker()
        self.training_graphs = TrainingGraphs()

    def open_tracker(self, reader: VideoReader, video_id: str, session_id: str, frame_step: int) -> MovingMasks:
        return MovingMasks(reader, frame_step)

    def discard_session(self, session_id: str) -> None:
        pass

    def discard_video(self, video_id: str) -> None:
        pass

    def cache_use(self) -> Mapping[str, CacheUse]:
        return {}

    def release_memory(self) -> None:
        pass

    def close(self) -> None:
        self.worker.close()


@asynccontextmanager
async def engine_in(
    folder: Path, videos: Path, clock: Callable[[], float] = time.monotonic, max_sessions: int = 1
) -> AsyncIterator[Engine]:
    """An engine over this tracker, with so many sessions in memory and one propagation at most."""
    library = VideoLibrary(videos / "discs.mp4", videos, folder)
    settings = EngineSettings(max_sessions=max_sessions, max_propagations=1)
    engine = Engine(MovingMasksDevice(), library, Store(folder), settings, clock=clock)
    try:
        yield engine
    finally:
        await engine.close()
