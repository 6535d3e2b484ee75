"""Tools that make work faster: drawing, the timeline, keys and touch."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, CDPSession, expect

from tests.browser_support import visit
from tests.client_session import rle_of
from tests.clips import Clip, iou, mask_of, rle_input
from tests.page.annotator import Annotator, deleting_sessions
from tests.running import Server


def mask_on(annotator: Annotator, frame: int, object_id: int) -> NDArray[np.bool_]:
    return mask_of(rle_of(annotator.session.masks(frame, frame)[0], object_id))


def rectangle(annotator: Annotator, left: float, top: float, right: float, bottom: float) -> NDArray[np.bool_]:
    mask = np.zeros((annotator.height, annotator.width), bool)
    rows = slice(round(top * annotator.height), round(bottom * annotator.height))
    mask[rows, round(left * annotator.width) : round(right * annotator.width)] = True
    return mask


def draw_square(annotator: Annotator, left: float, top: float, right: float, bottom: float) -> None:
    annotator.press("o")
    for point in ([left, top], [right, top], [right, bottom], [left, bottom]):
        annotator.click(point)
    annotator.press("Enter")


def test_a_polygon_is_drawn_by_its_corners(annotator: Annotator) -> None:
    draw_square(annotator, 0.2, 0.2, 0.6, 0.7)
    annotator.shows_masks_of(1)

    assert iou(mask_on(annotator, 0, 1), rectangle(annotator, 0.2, 0.2, 0.6, 0.7)) > 0.97


def test_escape_and_backspace_take_back_corners(annotator: Annotator) -> None:
    annotator.press("o")
    annotator.click([0.2, 0.2])
    annotator.press("Escape")
    for point in ([0.5, 0.2], [0.9, 0.2], [0.9, 0.6], [0.1, 0.9]):
        annotator.click(point)
    annotator.press("Backspace")
    annotator.press("Enter")
    annotator.shows_masks_of(1)

    mask = mask_on(annotator, 0, 1)
    assert not mask[:, : int(0.45 * annotator.width)].any() and mask[:, int(0.8 * annotator.width)].any()


def test_a_lasso_with_alt_takes_away_and_holes_and_specks_are_cleaned(annotator: Annotator) -> None:
    draw_square(annotator, 0.2, 0.2, 0.7, 0.8)
    annotator.shows_masks_of(1)
    whole = mask_on(annotator, 0, 1)

    annotator.press("a")
    before = annotator.drawn()
    annotator.page.keyboard.down("Alt")
    annotator.drag([0.4, 0.4], [0.5, 0.4], [0.5, 0.6], [0.4, 0.6])
    annotator.page.keyboard.up("Alt")
    annotator.has_redrawn(before)
    assert not mask_on(annotator, 0, 1)[int(0.5 * annotator.height), int(0.45 * annotator.width)]

    before = annotator.drawn()
    annotator.press("Shift+F")
    annotator.has_redrawn(before)
    assert (mask_on(annotator, 0, 1) == whole).all()

    before = annotator.drawn()
    annotator.drag([0.9, 0.1], [0.95, 0.1], [0.95, 0.15], [0.9, 0.15])
    annotator.has_redrawn(before)
    assert mask_on(annotator, 0, 1).sum() > whole.sum()
    before = annotator.drawn()
    annotator.press("Shift+D")
    annotator.has_redrawn(before)
    assert (mask_on(annotator, 0, 1) == whole).all()


def test_what_is_drawn_leaves_out_other_objects_where_overlap_is_off(annotator: Annotator) -> None:
    draw_square(annotator, 0.2, 0.2, 0.5, 0.8)
    annotator.shows_masks_of(1)
    annotator.page.get_by_role("button", name="Mask", exact=True).click()
    annotator.page.get_by_role("checkbox", name="No overlap between objects").check()
    annotator.press("Escape")
    annotator.press("n")
    draw_square(annotator, 0.4, 0.2, 0.8, 0.8)
    annotator.shows_masks_of(1, 2)

    assert not (mask_on(annotator, 0, 1) & mask_on(annotator, 0, 2)).any()
    assert iou(mask_on(annotator, 0, 2), rectangle(annotator, 0.5, 0.2, 0.8, 0.8)) > 0.95


def test_where_overlap_is_off_a_pixel_of_several_masks_is_shown_and_exported_as_the_first_objects(
    annotator: Annotator, clip: Clip, tmp_path: Path
) -> None:
    # Not drawn on the page, as tracked masks are not.
    annotator.start("videos/discs.mp4")
    annotator.session.add_mask(1, 0, clip.rle(1, 0))
    annotator.session.add_mask(2, 0, rle_input(rectangle(annotator, 0, 0.4, 1, 1)))
    annotator.page.reload()
    annotator.shows_masks_of(1, 2)
    annotator.page.mouse.move(5, 5)
    overlapping = annotator.picture()
    annotator.press("Control+s")
    annotator.page.get_by_role("dialog").get_by_role("checkbox", name="No overlap between objects").check()
    with annotator.page.expect_download() as download:
        annotator.page.get_by_role("button", name="NumPy").click()
    download.value.save_as(tmp_path / "masks.npz")
    annotator.press("Escape")
    annotator.page.wait_for_timeout(100)

    changed = np.abs(annotator.picture() - overlapping).sum(-1) > 24
    assert iou(changed, clip.masks[1][0]) > 0.8
    arrays = np.load(tmp_path / "masks.npz")
    assert not (arrays["object_1"] & arrays["object_2"]).any()


def of_a_name(annotator: Annotator) -> NDArray[np.bool_]:
    """Where the upper half of the picture has the color of object 1, as opaque as only a name's background is."""
    upper = annotator.picture()[: annotator.height // 2]
    return np.asarray(np.abs(upper - np.array((59, 156, 255))).max(-1) < 12)


def test_names_are_on_the_masks(annotator: Annotator) -> None:
    draw_square(annotator, 0.3, 0.5, 0.6, 0.9)
    annotator.shows_masks_of(1)
    assert not of_a_name(annotator).any()

    annotator.press("r")
    annotator.page.keyboard.type("a fish with a long name")
    annotator.press("Enter")
    annotator.page.wait_for_timeout(100)

    rows, columns = np.nonzero(of_a_name(annotator))
    assert abs(rows.mean() / annotator.height - 0.48) < 0.03
    assert 0.2 < columns.min() / annotator.width < columns.max() / annotator.width < 0.7


@pytest.mark.parametrize("way", ["Both ways from this frame", "Back from this frame"])
def test_one_object_is_tracked_both_ways_or_back_and_the_other_stays(
    annotator: Annotator, clip: Clip, way: str
) -> None:
    annotator.start("videos/discs.mp4")
    for object_id in (1, 2):
        annotator.session.add_mask(object_id, 6, clip.rle(object_id, 6))
    annotator.page.reload()
    annotator.go_to(6)
    annotator.shows_masks_of(1, 2)
    annotator.press("ArrowDown")
    annotator.page.get_by_role("button", name="More ways to track").click()
    annotator.page.get_by_role("checkbox", name="Selected object only").check()
    annotator.page.get_by_role("button", name=way).click()
    annotator.shows_frame(0)
    expect(annotator.stop).to_be_hidden()

    tracked = {
        frame["frameIndex"]: [each["objectId"] for each in frame["rleMaskList"]] for frame in annotator.session.masks()
    }
    last = 15 if way.startswith("Both") else 6
    assert tracked == {frame: [1, 2] if frame == 6 else [2] for frame in range(last + 1)}


def test_frames_marked_on_the_timeline_are_tracked_and_no_others(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    box = annotator.page.locator(".scrub").bounding_box()
    assert box is not None
    place = [(box["x"] + 12 + (frame + 0.5) * (box["width"] - 24) / 16, box["y"] + 10) for frame in (0, 4)]
    annotator.page.keyboard.down("Shift")
    annotator.page.mouse.move(*place[0])
    annotator.page.mouse.down()
    annotator.page.mouse.move(*place[1], steps=3)
    annotator.page.mouse.up()
    annotator.page.keyboard.up("Shift")
    marked = annotator.page.locator(".marked")
    expect(marked).to_contain_text("Frames 0 to 4")

    marked.get_by_role("button", name="Track").click()
    annotator.shows_frame(4)
    expect(annotator.stop).to_be_hidden()

    assert [frame["frameIndex"] for frame in annotator.session.masks()] == list(range(5))
    annotator.press("Escape")
    expect(marked).to_be_hidden()


def test_keys_go_to_frames_and_prompts_and_zoom_to_the_object(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.press("g")
    annotator.page.keyboard.type("9")
    annotator.press("Enter")
    annotator.shows_frame(9)
    annotator.press("PageUp")
    annotator.shows_frame(0)
    annotator.press("PageDown")
    annotator.shows_frame(0)

    whole = annotator.picture()
    annotator.press("z")
    annotator.page.wait_for_timeout(100)
    assert np.abs(annotator.picture() - whole).mean() > 10
    annotator.press("0")


def test_the_timeline_is_zoomed_and_made_higher_and_shows_pictures(annotator: Annotator) -> None:
    page = annotator.page
    scrub, tracks = page.locator(".scrub"), page.locator(".tracks")
    narrow, low = scrub.bounding_box(), tracks.bounding_box()
    page.get_by_role("button", name="Filmstrip").click()
    expect(page.locator("[data-thumbnail='0'][data-shown]")).to_be_visible()
    page.get_by_role("button", name="Filmstrip").click()
    page.set_viewport_size({"width": 500, "height": 700})
    page.get_by_role("button", name="Timeline: zoom in").click()
    page.get_by_role("separator", name="Height of the timeline").press("ArrowUp")

    assert narrow is not None and low is not None
    expect(scrub).not_to_have_css("width", f"{narrow['width']}px")
    assert tracks.evaluate("element => element.scrollWidth > element.clientWidth")
    high = tracks.bounding_box()
    assert high is not None and high["height"] >= low["height"] + 10


def test_playback_is_as_fast_as_it_is_set(browser: Browser, server: Server) -> None:
    with visit(browser, server.url) as visited:
        page, annotator = visited.page, Annotator(visited, server)
        annotator.open("discs.mp4")
        for frame in range(1, 16):
            # So that no frame has to be waited for.
            annotator.press("ArrowRight")
            annotator.shows_frame(frame)
        page.clock.install(time=0)
        shown = {}
        for hour, speed in enumerate(("0.25", "0.5", "1"), start=1):
            page.get_by_label("Playback speed").select_option(speed)
            annotator.press("Home")
            page.clock.pause_at(3600 * hour)
            annotator.press(" ")
            page.clock.run_for(500)
            shown[speed] = int(page.locator(".playhead").get_attribute("aria-valuenow") or 0)
            annotator.press(" ")
            page.clock.resume()

    # 24 frames a second, the first of them at once.
    assert abs(shown["0.25"] - 4) <= 1 and abs(shown["0.5"] - 7) <= 1 and abs(shown["1"] - 13) <= 1


@pytest.fixture
def touched(browser: Browser, server: Server) -> Iterator[Annotator]:
    """The page on a screen for fingers."""
    with deleting_sessions(server), visit(browser, server.url, has_touch=True) as visited:
        annotator = Annotator(visited, server)
        annotator.open("discs.mp4")
        yield annotator


def test_one_finger_prompts_and_two_move_the_picture(touched: Annotator, clip: Clip) -> None:
    touched.page.touchscreen.tap(*touched.place(*clip.center(1, 0)))
    touched.shows_masks_of(1)
    whole, before = touched.picture(), touched.drawn()

    fingers = touched.page.context.new_cdp_session(touched.page)
    (x0, y0), (x1, y1) = touched.place(0.3, 0.5), touched.place(0.6, 0.5)
    touch(fingers, "touchStart", (x0, y0), (x1, y1))
    for step in range(1, 5):
        touch(fingers, "touchMove", (x0 + 30 * step, y0 + 20 * step), (x1 + 30 * step, y1 + 20 * step))
    touch(fingers, "touchEnd")
    touched.page.wait_for_timeout(100)

    assert np.abs(touched.picture() - whole).mean() > 10
    assert touched.drawn() == before
    assert touched.session.info()["objects"][0]["promptedFrames"] == [0]


def touch(fingers: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
