"""SAM 2 tracking one video: prompts in, masks out, and the decoder's inputs captured on the way."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.models.loading import autocast
from sam2_lit.engine.object_memory import ObjectMemories, ObjectMemory, TrackedFrame
from sam2_lit.engine.tracking.captured_features import FeatureCapture, FeatureStore
from sam2_lit.engine.tracking.core_plan import CorePlan
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.tracking.object_batches import ObjectBatches
from sam2_lit.engine.tracking.object_decoding import ObjectDecoding, mask_at_size
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.sam2_state import PromptSnapshot
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from sam2_lit.engine.video_tracker import CapturedFeatures, ChooseAdapter, ObjectMask
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import MaskPrompt, Prompt


class Tracker:
    """Implements `VideoTracker` with SAM 2: the state of one session.

    Objects keep the id that the user gave them. `frames`, `pool` and `features` are what it holds in memory.
    """

    def __init__(
        self,
        predictor: LitPredictor,
        frames: FrameSource,
        feature_budget: int,
        memory_budget: int,
        folder: Path | None = None,
    ) -> None:
        """Budgets are bytes in memory: of captured features, and of tracked frames, which go to `folder` beyond it."""
        self.memories = ObjectMemories()
        self.frames_tracked = 0
        self.frames = frames
        self.pool = MemoryPool(memory_budget, folder)
        self.features = FeatureStore(feature_budget)
        self._restored: set[int] = set()
        self._predictor = predictor
        self._state = predictor.init_state(frames, self.pool)
        self._core_plan = CorePlan(predictor, frames)
        self._batches = ObjectBatches(predictor, self._state, self.memories, self._core_plan)
        multimask = predictor.fast_mask_decoder.multimask
        self._capture = FeatureCapture(self.features, self.memories, self.reach, multimask)
        self._decoding = ObjectDecoding(predictor, self._state, self.memories, self._core_plan, self._capture)

    @property
    def frame_count(self) -> int:
        return len(self.frames)

    @property
    def reach(self) -> int:
        """How many frames back the memory attention reads tracked frames."""
        return self._predictor.memory_reader.reach

    @torch.inference_mode()
    def prompt(self, object_id: int, frame_index: int, prompt: Prompt) -> ObjectMask:
        """Adds a prompt to the object's memory and returns the mask it makes; on any error the state is unchanged.

        A frame that was tracked is corrected under its memory; any other is segmented from the prompt alone.
        """
        self._prepare_memory(object_id, frame_index)
        snapshot = self._state.snapshot(object_id, frame_index)
        try:
            with autocast(self._predictor.device), use_threads(self._core_plan.cores):
                prompted = self._predictor.add_prompt(self._state, object_id, frame_index, prompt)
                mask = prompt.mask if isinstance(prompt, MaskPrompt) else self.at_video_size(prompted.logits)
        except BaseException:
            self._roll_back(object_id, frame_index, snapshot)
            raise
        version = self.memories.change()
        self.memories.add(object_id).prompt(frame_index, version)
        if isinstance(prompt, MaskPrompt):
            return ObjectMask(object_id, lambda: mask, None, None, False, version)
        return ObjectMask(object_id, lambda: mask, prompted.predicted_iou, prompted.object_score, False, version)

    @torch.inference_mode()
    def clear(self, object_id: int, frame_index: int) -> None:
        """Removes the prompts of a frame and their memory; with its last prompt, the object is removed."""
        memory = self.memories[object_id]
        if memory.prompted == [frame_index]:
            self.remove(object_id)
            return
        self._predictor.clear_all_prompts_in_frame(self._state.raw, frame_index, object_id, need_output=False)
        # The official predictor keeps the mask of a removed prompt as if it had been tracked.
        self._state.tracked_outputs(object_id).pop(frame_index, None)
        memory.clear(frame_index, self.memories.change())

    def remove(self, object_id: int) -> None:
        """Removes an object and everything about it."""
        self._state.tracked_outputs(object_id).clear()
        self._batches.forget(object_id)
        self._predictor.remove_object(self._state.raw, object_id, need_output=False)
        self.memories.remove(object_id)
        self.features.discard_object(object_id)
        self.memories.change()

    def reset(self) -> None:
        """Removes every object."""
        self._batches.clear()
        self._predictor.reset_state(self._state.raw)
        self.memories.clear()
        self.features.clear()
        self.memories.change()

    def prefetch(self, frame_indices: Sequence[int]) -> None:
        """Starts to decode, and perhaps to encode, the frames that will be tracked next, in that order."""
        self._batches.expect(frame_indices)
        self.frames.prefetch(frame_indices, encode=self._core_plan.encodes_alongside(len(self.memories)))

    @torch.inference_mode()
    def track(
        self, frame_index: int, reverse: bool, *, again: bool, choose: ChooseAdapter | None = None
    ) -> list[ObjectMask]:
        """Tracks one frame for every prompted object: the body of SAM2VideoPredictor.propagate_in_video.

        Args:
            frame_index: the frame.
            reverse: whether it is tracked from later frames.
            again: tracks also objects whose mask on the frame is current.
            choose: names the adapter to decode an object with instead.

        Returns:
            The masks of the objects tracked; an object that is prompted on the frame keeps the mask of its prompt.
        """
        if self.memories:
            # Before a prompted frame is marked as passed: a prompt on it then reads memory.
            self._consolidate()
        due = []
        for object_id, memory in self.memories.items():
            if frame_index in memory.prompted:
                self._decoding.mark_passed(object_id, frame_index, reverse)
            elif again or not memory.is_current(frame_index):
                due.append(object_id)
        self.frames_tracked += 1
        if not due:
            return []
        embedding = self._embedding(frame_index)
        masks: dict[int, ObjectMask] = {}
        with self._predictor.helper.using_cores(self._core_plan.cores):
            for batch, conditioned in self._batches.condition(due, frame_index, reverse, embedding):
                masks |= self._decoding.decode(batch, frame_index, reverse, embedding, conditioned, choose)
        return [masks[object_id] for object_id in due]

    def lost(self, frame_index: int) -> frozenset[bool]:
        """The directions in which objects were tracked on a frame whose output is lost since they were restored."""
        directions = {
            tracked.reverse
            for object_id, memory in self.memories.items()
            if (tracked := self._lost(object_id, memory, frame_index)) is not None
        }
        return frozenset(directions)

    @torch.inference_mode()
    def recover(self, frame_index: int, reverse: bool, *, choose: ChooseAdapter | None = None) -> None:
        """Tracks a frame again for the objects whose output on it is lost: under the prompts that tracking reads."""
        lost = {object_id: self._lost(object_id, memory, frame_index) for object_id, memory in self.memories.items()}
        due = [object_id for object_id, tracked in lost.items() if tracked is not None and tracked.reverse is reverse]
        self.frames_tracked += 1
        if not all(self._state.conditioning_outputs(object_id) for object_id in due):
            self._consolidate()
        self._encode_restored()
        with use_threads(self._core_plan.cores):
            embedding = self.frames.embedding(frame_index)
        with self._predictor.helper.using_cores(self._core_plan.cores):
            for batch, conditioned in self._batches.condition(due, frame_index, reverse, embedding):
                self._decoding.recover(batch, frame_index, reverse, embedding, conditioned, choose)

    @torch.inference_mode()
    def capture(self, object_id: int, frame_index: int) -> CapturedFeatures:
        """Captures a frame's features conditioned on the object's memory, without changing memory or masks."""
        reverse = self.memories.direction_to(object_id, frame_index)
        embedding = self._embedding(frame_index)
        with self._predictor.helper.using_cores(self._core_plan.cores):
            conditioned = self._batches.condition_one(object_id, frame_index, reverse, embedding)
        return self._capture.capture(object_id, frame_index, reverse, embedding, conditioned)

    def captured(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        """The captured features of this object and frame, or None where there are none or they are stale."""
        return self._capture.fresh(object_id, frame_index)

    def close(self) -> None:
        """Releases the video and all memory."""
        self._batches.clear()
        self.frames.close()
        self.features.clear()
        self.pool.close()

    def logits(self, object_id: int, frame_index: int) -> Tensor:
        """The mask logits of a tracked frame, [1, 1, 4h, 4w]. Raises KeyError where it was not tracked."""
        return self._state.tracked_outputs(object_id)[frame_index]["pred_masks"]

    def at_video_size(self, logits: Tensor) -> BoolMask:
        """The mask, bool [H, W] at the size of the video, of logits [1, 1, h, w] at any size."""
        return mask_at_size(self._state.video_size, logits)

    def conditioning(self, object_id: int, frame_index: int) -> dict[str, Tensor]:
        """What the newest prompt of a frame left in the object's memory (`Sam2State.conditioning`), for `restore`."""
        memory = self.memories[object_id]
        conditioning = self._state.conditioning(object_id, frame_index)
        if (version := memory.consolidated.get(frame_index)) is not None:
            conditioning["consolidated.version"] = torch.tensor([version])
        if (replaced := memory.replaced.get(frame_index)) is not None:
            conditioning["replaced.version"] = torch.tensor([replaced.version])
            conditioning["replaced.reverse"] = torch.tensor([replaced.reverse])
        return conditioning

    def restore(self, object_id: int, memory: ObjectMemory, conditioning: Mapping[int, dict[str, Tensor]]) -> None:
        """Restores an object with its prompted frames, without running the model.

        Tracked frames are as current or stale as `memory` has them, but their output is `lost`: what reads it needs
        `recover` first.
        """
        self._predictor.add_object(self._state, object_id)
        for frame_index, tensors in conditioning.items():
            version = memory.prompt_changes[frame_index]
            is_consolidated = version <= self.memories.consolidated
            self._state.restore_conditioning(object_id, frame_index, tensors, is_consolidated)
            if is_consolidated:
                memory.consolidated[frame_index] = version
                continue
            if "consolidated.version" in tensors:
                memory.consolidated[frame_index] = int(tensors["consolidated.version"])
            if "replaced.version" in tensors:
                memory.replaced[frame_index] = TrackedFrame(
                    bool(tensors["replaced.reverse"]), int(tensors["replaced.version"])
                )
        for frame_index, reverse in memory.passed.items():
            self._state.mark_tracked(object_id, frame_index, reverse)
        self.memories.restore(object_id, memory)
        self._restored.add(object_id)

    def _embedding(self, frame_index: int) -> FrameEmbedding:
        """The frame's embedding, after encoding the memory of prompts that have none yet.

        Prompts enter the memory only when it is read, so that a click does not wait for the memory encoder.
        """
        self._consolidate()
        self._encode_restored()
        with use_threads(self._core_plan.cores):
            return self.frames.embedding(frame_index)

    def _consolidate(self) -> None:
        if self.memories.consolidated == self.memories.last_change:
            return
        with use_threads(self._core_plan.cores), autocast(self._predictor.device):
            self._predictor.propagate_in_video_preflight(self._state.raw)
        self.memories.consolidate()

    def _encode_restored(self) -> None:
        """Encodes the memory of restored prompts, where that was not stored."""
        with use_threads(self._core_plan.cores), autocast(self._predictor.device):
            for object_id in self._restored & self.memories.keys():
                for frame_index in self._state.without_memory(object_id):
                    self._predictor.encode_prompt_memory(self._state, object_id, frame_index)
        self._restored.clear()

    def _prepare_memory(self, object_id: int, frame_index: int) -> None:
        """Prepares what a prompt reads: on a frame that tracking passed, the object's memory."""
        memory = self.memories.get(object_id)
        if memory is None or frame_index not in memory.passed:
            return
        if not self._state.conditioning_outputs(object_id):
            self._consolidate()
        self._encode_restored()

    def _lost(self, object_id: int, memory: ObjectMemory, frame_index: int) -> TrackedFrame | None:
        tracked = memory.tracked.get(frame_index) or memory.replaced.get(frame_index)
        return None if frame_index in self._state.tracked_outputs(object_id) else tracked

    def _roll_back(self, object_id: int, frame_index: int, snapshot: PromptSnapshot | None) -> None:
        if snapshot is None:
            self._predictor.remove_object(self._state.raw, object_id, need_output=False)
        else:
            self._state.roll_back(object_id, frame_index, snapshot)
