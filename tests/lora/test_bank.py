from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.bank import AdapterBank, BankSettings
from sam2_lit.lora.decode import decode
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.trainer import TrainingResult, TrainingStep
from tests.lora.conftest import Tracked

Make = Callable[..., Adapter]
Trained = tuple[list[TrainingStep], TrainingResult]


def result_of(adapter: Adapter, iou: float = 0.9) -> TrainingResult:
    return TrainingResult(adapter, baseline_iou=0.1, training_iou=iou, steps=20, seconds=0.2, best_step=18)


def test_an_empty_bank_has_no_candidates_and_founds_an_adapter(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    bank = AdapterBank()
    choice = bank.choose(model, tracked.correction(3))
    assert bank.candidates(model, tracked.features[3]) == []
    assert (choice.adapter_id, choice.initial) == (None, None)
    assert [sample.frame_index for sample in choice.samples] == [3]


@pytest.mark.parametrize("count", [1, 3, 17])
def test_candidates_equal_the_adapters_one_by_one(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make, count: int
) -> None:
    bank = AdapterBank(BankSettings(max_adapters=count))
    adapters = [busy_adapter(seed, rank=4 + 4 * (seed % 2)) for seed in range(count)]
    for adapter in adapters:
        bank.add(result_of(adapter), tracked.correction(3))
    candidates = bank.candidates(model, tracked.features[4])
    assert [candidate.adapter_id for candidate in candidates] == [record.adapter_id for record in bank.records]
    for adapter, candidate in zip(adapters, candidates, strict=True):
        alone = decode(model, tracked.features[4], adapter.at_strength(0.75))
        torch.testing.assert_close(candidate.mask.logits, alone.logits, atol=1e-3, rtol=1e-4)
        torch.testing.assert_close(candidate.mask.predicted_iou, alone.predicted_iou, atol=1e-4, rtol=1e-4)


def test_an_adapter_decodes_frames_with_weights_between_the_models_and_its_own(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    masks = {}
    for strength in (0.0, 0.5, 1.0):
        bank = AdapterBank(BankSettings(strength=strength))
        bank.add(result_of(busy_adapter(0)), tracked.correction(3))
        base, [candidate] = bank.compare(model, tracked.features[4])
        masks[strength] = candidate.mask.logits - base.logits

    assert masks[0.0].abs().max() < 1e-3
    assert 0 < masks[0.5].abs().mean() < masks[1.0].abs().mean()


def test_a_record_says_what_is_known_of_its_adapter(tracked: Tracked, busy_adapter: Make) -> None:
    record = AdapterBank().add(result_of(busy_adapter(0)), tracked.correction(3))
    assert len(record.adapter_id) == 16
    assert (record.rank, record.frame_indices, record.steps) == (8, (3,), 20)
    assert (record.baseline_iou, record.training_iou, record.seconds) == (0.1, 0.9, 0.2)
    assert timedelta(0) <= datetime.now(UTC) - record.created_at < timedelta(minutes=1)


def test_a_correction_that_an_adapter_nearly_handles_fine_tunes_it_with_a_replay(
    model: SAM2VideoPredictor, tracked: Tracked, trained: Trained
) -> None:
    bank = AdapterBank()
    record = bank.add(trained[1], tracked.correction(5))
    choice = bank.choose(model, tracked.correction(6))
    assert choice.adapter_id == record.adapter_id
    assert choice.initial is trained[1].adapter
    assert [sample.frame_index for sample in choice.samples] == [5, 6]


def test_a_correction_that_no_adapter_handles_founds_one_until_the_limit(
    model: SAM2VideoPredictor, tracked: Tracked, trained: Trained
) -> None:
    for limit, founds in ((2, True), (1, False)):
        bank = AdapterBank(BankSettings(max_adapters=limit, handled_iou=0.99))
        record = bank.add(trained[1], tracked.correction(5))
        choice = bank.choose(model, tracked.correction(6))
        assert choice.adapter_id == (None if founds else record.adapter_id)
    with pytest.raises(ValueError, match="limit"):
        bank.add(trained[1], tracked.correction(6))


def test_fine_tuning_keeps_the_id_and_gathers_frames(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    bank = AdapterBank()
    founded = bank.add(result_of(busy_adapter(0)), tracked.correction(3))
    tuned = bank.replace(founded.adapter_id, result_of(busy_adapter(1), 0.8), tracked.correction(5))
    again = bank.replace(founded.adapter_id, result_of(busy_adapter(2), 0.7), tracked.correction(3))
    assert tuned.frame_indices == (3, 5)
    assert again.frame_indices == (5, 3)
    assert (again.adapter_id, again.created_at) == (founded.adapter_id, founded.created_at)
    assert bank.records == (again,)
    [candidate] = bank.candidates(model, tracked.features[3])
    alone = decode(model, tracked.features[3], bank.decoding_adapter(again.adapter_id))
    torch.testing.assert_close(candidate.mask.logits, alone.logits, atol=1e-3, rtol=1e-4)


def test_the_best_learned_samples_are_replayed(model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make) -> None:
    bank = AdapterBank(BankSettings(handled_iou=0.0, max_replayed=2))
    adapter_id = bank.add(result_of(busy_adapter(0), 0.7), tracked.correction(1)).adapter_id
    for frame, iou in ((2, 0.6), (3, 0.9), (4, 0.5)):
        bank.replace(adapter_id, result_of(busy_adapter(0), iou), tracked.correction(frame))
    assert [s.frame_index for s in bank.choose(model, tracked.correction(5)).samples] == [3, 1, 5]
    assert [s.frame_index for s in bank.choose(model, tracked.correction(3)).samples] == [1, 2, 3]


def test_samples_stay_within_their_memory_and_the_worst_learned_go_first(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    size = tracked.correction(1).nbytes
    bank = AdapterBank(BankSettings(handled_iou=0.0, sample_bytes=2 * size))
    adapter_id = bank.add(result_of(busy_adapter(0), 0.7), tracked.correction(1)).adapter_id
    for frame, iou in ((2, 0.5), (3, 0.9)):
        bank.replace(adapter_id, result_of(busy_adapter(0), iou), tracked.correction(frame))
    assert bank.sample_nbytes == 2 * size
    assert [s.frame_index for s in bank.choose(model, tracked.correction(5)).samples] == [3, 1, 5]


def test_a_kept_sample_is_independent_of_the_trackers_tensors(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    bank = AdapterBank(BankSettings(handled_iou=0.0))
    sample = tracked.correction(1)
    features = replace(sample.features, image_embedding=sample.features.image_embedding.clone())
    bank.add(result_of(busy_adapter(0)), replace(sample, features=features))
    features.image_embedding.zero_()
    replayed = bank.choose(model, tracked.correction(2)).samples[0]
    assert torch.equal(replayed.features.image_embedding, sample.features.image_embedding)


def test_a_reset_forgets_everything(model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make) -> None:
    bank = AdapterBank()
    adapter_id = bank.add(result_of(busy_adapter(0)), tracked.correction(3)).adapter_id
    bank.reset()
    assert (len(bank), bank.records, bank.sample_nbytes) == (0, (), 0)
    assert bank.candidates(model, tracked.features[3]) == []
    with pytest.raises(LitError, match="none yet") as refusal:
        bank.adapter(adapter_id)
    assert refusal.value.code is ErrorCode.ADAPTER_NOT_FOUND


def test_a_restored_adapter_proposes_as_before(model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make) -> None:
    bank, again = AdapterBank(), AdapterBank()
    record = bank.add(result_of(busy_adapter(0)), tracked.correction(3))
    again.restore(record, bank.adapter(record.adapter_id), {})
    assert again.records == (record,)
    [before], [after] = (one.candidates(model, tracked.features[4]) for one in (bank, again))
    assert torch.equal(before.mask.logits, after.mask.logits)


def test_candidates_are_compared_with_the_mask_without_an_adapter(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    bank = AdapterBank()
    bank.add(result_of(busy_adapter(0)), tracked.correction(3))

    base, candidates = bank.compare(model, tracked.features[4])

    torch.testing.assert_close(base.logits, decode(model, tracked.features[4]).logits, atol=1e-3, rtol=1e-4)
    [alone] = bank.candidates(model, tracked.features[4])
    [candidate] = candidates
    assert torch.equal(candidate.mask.logits, alone.mask.logits)
