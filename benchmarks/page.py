"""The annotation page in headless Chromium, compared with the same calls made by a bare client on the same server.

A click is timed from the pointer's release to the canvas with its mask, on a frame not encoded before; Track from the
key to the canvas with the first tracked frame. The references are the same mutation, on other frames not encoded
before, and the first event of the same subscription in this process: the difference is what the page adds. Scrubbing,
by a held key and by dragging over the timeline, is the 95th percentile of the time between frames drawn, compared with
the time between frames requested. The page's transfer size is that of a first visit, compared with GraphiQL's.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from playwright.sync_api import Browser, Page

from benchmarks.result import Result
from benchmarks.serving import serving
from tests.browser_support import chromium, visit

PATH = "sample/sample.mp4"
POINT = (0.5, 0.5)
PAUSE = 0.8
"""Seconds that the user and the bare client wait before each click."""
FRAMES = 60
PACE = 1 / 30
"""Seconds between two frames requested: the rate at which a held key repeats."""
START = "mutation ($path: String!) { startSession(input: {path: $path}) { sessionId } }"
MASKS = "frameIndex rleMaskList { objectId rleMask { size counts } predictedIou objectScore source }"
ADD_POINTS = f"mutation ($input: AddPointsInput!) {{ addPoints(input: $input) {{ {MASKS} }} }}"
PROPAGATE = f"subscription ($input: PropagateInVideoInput!) {{ propagateInVideo(input: $input) {{ {MASKS} }} }}"

# Measures from the next event of a kind until the canvas shows other masks.
MEASURE = """event => {
    const canvas = document.querySelector(".stage canvas");
    window.took = null;
    addEventListener(event, () => {
        const from = performance.now();
        const before = canvas.dataset.masks;
        new MutationObserver((_, observer) => {
            if (!canvas.dataset.masks || canvas.dataset.masks === before) return;
            window.took = performance.now() - from;
            observer.disconnect();
        }).observe(canvas, { attributes: true });
    }, { capture: true, once: true });
}"""
# Records when the canvas shows another frame.
WATCH = """() => {
    const canvas = document.querySelector(".stage canvas");
    let shown = canvas.dataset.frame;
    window.drawn = [];
    new MutationObserver(() => {
        if (canvas.dataset.frame === shown) return;
        shown = canvas.dataset.frame;
        window.drawn.push(performance.now());
    }).observe(canvas, { attributes: true, attributeFilter: ["data-frame"] });
}"""
TRANSFERRED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter(entry => entry.entryType === "navigation" || entry.name.includes("/static/"))
    .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def run(samples: int = 20) -> list[Result]:
    """Milliseconds of a click and of Track, and the page's size."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        url, socket_url = f"http://{server.address}", f"ws://{server.address}/graphql"
        with chromium() as browser:
            clicks, tracks = in_page(browser, url, samples)
            scrubbed = scrubbing(browser, url)
            transferred = size(browser, url)
        bare_clicks, bare_tracks = asyncio.run(bare(socket_url, samples))
    return [
        against("page: click to mask drawn", clicks, bare_clicks),
        against("page: Track to first frame", tracks, bare_tracks),
        *scrubbed,
        transferred,
    ]


def against(name: str, ours: list[float], theirs: list[float]) -> Result:
    return Result(name, median(ours), "ms", median(theirs), median(theirs) / median(ours), len(ours))


def in_page(browser: Browser, url: str, samples: int) -> tuple[list[float], list[float]]:
    """Milliseconds of clicks on new frames, and of Track; the first of each is a warm-up and left out."""
    with visit(browser, url) as visited:
        visited.page.locator(".videos").get_by_role("button", name="sample.mp4").click()
        clicks = [click(visited.page, 60 + 2 * sample) for sample in range(samples + 1)][1:]
    with visit(browser, url) as visited:
        visited.page.locator(".videos").get_by_role("button", name="sample.mp4").click()
        click(visited.page, 0)
        tracks = [track(visited.page) for _ in range(samples + 1)][1:]
    return clicks, tracks


def scrubbing(browser: Browser, url: str) -> list[Result]:
    """95th percentiles of the milliseconds between frames drawn, on frames not fetched before."""

    def by_key(page: Page) -> None:
        paced([lambda: page.keyboard.press("ArrowRight")] * FRAMES)

    def by_dragging(page: Page) -> None:
        tracks = page.locator(".scrub").bounding_box()
        assert tracks is not None
        places = [tracks["x"] + tracks["width"] * (1 + place) / (FRAMES + 2) for place in range(FRAMES)]
        page.mouse.move(places[0], tracks["y"] + 5)
        page.mouse.down()
        paced([partial(page.mouse.move, place, tracks["y"] + 5) for place in [*places, *reversed(places)]])
        page.mouse.up()

    return [scrubbed("a held key", by_key, browser, url), scrubbed("dragging", by_dragging, browser, url)]


