"""The mask decoder for tracked frames equals the official heads."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.tracking.mask_decoder import DecodedObjects, MaskDecoder
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.lora.decode import decode
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter, fresh_adapter


@pytest.fixture(scope="module")
def predictor() -> Any:
    loaded = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
    predictor: Any = loaded.predictor
    predictor.prepare()
    return predictor


@pytest.fixture(scope="module")
def embedding(predictor: Any) -> FrameEmbedding:
    generator = torch.Generator().manual_seed(0)
    embedding: FrameEmbedding = predictor.encode_image(
        torch.randn(3, predictor.image_size, predictor.image_size, generator=generator)
    )
    return embedding


def official(predictor: Any, embedding: FrameEmbedding, conditioned: Tensor, multimask: bool) -> DecodedObjects:
    _, _, ious, low, high, pointers, scores = predictor._forward_sam_heads(
        backbone_features=conditioned,
        high_res_features=list(embedding.high_resolution),
        multimask_output=multimask,
    )
    return DecodedObjects(low, high, pointers, scores, ious.amax(-1))


@pytest.mark.parametrize("multimask", [False, True])
@pytest.mark.parametrize("scale", [1.0, -1.0])
@torch.inference_mode()
def test_a_tracked_frame_is_decoded_as_by_the_official_heads_to_the_bit(
    predictor: Any, embedding: FrameEmbedding, monkeypatch: pytest.MonkeyPatch, multimask: bool, scale: float
) -> None:
    for module in (predictor, predictor.sam_mask_decoder):
        monkeypatch.setattr(module, "use_multimask_token_for_obj_ptr", multimask)
    for name in ("multimask_output_in_sam", "multimask_output_for_tracking"):
        monkeypatch.setattr(predictor, name, multimask)
    monkeypatch.setattr(predictor, "multimask_min_pt_num", 0)
    conditioned = scale * embedding.top

    decoded = MaskDecoder(predictor)(embedding, conditioned)

    expected = official(predictor, embedding, conditioned, multimask)
    assert torch.equal(decoded.logits, expected.logits)
    assert torch.equal(decoded.image_logits, expected.image_logits)
    assert torch.equal(decoded.pointers, expected.pointers)
    assert torch.equal(decoded.object_scores, expected.object_scores)
    assert torch.equal(decoded.predicted_ious, expected.predicted_ious)


@torch.inference_mode()
def test_an_adapter_decodes_its_frame_and_no_other(predictor: Any, embedding: FrameEmbedding) -> None:
    start = fresh_adapter(predictor.sam_mask_decoder, 8, 16.0, torch.Generator().manual_seed(0))
    adapter = Adapter(16.0, start.down, {name: torch.full_like(up, 0.02) for name, up in start.up.items()})
    conditioned = -embedding.top
    before = predictor.decode(embedding, conditioned)

    adapted = predictor.decode(embedding, conditioned, adapter)

    after = predictor.decode(embedding, conditioned)
    features = DecoderFeatures(conditioned, embedding.high_resolution, multimask=False)
    assert torch.equal(adapted.logits, decode(predictor, features, adapter).visible_logits)
    assert not torch.equal(adapted.logits, before.logits)
    assert torch.equal(after.logits, before.logits)
