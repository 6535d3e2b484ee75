import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser_support import chromium
from tests.page.annotator import Annotator, annotating
from tests.running import Server


# Playwright keeps an event loop in this thread for as long as it runs, which other modules' tests cannot have.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of the page's main states go: `SAM2_LIT_SCREENSHOTS`, or else a temporary folder."""
    folder = os.environ.get("SAM2_LIT_SCREENSHOTS")
    if folder is None:
        return tmp_path_factory.mktemp("screenshots")
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


@pytest.fixture
def annotator(browser: Browser, server: Server) -> Iterator[Annotator]:
    """The page with a fresh session on the clip of the discs."""
    with annotating(browser, server, server.url) as annotator:
        annotator.open("discs.mp4")
        yield annotator
