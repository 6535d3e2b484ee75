"""Trains an adapter on corrections, one optimization step at a time."""

import logging
import math
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import torch
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.adamw import AdamW
from sam2_lit.lora.adapter_stack import AdapterStack
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter, fresh_adapter
from sam2_lit.lora.pixel_order import to_pixel_order
from sam2_lit.lora.precision import float32
from sam2_lit.lora.stacked_decoder import StackedDecoder
from sam2_lit.lora.targets import target_region
from sam2_lit.lora.training_graphs import TrainingGraphs
from sam2_lit.lora.training_pass import PreparedSample, TrainingPass, shown_iou
from sam2_lit.lora.training_settings import TrainingSettings

logger = logging.getLogger(__name__)

_BETAS = (0.9, 0.95)
"""AdamW's betas: the second is lower than usual, since a training has only some 50 steps."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One correction: the decoder's inputs and the mask that it should have made.

    `target` is [1, 1, 4h, 4w] float, 0 to 1, from `targets.target_from_mask`; `frame_index` counts from 0.
    """

    features: DecoderFeatures
    target: Tensor
    frame_index: int

    @property
    def nbytes(self) -> int:
        return self.features.nbytes + self.target.nbytes


@dataclass(frozen=True)
class TrainingStep:
    """`step` counts from 1 up to at most `steps`; `loss` and `iou` are the newest sample's before its update."""

    step: int
    steps: int
    loss: float
    iou: float


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """A trained adapter, in tensors of its own, and how training went.

    - baseline_iou, training_iou: of the newest sample's mask at the decoder's resolution, by the base model
      and by the adapter; 0 where the object score blanks the mask.
    - best_step: the step, from 1, whose weights the adapter holds. steps: how many were run.
    """

    adapter: Adapter
    baseline_iou: float
    training_iou: float
    steps: int
    seconds: float
    best_step: int


def train(
    model: SAM2Base,
    samples: Sequence[Sample],
    settings: TrainingSettings,
    initial: Adapter | None = None,
    graphs: TrainingGraphs | None = None,
) -> Generator[TrainingStep, None, TrainingResult]:
    """Trains an adapter so that the decoder makes the samples' masks; yields after each optimization step.

    The last sample is the newest correction: its IoU selects the best step and ends the training. The earlier samples
    are replayed, one a step in turn, so that the adapter does not forget them. Training starts from `initial`, which is
    not changed, or else from the base model.

    The model is only read: other work may use its decoder between two steps. Computes in float32, also where the
    tracker runs under autocast or inference mode. The same inputs give the same adapter. `graphs` has the CUDA
    graphs of the model's earlier trainings.

    Raises LitError (LORA_NOT_TRAINED) where a target is empty or a loss is not finite.
    """
    training = Training(model, samples, settings, initial, graphs)
    while not training.done:
        yield training.step()
    return training.result()


def _check_targets(samples: Sequence[Sample]) -> None:
    if not samples:
        raise ValueError("training needs at least one sample")
    for sample in samples:
        if not bool((sample.target > 0).any()):
            raise LitError(
                ErrorCode.LORA_NOT_TRAINED,
                f"The correction on frame {sample.frame_index} is an empty mask, which leaves nothing to learn; "
                "train on a frame that shows the object.",
            )


@dataclass(frozen=True, eq=False)
class _Best:
    step: int
    iou: float
    loss: float
    stack: AdapterStack


