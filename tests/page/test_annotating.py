import base64
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.client_session import rle_of
from tests.clips import Clip, iou, mask_of, write_clip
from tests.page.annotator import Annotator, annotating
from tests.running import Server

CONTRAST = Path(__file__).with_name("contrast.js").read_text()
"""Returns the texts of the page whose contrast with their background is below WCAG AA."""


def test_the_sample_opens_on_its_first_frame_and_contacts_no_other_host(
    browser: Browser, server: Server, screenshots: Path
) -> None:
    with annotating(browser, server, server.url) as annotator:
        expect(annotator.page.get_by_role("button", name="discs.mp4")).to_be_visible()
        annotator.page.screenshot(path=screenshots / "start.png")

        annotator.open("sample.mp4")

        assert annotator.visit.problems == []
        assert annotator.visit.hosts == {urlsplit(server.url).netloc}


def test_a_click_draws_a_mask(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)

    assert annotator.session.info()["objects"][0]["promptedFrames"] == [0]
    assert annotator.visit.problems == []


def test_masks_are_drawn_where_the_server_says_they_are(annotator: Annotator) -> None:
    annotator.press("b")
    for _ in range(9):
        annotator.press("]")
    annotator.drag([0.3, 0.5], [0.6, 0.4])
    annotator.shows_masks_of(1)
    annotator.page.mouse.move(5, 5)

    [frame] = annotator.session.masks()
    mask = mask_of(rle_of(frame, 1))
    with_mask = annotator.picture()
    annotator.press("m")
    annotator.shows_masks_of()
    tinted = np.abs(with_mask - annotator.picture()).sum(-1) > 24
    assert iou(tinted, mask) > 0.9


def test_a_drag_draws_a_box_that_prompts_a_mask(annotator: Annotator, clip: Clip) -> None:
    annotator.drag_box(clip.box(2, 0))
    annotator.shows_masks_of(1)

    [frame] = annotator.session.masks()
    assert iou(mask_of(rle_of(frame, 1)), clip.masks[2][0]) > 0.5


def test_a_right_click_adds_a_background_point(annotator: Annotator, clip: Clip) -> None:
    annotator.drag_box(clip.box(1, 0))
    annotator.shows_masks_of(1)
    before = annotator.drawn()
    x, y = clip.center(1, 0)

    with annotator.page.expect_request(lambda sent: "AddPoints" in (sent.post_data or "")) as request:
        annotator.click([x - 0.06, y], button="right")
    annotator.has_redrawn(before)

    sent = request.value.post_data_json["variables"]["input"]
    assert (sent["labels"], sent["clearOldPoints"]) == ([0], False)
    assert np.allclose(sent["points"], [[x - 0.06, y]], atol=0.01)


def test_the_brush_adds_to_the_mask_and_the_eraser_removes_from_it(annotator: Annotator) -> None:
    annotator.press("b")
    annotator.drag([0.3, 0.5], [0.5, 0.5])
    annotator.shows_masks_of(1)
    [frame] = annotator.session.masks()
    painted = mask_of(rle_of(frame, 1))
    ys, xs = np.nonzero(painted)
    assert abs(xs.mean() / annotator.width - 0.4) < 0.01 and abs(ys.mean() / annotator.height - 0.5) < 0.02

    before = annotator.drawn()
    annotator.press("e")
    annotator.drag([0.4, 0.3], [0.4, 0.7])
    annotator.has_redrawn(before)

    [frame] = annotator.session.masks()
    left = mask_of(rle_of(frame, 1))
    assert not left[:, int(0.4 * annotator.width)].any()
    assert left.any() and not (left & ~painted).any()


