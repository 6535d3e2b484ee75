"""`pocket` for small images: as many operators as at its own size, each of a tenth."""

from pathlib import Path

from omegaconf import OmegaConf
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit import pocket
from sam2_lit.engine.models.loading import LoadedModel, load_model
from sam2_lit.engine.tracking.predictor import LitPredictor

IMAGE_SIZE = 128


def load_small(
    folder: Path,
    device: str,
    predictor_class: type[SAM2VideoPredictor] = LitPredictor,
    *,
    precision: str = "auto",
    cuda_graphs: bool = False,
    image_size: int = IMAGE_SIZE,
) -> LoadedModel:
    """The model, ours prepared; its configuration is written to `folder`."""
    loaded = load_model(
        "pocket",
        predictor_class=predictor_class,
        device=device,
        precision=precision,
        checkpoints_dir=folder,
        checkpoint=pocket.WEIGHTS,
        model_config=write_config(folder, image_size),
    )
    if isinstance(loaded.predictor, LitPredictor):
        loaded.predictor.prepare(cuda_graphs=cuda_graphs, dtype=loaded.dtype)
    return loaded


def write_config(folder: Path, image_size: int) -> Path:
    """The model's configuration, for `--model-config`."""
    config = OmegaConf.load(pocket.CONFIG)
    config.model.image_size = image_size
    path = folder / "small.yaml"
    OmegaConf.save(config, path)
    return path
