from pathlib import Path
from typing import Any

import pytest
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.models.registry import ModelError
from sam2_lit.engine.tracking.predictor import LitPredictor


def load() -> Any:
    return load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))


def test_another_private_api_of_sam2_is_refused_when_a_model_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SAM2VideoPredictor, "_track_step", lambda self, frame_idx: None)

    with pytest.raises(ModelError, match=r"sam2 [\d.]+ has no SAM2VideoPredictor\._track_step"):
        load()