class Training:
    """One training: its parameters, its optimizer and the best step so far.

    `step` is called until `done`, as `train` does; then `result` is the answer, and `continue_while_idle` starts more
    steps from where it is. `step_seconds` is the time that its steps took so far.
    """

    def __init__(
        self,
        model: SAM2Base,
        samples: Sequence[Sample],
        settings: TrainingSettings,
        initial: Adapter | None,
        graphs: TrainingGraphs | None = None,
    ) -> None:
        """The arguments are those of `train`."""
        self._started = time.perf_counter()
        _check_targets(samples)
        self.settings = settings
        self.step_seconds = 0.0
        self._kind = "Initial" if initial is None else "Fine-tuned"
        self._sufficient_iou = settings.sufficient_iou
        self._patience = settings.patience
        self.max_steps = settings.max_steps if initial is None else settings.fine_tuning_steps
        self.device = model.device
        self.steps = 0
        self.done = False
        with float32(self.device, gradients=False):
            self.decoder = StackedDecoder(model)
            *self.earlier, newest = [self._prepared(sample) for sample in samples]
            start = initial or fresh_adapter(
                model.sam_mask_decoder,
                settings.rank,
                settings.alpha,
                torch.Generator().manual_seed(settings.seed),
            )
            stack = self.decoder.stacking.stack([start])
            base = self.decoder.decode(newest.frame, self.decoder.stacking.base_weights())
            self.baseline_iou = shown_iou(base, newest).item()
            if self.device.type == "cuda":
                graphs = graphs or TrainingGraphs()
                self._pass: TrainingPass = graphs.begin(self, self.decoder, stack, newest, settings)
            else:
                self._pass = TrainingPass(self.decoder, stack, newest, settings)
        self.stack = self._pass.stack
        self._optimizer = AdamW(self.stack.parameters, settings.learning_rate, _BETAS)
        self.best = _Best(0, -1.0, math.inf, self.stack)
        self._progress = (0, math.inf)

    def step(self) -> TrainingStep:
        """One forward and backward and, where training goes on, one update."""
        began = time.perf_counter()
        with float32(self.device, gradients=True):
            replayed = self.earlier[self.steps % len(self.earlier)] if self.earlier else None
            report, gradients = self._pass.run(replayed)
            value, iou = report.tolist()
            if not math.isfinite(value):
                raise LitError(
                    ErrorCode.LORA_NOT_TRAINED,
                    f"The loss was {value} at step {self.steps + 1}; a lower learning rate may help.",
                )
            self.steps += 1
            self._keep_best(value, iou)
            self.done = self._converged(value, iou) or self.steps == self.max_steps
            if not self.done:
                self._optimizer.step(gradients)
        self.step_seconds += time.perf_counter() - began
        return TrainingStep(self.steps, self.max_steps, value, iou)

    def result(self) -> TrainingResult:
        """The best step's adapter; `seconds` is the time since the training began."""
        with float32(self.device, gradients=False):
            adapter = self.decoder.stacking.unstack(self.best.stack)
        seconds = time.perf_counter() - self._started
        logger.info("%s LoRA model trained successfully", self._kind)
        logger.info("Training completed. Best epoch: %d, Best IoU: %.4f", self.best.step, self.best.iou)
        return TrainingResult(adapter, self.baseline_iou, self.best.iou, self.steps, seconds, self.best.step)

    def continue_while_idle(self) -> None:
        """Starts `learn_on_steps` more steps, or fewer: until `learn_on_iou`, or `learn_on_patience` without progress.

        They are not `done` yet only where that leaves any.
        """
        settings = self.settings
        self._kind = "Continued"
        self._sufficient_iou, self._patience = settings.learn_on_iou, settings.learn_on_patience
        self.max_steps = self.steps + settings.learn_on_steps
        self._progress = (self.steps, self._progress[1])
        self.done = self.best.iou >= self._sufficient_iou or settings.learn_on_steps == 0

    def _keep_best(self, loss: float, iou: float) -> None:
        if (iou, -loss) > (self.best.iou, -self.best.loss):
            down, up = ([t.detach().clone() for t in part] for part in (self.stack.down, self.stack.up))
            kept = AdapterStack(1, tuple(down), tuple(up), self.stack.scaling)
            self.best = _Best(self.steps, iou, loss, kept)

    def _converged(self, loss: float, iou: float) -> bool:
        """Whether the mask is good enough, or hardly better than so many steps ago as patience allows.

        A very wrong mask first vanishes and only then grows where it should. So patience only counts once a step is
        better than the first and has reached `handled_iou`.
        """
        step, lowest = self._progress
        if loss < lowest * (1 - self.settings.tolerance):
            step = self.steps
            self._progress = (step, loss)
        waiting = self.best.step == 1 or self.best.iou < self.settings.handled_iou
        stuck = self.steps - step >= self._patience and not waiting
        return iou >= self._sufficient_iou or stuck

    def _prepared(self, sample: Sample) -> PreparedSample:
        target = sample.target.to(self.device, torch.float32, copy=True)
        ordered = to_pixel_order(target, 2)[..., 0]
        return PreparedSample(self.decoder.prepare(sample.features), ordered, target_region(ordered))
