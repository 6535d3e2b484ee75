from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.models.loading import build_predictor
from sam2_lit.engine.models.registry import MODELS
from sam2_lit.lora.decode import decode
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.pixel_order import from_pixel_order, to_pixel_order
from sam2_lit.lora.stacked_decoder import StackedDecoder
from tests.lora.conftest import FRAMES, Tracked

Make = Callable[..., Adapter]


@pytest.fixture(params=["the tracker's own", "always single", "always multimask"])
def selecting(
    request: pytest.FixtureRequest, model: SAM2VideoPredictor, monkeypatch: pytest.MonkeyPatch
) -> Callable[[DecoderFeatures], DecoderFeatures]:
    """Each rule by which the decoder selects a mask."""
    if request.param == "always single":
        monkeypatch.setattr(model.sam_mask_decoder, "dynamic_multimask_via_stability", False)
    return lambda features: replace(features, multimask=request.param == "always multimask")


def test_masks_equal_the_trackers_bit_for_bit(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    for frame in range(1, FRAMES):
        decoded = decode(model, tracked.features[frame])
        assert torch.equal(decoded.visible_logits, tracked.logits[frame])
        assert torch.equal(decoded.object_score[None], tracked.scores[frame])


def test_masks_equal_the_official_heads_however_the_mask_is_selected(
    model: SAM2VideoPredictor, tracked: Tracked, selecting: Callable[[DecoderFeatures], DecoderFeatures]
) -> None:
    features = selecting(tracked.features[3])
    with torch.inference_mode():
        _, _, ious, low_resolution, *_ = model._forward_sam_heads(
            backbone_features=features.image_embedding,
            high_res_features=list(features.high_resolution),
            multimask_output=features.multimask,
        )
    decoded = decode(model, features)
    assert torch.equal(decoded.visible_logits, low_resolution)
    assert torch.equal(decoded.predicted_iou, ious.max(-1).values)


def test_an_absent_object_is_blank_only_in_the_visible_logits(model: SAM2VideoPredictor, tracked: Tracked) -> None:
    decoded = replace(decode(model, tracked.features[3]), object_score=torch.tensor([-0.1]))
    assert bool((decoded.logits > 0).any())
    assert bool((decoded.visible_logits == -1024).all())


def test_stacked_adapters_decode_as_each_does_alone(
    model: SAM2VideoPredictor,
    tracked: Tracked,
    busy_adapter: Make,
    selecting: Callable[[DecoderFeatures], DecoderFeatures],
) -> None:
    features = selecting(tracked.features[3])
    adapters = [busy_adapter(0), busy_adapter(1, rank=2), busy_adapter(2)]
    decoder = StackedDecoder(model)
    frame = decoder.prepare(features)
    weights = decoder.stacking.merge(decoder.stacking.stack(adapters))
    stacked = decoder.decoded_masks(frame, [decoder.decode(frame, weights)])
    for adapter, mask in zip(adapters, stacked, strict=True):
        alone = decode(model, features, adapter)
        torch.testing.assert_close(mask.logits, alone.logits, atol=1e-3, rtol=1e-4)
        torch.testing.assert_close(mask.predicted_iou, alone.predicted_iou, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(mask.object_score, alone.object_score, atol=1e-3, rtol=1e-4)


def test_a_decoder_without_high_resolution_features_decodes_alike(tmp_path: Path) -> None:
    config = tmp_path / "plain.yaml"
    config.write_text(
        MODELS["pocket"]
        .config.read_text()
        .replace("use_high_res_features_in_sam: true", "use_high_res_features_in_sam: false")
    )
    torch.manual_seed(0)
    model = build_predictor(config, SAM2VideoPredictor).eval()
    side = model.sam_image_embedding_size
    features = DecoderFeatures(torch.randn(1, 128, side, side), (), False)
    decoder = StackedDecoder(model)
    frame = decoder.prepare(features)
    with torch.no_grad():
        [mask] = decoder.decoded_masks(frame, [decoder.decode(frame, decoder.stacking.base_weights())])
    torch.testing.assert_close(mask.logits, decode(model, features).logits, atol=1e-4, rtol=1e-4)


def test_pixel_order_keeps_the_pixels_of_one_upscaled_pixel_together() -> None:
    image = torch.arange(2 * 8 * 4.0).reshape(1, 2, 8, 4)
    ordered = to_pixel_order(image, 2)
    assert ordered.shape == (1, 32, 2)
    assert set(ordered[0, :16, 0].tolist()) == set(range(16))
    assert torch.equal(from_pixel_order(ordered[..., 0], (8, 4), 2), image[:, :1])
