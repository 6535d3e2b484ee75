"""Sessions on a server that runs another model than the one they were annotated with."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sam2
import torch
from omegaconf import OmegaConf
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit import pocket
from sam2_lit.engine.models.loading import LoadedModel, build_predictor, load_model
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip, iou, mask_of
from tests.running import GraphQLFailure, Server, running
from tests.small_model import load_small, write_config

RunModel = Callable[[LoadedModel], AbstractContextManager[Server]]


@pytest.fixture
def run(videos: Path, tmp_path: Path) -> RunModel:
    """Starts a server with a model on the same data directory, one after another."""
    return lambda model: running(Settings(videos=videos, data_dir=tmp_path / "data"), model)


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    """SAM 2.1 tiny, with more channels than `pocket`, for small images, with random weights."""
    folder = tmp_path_factory.mktemp("official")
    config = OmegaConf.load(Path(sam2.__path__[0]) / "configs" / "sam2.1" / "sam2.1_hiera_t.yaml")
    config.model.image_size = 128
    OmegaConf.save(config, folder / "official.yaml")
    torch.manual_seed(0)
    random = build_predictor(folder / "official.yaml", SAM2VideoPredictor)
    # Random weights find no object.
    torch.nn.init.constant_(random.sam_mask_decoder.pred_obj_score_head.layers[-1].bias, 5)
    torch.save({"model": random.state_dict()}, folder / "official.pt")
    return _load(folder, "official.pt", folder / "official.yaml")


@pytest.fixture(scope="module")
def retrained(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    """`pocket` with other weights of the same shapes."""
    folder = tmp_path_factory.mktemp("retrained")
    config = write_config(folder, 384)
    predictor = build_predictor(config, SAM2VideoPredictor)
    predictor.load_state_dict(_weights())
    with torch.no_grad():
        for parameter in predictor.sam_mask_decoder.parameters():
            parameter.mul_(1.01)
    torch.save({"model": predictor.state_dict()}, folder / "retrained.pt")
    return _load(folder, "retrained.pt", config)


@pytest.fixture(scope="module")
def smaller(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    """`pocket` for images of another size."""
    return load_small(tmp_path_factory.mktemp("smaller"), "cpu", image_size=256)


@pytest.fixture(params=["official", "retrained", "smaller"])
def other(request: pytest.FixtureRequest) -> LoadedModel:
    model: LoadedModel = request.getfixturevalue(request.param)
    return model


def _weights() -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return {name: tensor.float() for name, tensor in load_file(pocket.WEIGHTS).items()}


def _load(folder: Path, checkpoint: str, config: Path) -> LoadedModel:
    return load_model(
        "pocket",
        predictor_class=LitPredictor,
        device="cpu",
        checkpoints_dir=folder,
        checkpoint=folder / checkpoint,
        model_config=config,
    )


def annotate(server: Server, clip: Clip) -> ClientSession:
    """Two objects, tracked, and an adapter."""
    session = ClientSession.start(server, "videos/discs.mp4")
    session.add_points(1, 0, clip.center(1, 0))
    session.add_mask(2, 2, clip.rle(2, 2))
    session.propagate(maxFrames=5)
    session.correct(1, 4, rleMask=clip.rle(1, 4))
    session.propagate(startFrameIndex=0, direction="FORWARD", maxFrames=7)
    return session


def test_a_session_of_another_model_has_the_same_masks(
    run: RunModel, model: LoadedModel, other: LoadedModel, clip: Clip
) -> None:
    with run(model) as server:
        session = annotate(server, clip)
        before = session.masks()
    with run(other) as server:
        assert ClientSession(server, session.session_id).masks() == before


def test_a_session_of_another_model_is_tracked_on_as_from_drawn_masks(
    run: RunModel, model: LoadedModel, retrained: LoadedModel, clip: Clip
) -> None:
    prompted = {1: (0, 4), 2: (2,)}
    with run(model) as server:
        session = annotate(server, clip)
        masks = session.masks()
    with run(retrained) as server:
        drawn = ClientSession.start(server, "videos/discs.mp4")
        for object_id, frames in prompted.items():
            for index in frames:
                for mask in masks[index]["rleMaskList"]:
                    if mask["objectId"] == object_id:
                        drawn.add_mask(object_id, index, {name: mask["rleMask"][name] for name in ("size", "counts")})
        expected = drawn.propagate(startFrameIndex=0, direction="FORWARD")

        tracked = ClientSession(server, session.session_id).propagate(startFrameIndex=0, direction="FORWARD")

    assert len(tracked) == len(expected) == len(clip.frames)
    for ours, theirs in zip(tracked, expected, strict=True):
        for one, other in zip(ours["rleMaskList"], theirs["rleMaskList"], strict=True):
            assert iou(mask_of(one["rleMask"]), mask_of(other["rleMask"])) > 0.95


def test_any_model_answers_prompts_and_corrections_on_a_session_of_another(
    run: RunModel, model: LoadedModel, other: LoadedModel, clip: Clip
) -> None:
    with run(model) as server:
        session = annotate(server, clip)
    with run(other) as server:
        resumed = ClientSession(server, session.session_id)

        resumed.add_points(1, 4, clip.center(1, 4), clear=False)
        resumed.add_points(2, 2, [0.02, 0.02], labels=[0], clear=False)
        resumed.propagate(startFrameIndex=0, direction="FORWARD", maxFrames=7)
        corrected = resumed.correct(1, 6, rleMask=clip.rle(1, 6))
        resumed.mutate("undo", "UndoInput", "change { kind }")
        tracked = resumed.propagate(startFrameIndex=0, direction="FORWARD")

        assert corrected["adapter"]["frameIndices"] == [6]
        assert len(tracked) == len(clip.frames)


def test_adapters_of_another_model_propose_nothing_until_it_runs_again(
    run: RunModel, model: LoadedModel, other: LoadedModel, clip: Clip
) -> None:
    with run(model) as server:
        session = annotate(server, clip)
    with run(model) as server:
        proposed = ClientSession(server, session.session_id).candidates(1, 3)
        assert len(proposed) == 1
    with run(other) as server:
        resumed = ClientSession(server, session.session_id)
        assert resumed.candidates(1, 3) == []
        with pytest.raises(GraphQLFailure, match="no adapter"):
            resumed.mutate(
                "applyLoraCandidate",
                "ApplyLoraCandidateInput",
                "frameIndex",
                objectId=1,
                frameIndex=3,
                adapterId=proposed[0]["adapterId"],
            )
    with run(model) as server:
        assert ClientSession(server, session.session_id).candidates(1, 3) == proposed
