"""When the prompts of a session enter the memory that tracking reads, and how they are stored and restored."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.object_memory import ObjectMemory, TrackedFrame
from sam2_lit.engine.tracking.core_plan import CorePlan
from sam2_lit.engine.tracking.memory_file import RecordKey
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.sam2_state import Sam2State
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from sam2_lit.engine.tracking.weight_precision import as_computed


class PromptMemory:
    """Consolidates prompts as SAM 2 does: all that were given enter the memory when a frame is tracked.

    Until then a frame that is prompted again is read as its earlier prompt, or as it was tracked. Restored prompts are
    as consolidated as they were. What another model left is not read: its masks become mask prompts, all consolidated.
    """

    def __init__(
        self,
        predictor: LitPredictor,
        state: Sam2State,
        memories: ObjectMemories,
        pool: MemoryPool,
        core_plan: CorePlan,
    ) -> None:
        self._predictor = predictor
        self._state = state
        self._memories = memories
        self._pool = pool
        self._core_plan = core_plan
        self._restored: set[int] = set()

    def consolidate(self) -> None:
        """Encodes the memory of all new prompts: from now on it is read."""
        if self._memories.consolidated == self._memories.last_change:
            return
        with use_threads(self._core_plan.cores), self._predictor.autocast():
            self._predictor.propagate_in_video_preflight(self._state.raw)
        before = {object_id: memory.consolidated for object_id, memory in self._memories.items()}
        self._memories.consolidate()
        for object_id, memory in self._memories.items():
            for frame_index, _ in memory.consolidated.items() - before[object_id].items():
                self._store(object_id, frame_index)

    def prepare(self, object_id: int, frame_index: int, *, forgets: bool) -> None:
        """Prepares what a prompt reads: on a frame that tracking passed, the object's memory.

        `forgets` says that it does not read the frame's own (`Sam2State.forgotten`).
        """
        memory = self._memories.get(object_id)
        if self._state.has_only_mask(object_id, frame_index):
            self.encode_restored()
        if memory is None or frame_index not in memory.passed:
            return
        read = self._state.conditioning_outputs(object_id).keys() - ({frame_index} if forgets else ())
        if not read and len(memory.prompted) > forgets:
            self.consolidate()
        self.encode_restored()

    def encode_restored(self) -> None:
        """Reads the memory of restored prompts from the file, or encodes it where it is not there."""
        for object_id in self._restored & self._memories.keys():
            for frame_index in self._state.without_memory(object_id):
                if (stored := self._pool.read_prompt(object_id, frame_index)) is not None:
                    self._state.restore_memory(object_id, frame_index, stored)
                    continue
                with use_threads(self._core_plan.cores), self._predictor.autocast():
                    self._encode(object_id, frame_index)
                self._store(object_id, frame_index)
        self._restored.clear()

    def conditioning(self, object_id: int, frame_index: int) -> dict[str, Tensor]:
        """What the newest prompt of a frame left (`Sam2State.conditioning`), and what is read until it is consolidated.

        That is `consolidated.version`, of an earlier prompt, or `replaced.version` and `replaced.reverse`, of a tracked
        frame, each [1]. `model` is the fingerprint of the model, uint8 [32].
        """
        memory = self._memories[object_id]
        conditioning = self._state.conditioning(object_id, frame_index)
        conditioning["model"] = torch.tensor(list(self._predictor.weights_id), dtype=torch.uint8)
        if (version := memory.consolidated.get(frame_index)) is not None:
            conditioning["consolidated.version"] = torch.tensor([version])
        if (replaced := memory.replaced.get(frame_index)) is not None:
            conditioning["replaced.version"] = torch.tensor([replaced.version])
            conditioning["replaced.reverse"] = torch.tensor([replaced.reverse])
        return conditioning

    def restore(self, object_id: int, memory: ObjectMemory, conditioning: Mapping[int, dict[str, Tensor]]) -> None:
        """Restores the prompts of an object, and notes in its memory what of them is consolidated."""
        dtype = self._predictor.compute_dtype
        for frame_index, stored in conditioning.items():
            tensors = {name: as_computed(tensor, dtype) for name, tensor in stored.items()}
            version = memory.prompt_changes[frame_index]
            if not self._is_of_this_model(tensors):
                self._state.restore_mask(object_id, frame_index, self._at_decoder_size(tensors["pred_masks"]))
                memory.consolidated[frame_index] = version
                continue
            is_consolidated = version <= self._memories.consolidated
            self._state.restore_conditioning(object_id, frame_index, tensors, is_consolidated)
            if is_consolidated:
                memory.consolidated[frame_index] = version
                continue
            if "consolidated.version" in tensors:
                memory.consolidated[frame_index] = int(tensors["consolidated.version"])
            if "replaced.version" in tensors:
                reverse, replaced = bool(tensors["replaced.reverse"]), int(tensors["replaced.version"])
                memory.replaced[frame_index] = TrackedFrame(reverse, replaced)
        for frame_index, version in memory.consolidated.items():
            self._pool.restore_prompt(RecordKey(object_id, frame_index, version, False, True))
        self._restored.add(object_id)

    def _encode(self, object_id: int, frame_index: int) -> None:
        if not self._state.has_only_mask(object_id, frame_index):
            self._predictor.encode_prompt_memory(self._state, object_id, frame_index)
            return
        outputs, side = self._state.conditioning_outputs(object_id), self._predictor.image_size
        logits = F.interpolate(outputs[frame_index]["pred_masks"], size=(side, side), mode="bilinear")
        outputs[frame_index] = self._predictor.mask_output(self._state, frame_index, (logits > 0).float())

    def _is_of_this_model(self, stored: Mapping[str, Tensor]) -> bool:
        if "model" in stored:
            return bytes(stored["model"].tolist()) == self._predictor.weights_id
        # Earlier releases stored no fingerprint.
        side = self._predictor.image_size // 4
        sizes = (stored["pred_masks"].shape[-1], stored["obj_ptr"].shape[-1])
        return sizes == (side, int(self._predictor.hidden_dim))

    def _at_decoder_size(self, logits: Tensor) -> Tensor:
        side = self._predictor.image_size // 4
        return F.interpolate(logits.float(), size=(side, side), mode="bilinear")

    def _store(self, object_id: int, frame_index: int) -> None:
        version = self._memories[object_id].consolidated[frame_index]
        key = RecordKey(object_id, frame_index, version, False, True)
        self._pool.store_prompt(key, self._state.conditioning_outputs(object_id)[frame_index])
