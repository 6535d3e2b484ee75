import pytest
import torch

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.losses import dice_loss, focal_loss, mask_iou
from sam2_lit.lora.targets import target_from_mask, target_region


def test_a_sure_and_right_mask_costs_nothing_and_a_sure_and_wrong_one_a_lot() -> None:
    target = torch.tensor([[1.0, 1.0, 0.0, 0.0]])
    right, wrong = 20 * (2 * target - 1), 20 * (1 - 2 * target)
    for loss in (focal_loss, dice_loss):
        assert loss(right, target).item() == pytest.approx(0, abs=1e-6)
        assert loss(wrong, target).item() > 0.7


def test_focal_loss_is_weighted_cross_entropy_where_gamma_is_zero() -> None:
    logits, target = torch.randn(2, 50), (torch.rand(2, 50) > 0.5).float()
    probability = logits.sigmoid()
    wanted = -0.25 * target * probability.log() - 0.75 * (1 - target) * (1 - probability).log()
    torch.testing.assert_close(focal_loss(logits, target, alpha=0.25, gamma=0.0), wanted.mean(-1))


def test_iou_is_the_shared_part_of_the_union() -> None:
    a, b = torch.tensor([[1, 1, 0, 0], [0, 0, 0, 0]]).bool(), torch.tensor([[1, 0, 1, 0], [0, 0, 0, 0]]).bool()
    assert mask_iou(a, b).tolist() == [pytest.approx(1 / 3), 1]


def test_a_target_holds_the_covered_share_of_each_pixel_on_both_axes() -> None:
    mask = torch.zeros(480, 854, dtype=torch.bool)
    mask[:240, :427] = True
    target = target_from_mask(mask, (64, 64))
    assert target.shape == (1, 1, 64, 64)
    assert target.mean().item() == pytest.approx(0.25, abs=0.002)
    assert target[0, 0, 10, 10].item() == pytest.approx(1)
    assert target[0, 0, 50, 10].item() == pytest.approx(0)


def test_the_region_of_an_object_smaller_than_a_pixel_is_not_empty() -> None:
    mask = torch.zeros(512, 512, dtype=torch.bool)
    mask[100:102, 200:202] = True
    target = target_from_mask(mask, (64, 64))
    assert 0 < target.max() < 0.5
    assert target_region(target).sum() == 1


def test_an_empty_mask_makes_no_target() -> None:
    with pytest.raises(LitError, match="empty") as refusal:
        target_from_mask(torch.zeros(10, 10, dtype=torch.bool), (4, 4))
    assert refusal.value.code is ErrorCode.LORA_NOT_TRAINED
