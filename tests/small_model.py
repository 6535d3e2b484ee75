"""`pocket` for small images: as many operators as at its own size, each of a tenth."""

from pathlib import Path

from omegaconf import OmegaConf
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit import pocket
from sam2_lit.engine.models.loading import LoadedModel, load_model
from sam2_lit.engine.tracking.predictor import LitPredictor

IMAGE_SIZE = 128


def load_small(
    folder: Path, device: str, predictor_class: type[SAM2VideoPredictor] = LitPredictor, *, cuda_graphs: bool = False
) -> LoadedModel:
    """The model, ours prepared; its configuration is written to `folder`."""
    config = OmegaConf.load(pocket.CONFIG)
    config.model.image_size = IMAGE_SIZE
    path = folder / "small.yaml"
    OmegaConf.save(config, path)
    loaded = load_model(
        "pocket",
        predictor_class=predictor_class,
        device=device,
        checkpoints_dir=folder,
        checkpoint=pocket.WEIGHTS,
        model_config=path,
    )
    if isinstance(loaded.predictor, LitPredictor):
        loaded.predictor.prepare(cuda_graphs=cuda_graphs)
    return loaded
