"""Undo for all clients, their changes, labels, and sessions on every n-th frame."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser_support import visit
from tests.clips import Clip
from tests.page.annotator import Annotator


def test_changes_are_undone_and_redone_after_a_reload(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    [first] = annotator.session.masks()
    before = annotator.drawn()
    annotator.click(clip.center(2, 0))
    annotator.has_redrawn(before)
    [second] = annotator.session.masks()
    annotator.page.reload()
    annotator.shows_masks_of(1)

    for key, wanted in (("Control+z", first), ("Control+y", second)):
        before = annotator.drawn()
        annotator.press(key)
        annotator.has_redrawn(before)
        assert annotator.session.masks() == [wanted]


def test_the_mode_of_learning_is_undone(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.press("l")
    expect(annotator.page.get_by_role("radio", name="Auto")).to_be_checked()

    annotator.press("Control+z")

    expect(annotator.page.get_by_role("radio", name="Suggest")).to_be_checked()
    annotator.shows_masks_of(1)


def test_what_another_client_changes_is_shown(annotator: Annotator, browser: Browser, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    with visit(browser, annotator.page.url) as visited:
        other = Annotator(visited, annotator.server)
        other.shows_masks_of(1)

        annotator.press("n")
        annotator.click(clip.center(2, 0))
        annotator.shows_masks_of(1, 2)

        other.shows_masks_of(1, 2)
        expect(visited.page.get_by_role("button", name="Undo")).to_be_enabled()


def test_a_number_key_labels_the_object(annotator: Annotator, clip: Clip, screenshots: Path) -> None:
    page = annotator.page
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Labels…").click()
    for number, name in ((1, "disc"), (2, "square")):
        page.get_by_role("button", name="Add label").click()
        page.get_by_label(f"Name of label {number}").fill(name)
    page.screenshot(path=screenshots / "labels.png")
    page.get_by_role("dialog", name="Labels").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog", name="Labels")).to_be_hidden()

    annotator.press("2")
    expect(page.locator(".label-mark")).to_contain_text("square")
    page.get_by_label("New attribute").fill("pattern = striped")
    page.get_by_label("New attribute").press("Enter")
    expect(page.get_by_label("pattern")).to_have_value("striped")
    query = "query ($id: String!) { session(sessionId: $id) { objects { label attributes { key value } } } }"
    expect(page.locator(".saved")).to_have_text("Saved")
    [described] = annotator.server.query(query, id=annotator.session_id)["session"]["objects"]
    assert described == {"label": "square", "attributes": [{"key": "pattern", "value": "striped"}]}
    annotator.server.query(
        "mutation ($id: String!) { setLabels(input: {sessionId: $id, labels: null}) { sessionId } }",
        id=annotator.session_id,
    )


def test_a_session_can_work_on_every_fourth_frame(annotator: Annotator, clip: Clip) -> None:
    steps = annotator.page.get_by_label("Frames to work on")
    expect(steps.locator("option[value='4']")).to_have_text("every 4th frame (6 of 24/s)")
    steps.select_option("4")
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.press("ArrowRight")
    annotator.shows_frame(4)
    annotator.track()

    assert [frame["frameIndex"] for frame in annotator.session.masks()] == [0, 4, 8, 12]
