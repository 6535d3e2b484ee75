"""The embedded model, as benchmarks load it in their own process."""

import os
from pathlib import Path

from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.models.loading import LoadedModel, load_model
from sam2_lit.engine.tracking.predictor import LitPredictor


def load_pocket(predictor_class: type[SAM2VideoPredictor] = LitPredictor) -> LoadedModel:
    """On the device that `SAM2_LIT_DEVICE` names, which servers of benchmarks use too; the CPU without it."""
    device = os.environ.get("SAM2_LIT_DEVICE", "cpu")
    return load_model("pocket", predictor_class=predictor_class, device=device, checkpoints_dir=Path("checkpoints"))
