"""Finishing a job: absence, confirmed and stale masks, and review."""

from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.client_session import ClientSession, rle_of
from tests.clips import Clip, mask_of
from tests.page.annotator import Annotator
from tests.waiting import wait_until

RANGES = "{ session(sessionId: $id) { objects { %s { first last } } } }"


def ranges(annotator: Annotator, kind: str) -> list[list[int]]:
    """The absent, confirmed or stale ranges of object 1, as the server has them."""
    query = "query ($id: String!) " + RANGES % f"{kind}Ranges"
    [first, *_] = annotator.server.query(query, id=annotator.session_id)["session"]["objects"]
    return [[each["first"], each["last"]] for each in first[f"{kind}Ranges"]]


def tracked(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.track()


def test_erasing_a_whole_mask_says_that_the_object_is_not_there(annotator: Annotator, clip: Clip) -> None:
    tracked(annotator, clip)
    annotator.go_to(6)
    annotator.press("o")
    annotator.page.keyboard.down("Alt")
    for point in ([0.01, 0.01], [0.99, 0.01], [0.99, 0.99], [0.01, 0.99]):
        annotator.click(point)
    annotator.page.keyboard.up("Alt")
    annotator.press("Enter")

    expect(annotator.page.locator(".saved")).to_have_text("Saved")
    annotator.shows_masks_of()
    [frame] = annotator.session.masks(6, 6)
    assert not mask_of(rle_of(frame, 1)).any() and frame["rleMaskList"][0]["source"] == "ABSENT"
    annotator.count("adapters", 0)
    annotator.press("Control+z")
    annotator.shows_masks_of(1)


def test_marked_frames_are_said_to_be_without_the_object(annotator: Annotator, clip: Clip, screenshots: Path) -> None:
    tracked(annotator, clip)
    annotator.go_to(8)
    annotator.press("Shift+A")
    annotator.shows_masks_of()

    expect(annotator.page.locator("[data-absent='1']")).not_to_have_attribute("d", "")
    annotator.page.screenshot(path=screenshots / "absent.png")
    assert ranges(annotator, "absent") == [[8, 8]]


def test_confirmed_masks_are_shown_and_tracking_leaves_them(annotator: Annotator, clip: Clip) -> None:
    tracked(annotator, clip)
    annotator.go_to(3)
    annotator.press("k")
    expect(annotator.page.locator("[data-confirmed='1']")).not_to_have_attribute("d", "")
    assert ranges(annotator, "confirmed") == [[3, 3]]

    annotator.press("k")
    expect(annotator.page.locator("[data-confirmed='1']")).to_have_attribute("d", "")
    assert ranges(annotator, "confirmed") == []


def test_the_server_says_which_masks_are_stale(annotator: Annotator, clip: Clip) -> None:
    tracked(annotator, clip)
    annotator.go_to(0)
    annotator.click(clip.center(2, 0), button="right")

    track = annotator.page.get_by_role("button", name="Track", exact=False).first
    expect(track).to_contain_text("15 frames")
    annotator.page.reload()
    expect(track).to_contain_text("15 frames")
    assert ranges(annotator, "stale") == [[1, 15]]


def test_track_tracks_each_object_from_its_own_first_prompt_where_it_has_no_current_mask(
    annotator: Annotator, clip: Clip
) -> None:
    def masks(object_id: int) -> dict[int, object]:
        return {
            frame["frameIndex"]: mask["rleMask"]
            for frame in annotator.session.masks()
            for mask in frame["rleMaskList"]
            if mask["objectId"] == object_id
        }

    tracked(annotator, clip)
    before, count = masks(1), annotator.session.state.tracker.frames_tracked
    annotator.go_to(8)
    annotator.press("n")
    annotator.click(clip.center(2, 8))
    annotator.shows_masks_of(1, 2)

    annotator.track()
    assert list(masks(2)) == list(range(8, 16))
    annotator.press("t")
    annotator.page.get_by_role("button", name="Track back from frame 8").click()
    annotator.shows_frame(0)
    expect(annotator.stop).to_be_hidden()

    assert list(masks(2)) == list(range(16))
    assert masks(1) == before
    assert annotator.session.state.tracker.frames_tracked - count == 16


def test_the_first_page_says_how_far_the_work_on_each_video_is(first_page: Annotator, clip: Clip) -> None:
    session = ClientSession.start(first_page.server, "videos/discs.mp4")
    session.add_mask(1, 0, clip.rle(1, 0))
    card = first_page.page.locator(".videos .card", has_text="discs.mp4")
    seen = []
    for step in (lambda: None, lambda: session.propagate_to(15), lambda: session.confirm([1], (0, 15))):
        step()
        first_page.page.reload()
        expect(card).to_be_visible()
        expect(first_page.page.locator(".sessions li")).to_have_count(1)
        seen.append((card.locator("small").text_content() or "").split(" · ")[-1])
    first_page.page.get_by_label("Status of the work").select_option("done")

    assert seen == ["in work", "to review", "done"]
    expect(first_page.page.locator(".videos .card")).to_have_count(1)


def test_a_review_walks_doubtful_ranges_worst_first_and_confirms_or_empties_them(
    first_page: Annotator, screenshots: Path
) -> None:
    annotator = first_page
    review = reviewing(annotator)

    while review.is_visible():
        before = review.text_content() or ""
        annotator.press("Enter")
        expect(review.filter(has_text=before)).to_have_count(0)

    annotator.says("track", "The review is done")
    assert ranges(annotator, "confirmed")
    annotator.press("Control+z")
    expect(annotator.page.locator(".saved")).to_have_text("Saved")
    annotator.press("v")
    expect(review).to_be_visible()
    annotator.page.screenshot(path=screenshots / "review.png")
    annotator.press("Shift+A")
    annotator.says("track", "The review is done")
    assert ranges(annotator, "absent")


def test_what_a_review_shows_as_wrong_is_fixed_by_a_correction_and_tracking_its_range_again(
    first_page: Annotator,
) -> None:
    annotator = first_page
    review = reviewing(annotator)
    before, shown = annotator.session.masks(1, 5), annotator.drawn()
    frame = int(annotator.canvas.get_attribute("data-frame") or "")

    annotator.press("p")
    annotator.drag_box([0.02, 0.47, 0.21, 0.68])
    annotator.has_redrawn(shown)
    review.get_by_role("button", name="Track again").click()
    expect(annotator.page.locator(".saved")).to_have_text("Saved")
    [tracked_object] = annotator.session.info()["objects"]
    assert frame in tracked_object["promptedFrames"]
    wait_until(lambda: all(first > 5 for first, _ in ranges(annotator, "stale")))

    after = annotator.session.masks(1, 5)
    assert all(one["rleMaskList"] != other["rleMaskList"] for one, other in zip(before, after, strict=True))
    expect(review).to_be_visible()
    annotator.press("Enter")
    wait_until(lambda: ranges(annotator, "confirmed") != [])


def reviewing(annotator: Annotator) -> Locator:
    """Begins to review the sample, in which the model doubts the mask of a point on every later frame."""
    annotator.width, annotator.height = 640, 360
    annotator.open("sample.mp4")
    annotator.click([0.3, 0.45])
    annotator.shows_masks_of(1)
    annotator.track_past(5)
    annotator.stop.click()
    expect(annotator.stop).to_be_hidden()
    annotator.press("v")
    review = annotator.page.get_by_role("region", name="Review")
    expect(review).to_contain_text("0 %")
    return review