def scrubbed(name: str, scrub: Callable[[Page], None], browser: Browser, url: str) -> Result:
    with visit(browser, url) as visited:
        visited.page.locator(".videos").get_by_role("button", name="sample.mp4").click()
        visited.page.locator(".stage canvas[data-frame='0']").wait_for()
        visited.page.evaluate(WATCH)
        scrub(visited.page)
        visited.page.wait_for_timeout(300)
        gaps = np.diff(visited.page.evaluate("window.drawn"))
    late = float(np.percentile(gaps, 95))
    return Result(f"page: scrubbing by {name}", late, "ms", 1e3 * PACE, 1e3 * PACE / late, len(gaps))


def paced(acts: Sequence[Callable[[], None]]) -> None:
    """Runs actions in turn, one every `PACE` seconds."""
    began = time.monotonic()
    for index, act in enumerate(acts):
        time.sleep(max(0.0, began + index * PACE - time.monotonic()))
        act()


def size(browser: Browser, url: str) -> Result:
    sizes = []
    for path in ("/", "/graphql"):
        with visit(browser, url + path) as visited:
            visited.page.wait_for_load_state("networkidle")
            sizes.append(visited.page.evaluate(TRANSFERRED) / 1024)
    return Result("page: transfer size", sizes[0], "KiB", sizes[1], sizes[1] / sizes[0], 1)


def click(page: Page, frame: int) -> float:
    canvas = page.locator(".stage canvas")
    number = page.get_by_role("spinbutton", name="Frame")
    number.fill(str(frame))
    number.press("Enter")
    page.locator(f".stage canvas[data-frame='{frame}']").wait_for()
    page.wait_for_timeout(1e3 * PAUSE)
    box = canvas.bounding_box()
    assert box is not None
    page.evaluate(MEASURE, "pointerup")
    page.mouse.click(box["x"] + POINT[0] * box["width"], box["y"] + POINT[1] * box["height"])
    return took(page)


def track(page: Page) -> float:
    page.wait_for_timeout(1e3 * PAUSE)
    page.evaluate(MEASURE, "keydown")
    page.keyboard.press("t")
    milliseconds = took(page)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop").wait_for(state="hidden")
    return milliseconds


def took(page: Page) -> float:
    deadline = time.monotonic() + 60
    while (milliseconds := page.evaluate("window.took")) is None:
        assert time.monotonic() < deadline, "nothing was drawn within a minute"
        # Polling takes CPU time from the server and the page, so it is done rarely.
        page.wait_for_timeout(500)
    return float(milliseconds)


async def bare(url: str, samples: int) -> tuple[list[float], list[float]]:
    """Milliseconds of a click's mutation on a new frame and of a subscription's first event, by a bare client."""
    clicks, tracks = [], []
    async with Client(transport=WebsocketsTransport(url=url)) as client:

        async def execute(query: str, **variables: Any) -> Any:
            request = gql(query)
            request.variable_values = variables
            return await client.execute(request)

        async def started() -> str:
            answer = await execute(START, path=PATH)
            session_id: str = answer["startSession"]["sessionId"]
            return session_id

        async def clicked(session_id: str, frame: int) -> float:
            where = {"sessionId": session_id, "frameIndex": frame, "objectId": 1}
            given = {**where, "points": [list(POINT)], "labels": [1], "clearOldPoints": False}
            await asyncio.sleep(PAUSE)
            began = time.perf_counter()
            await execute(ADD_POINTS, input=given)
            return 1e3 * (time.perf_counter() - began)

        session_id = await started()
        clicks = [await clicked(session_id, 61 + 2 * sample) for sample in range(samples + 1)][1:]
        session_id = await started()
        await clicked(session_id, 0)
        for frame in range(1, samples + 2):
            request = gql(PROPAGATE)
            where = {"sessionId": session_id, "startFrameIndex": frame, "direction": "FORWARD", "maxFrames": 0}
            request.variable_values = {"input": where}
            await asyncio.sleep(PAUSE)
            began = time.perf_counter()
            first: float | None = None
            async for _ in client.subscribe(request):
                first = first or 1e3 * (time.perf_counter() - began)
            assert first is not None
            tracks.append(first)
    return clicks, tracks[1:]