def test_prompts_are_undone_and_redone(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    [first] = annotator.session.masks()
    before = annotator.drawn()
    annotator.click(clip.center(2, 0))
    annotator.has_redrawn(before)
    [second] = annotator.session.masks()

    before = annotator.drawn()
    annotator.press("Control+z")
    annotator.has_redrawn(before)
    assert annotator.session.masks() == [first]

    annotator.press("Control+z")
    annotator.shows_masks_of()
    assert annotator.session.masks() == []

    annotator.press("Control+y")
    annotator.shows_masks_of(1)
    before = annotator.drawn()
    annotator.press("Control+y")
    annotator.has_redrawn(before)
    assert annotator.session.masks() == [second]


def test_objects_are_named_hidden_and_removed(annotator: Annotator, clip: Clip) -> None:
    page = annotator.page
    annotator.click(clip.center(1, 0))
    annotator.press("n")
    annotator.click(clip.center(2, 0))
    annotator.shows_masks_of(1, 2)

    annotator.press("r")
    page.keyboard.type("blue disc")
    annotator.press("Enter")
    expect(page.locator(".labels")).to_contain_text("blue disc")
    annotator.press("h")
    annotator.shows_masks_of(1)
    annotator.press("h")
    annotator.shows_masks_of(1, 2)
    assert [each["name"] for each in annotator.session.info()["objects"]] == [None, "blue disc"]

    annotator.press("Delete")
    annotator.press("Enter")
    annotator.shows_masks_of(1)
    assert [each["objectId"] for each in annotator.session.info()["objects"]] == [1]


def test_the_picture_is_zoomed_and_moved_and_clicks_follow_it(annotator: Annotator) -> None:
    page = annotator.page
    fixed, elsewhere = annotator.place(0.25, 0.5), annotator.place(0.5, 0.5)

    def sent_by_a_click(x: float, y: float) -> list[float]:
        before = annotator.drawn()
        with page.expect_request(lambda sent: "AddPoints" in (sent.post_data or "")) as request:
            page.mouse.click(x, y)
        annotator.has_redrawn(before)
        [point] = request.value.post_data_json["variables"]["input"]["points"]
        return list(point)

    whole = annotator.picture()
    page.mouse.move(*fixed)
    page.mouse.wheel(0, -800)
    page.wait_for_timeout(100)
    # The point under the pointer stays there, and the rest moves away from it.
    assert np.abs(annotator.picture() - whole).mean() > 10
    assert np.allclose(sent_by_a_click(*fixed), [0.25, 0.5], atol=0.01)
    x, y = sent_by_a_click(*elsewhere)
    assert 0.25 < x < 0.4 and abs(y - 0.5) < 0.01

    page.keyboard.down(" ")
    page.mouse.move(*fixed)
    page.mouse.down()
    page.mouse.move(*elsewhere, steps=4)
    page.mouse.up()
    page.keyboard.up(" ")
    assert np.allclose(sent_by_a_click(*elsewhere), [0.25, 0.5], atol=0.01)

    annotator.press("0")
    assert np.allclose(sent_by_a_click(*elsewhere), [0.5, 0.5], atol=0.01)
    annotator.press("+")
    annotator.press("-")
    assert np.allclose(sent_by_a_click(*fixed), [0.25, 0.5], atol=0.01)


def test_the_keyboard_alone_sets_points(annotator: Annotator) -> None:
    annotator.press("c")
    for _ in range(3):
        annotator.press("Shift+ArrowLeft")
    annotator.press("Enter")

    annotator.shows_masks_of(1)


def test_the_keyboard_alone_paints_and_moves_the_picture(annotator: Annotator) -> None:
    annotator.press("b")
    annotator.press("c")
    for _ in range(4):
        annotator.press("Shift+ArrowLeft")
    annotator.press("Enter")
    annotator.shows_masks_of(1)
    [frame] = annotator.session.masks()
    painted = mask_of(rle_of(frame, 1))
    ys, xs = np.nonzero(painted)
    assert abs(xs.mean() / annotator.width - 0.3) < 0.01 and abs(ys.mean() / annotator.height - 0.5) < 0.01

    before = annotator.drawn()
    annotator.press("e")
    annotator.press("ArrowLeft")
    annotator.press("Enter")
    annotator.has_redrawn(before)
    [frame] = annotator.session.masks()
    left = mask_of(rle_of(frame, 1))
    assert left.any() and not (left & ~painted).any() and left.sum() < painted.sum() / 2

    annotator.press("Escape")
    whole = annotator.picture()
    annotator.press("Control+ArrowRight")
    annotator.page.wait_for_timeout(100)
    assert np.abs(annotator.picture() - whole).mean() > 10


def test_a_video_is_uploaded_and_opened(browser: Browser, server: Server, clip: Clip, tmp_path: Path) -> None:
    write_clip(tmp_path / "five.mp4", clip.frames[:5])
    with annotating(browser, server, server.url) as annotator:
        annotator.page.locator("input[type=file]").set_input_files(tmp_path / "five.mp4")

        annotator.shows_frame(0)
        expect(annotator.page.locator(".transport")).to_contain_text("of 5")
        expect(annotator.page.locator(".toolbar .video")).to_have_text("five.mp4")
        assert annotator.visit.problems == []


def test_a_video_that_is_dropped_on_the_page_is_uploaded_and_opened(
    annotator: Annotator, clip: Clip, tmp_path: Path
) -> None:
    write_clip(tmp_path / "four.mp4", clip.frames[:4])
    dropped = annotator.page.evaluate_handle(
        """content => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(content), each => each.charCodeAt(0));
            transfer.items.add(new File([bytes], "four.mp4", { type: "video/mp4" }));
            return transfer;
        }""",
        base64.b64encode((tmp_path / "four.mp4").read_bytes()).decode(),
    )
    app = annotator.page.locator(".app")
    annotator.press("n")

    app.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(annotator.page.get_by_text("Drop the video to upload it")).to_be_visible()
    app.dispatch_event("drop", {"dataTransfer": dropped})

    expect(annotator.page.locator(".transport")).to_contain_text("of 4")
    expect(annotator.page.locator(".object")).to_have_count(0)
    assert annotator.visit.problems == []


def test_an_upload_that_is_not_a_video_shows_an_error(browser: Browser, server: Server, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_bytes(b"not a video")
    with annotating(browser, server, server.url) as annotator:
        annotator.page.locator("input[type=file]").set_input_files(tmp_path / "notes.mp4")

        expect(annotator.page.get_by_role("alert")).to_contain_text("notes.mp4 cannot be used")


def test_one_key_lists_all_keys(annotator: Annotator, screenshots: Path) -> None:
    annotator.press("?")

    dialog = annotator.page.get_by_role("dialog", name="All keys")
    expect(dialog).to_contain_text("Next doubtful frame")
    annotator.page.screenshot(path=screenshots / "keys.png")
    annotator.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_key_pressed_while_one_dialog_closes_opens_the_next(annotator: Annotator) -> None:
    for _ in range(10):
        annotator.press("?")
        annotator.press("Escape")
        annotator.press("Control+s")
        expect(annotator.page.get_by_role("dialog", name="Export")).to_be_visible(timeout=5_000)
        annotator.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast_meets_wcag_aa(annotator: Annotator, scheme: Literal["light", "dark"]) -> None:
    page = annotator.page
    page.emulate_media(color_scheme=scheme)
    annotator.press("b")
    annotator.drag([0.2, 0.5], [0.3, 0.5])
    annotator.shows_masks_of(1)
    annotator.press("d")
    annotator.says("track", "No frame is in doubt")

    too_faint = page.evaluate(CONTRAST)
    for key in ("?", "Control+s"):
        annotator.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()
        too_faint += page.evaluate(CONTRAST)
        annotator.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
    assert too_faint == []


def test_every_focused_element_has_a_visible_outline(annotator: Annotator) -> None:
    annotator.press("b")
    annotator.drag([0.2, 0.5], [0.3, 0.5])
    annotator.shows_masks_of(1)
    seen = set()
    for _ in range(60):
        annotator.press("Tab")
        name, outline = annotator.page.evaluate(
            """() => {
                const element = document.activeElement;
                const { outlineStyle, outlineWidth } = getComputedStyle(element);
                if (element === document.body) return [null, 0];
                const name = element.getAttribute("aria-label") || element.title || element.outerHTML;
                return [name, outlineStyle === "none" ? 0 : parseFloat(outlineWidth)];
            }"""
        )
        if name is not None:
            seen.add(name)
            assert outline >= 2, name
    assert len(seen) > 20
