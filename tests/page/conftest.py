import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.browser_support import chromium
from tests.page.annotator import Annotator, annotating, deleting_sessions
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


@pytest.fixture(scope="module")
def shared_page(browser: Browser, server: Server) -> Iterator[Annotator]:
    with annotating(browser, server, server.url) as annotator:
        yield annotator


@pytest.fixture
def first_page(shared_page: Annotator) -> Iterator[Annotator]:
    """The first page, as a new visitor sees it. All tests of a module share the browser's tab."""
    shared_page.reset()
    with deleting_sessions(shared_page.server):
        yield shared_page


@pytest.fixture
def annotator(first_page: Annotator) -> Annotator:
    """The page with the clip of the discs open, on which a session starts with the first change."""
    first_page.open("discs.mp4")
    return first_page


@pytest.fixture
def sample(first_page: Annotator) -> Annotator:
    """A session on the sample, which takes a while to track, with an object on its first frame."""
    first_page.width, first_page.height = 640, 360
    first_page.open("sample.mp4")
    first_page.drag_box([0.65, 0.15, 0.85, 0.35])
    first_page.shows_masks_of(1)
    return first_page
