import logging
import math
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.decode import decode
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.losses import mask_iou
from sam2_lit.lora.targets import target_region
from sam2_lit.lora.trainer import Sample, Training, TrainingResult, TrainingStep, train
from tests.lora.conftest import QUICK, Tracked, run

Trained = tuple[list[TrainingStep], TrainingResult]


def iou(model: SAM2VideoPredictor, sample: Sample, adapter: Adapter | None = None) -> float:
    visible = decode(model, sample.features, adapter).visible_logits > 0
    return mask_iou(visible.flatten(), target_region(sample.target).flatten()).item()


def finish(training: Training) -> TrainingResult:
    while not training.done:
        training.step()
    return training.result()


def test_training_on_a_wrong_mask_lowers_the_loss_and_raises_the_iou(trained: Trained) -> None:
    steps, result = trained
    assert result.baseline_iou < 0.7
    assert result.training_iou > 0.8
    assert steps[-1].loss < 0.5 * steps[0].loss
    assert [step.step for step in steps] == list(range(1, result.steps + 1))


def test_the_result_is_what_the_tracker_then_decodes(
    model: SAM2VideoPredictor, tracked: Tracked, trained: Trained
) -> None:
    _, result = trained
    sample = tracked.correction(5)
    assert iou(model, sample) == pytest.approx(result.baseline_iou, abs=0.01)
    assert iou(model, sample, result.adapter) == pytest.approx(result.training_iou, abs=0.01)


def test_the_best_step_is_kept(trained: Trained) -> None:
    steps, result = trained
    assert result.training_iou == max(step.iou for step in steps)
    assert steps[result.best_step - 1].iou == result.training_iou


