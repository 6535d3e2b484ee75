"""The embedded model at a small image size on an emulated device, for the tests of this folder."""

from collections.abc import Iterator

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from tests.emulation.device import EmulatedDevice, emulated
from tests.small_model import load_small


@pytest.fixture(scope="module", params=["cuda", "mps"])
def device(request: pytest.FixtureRequest) -> Iterator[EmulatedDevice]:
    with emulated(request.param) as device:
        yield device


@pytest.fixture(scope="module")
def model(device: EmulatedDevice, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    return load_small(tmp_path_factory.mktemp("model"), device.device.type)
