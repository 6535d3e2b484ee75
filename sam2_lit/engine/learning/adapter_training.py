"""Trains an adapter of one object on a correction."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import torch
from sam2.modeling.sam2_base import SAM2Base

from sam2_lit.engine.device.memory_relief import note_shortage, with_relief
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.video_tracker import VideoTracker
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.bank import AdapterBank, Choice
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.targets import target_from_mask
from sam2_lit.lora.trainer import Sample, Training, TrainingResult, TrainingStep
from sam2_lit.lora.training_graphs import TrainingGraphs
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.machine_errors import is_out_of_memory
from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.results import TrainedAdapter, TrainingProgress


@dataclass(frozen=True, eq=False)
class FinishedTraining:
    """A trained adapter that is not in its bank yet. `fine_tuned` names the adapter it replaces, None for a new one.

    `training` can continue (`learn_on`).
    """

    sample: Sample
    fine_tuned: str | None
    result: TrainingResult
    last_step: TrainingStep
    training: Training

    def add_to(self, bank: AdapterBank) -> AdapterRecord:
        if self.fine_tuned is None:
            return bank.add(self.result, self.sample)
        return bank.replace(self.fine_tuned, self.result, self.sample)


def check_can_learn(memories: ObjectMemories, object_id: int, frame_index: int) -> None:
    """Raises LitError (FEATURES_NOT_CAPTURED) on an object's first prompted frame, which no memory precedes."""
    memory = memories.get(object_id)
    if memory is None or memory.prompted[0] == frame_index:
        raise LitError(
            ErrorCode.FEATURES_NOT_CAPTURED,
            f"frame {frame_index} is the first prompted frame of object {object_id}: there is no memory to track "
            "it from, so no memory-conditioned features to train on; correct a later or earlier frame",
        )


def current_features(tracker: VideoTracker, object_id: int, frame_index: int) -> DecoderFeatures:
    """The features captured on a frame; where they are missing or stale, they are captured again as memory is now."""
    return (tracker.captured(object_id, frame_index) or tracker.capture(object_id, frame_index)).features


def make_sample(features: DecoderFeatures, mask: BoolMask, frame_index: int) -> Sample:
    """A sample to train on, of a corrected mask, bool [H, W] at the size of the video.

    Raises LitError (LORA_NOT_TRAINED) where the mask is empty.
    """
    wanted = torch.from_numpy(mask).to(features.image_embedding.device)
    return Sample(features, target_from_mask(wanted, features.mask_size), frame_index)


def train_adapter(
    model: SAM2Base,
    bank: AdapterBank,
    sample: Sample,
    settings: TrainingSettings,
    report: Callable[[TrainingStep], None],
    release_memory: Callable[[], None],
    graphs: TrainingGraphs | None = None,
) -> Generator[None, None, FinishedTraining]:
    """Trains on a sample the adapter that the bank chooses for it; yields between optimization steps.

    Where memory runs out, `release_memory` is called, and the training begins once more. `graphs` are those of the
    model's earlier trainings. Raises LitError (LORA_NOT_TRAINED) where a loss is not finite.
    """
    choice = with_relief(lambda: bank.choose(model, sample), release_memory)
    yield
    try:
        return (yield from _train(model, sample, choice, settings, report, graphs))
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        note_shortage(error)
    release_memory()
    return (yield from _train(model, sample, choice, settings, report, graphs))


def _train(
    model: SAM2Base,
    sample: Sample,
    choice: Choice,
    settings: TrainingSettings,
    report: Callable[[TrainingStep], None],
    graphs: TrainingGraphs | None,
) -> Generator[None, None, FinishedTraining]:
    training = Training(model, choice.samples, settings, choice.initial, graphs)
    step = yield from _steps(training, report)
    return FinishedTraining(sample, choice.adapter_id, training.result(), step, training)


def learn_on(
    finished: FinishedTraining, adapter_id: str, report: Callable[[TrainingStep], None]
) -> Generator[None, None, FinishedTraining | None]:
    """Continues a training whose adapter is in its bank, as `adapter_id`; yields between optimization steps.

    Returns the training that replaces the adapter, None where it has become no better. Raises LitError
    (LORA_NOT_TRAINED) where a loss is not finite.
    """
    training, answered = finished.training, finished.result
    before = training.step_seconds
    training.continue_while_idle()
    if training.done:
        return None
    step = yield from _steps(training, report)
    if training.best.step == answered.best_step:
        return None
    # The time between steps was other work's.
    result = replace(training.result(), seconds=answered.seconds + training.step_seconds - before)
    return FinishedTraining(finished.sample, adapter_id, result, step, training)


def _steps(training: Training, report: Callable[[TrainingStep], None]) -> Generator[None, None, TrainingStep]:
    while True:
        step = training.step()
        report(step)
        yield
        if training.done:
            return step


def training_progress(
    object_id: int,
    sample: Sample,
    step: TrainingStep,
    adapter: TrainedAdapter | None = None,
    *,
    background: bool = False,
) -> TrainingProgress:
    """A training step as clients get it; the last one names the adapter."""
    return TrainingProgress(
        object_id, sample.frame_index, step.step, step.steps, step.loss, step.iou, adapter, background
    )
