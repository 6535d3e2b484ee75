"""SAM 2 tracking one video: prompts in, masks out, and the decoder's inputs captured on the way."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sam2_lit.engine.device.cpu_threads import available_threads, tracking_threads, use_threads
from sam2_lit.engine.device.mapped_tensors import in_mapped_memory
from sam2_lit.engine.models.loading import autocast
from sam2_lit.engine.object_memory import ObjectMemories, ObjectMemory
from sam2_lit.engine.tracking.captured_features import FeatureStore
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.tracking.memory_attention import Ahead, FrameOutput, ReadMemory
from sam2_lit.engine.tracking.predictor import DecodedObjects, LitPredictor
from sam2_lit.engine.tracking.tracked_frames import MemoryPool
from sam2_lit.engine.video_tracker import CapturedFeatures, ChooseAdapter, ObjectEstimate, ObjectMask
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt, Prompt

_CONDITIONING = ("pred_masks", "obj_ptr", "object_score_logits")
_PASSED = {False: {"reverse": False}, True: {"reverse": True}}
# Images larger than this cost far more to track an object on than to encode, and have work for many cores everywhere.
_SMALL_IMAGE = 512
# Keys and values of one layer of the memory attention: of a batch, and those kept for the next frame.
_BATCH_BYTES = 512 * 2**20
_PROJECTION_BYTES = 128 * 2**20


class Tracker:
    """One session's SAM 2 state. Every method runs on the device's thread; each that runs the model is one step.

    Objects keep the id that the user gave them.
    """

    def __init__(
        self,
        predictor: LitPredictor,
        frames: FrameSource,
        feature_budget: int,
        memory_budget: int,
        folder: Path | None = None,
    ) -> None:
        """Budgets are bytes in memory, of captured features and of tracked frames; the latter go to `folder` beyond."""
        self.memories = ObjectMemories()
        self.features = FeatureStore(feature_budget)
        self.frames_tracked = 0
        self.frames = frames
        self._predictor = predictor
        self.pool = MemoryPool(memory_budget, folder)
        self._state = predictor.init_state(frames, self.pool)
        self._projected: dict[int, list[FrameOutput]] = {}
        self._upcoming: list[int] = []
        self._ahead: Ahead | None = None

    @property
    def frame_count(self) -> int:
        return len(self.frames)

    @property
    def reach(self) -> int:
        """How many frames back the memory attention reads tracked frames (SAM2Base: maskmem and object pointers)."""
        predictor = self._predictor
        memory = (predictor.num_maskmem - 1) * predictor.memory_temporal_stride_for_eval
        return int(max(memory, predictor.max_obj_ptrs_in_encoder - 1))

    @torch.inference_mode()
    def prompt(self, object_id: int, frame_index: int, prompt: Prompt) -> ObjectMask:
        """Takes a prompt into the object's memory and returns the mask it makes.

        A frame that was tracked is corrected under its memory; any other is segmented from the prompt alone. Where
        this raises, the state is as it was before.
        """
        saved = self._prompts_of(object_id, frame_index)
        try:
            with autocast(self._predictor.device), use_threads(self._cores()):
                mask = self._run_prompt(object_id, frame_index, prompt)
        except BaseException:
            self._restore(object_id, frame_index, saved)
            raise
        version = self.memories.change()
        self.memories.add(object_id).prompt(frame_index, version)
        if isinstance(prompt, MaskPrompt):
            return ObjectMask(object_id, lambda: mask, None, None, False, version)
        decoder_pass = self._predictor.decoder_pass
        assert decoder_pass is not None
        estimates = decoder_pass.predicted_iou, decoder_pass.object_score
        return ObjectMask(object_id, lambda: mask, *estimates, False, version)

    @torch.inference_mode()
    def clear(self, object_id: int, frame_index: int) -> None:
        """Removes the prompts of a frame, and what they left in the object's memory; with the last one, the object."""
        memory = self.memories[object_id]
        if memory.prompted == [frame_index]:
            self.remove(object_id)
            return
        self._predictor.clear_all_prompts_in_frame(self._state, frame_index, object_id, need_output=False)
        # The official predictor keeps the mask of a removed prompt as if it had been tracked.
        self._outputs(object_id)["non_cond_frame_outputs"].pop(frame_index, None)
        memory.clear(frame_index, self.memories.change())

    def remove(self, object_id: int) -> None:
        """Forgets an object and everything about it."""
        self._outputs(object_id)["non_cond_frame_outputs"].clear()
        self._projected.pop(object_id, None)
        self._predictor.remove_object(self._state, object_id, need_output=False)
        self.memories.remove(object_id)
        self.features.discard_object(object_id)
        self._ahead = None
        self.memories.change()

    def reset(self) -> None:
        """Forgets every object."""
        self._projected.clear()
        self._predictor.reset_state(self._state)
        self.memories.clear()
        self.features.clear()
        self._ahead = None
        self.memories.change()

    def prefetch(self, frame_indices: Sequence[int]) -> None:
        """Starts on the frames that will be tracked next, in that order."""
        self._upcoming = list(frame_indices)
        self.frames.prefetch(frame_indices, encode=self._encodes_beside())

    @torch.inference_mode()
    def track(
        self, frame_index: int, reverse: bool, *, again: bool, choose: ChooseAdapter | None = None
    ) -> list[ObjectMask]:
        """Tracks one frame for every prompted object: the body of SAM2VideoPredictor.propagate_in_video.

        Objects whose memory has one layout run as one batch.

        Args:
            frame_index: the frame.
            reverse: whether it is tracked from later frames.
            again: whether frames whose mask is current are tracked all the same.
            choose: names the adapter whose mask is to take the place of the one just tracked.

        Returns:
            The masks that this step made; a frame that is prompted keeps the mask of its prompt.
        """
        due = []
        for object_id, memory in self.memories.items():
            if frame_index in memory.prompted:
                self._pass(object_id, frame_index, reverse)
            elif again or not memory.is_current(frame_index):
                due.append(object_id)
        self.frames_tracked += 1
        if not due:
            return []
        with use_threads(self._cores()):
            self._encode_prompts()
            embedding = self.frames.embedding(frame_index)
        reads = {object_id: self._read(object_id, frame_index, reverse) for object_id in due}
        made: dict[int, ObjectMask] = {}
        with self._predictor.helper.using(self._cores()):
            for group in self._batches(reads):
                made |= self._track_batch(group, frame_index, reverse, embedding, reads, choose)
        self._keep_projections_of(reads)
        return [made[object_id] for object_id in due]

    @torch.inference_mode()
    def capture(self, object_id: int, frame_index: int) -> CapturedFeatures:
        """Conditions a frame's features on the object's memory, and nothing more: memory and masks stay as they are."""
        with use_threads(self._cores()):
            self._encode_prompts()
            reverse = self.memories.direction_to(object_id, frame_index)
            embedding = self.frames.embedding(frame_index)
        read = self._read(object_id, frame_index, reverse)
        with self._predictor.helper.using(self._cores()):
            conditioned = self._predictor.condition(embedding, [read], self.frame_count)
        return self._keep_features(object_id, frame_index, reverse, embedding, conditioned)

    def captured(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        """The captured features of exactly this object and frame, or None where there are none or they are stale."""
        captured = self.features.get(object_id, frame_index)
        if captured is None:
            return None
        under = self.memories[object_id].under(frame_index, captured.reverse, self.reach)
        return captured if captured.memory == under else None

    def close(self) -> None:
        """Lets go of the video and of all memory."""
        self._ahead = None
        self.frames.close()
        self.features.clear()
        self.pool.close()

    def logits(self, object_id: int, frame_index: int) -> torch.Tensor:
        """The logits that tracking left of an object on a frame, [1, 1, 4h, 4w]. Raises KeyError where it left none."""
        logits: torch.Tensor = self._outputs(object_id)["non_cond_frame_outputs"][frame_index]["pred_masks"]
        return logits

    @torch.inference_mode()
    def at_video_size(self, logits: torch.Tensor) -> BoolMask:
        """A mask, bool [H, W] at the size of the video, of low-resolution logits [1, 1, h, w]."""
        with use_threads(1):
            _, masks = self._predictor._get_orig_video_res_output(self._state, logits)
            mask: BoolMask = (masks[0, 0] > 0).cpu().numpy()
        return mask

    def conditioning(self, object_id: int, frame_index: int) -> dict[str, torch.Tensor]:
        """What the newest prompt of a frame left in the object's memory, on the CPU, for `restore`.

        SAM 2's output for the frame: `pred_masks` [1, 1, h, w] (logits at the decoder's resolution), `obj_ptr` [1, C],
        `object_score_logits` [1, 1]; and its points so far, `point_coords` [1, N, 2] in the model's pixels and
        `point_labels` [1, N], where it was prompted by points.
        """
        index = self._index(object_id)
        output = self._state["temp_output_dict_per_obj"][index]["cond_frame_outputs"][frame_index]
        points = self._state["point_inputs_per_obj"][index].get(frame_index) or {}
        kept = {name: output[name] for name in _CONDITIONING} | points
        return {name: tensor.cpu().clone() for name, tensor in kept.items()}

    def restore(
        self, object_id: int, memory: ObjectMemory, conditioning: Mapping[int, dict[str, torch.Tensor]]
    ) -> None:
        """Puts an object back with its prompted frames as they were, without running the model.

        The frames that `memory` has as tracked are current or stale as they were, but what the tracker had kept of them
        is gone; tracking them again brings it back.
        """
        index = self._predictor._obj_id_to_idx(self._state, object_id)
        for frame_index, tensors in conditioning.items():
            kept = {name: tensor.to(self._predictor.device) for name, tensor in tensors.items()}
            output: dict[str, Any] = {name: kept.pop(name) for name in _CONDITIONING}
            output |= {"maskmem_features": None, "maskmem_pos_enc": None}
            self._state["temp_output_dict_per_obj"][index]["cond_frame_outputs"][frame_index] = output
            if kept:
                self._state["point_inputs_per_obj"][index][frame_index] = kept
        self.memories.restore(object_id, memory)

    def _run_prompt(self, object_id: int, frame_index: int, prompt: Prompt) -> BoolMask:
        predictor, state = self._predictor, self._state
        match prompt:
            case MaskPrompt(mask):
                predictor.add_new_mask(state, frame_index, object_id, torch.from_numpy(mask))
                return mask
            case PointPrompt(points, labels, clear_old_points):
                predictor.add_new_points_or_box(
                    state,
                    frame_index,
                    object_id,
                    points=np.asarray(points, dtype=np.float32),
                    labels=np.asarray(labels, dtype=np.int32),
                    clear_old_points=clear_old_points,
                    normalize_coords=False,
                )
            case BoxPrompt(box):
                predictor.add_new_points_or_box(
                    state,
                    frame_index,
                    object_id,
                    box=np.asarray(box, dtype=np.float32),
                    normalize_coords=False,
                )
        temporary = state["temp_output_dict_per_obj"][self._index(object_id)]["cond_frame_outputs"][frame_index]
        return self.at_video_size(temporary["pred_masks"])

    def _track_batch(
        self,
        object_ids: Sequence[int],
        frame_index: int,
        reverse: bool,
        embedding: FrameEmbedding,
        reads: Mapping[int, ReadMemory],
        choose: ChooseAdapter | None,
    ) -> dict[int, ObjectMask]:
        predictor = self._predictor
        read = [reads[object_id] for object_id in object_ids]
        conditioned = predictor.condition(embedding, read, self.frame_count, self._ahead)
        self._ahead = self._look_ahead(frame_index, reverse)
        predictor.preemption_point()
        return self._decode_batch(object_ids, frame_index, reverse, embedding, conditioned, choose)

    def _decode_batch(
        self,
        object_ids: Sequence[int],
        frame_index: int,
        reverse: bool,
        embedding: FrameEmbedding,
        conditioned: torch.Tensor,
        choose: ChooseAdapter | None,
    ) -> dict[int, ObjectMask]:
        predictor = self._predictor
        with self._cores_to_decode(len(object_ids)):
            decoded = predictor.decode(embedding, conditioned)
        kept = [
            self._keep_features(object_id, frame_index, reverse, embedding, conditioned[place : place + 1]).features
            for place, object_id in enumerate(object_ids)
        ]
        estimates = self._estimates(object_ids, decoded, kept, by_adapter=False)
        for place, object_id in enumerate(object_ids):
            predictor.preemption_point()
            adapter = choose(object_id, estimates[place]) if choose else None
            if adapter is not None:
                better = predictor.decode(embedding, conditioned[place : place + 1], adapter)
                decoded = decoded.replaced(place, better)
                [estimates[place]] = self._estimates([object_id], better, [kept[place]], by_adapter=True)
        made = {}
        for object_id, output, estimate in zip(
            object_ids, predictor.encode_memory(embedding, decoded), estimates, strict=True
        ):
            self._outputs(object_id)["non_cond_frame_outputs"][frame_index] = output
            self._pass(object_id, frame_index, reverse)
            version = self.memories.tick()
            self.memories[object_id].track(frame_index, reverse, version)
            made[object_id] = ObjectMask(
                object_id,
                partial(self.at_video_size, output["pred_masks"]),
                estimate.predicted_iou,
                estimate.object_score,
                estimate.by_adapter,
                version,
            )
        return made

    def _estimates(
        self, object_ids: Sequence[int], decoded: DecodedObjects, kept: Sequence[DecoderFeatures], *, by_adapter: bool
    ) -> list[ObjectEstimate]:
        numbers = torch.stack([decoded.predicted_ious, decoded.object_scores[:, 0].float()]).tolist()
        return [
            ObjectEstimate(object_id, features, predicted_iou, object_score, by_adapter, self.memories.clock)
            for object_id, features, predicted_iou, object_score in zip(object_ids, kept, *numbers, strict=True)
        ]

    def _read(self, object_id: int, frame_index: int, reverse: bool) -> ReadMemory:
        outputs = self._outputs(object_id)
        prompted = {frame: output for frame, output in outputs["cond_frame_outputs"].items() if frame != frame_index}
        tracked = outputs["non_cond_frame_outputs"]
        return self._predictor.conditioner.read(frame_index, reverse, prompted, tracked, self.frame_count)

    def _batches(self, reads: Mapping[int, ReadMemory]) -> list[list[int]]:
        """The objects whose memory lines up, no more together than memory allows."""
        groups: dict[Any, list[int]] = {}
        for object_id, read in reads.items():
            groups.setdefault(read.layout, []).append(object_id)
        batches = []
        for group in groups.values():
            most = max(1, _BATCH_BYTES // self._predictor.conditioner.nbytes_for(reads[group[0]]))
            batches += [group[start : start + most] for start in range(0, len(group), most)]
        return batches

    def _keep_projections_of(self, reads: Mapping[int, ReadMemory]) -> None:
        """Lets go of what was projected of frames that are out of reach now; of all where it is too much to keep."""
        needed = sum(self._predictor.conditioner.nbytes_for(read) for read in reads.values())
        for object_id, read in reads.items():
            within = [output for _, output in read.frames] if needed <= _PROJECTION_BYTES else []
            for output in (*self._projected.get(object_id, ()), *(output for _, output in read.frames)):
                if all(output is not each for each in within):
                    output.pop("projections", None)
            self._projected[object_id] = within

    def _look_ahead(self, frame_index: int, reverse: bool) -> Ahead | None:
        """Begins on the frame that comes next, where a core has nothing else to do while this one is decoded."""
        following = frame_index + (-1 if reverse else 1)
        is_next = self._upcoming[1:2] == [following]
        if not is_next or len(self.memories) != 1 or not self._predictor.helper.is_there or not self._is_small:
            return None
        embedding = self.frames.embedding_at_hand(following)
        if embedding is None:
            return None
        [object_id] = self.memories
        return self._predictor.conditioner.look_ahead(embedding.attended, [self._read(object_id, following, reverse)])

    @property
    def _is_small(self) -> bool:
        return bool(self._predictor.image_size <= _SMALL_IMAGE)

    def _encodes_beside(self) -> bool:
        """Whether the next frames are encoded on some cores while one is tracked on the others.

        It pays on a CPU where encoding a frame takes about as long as tracking it. A GPU's work is in one line anyway.
        """
        return self._predictor.device.type == "cpu" and self._is_small and len(self.memories) == 1

    def _cores(self) -> int:
        return tracking_threads() if self.frames.is_encoding else available_threads()

    def _cores_to_decode(self, objects: int) -> AbstractContextManager[None]:
        """All for one object on a large image, which is decoded by one thread.

        What one on a small image needs is hundreds of products of some ten microseconds: handing shares of them from
        core to core takes longer than it saves.
        """
        return use_threads(self._cores()) if objects == 1 and not self._is_small else nullcontext()

    def _keep_features(
        self, object_id: int, frame_index: int, reverse: bool, embedding: FrameEmbedding, conditioned: torch.Tensor
    ) -> CapturedFeatures:
        conditioned = in_mapped_memory(conditioned)
        features = DecoderFeatures(conditioned, embedding.high_resolution, self._predictor.multimask_on_tracked_frames)
        under = self.memories[object_id].under(frame_index, reverse, self.reach)
        captured = CapturedFeatures(features, reverse, under)
        self.features.put(object_id, frame_index, captured)
        return captured

    def _encode_prompts(self) -> None:
        # Prompts enter the memory when they are first needed there, so that a click does not wait for the encoder.
        with autocast(self._predictor.device):
            self._predictor.propagate_in_video_preflight(self._state)

    def _prompts_of(self, object_id: int, frame_index: int) -> list[tuple[dict[int, Any], Any]] | None:
        if object_id not in self._state["obj_id_to_idx"]:
            return None
        index = self._index(object_id)
        kept = [
            self._state["point_inputs_per_obj"][index],
            self._state["mask_inputs_per_obj"][index],
            self._state["temp_output_dict_per_obj"][index]["cond_frame_outputs"],
        ]
        return [(entries, entries.get(frame_index)) for entries in kept]

    def _restore(self, object_id: int, frame_index: int, saved: list[tuple[dict[int, Any], Any]] | None) -> None:
        if saved is None:
            self._predictor.remove_object(self._state, object_id, need_output=False)
            return
        for entries, entry in saved:
            entries.pop(frame_index, None)
            if entry is not None:
                entries[frame_index] = entry

    def _pass(self, object_id: int, frame_index: int, reverse: bool) -> None:
        self._state["frames_tracked_per_obj"][self._index(object_id)][frame_index] = _PASSED[reverse]
        self.memories[object_id].passed[frame_index] = reverse

    def _outputs(self, object_id: int) -> dict[str, Any]:
        outputs: dict[str, Any] = self._state["output_dict_per_obj"][self._index(object_id)]
        return outputs

    def _index(self, object_id: int) -> int:
        index: int = self._state["obj_id_to_idx"][object_id]
        return index
