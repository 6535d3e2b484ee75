"""Drives the annotation page as a user does, and waits for what it shows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser_support import Visit, visit
from tests.client_session import ClientSession
from tests.running import Server

MARGIN = 8
"""CSS pixels around a frame that is zoomed to fit."""


@dataclass
class Annotator:
    """The annotation page in a browser. Points are (x, y) relative to the frame, 0 to 1."""

    visit: Visit
    server: Server
    width: int = 192
    height: int = 128

    @property
    def page(self) -> Page:
        return self.visit.page

    @property
    def canvas(self) -> Locator:
        return self.page.locator(".stage canvas")

    @property
    def stop(self) -> Locator:
        return self.page.get_by_role("button", name="Stop")

    @property
    def session_id(self) -> str:
        return parse_qs(urlsplit(self.page.url).fragment)["session"][0]

    @property
    def session(self) -> ClientSession:
        """The same session through the API."""
        return ClientSession(self.server, self.session_id)

    def open(self, video: str) -> None:
        self.page.locator(".videos").get_by_role("button", name=video).click()
        self.shows_frame(0)

    def start(self, path: str) -> None:
        """Starts a session through the API and opens it."""
        session = ClientSession.start(self.server, path)
        self.page.goto(f"{self.page.url.partition('#')[0]}#session={session.session_id}")
        self.shows_frame(0)

    def reset(self) -> None:
        """Back to the first page, as a new visitor sees it."""
        self.width, self.height = 192, 128
        self.page.unroute_all()
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.emulate_media(color_scheme="light")
        self.page.mouse.move(5, 5)
        if self.page.url.partition("#")[2]:
            self.page.evaluate("() => { location.hash = ''; }")
        else:
            # What was searched for or filtered there is forgotten.
            self.page.reload()
        self.page.locator(".start").wait_for()
        self.page.evaluate("() => localStorage.clear()")
        self.visit.problems.clear()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the frame zoomed to fit, in CSS pixels of the window."""
        box = self.canvas.bounding_box()
        assert box is not None
        scale = min((box["width"] - 2 * MARGIN) / self.width, (box["height"] - 2 * MARGIN) / self.height)
        left = box["x"] + (box["width"] - self.width * scale) / 2
        top = box["y"] + (box["height"] - self.height * scale) / 2
        return left + x * self.width * scale, top + y * self.height * scale

    def click(self, point: list[float], *, button: str = "left") -> None:
        assert button in ("left", "right")
        self.page.mouse.click(*self.place(point[0], point[1]), button="right" if button == "right" else "left")

    def drag(self, *points: list[float]) -> None:
        self.page.mouse.move(*self.place(*points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.place(*point), steps=4)
        self.page.mouse.up()

    def drag_box(self, box: list[float]) -> None:
        self.drag(box[:2], box[2:])

    def go_to(self, frame: int) -> None:
        self.page.get_by_role("spinbutton", name="Frame").fill(str(frame))
        self.press("Enter")
        self.shows_frame(frame)

    def track(self) -> None:
        """Tracks to the end of the video."""
        self.press("t")
        expect(self.stop).to_be_visible()
        expect(self.stop).to_be_hidden()

    def track_past(self, frame: int) -> None:
        """Starts tracking, and waits until a frame after `frame` is drawn."""
        self.press("t")
        self.is_past(frame)

    def is_past(self, frame: int) -> None:
        """Waits until the page shows a frame after `frame`, up to 99."""
        later = "|".join(str(number) for number in range(frame + 1, 100))
        expect(self.canvas).to_have_attribute("data-frame", re.compile(f"^({later})$"))

    def shows_frame(self, frame: int) -> None:
        expect(self.canvas).to_have_attribute("data-frame", str(frame))

    def shows_masks_of(self, *object_ids: int) -> None:
        """Waits until the masks of these objects and no others are drawn."""
        pattern = " ".join(rf"{object_id}:\d+" for object_id in object_ids)
        expect(self.canvas).to_have_attribute("data-masks", re.compile(f"^{pattern}$"))

    def drawn(self) -> str:
        """Identifies the masks drawn: changes whenever one of them changes."""
        return self.canvas.get_attribute("data-masks") or ""

    def has_redrawn(self, before: str) -> None:
        """Waits until masks other than `before` are drawn. While a mask is being painted, none is."""
        expect(self.canvas).to_have_attribute("data-masks", re.compile(rf"^(?!{re.escape(before)}$).+"))

    def says(self, place: str, text: str) -> None:
        expect(self.page.locator(f".notices[data-place={place}]")).to_contain_text(text)

    def count(self, name: str, value: int) -> None:
        expect(self.page.locator(f"[data-count='{name}']")).to_have_text(str(value))

    def picture(self) -> NDArray[np.int16]:
        """The frame as the page shows it, [H, W, 3] at the size of the video."""
        left, top = self.place(0, 0)
        right, bottom = self.place(1, 1)
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        image = Image.open(BytesIO(self.page.screenshot(clip=clip))).convert("RGB")
        return np.asarray(image.resize((self.width, self.height), Image.Resampling.BOX), dtype=np.int16)


@contextmanager
def annotating(browser: Browser, server: Server, url: str) -> Iterator[Annotator]:
    """Opens the page at `url` and deletes the sessions started there. Checks that no other host was contacted."""
    with visit(browser, url) as visited, deleting_sessions(server):
        visited.page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        yield Annotator(visited, server)
        assert visited.hosts == {urlsplit(url).netloc}


@contextmanager
def deleting_sessions(server: Server) -> Iterator[None]:
    """Deletes the sessions that are started in the block."""
    before = sessions_of(server)
    try:
        yield
    finally:
        for session_id in sessions_of(server) - before:
            ClientSession(server, session_id).close()


def sessions_of(server: Server) -> set[str]:
    return {session["sessionId"] for session in server.query("{ sessions { sessionId } }")["sessions"]}
