"""SAM 2's inference state of one video, typed: the only module that reads and writes its nested dicts."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from sam2_lit.engine.tracking.every_nth import tracked_count
from sam2_lit.engine.tracking.frame_output import FrameOutput
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.tracked_frames import MemoryPool, TrackedFrames

InferenceState = dict[str, Any]
"""What SAM2VideoPredictor.init_state returns and its methods take; its comments there describe the entries."""

_CONSOLIDATED = "consolidated."

_TRACKED = {False: {"reverse": False}, True: {"reverse": True}}


@dataclass(frozen=True, eq=False)
class PromptSnapshot:
    """The prompts of one object on one frame and their output; each is None where there is none."""

    points: dict[str, Tensor] | None
    mask: Tensor | None
    output: FrameOutput | None


def keep_predicted_iou(object_outputs: dict[str, Any], predicted_iou: Tensor) -> None:
    """Stores a prompt's predicted IoU with the object's outputs, since SAM 2's own output of a frame leaves it out.

    `object_outputs` is what SAM 2 calls an object's `output_dict`.
    """
    object_outputs["predicted_iou"] = predicted_iou


class Sam2State:
    """A typed view of an inference state. Several views of one state are interchangeable; none holds data of its own.

    SAM 2 stores outputs by object and frame: of prompted frames ("conditioning outputs"), of tracked frames, and of
    prompts whose memory is not encoded yet ("temporary outputs"). `propagate_in_video_preflight` encodes that memory
    and moves temporary outputs to the conditioning outputs.

    It has more than 20 methods, most of a line or two: one for each thing that is read or written in those dicts.
    """

    def __init__(self, raw: InferenceState) -> None:
        """`raw` is what the official predictor's methods take."""
        self.raw = raw

    @classmethod
    def new(cls, frames: FrameSource, pool: MemoryPool, device: torch.device, frame_step: int) -> "Sam2State":
        """What SAM2VideoPredictor.init_state makes, over frames that are decoded on demand.

        `pool` holds the tracked frames of all objects. Only every `frame_step`-th frame is prompted and tracked.
        """
        return cls(
            {
                "memory_pool": pool,
                "frame_step": frame_step,
                "images": frames,
                "num_frames": len(frames),
                "offload_video_to_cpu": False,
                "offload_state_to_cpu": False,
                "video_height": frames.height,
                "video_width": frames.width,
                "device": device,
                "storage_device": device,
                "point_inputs_per_obj": {},
                "mask_inputs_per_obj": {},
                "cached_features": {},
                "constants": {},
                "obj_id_to_idx": OrderedDict(),
                "obj_idx_to_id": OrderedDict(),
                "obj_ids": [],
                "output_dict_per_obj": {},
                "temp_output_dict_per_obj": {},
                "frames_tracked_per_obj": {},
            }
        )

    def __contains__(self, object_id: int) -> bool:
        return object_id in self.raw["obj_id_to_idx"]

    @property
    def frames(self) -> FrameSource:
        frames: FrameSource = self.raw["images"]
        return frames

    @property
    def frame_count(self) -> int:
        return int(self.raw["num_frames"])

    @property
    def frame_step(self) -> int:
        return int(self.raw["frame_step"])

    @property
    def tracked_count(self) -> int:
        """How many frames of the video may be tracked: every `frame_step`-th."""
        return tracked_count(self.frame_count, self.frame_step)

    @property
    def video_size(self) -> tuple[int, int]:
        """Height and width of the video in pixels."""
        return self.raw["video_height"], self.raw["video_width"]

    def use_pool(self, object_id: int) -> None:
        """Has the pool hold the tracked frames of an object that was just added."""
        pool: MemoryPool = self.raw["memory_pool"]
        outputs = self._outputs(object_id)
        outputs["non_cond_frame_outputs"] = pool.frames(object_id)
        outputs["frame_step"] = self.frame_step

    def conditioning_outputs(self, object_id: int) -> dict[int, FrameOutput]:
        outputs: dict[int, FrameOutput] = self._outputs(object_id)["cond_frame_outputs"]
        return outputs

    def tracked_outputs(self, object_id: int) -> TrackedFrames:
        outputs: TrackedFrames = self._outputs(object_id)["non_cond_frame_outputs"]
        return outputs

    def prompt_output(self, object_id: int, frame_index: int) -> FrameOutput:
        """The output of the newest prompt on a frame, as long as its memory is not encoded. Raises KeyError after."""
        return self._temporary(object_id)[frame_index]

    def take_predicted_iou(self, object_id: int) -> Tensor:
        """The predicted IoU that `keep_predicted_iou` left for the prompt just run, a scalar. Removes it."""
        predicted_iou: Tensor = self._outputs(object_id).pop("predicted_iou")
        return predicted_iou

    def mark_tracked(self, object_id: int, frame_index: int, reverse: bool) -> None:
        """Notes that tracking reached a frame: SAM 2 then corrects it under its memory rather than prompt it afresh."""
        self.raw["frames_tracked_per_obj"][self._index(object_id)][frame_index] = _TRACKED[reverse]

    def unmark_tracked(self, object_id: int, frame_index: int) -> None:
        """Takes back `mark_tracked`."""
        self.raw["frames_tracked_per_obj"][self._index(object_id)].pop(frame_index, None)

    def prior(self, object_id: int, frame_index: int) -> Tensor | None:
        """The logits [1, 1, 4h, 4w] that tracking made of a frame before it was prompted; None where it did not."""
        if object_id not in self:
            return None
        conditioning = self.conditioning_outputs(object_id).get(frame_index)
        prompted = self._temporary(object_id).get(frame_index) or conditioning
        if prompted is not None:
            return prompted.get("prior")
        tracked = self.tracked_outputs(object_id).get(frame_index)
        return None if tracked is None else tracked["pred_masks"]

    def keep_prior(self, object_id: int, frame_index: int, prior: Tensor | None) -> None:
        """Stores the prior of a frame with its newest prompt."""
        if prior is not None:
            self.prompt_output(object_id, frame_index)["prior"] = prior

    @contextmanager
    def forgotten(
        self, object_id: int, frame_index: int, prior: Tensor | None, *, is_tracked: bool = True
    ) -> Iterator[None]:
        """Within the block a prompt on a frame reads none of the frame's earlier prompts, and refines `prior`.

        Its memory is that of the other prompted frames, and what was tracked from them. Where there is no other, or the
        frame is not to count as tracked, it is segmented from the prompt alone, as on the object's first prompt.
        """
        outputs, passed = self._outputs(object_id), self.raw["frames_tracked_per_obj"][self._index(object_id)]
        conditioning = self.conditioning_outputs(object_id)
        others = {index: output for index, output in conditioning.items() if index != frame_index}
        was_passed = passed.pop(frame_index, None) if not others or not is_tracked else None
        outputs["cond_frame_outputs"] = others
        # SAM 2 reads nothing else of it.
        self._temporary(object_id)[frame_index] = cast(FrameOutput, {"pred_masks": prior})
        try:
            yield
        finally:
            outputs["cond_frame_outputs"] = conditioning
            if was_passed is not None:
                passed[frame_index] = was_passed

    def snapshot(self, object_id: int, frame_index: int) -> PromptSnapshot | None:
        """The prompts of a frame, for `roll_back`; None where the object does not exist."""
        if object_id not in self:
            return None
        index = self._index(object_id)
        return PromptSnapshot(
            self.raw["point_inputs_per_obj"][index].get(frame_index),
            self.raw["mask_inputs_per_obj"][index].get(frame_index),
            self._temporary(object_id).get(frame_index),
        )

    def roll_back(self, object_id: int, frame_index: int, snapshot: PromptSnapshot) -> None:
        """Restores the prompts of a frame as they were when the snapshot was taken."""
        index = self._index(object_id)
        _put(self.raw["point_inputs_per_obj"][index], frame_index, snapshot.points)
        _put(self.raw["mask_inputs_per_obj"][index], frame_index, snapshot.mask)
        _put(self._temporary(object_id), frame_index, snapshot.output)

    def conditioning(self, object_id: int, frame_index: int) -> dict[str, Tensor]:
        """The newest prompt's output on a frame and the frame's points so far, as copies on the CPU.

        `pred_masks` [1, 1, h, w], logits at the decoder's resolution; `obj_ptr` [1, C]; `object_score_logits` [1, 1];
        where the frame was tracked before, the `prior`; where the prompts are points, `point_coords` [1, N, 2] in the
        model's pixels and `point_labels` [1, N]; and
        where tracking reads an earlier prompt's output, that with names that begin with `consolidated.`. Raises
        KeyError once the prompt's memory is encoded.
        """
        newest = self.prompt_output(object_id, frame_index)
        tensors = _prompt_tensors(newest) | ({"prior": newest["prior"]} if "prior" in newest else {})
        tensors |= self.raw["point_inputs_per_obj"][self._index(object_id)].get(frame_index) or {}
        if (consolidated := self.conditioning_outputs(object_id).get(frame_index)) is not None:
            tensors |= {_CONSOLIDATED + name: tensor for name, tensor in _prompt_tensors(consolidated).items()}
        return {name: tensor.cpu().clone() for name, tensor in tensors.items()}

    def restore_conditioning(
        self, object_id: int, frame_index: int, tensors: Mapping[str, Tensor], is_consolidated: bool
    ) -> None:
        """Puts back what `conditioning` returned.

        Where tracking read that prompt (`is_consolidated`), its memory must be encoded before tracking reads it again
        (`without_memory`).
        """
        on_device = {name: tensor.to(self.raw["device"]) for name, tensor in tensors.items()}
        newest = _output_to_encode(on_device, "")
        if "prior" in on_device:
            newest["prior"] = on_device["prior"]
        if is_consolidated:
            self.conditioning_outputs(object_id)[frame_index] = newest
        else:
            self._temporary(object_id)[frame_index] = newest
            if _CONSOLIDATED + "pred_masks" in tensors:
                self.conditioning_outputs(object_id)[frame_index] = _output_to_encode(on_device, _CONSOLIDATED)
        points = {name: on_device[name] for name in ("point_coords", "point_labels") if name in on_device}
        if points:
            self.raw["point_inputs_per_obj"][self._index(object_id)][frame_index] = points

    def restore_mask(self, object_id: int, frame_index: int, logits: Tensor) -> None:
        """Puts the mask of a prompt, logits [1, 1, 4h, 4w], in the place of its output, which must be made of it."""
        mask = {"pred_masks": logits.to(self.raw["device"]), "maskmem_features": None}
        self.conditioning_outputs(object_id)[frame_index] = cast(FrameOutput, mask)

    def has_only_mask(self, object_id: int, frame_index: int) -> bool:
        """Whether a prompted frame has what `restore_mask` put there, and no output was made of it yet."""
        output = self.conditioning_outputs(object_id).get(frame_index) if object_id in self else None
        return output is not None and "obj_ptr" not in output

    def discard_conditioning(self, object_id: int, frame_index: int) -> None:
        """Removes a frame's conditioning output, before the official predictor would keep it as a tracked frame."""
        if self.conditioning_outputs(object_id).pop(frame_index, None) is not None:
            self.raw["frames_tracked_per_obj"][self._index(object_id)].pop(frame_index, None)

    def restore_memory(self, object_id: int, frame_index: int, stored: FrameOutput) -> None:
        """Puts back a conditioning output with its memory, in place of a restored one without."""
        outputs = self.conditioning_outputs(object_id)
        if "prior" in outputs[frame_index]:
            stored["prior"] = outputs[frame_index]["prior"]
        outputs[frame_index] = stored

    def without_memory(self, object_id: int) -> list[int]:
        """The frames with a conditioning output that was restored and has no memory yet."""
        outputs = self.conditioning_outputs(object_id)
        return [frame_index for frame_index, output in outputs.items() if output["maskmem_features"] is None]

    def _index(self, object_id: int) -> int:
        index: int = self.raw["obj_id_to_idx"][object_id]
        return index

    def _outputs(self, object_id: int) -> dict[str, Any]:
        outputs: dict[str, Any] = self.raw["output_dict_per_obj"][self._index(object_id)]
        return outputs

    def _temporary(self, object_id: int) -> dict[int, FrameOutput]:
        # Every prompted frame conditions (add_all_frames_to_correct_as_cond), so there are no others.
        outputs: dict[int, FrameOutput] = self.raw["temp_output_dict_per_obj"][self._index(object_id)][
            "cond_frame_outputs"
        ]
        return outputs


def _prompt_tensors(output: FrameOutput) -> dict[str, Tensor]:
    return {
        "pred_masks": output["pred_masks"],
        "obj_ptr": output["obj_ptr"],
        "object_score_logits": output["object_score_logits"],
    }


def _output_to_encode(tensors: Mapping[str, Tensor], prefix: str) -> FrameOutput:
    names = ("pred_masks", "obj_ptr", "object_score_logits")
    output = {"maskmem_features": None, "maskmem_pos_enc": None, **{name: tensors[prefix + name] for name in names}}
    return cast(FrameOutput, output)


def _put(entries: dict[int, Any], frame_index: int, entry: Any) -> None:
    # An entry that stays keeps its place: SAM 2 reads memory in this order.
    if entry is None:
        entries.pop(frame_index, None)
    else:
        entries[frame_index] = entry
