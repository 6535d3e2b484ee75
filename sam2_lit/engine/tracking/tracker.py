"""SAM 2 tracking one video: prompts in, masks out, and the decoder's inputs captured on the way."""

from collections.abc import Callable, Collection, Mapping, Sequence

import torch
from torch import Tensor

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.device.memory_relief import relieved
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.object_memory import ObjectMemory
from sam2_lit.engine.tracking.absent_memory import AbsentMemory
from sam2_lit.engine.tracking.captured_features import FeatureCapture, FeatureStore
from sam2_lit.engine.tracking.core_plan import CorePlan
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.tracking.lost_frames import LostFrames
from sam2_lit.engine.tracking.memory_file import MemoryFile
from sam2_lit.engine.tracking.object_batches import ObjectBatches
from sam2_lit.engine.tracking.object_decoding import ObjectDecoding, mask_at_size
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.prompt_memory import PromptMemory
from sam2_lit.engine.tracking.sam2_private import PromptedMask, forgets
from sam2_lit.engine.tracking.sam2_state import PromptSnapshot
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from sam2_lit.engine.video_tracker import CapturedFeatures, ChooseAdapter, ObjectMask
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt, Prompt


class Tracker:
    """Implements `VideoTracker` with SAM 2: the state of one session.

    Objects keep the id that the user gave them. `frames`, `pool` and `features` are what it holds in memory.
    It has more than 20 methods because the protocol has most of them.
    """

    def __init__(
        self,
        predictor: LitPredictor,
        frames: FrameSource,
        feature_budget: CacheBudget,
        memory_budget: CacheBudget,
        file: MemoryFile | None = None,
        frame_step: int = 1,
        release_memory: Callable[[], None] = lambda: None,
    ) -> None:
        """Budgets are of captured features, and of tracked frames, which go to `file` beyond it.

        Every `frame_step`-th frame is tracked as if there were no others. `release_memory` drops caches, for more room.
        """
        self.memories = ObjectMemories(frame_step)
        self.frames_tracked = 0
        self.frames = frames
        self.pool = MemoryPool(memory_budget, file or MemoryFile(), predictor)
        self.features = FeatureStore(feature_budget)
        self.release_memory = release_memory
        self._is_resumed = False
        self._predictor = predictor
        self._state = predictor.init_state(frames, self.pool, frame_step)
        self._core_plan = CorePlan(predictor, frames)
        self._batches = ObjectBatches(predictor, self._state, self.memories, self._core_plan)
        self._prompts = PromptMemory(predictor, self._state, self.memories, self.pool, self._core_plan)
        self._absent = AbsentMemory(predictor, self._state, self.memories, self._core_plan)
        multimask = predictor.fast_mask_decoder.multimask
        self._capture = FeatureCapture(self.features, self.memories, self.reach, multimask)
        self._decoding = ObjectDecoding(predictor, self._state, self.memories, self._core_plan, self._capture)
        decoding = self._decoding
        self._lost = LostFrames(predictor, self._state, self.memories, self._core_plan, self._prompts, decoding)

    @property
    def frame_count(self) -> int:
        return len(self.frames)

    @property
    def reach(self) -> int:
        """How many frames of the video back the memory attention reads tracked frames."""
        return self._predictor.memory_reader.reach * self.memories.frame_step

    @relieved
    @torch.inference_mode()
    def prompt(self, object_id: int, frame_index: int, prompt: Prompt) -> ObjectMask:
        """Adds a prompt to the object's memory and returns the mask it makes; on any error the state is unchanged.

        A frame that was tracked is corrected under its memory; any other is segmented from the prompt alone. Points
        that clear earlier ones, and boxes, are answered as if they were the first prompt on the frame.
        """
        was_passed = self._absent.leave(object_id, frame_index)
        self._prompts.prepare(object_id, frame_index, forgets=forgets(prompt))
        self._absent.prepare(object_id, frame_index)
        snapshot = self._state.snapshot(object_id, frame_index)
        try:
            with self._predictor.autocast(), use_threads(self._core_plan.cores):
                prompted = self._predictor.add_prompt(self._state, object_id, frame_index, prompt)
                mask = prompt.mask if isinstance(prompt, MaskPrompt) else self.at_video_size(prompted.logits)
        except BaseException:
            self._roll_back(object_id, frame_index, snapshot)
            if was_passed is not None:
                self._decoding.mark_passed(object_id, frame_index, was_passed)
            raise
        version = self.memories.change()
        is_absent = isinstance(prompt, MaskPrompt) and prompt.is_empty
        self.memories.add(object_id).prompt(frame_index, version, is_absent=is_absent)
        if isinstance(prompt, MaskPrompt):
            return ObjectMask(object_id, lambda: mask, None, None, False, version)
        return ObjectMask(object_id, lambda: mask, prompted.predicted_iou, prompted.object_score, False, version)

    @torch.inference_mode()
    def refine(self, object_id: int, frame_index: int, prompt: PointPrompt, mask: BoolMask) -> BoolMask:
        """The mask that clicks make of a mask, both bool [H, W] at the size of the video; changes nothing."""
        self._prompts.prepare(object_id, frame_index, forgets=True)
        logits = self._predictor.mask_as_logits(torch.from_numpy(mask))
        return self._tried(
            object_id,
            frame_index,
            lambda: self._predictor.add_refining_prompt(self._state, object_id, frame_index, prompt, logits),
        )

    @torch.inference_mode()
    def segment(self, object_id: int, frame_index: int, prompt: BoxPrompt) -> BoolMask:
        """The mask that a box alone makes, bool [H, W], as on a frame that was not tracked; changes nothing."""
        return self._tried(
            object_id,
            frame_index,
            lambda: self._predictor.add_prompt_alone(self._state, object_id, frame_index, prompt),
        )

    def tracked_mask(self, object_id: int, frame_index: int) -> BoolMask | None:
        """The mask of a frame as it was tracked, bool [H, W], also where it was prompted since; None if it was not."""
        prior = self._state.prior(object_id, frame_index)
        return None if prior is None else self.at_video_size(prior)

    @torch.inference_mode()
    def clear(self, object_id: int, frame_index: int) -> None:
        """Removes the prompts of a frame and their memory; with the last that shows it, the object is removed."""
        memory = self.memories[object_id]
        if set(memory.prompted) - memory.absent.keys() <= {frame_index}:
            self.remove(object_id)
            return
        self._state.discard_conditioning(object_id, frame_index)
        self._predictor.clear_all_prompts_in_frame(self._state.raw, frame_index, object_id, need_output=False)
        self._state.tracked_outputs(object_id).pop(frame_index, None)
        self.pool.remove_prompt(object_id, frame_index)
        memory.clear(frame_index, self.memories.change())

    def mark_absent(self, object_id: int, frames: Sequence[int]) -> int:
        """Notes that an object is not there on these frames, none of them prompted, rising. Returns the version."""
        return self._absent.mark(object_id, frames)

    def forget(self, object_id: int, frames: Sequence[int]) -> int:
        """Removes the memory of frames that are tracked or marked absent, rising. Returns the version."""
        return self._absent.forget(object_id, frames)

    def remove(self, object_id: int) -> None:
        """Removes an object and everything about it."""
        for frame_index in self.memories[object_id].consolidated:
            self._state.discard_conditioning(object_id, frame_index)
        self._state.tracked_outputs(object_id).clear()
        self.pool.remove_object(object_id)
        self._batches.forget(object_id)
        self._predictor.remove_object(self._state.raw, object_id, need_output=False)
        self.memories.remove(object_id)
        self.features.discard_object(object_id)
        self.memories.change()

    def reset(self) -> None:
        """Removes every object."""
        self._batches.clear()
        self._predictor.reset_state(self._state.raw)
        self.pool.clear()
        self.memories.clear()
        self.features.clear()
        self.memories.change()

    def prefetch(self, frame_indices: Sequence[int]) -> None:
        """Starts to decode, and perhaps to encode, the frames that will be tracked next, in that order."""
        self._batches.expect(frame_indices)
        self.frames.prefetch(frame_indices, encode=self._core_plan.encodes_alongside(len(self.memories)))

    @relieved
    @torch.inference_mode()
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
        """Tracks one frame for prompted objects: the body of SAM2VideoPredictor.propagate_in_video.

        Returns the masks of the objects tracked; an object keeps a mask that is a prompt, absent or confirmed. The
        arguments are those of `VideoTracker.track`.
        """
        if self.memories:
            # Before a prompted frame is marked as passed: a prompt on it then reads memory.
            self._prompts.consolidate()
        due = []
        for object_id, memory in self.memories.items():
            if object_ids is not None and object_id not in object_ids:
                continue
            if frame_index in memory.prompted or memory.keeps(frame_index, force=force):
                self._decoding.mark_passed(object_id, frame_index, reverse)
                self._absent.write_ahead(object_id, frame_index, reverse)
            elif again or not memory.is_current(frame_index):
                due.append(object_id)
        self.frames_tracked += 1
        if not due:
            return []
        embedding = self._embedding(due, frame_index, reverse)
        decoded = self._decoding.decode_all(self._batches, due, frame_index, reverse, embedding, choose)
        masks = self._decoding.add_tracked(frame_index, reverse, decoded)
        return [masks[object_id] for object_id in due]

    def lost(self, frame_index: int) -> frozenset[bool]:
        """The directions in which objects were tracked on a frame whose output is lost, by a restart or for room."""
        return self._lost.directions(frame_index) if self._is_resumed or self.pool.resident.has_dropped else frozenset()

    @relieved
    @torch.inference_mode()
    def recover(self, frame_index: int, reverse: bool, *, choose: ChooseAdapter | None = None) -> None:
        """Tracks a frame again for the objects whose output on it is lost: under the prompts that tracking reads."""
        self._lost.recover(frame_index, reverse, self._absent, self._batches, choose)
        self.frames_tracked += 1

    @relieved
    @torch.inference_mode()
    def capture(self, object_id: int, frame_index: int) -> CapturedFeatures:
        """Captures a frame's features conditioned on the object's memory, without changing memory or masks."""
        reverse = self.memories.direction_to(object_id, frame_index)
        embedding = self._embedding([object_id], frame_index, reverse)
        with self._predictor.helper.using_cores(self._core_plan.cores):
            conditioned = self._batches.condition_one(object_id, frame_index, reverse, embedding)
        return self._capture.capture(object_id, frame_index, reverse, embedding, conditioned)

    def captured(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        """The captured features of this object and frame, or None where there are none or they are stale."""
        return self._capture.fresh(object_id, frame_index)

    def release_caches(self) -> None:
        """Drops what can be made again: captured features and projections."""
        self.features.clear()
        self._batches.release()

    def close(self) -> None:
        """Releases the video and all memory."""
        self.frames.close()
        self.release_caches()
        self.pool.close()

    def logits(self, object_id: int, frame_index: int) -> Tensor:
        """The mask logits of a tracked frame, [1, 1, 4h, 4w]. Raises KeyError where it was not tracked."""
        return self._state.tracked_outputs(object_id)[frame_index]["pred_masks"]

    def at_video_size(self, logits: Tensor) -> BoolMask:
        """The mask, bool [H, W] at the size of the video, of logits [1, 1, h, w] at any size."""
        return mask_at_size(self._state.video_size, logits)

    def conditioning(self, object_id: int, frame_index: int) -> dict[str, Tensor]:
        """What the newest prompt of a frame left in the object's memory, for `restore`."""
        return self._prompts.conditioning(object_id, frame_index)

    def resume(self, consolidated: int) -> None:
        """Begins to restore the objects of a session that had consolidated prompts up to this version.

        Objects in memory are dropped. What the file has of them stays, for `restore` to find by its version.
        """
        if self.memories:
            outputs = {each: self._state.tracked_outputs(each) for each in self.memories}
            self.pool.keep_for_restoring(self.memories, outputs)
            self._batches.clear()
            self._predictor.reset_state(self._state.raw)
            self.features.clear()
        self._is_resumed = True
        self.memories.resume(consolidated, self.pool.find())

    def restore(self, object_id: int, memory: ObjectMemory, conditioning: Mapping[int, dict[str, Tensor]]) -> None:
        """Restores an object with its prompted frames, without running the model.

        Tracked frames are as current or stale as `memory` has them. The output of those that are not in the file is
        `lost`: what reads it needs `recover` first.
        """
        self._predictor.add_object(self._state, object_id)
        self._prompts.restore(object_id, memory, conditioning)
        outputs = self._state.tracked_outputs(object_id)
        for frame_index, tracked in (memory.tracked | memory.replaced).items():
            outputs.restore(frame_index, tracked.version, tracked.reverse)
        for frame_index, reverse in memory.passed.items():
            self._state.mark_tracked(object_id, frame_index, reverse)
        self.memories.restore(object_id, memory)

    def _embedding(self, object_ids: Sequence[int], frame_index: int, reverse: bool) -> FrameEmbedding:
        """The frame's embedding, after encoding what memory the frame reads that has not been encoded yet.

        Prompts enter the memory only when it is read, so that a click does not wait for the memory encoder.
        """
        self._prompts.consolidate()
        self._prompts.encode_restored()
        self._absent.write_before(object_ids, frame_index, reverse)
        with use_threads(self._core_plan.cores):
            return self.frames.embedding(frame_index)

    def _tried(self, object_id: int, frame_index: int, add: Callable[[], PromptedMask]) -> BoolMask:
        """The mask, bool [H, W], of a prompt that `add` adds, and that is removed again."""
        self._absent.prepare(object_id, frame_index)
        snapshot = self._state.snapshot(object_id, frame_index)
        try:
            with self._predictor.autocast(), use_threads(self._core_plan.cores):
                return self.at_video_size(add().logits)
        finally:
            self._roll_back(object_id, frame_index, snapshot)

    def _roll_back(self, object_id: int, frame_index: int, snapshot: PromptSnapshot | None) -> None:
        if snapshot is None:
            self._predictor.remove_object(self._state.raw, object_id, need_output=False)
        else:
            self._state.roll_back(object_id, frame_index, snapshot)
