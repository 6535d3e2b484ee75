import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.browser_support import chromium
from tests.page.annotator import Annotator, annotating
from tests.running import Server, running


@pytest.fixture(scope="session")
def server(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the page's tests alone: its library shows no other tests' uploads."""
    with running(Settings(videos=videos, data_dir=tmp_path_factory.mktemp("data")), model) as server:
        yield server


# One per module: Playwright runs an event loop in this thread, which tests in other modules cannot share.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for screenshots of the page's main states: `SAM2_LIT_SCREENSHOTS`, or else a temporary one."""
    folder = os.environ.get("SAM2_LIT_SCREENSHOTS")
    if folder is None:
        return tmp_path_factory.mktemp("screenshots")
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


@pytest.fixture
def annotator(browser: Browser, server: Server) -> Iterator[Annotator]:
    """The page with a new session on the clip of the discs."""
    with annotating(browser, server, server.url) as annotator:
        annotator.open("discs.mp4")
        yield annotator
