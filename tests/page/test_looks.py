"""How the page looks: its size in windows and in bytes, its colors, and what it says to those who do not see it."""

import itertools
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.clips import Clip
from tests.page.annotator import Annotator
from tests.page.page_size import transfer_size

MAX_TRANSFER = 180 * 1024
SHARE = 0.55
WCAG_AA = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("width", [820, 1024, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_fits_in_the_window(
    annotator: Annotator, screenshots: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = annotator.page
    page.set_viewport_size({"width": width, "height": max(640, width * 9 // 16)})
    page.emulate_media(color_scheme=scheme)
    annotator.press("b")
    annotator.drag([0.2, 0.5], [0.3, 0.5])
    annotator.shows_masks_of(1)
    annotator.press("d")
    annotator.says("track", "No frame is in doubt")

    page.screenshot(path=screenshots / f"{scheme}-{width}.png")
    outside = page.evaluate(
        """() => {
            const wide = [...document.querySelectorAll(".app, .toolbar, .transport, aside")]
                .filter(part => part.scrollWidth > part.clientWidth).map(part => part.className);
            const cut = [...document.querySelectorAll(".toolbar button, .transport button, .hint")].filter(each => {
                const { left, right, top, bottom } = each.getBoundingClientRect();
                return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
            }).map(each => each.outerHTML);
            return [...wide, ...cut];
        }"""
    )
    assert outside == []


def test_the_picture_has_more_than_half_of_a_small_window(sample: Annotator) -> None:
    sample.page.set_viewport_size({"width": 1280, "height": 800})
    left, top = sample.place(0, 0)
    right, bottom = sample.place(1, 1)

    assert (right - left) * (bottom - top) >= SHARE * 1280 * 800


def test_the_panels_can_be_hidden(annotator: Annotator) -> None:
    before = annotator.canvas.bounding_box()
    annotator.press("\\")
    expect(annotator.page.locator("aside")).to_have_count(0)
    after = annotator.canvas.bounding_box()

    assert before is not None and after is not None and after["width"] > before["width"] + 200
    annotator.press("\\")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_doubt_is_told_by_lightness_alone(annotator: Annotator, scheme: Literal["light", "dark"]) -> None:
    annotator.page.emulate_media(color_scheme=scheme)
    annotator.page.get_by_role("button", name="Legend").click()
    lightness = annotator.page.locator(".legend .doubt").evaluate_all(
        """steps => steps.map(step => {
            const [red, green, blue] = getComputedStyle(step).fill.match(/[\\d.]+/g).map(Number)
                .map(value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
            return 116 * Math.cbrt(0.2126 * red + 0.7152 * green + 0.0722 * blue) - 16;
        })"""
    )
    annotator.press("Escape")

    steps = [after - before for before, after in itertools.pairwise(lightness)]
    assert len(steps) == 4
    assert all(step < -4 for step in steps) if scheme == "light" else all(step > 4 for step in steps)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_meets_wcag_aa_as_axe_checks_it(
    annotator: Annotator, clip: Clip, scheme: Literal["light", "dark"]
) -> None:
    page = annotator.page
    page.emulate_media(color_scheme=scheme)
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    found = {"session": violations(annotator)}
    for name, key in (("keys", "?"), ("export", "Control+s")):
        annotator.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()
        found[name] = violations(annotator)
        annotator.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
    page.evaluate("() => { location.hash = ''; }")
    page.locator(".sessions").wait_for()
    found["start"] = violations(annotator)

    assert found == {name: [] for name in found}


def violations(annotator: Annotator) -> list[str]:
    results = Axe().run(annotator.page, options=WCAG_AA)
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in results.response["violations"]
        for node in each["nodes"]
    ]


def test_a_first_visit_transfers_less_than_180_kib(annotator: Annotator) -> None:
    assert 0 < transfer_size(annotator.server.http) < MAX_TRANSFER
