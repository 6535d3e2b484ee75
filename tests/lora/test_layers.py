from collections.abc import Callable

import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.lora.decode import decode
from sam2_lit.lora.layers import Adapter, LoRALinear, attached, fresh_adapter, lora_targets
from tests.lora.conftest import Tracked

Make = Callable[[int], Adapter]


def test_the_targets_are_all_q_k_and_v_projections_of_the_decoders_transformer(model: SAM2VideoPredictor) -> None:
    targets = lora_targets(model.sam_mask_decoder)
    attentions = {name.rsplit(".", 1)[0] for name in targets}
    assert len(targets) == 21
    assert len(attentions) == 7
    assert all(f"{attention}.{one}_proj" in targets for attention in attentions for one in "qkv")


def test_a_fresh_adapter_changes_nothing(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    decoder = model.sam_mask_decoder
    before = decode(model, tracked.features[5])
    with attached(decoder, fresh_adapter(decoder, 8, 16.0, torch.Generator().manual_seed(0))):
        after = decode(model, tracked.features[5])
    assert torch.equal(before.logits, after.logits)


def test_the_layer_keeps_weight_and_bias_and_adds_the_scaled_low_rank_product() -> None:
    base = torch.nn.Linear(6, 4)
    down, up, x = torch.randn(2, 6), torch.randn(4, 2), torch.randn(5, 6)
    wanted = x @ (base.weight + 1.5 * up @ down).T + base.bias
    torch.testing.assert_close(LoRALinear(base, down, up, 1.5)(x), wanted)


def test_an_attached_adapter_changes_the_mask_and_a_detached_one_leaves_the_base_bit_for_bit(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    decoder = model.sam_mask_decoder
    modules = dict(decoder.named_modules())
    before = decode(model, tracked.features[5])
    with attached(decoder, busy_adapter(0)):
        during = decode(model, tracked.features[5])
    after = decode(model, tracked.features[5])
    assert not torch.allclose(during.logits, before.logits, atol=0.01)
    assert torch.equal(after.logits, before.logits)
    assert torch.equal(after.predicted_iou, before.predicted_iou)
    assert list(modules.items()) == list(decoder.named_modules())


def test_an_exception_detaches_the_adapter(model: SAM2VideoPredictor, busy_adapter: Make) -> None:
    decoder = model.sam_mask_decoder
    modules = dict(decoder.named_modules())
    with pytest.raises(ZeroDivisionError), attached(decoder, busy_adapter(0)):
        _ = 1 / 0
    assert list(modules.items()) == list(decoder.named_modules())


def test_a_second_adapter_is_refused_while_one_is_attached(model: SAM2VideoPredictor, busy_adapter: Make) -> None:
    decoder = model.sam_mask_decoder
    with attached(decoder, busy_adapter(0)):
        with pytest.raises(ValueError, match="another adapter"), attached(decoder, busy_adapter(1)):
            pass
        assert isinstance(decoder.get_submodule(lora_targets(decoder)[0]), LoRALinear)


def test_an_adapter_of_other_targets_is_refused(model: SAM2VideoPredictor) -> None:
    adapter = Adapter(16.0, {"elsewhere": torch.zeros(8, 4)}, {"elsewhere": torch.zeros(4, 8)})
    with pytest.raises(ValueError, match="targets"), attached(model.sam_mask_decoder, adapter):
        pass


def test_adapter_weights_stay_float32_under_bfloat16_autocast(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    adapter = busy_adapter(0)
    with torch.autocast("cpu", torch.bfloat16), attached(model.sam_mask_decoder, adapter):
        low = decode(model, tracked.features[5])
    with attached(model.sam_mask_decoder, adapter):
        full = decode(model, tracked.features[5])
    assert {tensor.dtype for tensor in (*adapter.down.values(), *adapter.up.values())} == {torch.float32}
    torch.testing.assert_close(low.logits, full.logits, atol=0.5, rtol=0.05)
