"""One clip through SAM 2 as its video predictor would run it, with gradients from start to end.

The prompt comes on the first frame: a box, a click or a mask, in some clips a mask that is drawn badly, and clicks
after any of them; every later frame is tracked from memory; on one frame of some clips
the user corrects by clicks or by a mask. The steps are SAM 2's own (`SAM2Base.track_step`), and the details
that the predictor adds are kept: the first mask passes through a quarter of the resolution before it is
remembered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor, nn
from torch.nn import functional

from training.drawn import drawn
from training.losses import Output, output_loss, soft_iou
from training.prompts import Prompt, box, click, joined


@dataclass(frozen=True)
class Plan:
    """What happens in one batch.

    `prompt` (mask, box or click) is given on frame 0, with `rounds` of clicks after it; a mask that clicks follow is
    one as people draw it (`training.drawn`). On frame `corrected` a `correction` (click or mask) is given, or none.
    Frames after the first are numbered from `gap` + 1 on, as if many had passed.
    In a `guided` batch the model knows which objects are visible. `stride` is the step between the remembered frames.
    """

    prompt: str
    rounds: int
    correction: str | None
    corrected: int
    gap: int
    guided: bool
    stride: int


def random_plan(rng: np.random.Generator, frames: int, masks: float, clicked_masks: float = 0.0) -> Plan:
    """A plan that begins with a mask with probability `masks`, else with a click or, a little less often, a box.

    A share `clicked_masks` of the masks has clicks after it. On a single frame all have: a mask alone is its own
    answer.
    """
    correction = str(rng.choice(["none", "click", "mask"], p=[0.6, 0.3, 0.1]))
    prompt = str(rng.choice(["mask", "box", "click"], p=[masks, 0.46 * (1 - masks), 0.54 * (1 - masks)]))
    rounds = int(rng.choice([0, 1, 2], p=[0.5, 0.3, 0.2]))
    if prompt == "mask":
        rounds = max(1, rounds) if frames == 1 or rng.random() < clicked_masks else 0
    return Plan(
        prompt=prompt,
        rounds=rounds,
        correction=None if frames < 3 or correction == "none" else correction,
        corrected=int(rng.integers(1, max(2, frames - 1))),
        gap=int(rng.integers(1, 60)) if rng.random() < 0.3 else 0,
        guided=bool(rng.random() < 0.6),
        stride=int(rng.choice([1, 2, 4], p=[0.5, 0.25, 0.25])),
    )


class Listener:
    """Records the mask decoder's outputs before SAM 2 blanks the masks of objects that it predicts as absent.

    Where `visible` (R,) is set, SAM 2 gets the true presence instead of the decoder's prediction:
    a wrong "absent" would cut every gradient of that mask and spoil the memory.
    """

    def __init__(self, decoder: nn.Module) -> None:
        self.heard: Output | None = None
        self.visible: Tensor | None = None
        self._handle = decoder.register_forward_hook(self._hear)

    def _hear(self, _module: nn.Module, _inputs: Any, said: tuple[Tensor, Tensor, Tensor, Tensor]) -> Any:
        masks, quality, tokens, presence = said
        self.heard = Output(masks, quality, presence)
        if self.visible is None:
            return said
        return masks, quality, tokens, torch.where(self.visible[:, None], 10.0, -10.0).to(presence.dtype)

    def close(self) -> None:
        self._handle.remove()


@dataclass(frozen=True)
class Unrolled:
    """The mean loss of a batch, and the mean IoU of its tracked masks; of single frames that of the last masks."""

    loss: Tensor
    iou: float


class Features:
    """The image features of C clips of T frames, given out frame by frame for K objects a clip (R = C K
    rows)."""

    def __init__(self, model: SAM2Base, images: Tensor, objects: int) -> None:
        clips, frames = images.shape[:2]
        out = model.forward_image(images.flatten(0, 1))
        _, levels, positions, self.sizes = model._prepare_backbone_features(out)
        self._levels = [level.unflatten(1, (clips, frames)) for level in levels]
        self._positions = [position[:, :1] for position in positions]
        self._objects = objects
        self._rows = clips * objects

    def frame(self, index: int) -> tuple[list[Tensor], list[Tensor]]:
        features = [level[:, :, index].repeat_interleave(self._objects, dim=1) for level in self._levels]
        return features, [position.expand(-1, self._rows, -1) for position in self._positions]


def unroll(model: SAM2Base, images: Tensor, masks: Tensor, plan: Plan, listener: Listener) -> Unrolled:
    """Runs C clips.

    Args:
        images: (C, T, 3, S, S) float, normalised as SAM 2 does; S is the model's image size.
        masks: (C, T, K, S, S) bool; every object shows on frame 0.
    """
    frames, objects = masks.shape[1:3]
    model.memory_temporal_stride_for_eval = plan.stride
    features = Features(model, images, objects)
    targets = masks.transpose(0, 1).flatten(1, 2)[:, :, None].float()
    memory: dict[str, dict[int, Any]] = {"cond_frame_outputs": {}, "non_cond_frame_outputs": {}}
    losses: list[Tensor] = []
    ious: list[Tensor] = []

    def step(index: int, points: Prompt | None, mask: Tensor | None, before: Tensor | None) -> dict[str, Any]:
        listener.visible = targets[index].flatten(1).amax(1) > 0 if plan.guided or index == 0 else None
        levels, positions = features.frame(index)
        out: dict[str, Any] = model.track_step(
            frame_idx=index + (plan.gap if index else 0),
            is_init_cond_frame=index == 0,
            current_vision_feats=levels,
            current_vision_pos_embeds=positions,
            feat_sizes=features.sizes,
            point_inputs=points,
            mask_inputs=mask,
            output_dict=memory,
            num_frames=frames + plan.gap,
            run_mem_encoder=False,
            prev_sam_mask_logits=before,
        )
        if mask is None and listener.heard is not None:
            # A mask says what is meant: after it each of the decoder's three masks is taught, not the best only.
            ambiguous = index > 0 or plan.prompt != "mask"
            losses.append(output_loss(listener.heard, targets[index], ambiguous))
        return out

    def refine(index: int, out: dict[str, Any], points: Prompt | None, rounds: int) -> dict[str, Any]:
        for _ in range(rounds):
            found = functional.interpolate(out["pred_masks"], size=targets.shape[3:], mode="bilinear")
            clicked = click(targets[index], found.detach())
            points = clicked if points is None else joined(points, clicked)
            out = step(index, points, None, out["pred_masks"].detach().clamp(-32, 32))
        return out

    for index in range(frames):
        if index == 0:
            out = first_frame(plan, targets[0], step, refine)
            if frames == 1:
                ious.append(soft_iou(upsampled(out["pred_masks"], targets), targets[0]).detach())
                break
        else:
            out = step(index, None, None, None)
            ious.append(soft_iou(upsampled(out["pred_masks"], targets), targets[index]).detach())
            if plan.correction and index == plan.corrected:
                by_mask = plan.correction == "mask"
                out = step(index, None, targets[index], None) if by_mask else refine(index, out, None, 1 + plan.rounds)
        number = index + (plan.gap if index else 0)
        if index + 1 < frames:
            remember(model, out, features.frame(index)[0], features.sizes)
        memory["non_cond_frame_outputs" if index else "cond_frame_outputs"][number] = out
    return Unrolled(torch.stack(losses).mean(), float(torch.stack(ious).mean()))


def upsampled(masks: Tensor, targets: Tensor) -> Tensor:
    return functional.interpolate(masks, size=targets.shape[3:], mode="bilinear")


def first_frame(
    plan: Plan, target: Tensor, step: Callable[..., dict[str, Any]], refine: Callable[..., dict[str, Any]]
) -> dict[str, Any]:
    """The prompt, and what the user adds to it while still on the first frame."""
    if plan.prompt == "mask":
        given = drawn(target) if plan.rounds else target
        return refine(0, step(0, None, given, None), None, plan.rounds)
    points = box(target) if plan.prompt == "box" else click(target, None)
    return refine(0, step(0, points, None, None), points, plan.rounds)


def remember(model: SAM2Base, out: dict[str, Any], levels: list[Tensor], sizes: list[tuple[int, int]]) -> None:
    """Encodes a frame's masks into `out`, from a quarter of the resolution as the predictor keeps them."""
    masks = functional.interpolate(out["pred_masks"], size=(model.image_size,) * 2, mode="bilinear")
    out["maskmem_features"], out["maskmem_pos_enc"] = model._encode_new_memory(
        current_vision_feats=levels,
        feat_sizes=sizes,
        pred_masks_high_res=masks,
        object_score_logits=out["object_score_logits"],
        is_mask_from_pts=False,
    )
