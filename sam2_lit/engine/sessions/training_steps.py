"""What corrections and trainings do to a session, as steps for the device's thread."""

from collections.abc import Callable

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.learning.adapter_training import (
    FinishedTraining,
    learn_on,
    make_sample,
    train_adapter,
    training_progress,
)
from sam2_lit.engine.sessions.feature_capture import capture_features
from sam2_lit.engine.sessions.prompt_steps import prompt_frame
from sam2_lit.engine.sessions.sample_recovery import correction_mask, recover_samples
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import check_known, check_object, check_prompt
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.trainer import Sample, TrainingStep
from sam2_lit.records import masks
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import MaskPrompt, Prompt
from sam2_lit.records.results import FrameMasks, TrainedAdapter, TrainingProgress


def correct_frame(
    state: SessionState,
    object_id: int,
    frame_index: int,
    prompt: Prompt,
    wants_training: bool,
    must_exist: bool,
    interaction: Interaction,
) -> Steps[None, tuple[FrameMasks, Sample | LitError | None]]:
    """Applies a correction. Returns the frame, and the sample to train on or why there is none.

    Features are captured before the prompt, under the memory that made the mask which is corrected. Where they need
    tracking first, TrackingNeeded is raised. `must_exist` refuses an object that is not there, instead of adding it. An
    empty mask trains nothing.
    """
    if isinstance(prompt, MaskPrompt) and prompt.is_empty:
        if must_exist:
            check_object(state, object_id)
        frame = yield from prompt_frame(state, object_id, frame_index, prompt, interaction)
        nothing = LitError(ErrorCode.LORA_NOT_TRAINED, "the object is not there, so there is no mask to train on")
        return frame, nothing if wants_training else None
    if wants_training:
        yield from recover_samples(state, object_id)
    if must_exist:
        check_object(state, object_id)
    check_prompt(state, object_id, frame_index)
    features: DecoderFeatures | LitError | None = None
    if wants_training:
        try:
            features = capture_features(state, object_id, frame_index)
        except LitError as refusal:
            features = refusal
    frame = yield from prompt_frame(state, object_id, frame_index, prompt, interaction)
    if not isinstance(features, DecoderFeatures):
        return frame, features
    if isinstance(prompt, MaskPrompt):
        wanted = prompt.mask
    else:
        stored = state.masks.get(frame_index, object_id)
        assert stored is not None
        wanted = masks.decode(stored.rle)
    try:
        return frame, make_sample(features, wanted, frame_index)
    except LitError as refusal:
        return frame, refusal


def gather_sample(state: SessionState, object_id: int, frame_index: int, mask: BoolMask | None) -> Steps[None, Sample]:
    """The sample to train an adapter on: captured features and `mask`, by default the frame's correction.

    Raises:
        LitError: NO_PROMPTS where there is no correction on the frame and no `mask`; FEATURES_NOT_CAPTURED;
            LORA_NOT_TRAINED where the mask is empty.
        TrackingNeeded: the frame's features are missing or stale, and frames up to it are not tracked.
    """
    yield from recover_samples(state, object_id)
    check_known(state, object_id, frame_index)
    if mask is None:
        rle = correction_mask(state, object_id, frame_index)
        if rle is None:
            raise LitError(
                ErrorCode.NO_PROMPTS,
                f"object {object_id} has no correction on frame {frame_index}; correct it first, or send rleMask",
            )
        mask = masks.decode(rle)
    features = capture_features(state, object_id, frame_index)
    return make_sample(features, mask, frame_index)


def train_on_sample(
    state: SessionState,
    object_id: int,
    bank: AdapterBank,
    sample: Sample,
    interaction: Interaction,
    report: Callable[[TrainingProgress], None],
) -> Steps[None, tuple[TrainingProgress, FinishedTraining]]:
    """Trains an adapter of the object, one step an optimization step; `report` is called after each.

    `bank` is the object's from when the sample was made. Returns the last progress, which names the adapter and is to
    be published once it is stored, and the training. Raises LitError (OBJECT_NOT_FOUND) where the object was removed
    since, also where another one has its id.
    """
    _check_is_there(state, object_id, bank)

    def on_step(step: TrainingStep) -> None:
        report(training_progress(object_id, sample, step))

    device = state.device
    training = yield from train_adapter(
        state.lora_model, bank, sample, state.settings.training, on_step, device.release_memory, device.training_graphs
    )
    _check_is_there(state, object_id, bank)
    with state.journal.transaction():
        trained = TrainedAdapter(object_id, training.add_to(bank))
        state.journal.put_adapter(trained, training.result.adapter, state.device.model)
        state.journal.log_training(interaction, trained, None)
    return training_progress(object_id, sample, training.last_step, trained), training


def learn_on_while_idle(
    state: SessionState,
    object_id: int,
    bank: AdapterBank,
    adapter_id: str,
    finished: FinishedTraining,
    interaction: Interaction,
    report: Callable[[TrainingProgress], None],
) -> Steps[None, TrainingProgress | None]:
    """Trains an adapter further than its answer, one step an optimization step, and stores it if it became better.

    Ends without a change where the object's bank no longer has the adapter as `finished` left it: another training, an
    undo or a removal has changed it. Returns the last progress, or None without a change.
    """

    def on_step(step: TrainingStep) -> None:
        report(training_progress(object_id, finished.sample, step, background=True))

    yield
    training = learn_on(finished, adapter_id, on_step)
    while _has(state, object_id, bank, adapter_id, finished):
        try:
            next(training)
        except StopIteration as end:
            better: FinishedTraining | None = end.value
            break
        yield
    else:
        return None
    if better is None:
        return None
    with state.journal.transaction():
        trained = TrainedAdapter(object_id, better.add_to(bank))
        state.journal.put_adapter(trained, better.result.adapter, state.device.model)
        state.journal.log_training(interaction, trained, None)
    return training_progress(object_id, better.sample, better.last_step, trained, background=True)


def _has(state: SessionState, object_id: int, bank: AdapterBank, adapter_id: str, finished: FinishedTraining) -> bool:
    return state.banks.get(object_id) is bank and bank.has(adapter_id, finished.result.adapter)


def _check_is_there(state: SessionState, object_id: int, bank: AdapterBank) -> None:
    if state.banks.get(object_id) is not bank:
        raise LitError(ErrorCode.OBJECT_NOT_FOUND, f"object {object_id} was removed before its adapter was trained")


def skip_training(state: SessionState, interaction: Interaction, code: ErrorCode) -> Steps[None, None]:
    """Logs why an interaction trained no adapter."""
    yield from ()
    with state.journal.transaction():
        state.journal.log_training(interaction, None, code.value)


def log_interaction(state: SessionState, interaction: Interaction) -> Steps[None, None]:
    yield from ()
    with state.journal.transaction():
        state.journal.log(interaction)


def reset_adapters(state: SessionState, object_id: int | None, interaction: Interaction) -> Steps[None, None]:
    """Removes the adapters of an object, or of every object. Raises LitError (OBJECT_NOT_FOUND)."""
    yield from ()
    if object_id is not None:
        check_object(state, object_id)
    with state.journal.transaction():
        state.journal.log(interaction)
        state.journal.remove_adapters(object_id)
        for owner, bank in state.banks.items():
            if object_id in (None, owner):
                bank.reset()
