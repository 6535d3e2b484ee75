from collections.abc import Callable

import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.lora.decode import decode
from sam2_lit.lora.layers import Adapter, LoRALinear, adapted_decoder, fresh_adapter, lora_targets
from tests.lora.conftest import Tracked

Make = Callable[[int], Adapter]


def test_the_targets_are_all_q_k_and_v_projections_of_the_decoders_transformer(model: SAM2VideoPredictor) -> None:
    targets = lora_targets(model.sam_mask_decoder)
    attentions = {name.rsplit(".", 1)[0] for name in targets}
    assert len(targets) == 21
    assert len(attentions) == 7
    assert all(f"{attention}.{one}_proj" in targets for attention in attentions for one in "qkv")


def test_a_fresh_adapter_changes_nothing(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    fresh = fresh_adapter(model.sam_mask_decoder, 8, 16.0, torch.Generator().manual_seed(0))
    before = decode(model, tracked.features[5])
    after = decode(model, tracked.features[5], fresh)
    assert torch.equal(before.logits, after.logits)


def test_the_layer_keeps_weight_and_bias_and_adds_the_scaled_low_rank_product() -> None:
    base = torch.nn.Linear(6, 4)
    down, up, x = torch.randn(2, 6), torch.randn(4, 2), torch.randn(5, 6)
    wanted = x @ (base.weight + 1.5 * up @ down).T + base.bias
    torch.testing.assert_close(LoRALinear(base, down, up, 1.5)(x), wanted)


def test_an_adapter_changes_the_mask_and_leaves_the_models_decoder_as_it_is(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    decoder = model.sam_mask_decoder
    modules = dict(decoder.named_modules())
    before = decode(model, tracked.features[5])
    adapted = decode(model, tracked.features[5], busy_adapter(0))
    after = decode(model, tracked.features[5])
    assert not torch.allclose(adapted.logits, before.logits, atol=0.01)
    assert torch.equal(after.logits, before.logits)
    assert torch.equal(after.predicted_iou, before.predicted_iou)
    assert list(modules.items()) == list(decoder.named_modules())


def test_an_adapted_decoder_shares_every_weight(model: SAM2VideoPredictor, busy_adapter: Make) -> None:
    decoder = model.sam_mask_decoder
    adapted = adapted_decoder(decoder, busy_adapter(0))
    assert {id(weight) for weight in adapted.parameters()} == {id(weight) for weight in decoder.parameters()}
    assert all(isinstance(adapted.get_submodule(name), LoRALinear) for name in lora_targets(decoder))


def test_two_adapters_are_used_at_the_same_time(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    one, other = busy_adapter(0), busy_adapter(1)
    first = decode(model, tracked.features[5], one)
    adapted_decoder(model.sam_mask_decoder, other)
    assert torch.equal(decode(model, tracked.features[5], one).logits, first.logits)
    assert not torch.equal(decode(model, tracked.features[5], other).logits, first.logits)


def test_an_adapted_decoder_takes_no_second_adapter(model: SAM2VideoPredictor, busy_adapter: Make) -> None:
    adapted = adapted_decoder(model.sam_mask_decoder, busy_adapter(0))
    with pytest.raises(ValueError, match="targets"):
        adapted_decoder(adapted, busy_adapter(1))


def test_an_adapter_of_other_targets_is_refused(model: SAM2VideoPredictor) -> None:
    adapter = Adapter(16.0, {"elsewhere": torch.zeros(8, 4)}, {"elsewhere": torch.zeros(4, 8)})
    with pytest.raises(ValueError, match="targets"):
        adapted_decoder(model.sam_mask_decoder, adapter)


def test_adapter_weights_stay_float32_under_bfloat16_autocast(
    model: SAM2VideoPredictor, tracked: Tracked, busy_adapter: Make
) -> None:
    adapter = busy_adapter(0)
    with torch.autocast("cpu", torch.bfloat16):
        low = decode(model, tracked.features[5], adapter)
    full = decode(model, tracked.features[5], adapter)
    assert {tensor.dtype for tensor in (*adapter.down.values(), *adapter.up.values())} == {torch.float32}
    torch.testing.assert_close(low.logits, full.logits, atol=0.5, rtol=0.05)