def test_a_training_that_gets_worse_keeps_what_it_started_from(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    sample = tracked.confirmation(5)
    ruinous = replace(QUICK, learning_rate=10.0, max_steps=5, sufficient_iou=1.1)
    _, result = run(train(model, [sample], ruinous))
    assert result.best_step == 1
    assert result.training_iou == result.baseline_iou


def test_the_same_seed_gives_the_same_adapter(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    few = replace(QUICK, max_steps=4)
    _, first = run(train(model, [tracked.correction(4)], few))
    _, second = run(train(model, [tracked.correction(4)], few))
    for name in first.adapter.targets:
        assert torch.equal(first.adapter.down[name], second.adapter.down[name])
        assert torch.equal(first.adapter.up[name], second.adapter.up[name])


def test_training_stops_at_a_sufficient_iou(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    steps, result = run(train(model, [tracked.confirmation(5)], replace(QUICK, sufficient_iou=0.5)))
    assert result.steps == len(steps) == 1


def test_training_stops_where_it_no_longer_improves(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    demanding = replace(QUICK, tolerance=0.9, patience=3, max_steps=60)
    steps, result = run(train(model, [tracked.correction(5)], demanding))
    assert 4 <= result.steps < 60
    assert result.best_step > 1
    assert min(step.loss for step in steps[-3:]) > 0.1 * min(step.loss for step in steps[:-3])


def test_training_goes_on_while_nothing_is_better_than_at_the_start(
    model: SAM2VideoPredictor, tracked: Tracked
) -> None:
    still = replace(QUICK, learning_rate=0.0, patience=3, max_steps=12)
    _, result = run(train(model, [tracked.correction(5)], still))
    assert result.steps == 12


def test_the_model_is_untouched_between_and_after_steps(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    before = decode(model, tracked.features[6]).logits
    flags = [parameter.requires_grad for parameter in model.parameters()]
    training = train(model, [tracked.correction(5)], QUICK)
    next(training)
    next(training)
    assert torch.equal(decode(model, tracked.features[6]).logits, before)
    training.close()
    assert torch.equal(decode(model, tracked.features[6]).logits, before)
    assert [parameter.requires_grad for parameter in model.parameters()] == flags
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not model.training


def test_features_captured_under_inference_mode_train_under_it_and_under_autocast(
    model: SAM2VideoPredictor, tracked: Tracked
) -> None:
    assert tracked.features[5].image_embedding.is_inference()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        steps, result = run(train(model, [tracked.correction(5)], replace(QUICK, max_steps=3)))
    assert steps[2].loss < steps[0].loss
    assert {tensor.dtype for tensor in result.adapter.up.values()} == {torch.float32}
    assert not any(tensor.is_inference() for tensor in result.adapter.up.values())


def test_an_initial_adapter_is_continued_and_not_changed(
    model: SAM2VideoPredictor, tracked: Tracked, trained: Trained
) -> None:
    _, first = trained
    before = {name: tensor.clone() for name, tensor in first.adapter.up.items()}
    steps, second = run(train(model, [tracked.correction(5)], replace(QUICK, max_steps=3), first.adapter))
    assert steps[0].iou == pytest.approx(first.training_iou, abs=1e-3)
    assert second.baseline_iou == pytest.approx(first.baseline_iou, abs=1e-3)
    assert all(torch.equal(before[name], tensor) for name, tensor in first.adapter.up.items())


def test_replay_keeps_what_an_earlier_correction_taught(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    """The two corrections ask for opposite things: without replay the second undoes the first."""
    first, second = tracked.correction(2), tracked.confirmation(7)
    _, founded = run(train(model, [first], QUICK))
    settings = replace(QUICK, sufficient_iou=1.1, learning_rate=3e-3, max_steps=10)
    _, alone = run(train(model, [second], settings, founded.adapter))
    _, replayed = run(train(model, [first, second], settings, founded.adapter))
    kept = []
    for result in (alone, replayed):
        kept.append(iou(model, first, result.adapter))
    assert kept[1] > kept[0]


def test_the_object_score_does_not_cross_zero(model: SAM2VideoPredictor, tracked: Tracked, trained: Trained) -> None:
    _, result = trained
    assert decode(model, tracked.features[5], result.adapter).object_score.item() > 0


def test_an_object_that_the_tracker_thought_absent_is_shown_again(
    model: SAM2VideoPredictor, tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = model.sam_mask_decoder.pred_obj_score_head
    shifted = head.layers[-1].bias.detach() - decode(model, tracked.features[5]).object_score - 0.5
    with torch.no_grad():
        original = head.layers[-1].bias.clone()
        head.layers[-1].bias.copy_(shifted)
    try:
        _, result = run(train(model, [tracked.confirmation(5)], QUICK))
        score = decode(model, tracked.features[5], result.adapter).object_score.item()
    finally:
        with torch.no_grad():
            head.layers[-1].bias.copy_(original)
    assert result.baseline_iou == 0
    assert score > 0
    assert result.training_iou > 0.5


def test_a_training_continues_where_its_answer_left_it(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    settings = replace(QUICK, max_steps=12, sufficient_iou=0.95, learn_on_steps=20, learn_on_iou=0.95)
    at_once = replace(settings, max_steps=32)
    training = Training(model, [tracked.correction(5)], settings, None)
    answer = finish(training)

    training.continue_while_idle()
    continued = finish(training)

    assert answer.steps == 12 and answer.training_iou < continued.training_iou
    # The step after the answer is taken with the same weights, so it is one behind a training without a pause.
    assert continued.training_iou == pytest.approx(
        finish(Training(model, [tracked.correction(5)], at_once, None)).training_iou, abs=0.05
    )
    assert iou(model, tracked.correction(5), answer.adapter) == pytest.approx(answer.training_iou, abs=1e-3)


@pytest.mark.parametrize("changes", [{"learn_on_steps": 0}, {"learn_on_iou": 0.1}])
def test_a_training_that_is_good_enough_or_may_not_continue_is_done(
    model: SAM2VideoPredictor, tracked: Tracked, changes: dict[str, Any]
) -> None:
    training = Training(
        model, [tracked.confirmation(5)], replace(QUICK, max_steps=2, **({"learn_on_steps": 5} | changes)), None
    )
    finish(training)

    training.continue_while_idle()

    assert training.done


def test_an_empty_target_is_refused(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    sample = tracked.correction(5)
    with pytest.raises(LitError, match="frame 5 is an empty mask") as refusal:
        next(train(model, [replace(sample, target=torch.zeros_like(sample.target))], QUICK))
    assert refusal.value.code is ErrorCode.LORA_NOT_TRAINED


def test_a_loss_that_is_not_finite_is_refused(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    sample = tracked.correction(5)
    broken = replace(sample.features, image_embedding=torch.full_like(sample.features.image_embedding, math.nan))
    with pytest.raises(LitError, match="nan") as refusal:
        next(train(model, [replace(sample, features=broken)], QUICK))
    assert refusal.value.code is ErrorCode.LORA_NOT_TRAINED


def test_the_log_names_the_best_step_and_its_iou(
    model: SAM2VideoPredictor, tracked: Tracked, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="sam2_lit.lora"):
        _, result = run(train(model, [tracked.correction(5)], replace(QUICK, max_steps=2)))
    assert "Initial LoRA model trained successfully" in caplog.messages
    assert f"Training completed. Best epoch: {result.best_step}, Best IoU: {result.training_iou:.4f}" in caplog.messages


def test_the_first_training_of_a_process_imports_nothing() -> None:
    program = """
import sys
from pathlib import Path
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor
from sam2_lit.engine.models.loading import load_model
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.trainer import Sample, train
from sam2_lit.lora.training_settings import TrainingSettings

loaded = load_model("pocket", predictor_class=SAM2VideoPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
model = loaded.predictor
side = model.sam_image_embedding_size
levels = torch.randn(1, 16, 4 * side, 4 * side), torch.randn(1, 32, 2 * side, 2 * side)
features = DecoderFeatures(torch.randn(1, 128, side, side), levels, False)
target = torch.ones(1, 1, 4 * side, 4 * side)
imported = set(sys.modules)
for step in train(model, [Sample(features, target, 1)], TrainingSettings(max_steps=2)):
    pass
print(*set(sys.modules) - imported)
"""
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert ran.stdout.strip() == ""
