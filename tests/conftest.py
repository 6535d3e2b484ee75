from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from sam2_lit.engine.device.cpu_threads import tracking_threads
from sam2_lit.engine.models.loading import LoadedModel, load_model
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip, draw_clip, write_clip
from tests.running import Server, running
from tests.store.postgresql import Postgresql, postgresql


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=5, help="how many times the server is killed (tests/crash)")
    parser.addoption("--operations", type=int, default=150, help="how many operations are sent (tests/fuzz)")
    parser.addoption("--broken-files", type=int, default=32, help="how many broken files are uploaded (tests/fuzz)")
    parser.addoption(
        "--interleavings", type=int, default=2, help="how many orders of calls are tried (tests/interleaving)"
    )
    parser.addoption("--device", default="cpu", help="the device that models run on: cpu, cuda, cuda:N or mps")
    parser.addoption("--kill-seed", type=int, default=0, help="seed of the moments at which it is killed (tests/crash)")


@pytest.fixture(scope="session")
def clip() -> Clip:
    return draw_clip()


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory, clip: Clip) -> Path:
    """A folder with one clip, for `--videos`."""
    folder = tmp_path_factory.mktemp("videos")
    write_clip(folder / "discs.mp4", clip.frames)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgresql]:
    """A PostgreSQL server."""
    with postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def model(request: pytest.FixtureRequest) -> LoadedModel:
    # As `sam2-lit serve` does: more threads than cores would spin while they wait for each other.
    torch.set_num_threads(tracking_threads())
    device = request.config.getoption("--device")
    return load_model("pocket", predictor_class=LitPredictor, device=device, checkpoints_dir=Path("checkpoints"))


@pytest.fixture(scope="session")
def server(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = Settings(videos=videos, data_dir=tmp_path_factory.mktemp("data"))
    with running(settings, model) as server:
        yield server


@pytest.fixture
def start(server: Server) -> Iterator[Callable[[], ClientSession]]:
    """Starts sessions on the clip; they are closed after the test."""
    started: list[ClientSession] = []

    def start_session() -> ClientSession:
        started.append(ClientSession.start(server, "videos/discs.mp4"))
        return started[-1]

    yield start_session
    for session in started:
        session.close()


@pytest.fixture
def session(start: Callable[[], ClientSession]) -> ClientSession:
    return start()
