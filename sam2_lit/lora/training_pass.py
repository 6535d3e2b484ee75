"""What an optimization step of a training computes: losses of two samples, and their gradients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from sam2_lit.lora.adapter_stack import AdapterStack
from sam2_lit.lora.cuda_graph import as_cuda_graph
from sam2_lit.lora.losses import dice_loss, focal_loss, mask_iou
from sam2_lit.lora.stacked_decoder import PreparedFeatures, StackedDecoder, StackedMasks
from sam2_lit.lora.training_settings import TrainingSettings

Computed = tuple[Tensor, Sequence[Tensor]]
"""Loss and IoU of the newest sample, [2], and the gradients of its loss plus that of the replayed one."""


@dataclass(frozen=True, eq=False)
class PreparedSample:
    """A sample in pixel order (`pixel_order.py`): target [1, 16N], and bool [1, 16N] where it is the object."""

    frame: PreparedFeatures
    target: Tensor
    region: Tensor

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Those that are this sample's alone."""
        return self.frame.pixels, self.frame.level_8, self.frame.level_4, self.target, self.region

    def clone(self) -> "PreparedSample":
        levels = {name: getattr(self.frame, name).clone() for name in ("pixels", "level_8", "level_4")}
        return PreparedSample(replace(self.frame, **levels), self.target.clone(), self.region.clone())

    def copy_(self, other: "PreparedSample") -> None:
        """Overwrites the tensors with those of a sample of the same shapes."""
        for place, tensor in zip(self.tensors, other.tensors, strict=True):
            place.copy_(tensor)


class TrainingPass:
    """Forward and backward of one training.

    `stack` has the parameters, which the optimizer changes in place.
    """

    def __init__(
        self, decoder: StackedDecoder, stack: AdapterStack, newest: PreparedSample, settings: TrainingSettings
    ) -> None:
        self.stack = stack
        self.newest = newest
        self._compute = partial(_forward_and_backward, decoder, stack, newest, settings)
        for parameter in stack.parameters:
            parameter.requires_grad_()

    def run(self, replayed: PreparedSample | None) -> Computed:
        """What a step needs, with the parameters as they are."""
        return self._compute(replayed)


class GraphedPass(TrainingPass):
    """Forward and backward as CUDA graphs, one with a replayed sample and one without.

    A graph reads fixed tensors: replayed samples take turns in one place, and `restart` copies the newest sample and
    the parameters of another training into the places of this one's. A call of `run` overwrites what it returned
    before.
    """

    def __init__(
        self, decoder: StackedDecoder, stack: AdapterStack, newest: PreparedSample, settings: TrainingSettings
    ) -> None:
        super().__init__(decoder, stack, newest, settings)
        self._replayed: PreparedSample | None = None
        self._graphs: dict[bool, Callable[[], Computed]] = {}

    @torch.no_grad()
    def restart(self, stack: AdapterStack, newest: PreparedSample) -> None:
        """Takes the parameters and the newest sample of another training, of the same shapes."""
        for place, parameter in zip(self.stack.parameters, stack.parameters, strict=True):
            place.copy_(parameter)
        self.newest.copy_(newest)

    def run(self, replayed: PreparedSample | None) -> Computed:
        is_replaying = replayed is not None
        if replayed is not None:
            if self._replayed is None:
                self._replayed = replayed.clone()
            self._replayed.copy_(replayed)
        if is_replaying not in self._graphs:
            compute = partial(self._compute, self._replayed if is_replaying else None)
            self._graphs[is_replaying] = as_cuda_graph(compute, self.newest.target.device)
        return self._graphs[is_replaying]()


def shown_iou(masks: StackedMasks, sample: PreparedSample) -> Tensor:
    """IoU of the mask as the tracker would return it, which is empty where the object score is not over 0. A scalar."""
    shown = (masks.logits > 0) & (masks.object_score > 0)[:, None]
    return mask_iou(shown, sample.region)[0]


def _forward_and_backward(
    decoder: StackedDecoder,
    stack: AdapterStack,
    newest: PreparedSample,
    settings: TrainingSettings,
    replayed: PreparedSample | None,
) -> Computed:
    weights = decoder.stacking.merge(stack)
    masks = decoder.decode(newest.frame, weights)
    loss = total = _loss(masks, newest, settings)
    if replayed is not None:
        total = loss + _loss(decoder.decode(replayed.frame, weights), replayed, settings)
    gradients = torch.autograd.grad(total, stack.parameters)
    return torch.stack([loss.detach(), shown_iou(masks, newest)]), gradients


def _loss(masks: StackedMasks, sample: PreparedSample, settings: TrainingSettings) -> Tensor:
    focal = focal_loss(masks.logits, sample.target)
    dice = dice_loss(masks.logits, sample.target)
    score = (settings.score_margin - masks.object_score).relu()
    return (settings.focal_weight * focal + settings.dice_weight * dice + settings.score_weight * score).sum()
