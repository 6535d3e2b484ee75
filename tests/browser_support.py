"""A headless Chromium for tests of the pages, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

# Without internet the browser's background requests to its vendor would fail, many at a time.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Visit:
    """A page in its own browser profile, with everything that it logged and requested since it was opened."""

    page: Page
    problems: list[str] = field(default_factory=list)
    "Console errors and warnings, and uncaught exceptions."
    urls: list[str] = field(default_factory=list)
    "Every URL requested, WebSockets included."

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.urls if not url.startswith(("data:", "blob:"))}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium or Chrome, otherwise the one that `playwright install chromium` installs."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, url: str, *, has_touch: bool = False) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, has_touch=has_touch)
    visited = Visit(context.new_page())

    def note_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visited.problems.append(message.text)

    visited.page.on("console", note_console)
    visited.page.on("pageerror", lambda error: visited.problems.append(str(error)))
    context.on("request", lambda request: visited.urls.append(request.url))
    visited.page.on("websocket", lambda socket: visited.urls.append(socket.url))
    visited.page.goto(url)
    yield visited
    context.close()
