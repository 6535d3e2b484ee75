"""What the page does when a hand slips, a call is slow, or a page is left and opened again."""

import time

import numpy as np
from playwright.sync_api import Route, expect

from tests.clips import Clip
from tests.page.annotator import Annotator


def test_a_click_on_a_name_does_not_begin_to_edit_it_and_a_double_click_does(annotator: Annotator) -> None:
    page = annotator.page
    annotator.press("n")
    page.locator(".object .name").click()
    annotator.press("b")
    expect(page.get_by_role("radio", name="Brush")).to_be_checked()
    expect(page.locator(".object .name")).to_have_text("Object 1")

    page.locator(".object .name").dblclick()
    page.keyboard.type("fish")
    annotator.press("Enter")
    expect(page.locator(".object .name")).to_have_text("fish")


def test_track_with_nothing_left_asks_before_it_tracks_again(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.track()
    annotator.go_to(12)
    tracked = annotator.session.state.tracker.frames_tracked

    annotator.press("t")
    annotator.says("track", "Nothing is left to track")
    expect(annotator.stop).to_be_hidden()
    assert annotator.session.state.tracker.frames_tracked == tracked

    annotator.page.get_by_role("button", name="Track again from frame 12").click()
    annotator.shows_frame(15)
    expect(annotator.stop).to_be_hidden()
    assert annotator.session.state.tracker.frames_tracked > tracked


def test_a_slow_prompt_shows_a_spinner_at_the_pointer(annotator: Annotator, clip: Clip) -> None:
    held: list[Route] = []
    released: list[bool] = []
    annotator.page.route("**/graphql", lambda route: route.continue_() if released else held.append(route))
    annotator.click(clip.center(1, 0))

    spinner = annotator.page.locator(".spinner")
    expect(spinner).to_be_visible()
    box = spinner.bounding_box()
    assert box is not None and np.abs(np.subtract((box["x"], box["y"]), annotator.place(*clip.center(1, 0)))).max() < 30
    released.append(True)
    for route in held:
        route.continue_()
    annotator.shows_masks_of(1)
    expect(spinner).to_be_hidden()


def test_escape_in_the_middle_of_a_box_sends_nothing(annotator: Annotator) -> None:
    mouse = annotator.page.mouse
    mouse.move(*annotator.place(0.2, 0.2))
    mouse.down()
    mouse.move(*annotator.place(0.6, 0.6), steps=4)
    annotator.press("Escape")
    mouse.up()

    expect(annotator.page.locator(".saved")).to_have_text("Nothing to save yet")
    expect(annotator.page.locator(".object")).to_have_count(0)


def test_a_box_may_begin_in_the_margin_of_the_picture(annotator: Annotator, clip: Clip) -> None:
    _, top, right, bottom = clip.box(2, 0)
    with annotator.page.expect_request(lambda request: "AddBox" in (request.post_data or "")) as sent:
        annotator.drag_box([-0.02, top, right, bottom])

    box = sent.value.post_data_json["variables"]["input"]["box"]
    assert np.allclose(box, [0, top, right, bottom], atol=0.01)


def test_a_click_in_the_margin_of_the_picture_is_no_prompt(annotator: Annotator) -> None:
    annotator.click([-0.02, 0.5])

    expect(annotator.page.locator(".object")).to_have_count(0)


def test_the_selection_stays_in_view_with_twelve_objects_and_the_ruler_stays_fixed(annotator: Annotator) -> None:
    for _ in range(12):
        annotator.press("n")
    for press in ("ArrowDown", "ArrowUp"):
        # From the last object to the first, and back.
        annotator.press(press)
        for place in (".object", ".labels li"):
            row = annotator.page.locator(f"{place}[aria-current=true]")
            expect(row).to_have_count(1)
            expect(row).to_be_in_viewport(ratio=0.9)
        expect(annotator.page.locator(".ruler svg")).to_be_in_viewport(ratio=0.9)


def test_a_long_file_name_leaves_the_toolbar_whole(annotator: Annotator) -> None:
    annotator.page.set_viewport_size({"width": 1024, "height": 768})
    name = annotator.page.locator(".toolbar .video span")
    before = annotator.page.locator(".toolbar").bounding_box()
    name.evaluate("element => { element.textContent = 'a_recording_with_a_very_long_name_'.repeat(6) + '.mp4'; }")

    assert annotator.page.locator(".toolbar").evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    after = annotator.page.locator(".toolbar").bounding_box()
    assert before is not None and after is not None and after["height"] <= before["height"] + 40


def test_the_brush_has_one_range_for_its_keys_and_its_slider(annotator: Annotator) -> None:
    annotator.press("b")
    slider = annotator.page.locator(".brush input")
    for key, bound in (("]", "max"), ("[", "min")):
        for _ in range(40):
            annotator.press(key)
        expect(slider).to_have_value(slider.get_attribute(bound) or "")


def test_a_reload_keeps_the_frame_the_selection_and_the_tool(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.press("n")
    annotator.click(clip.center(2, 0))
    annotator.shows_masks_of(1, 2)
    annotator.press("ArrowUp")
    annotator.press("o")
    annotator.go_to(7)

    annotator.page.reload()

    annotator.shows_frame(7)
    expect(annotator.page.locator(".object[aria-current=true]")).to_contain_text("Object 1")
    expect(annotator.page.get_by_role("radio", name="Polygon")).to_be_checked()


def test_frames_that_were_tracked_and_not_sent_are_shown_after_a_stop(sample: Annotator) -> None:
    sample.track_past(3)
    sample.stop.click()
    expect(sample.stop).to_be_hidden()
    while sample.session.streams:
        time.sleep(0.01)
    last = sample.session.masks()[-1]["frameIndex"]

    sample.go_to(last)

    sample.shows_masks_of(1)


def test_several_clicks_are_learned_from_together(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.track()
    annotator.go_to(5)
    trainings: list[str] = []
    annotator.page.on("request", lambda request: "TrainLora" in (request.post_data or "") and trainings.append(""))
    for x in (0.1, 0.5, 0.9):
        with annotator.page.expect_response(lambda answer: "AddCorrection" in (answer.request.post_data or "")):
            annotator.click([x, 0.88], button="right")

    annotator.press("ArrowRight")

    expect(annotator.page.locator(".run")).to_be_visible()
    annotator.count("adapters", 1)
    assert len(trainings) == 1
