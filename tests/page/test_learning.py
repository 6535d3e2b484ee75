import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from sam2_lit.engine.learning import adapter_selection
from tests.browser_support import visit
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.page.annotator import Annotator, annotating
from tests.running import GraphQLFailure, Server

CORRECTED = 4


def paint(annotator: Annotator, frame: int, *points: list[float], larger: int) -> None:
    """Paints along points of a frame, so that the mask does not depend on the model; `larger` widens the brush."""
    annotator.go_to(frame)
    annotator.press("b")
    for _ in range(larger):
        annotator.press("]")
    annotator.drag(*points)
    annotator.press("p")
    for _ in range(larger):
        annotator.press("[")


def correct(annotator: Annotator, clip: Clip) -> None:
    """Tracks the striped disc, then adds a broad strip on the right to its mask on one frame."""
    x, y = clip.center(1, 0)
    paint(annotator, 0, [x, y], [x + 0.01, y], larger=7)
    annotator.shows_masks_of(1)
    annotator.track()
    paint(annotator, CORRECTED, [0.8, 0.1], [0.8, 0.9], larger=9)


def test_tracking_draws_frame_by_frame_until_it_is_stopped(sample: Annotator) -> None:
    sample.track_past(3)
    sample.stop.click()
    expect(sample.stop).to_be_hidden()

    tracked = [frame["frameIndex"] for frame in sample.session.masks()]
    assert 4 <= len(tracked) < 120 and tracked == list(range(len(tracked)))
    sample.go_to(3)
    sample.shows_masks_of(1)
    assert sample.visit.problems == []


def test_what_a_call_tracks_first_shows_progress_and_can_be_cancelled(sample: Annotator, screenshots: Path) -> None:
    session = sample.session
    with ThreadPoolExecutor(1) as client:
        call = client.submit(session.propagate_to, 119)
        progress = sample.page.get_by_role("progressbar", name="Frames tracked first")
        expect(progress).to_be_visible()
        sample.page.screenshot(path=screenshots / "tracking_first.png")
        sample.page.get_by_role("button", name="Cancel").click()

        with pytest.raises(GraphQLFailure) as failure:
            call.result()
        expect(progress).to_be_hidden()
    assert failure.value.code == "CANCELLED"
    assert 0 < len(session.masks()) < 120


def test_tracking_backward_runs_from_the_playhead_to_the_first_frame(annotator: Annotator, clip: Clip) -> None:
    annotator.go_to(6)
    annotator.click(clip.center(1, 6))
    annotator.shows_masks_of(1)

    annotator.press("Shift+T")
    annotator.shows_frame(0)
    expect(annotator.stop).to_be_hidden()

    assert [frame["frameIndex"] for frame in annotator.session.masks()] == list(range(7))
    annotator.go_to(2)
    annotator.shows_masks_of(1)


def test_the_next_doubtful_frame_has_the_least_confident_mask(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.track()
    sure = {
        frame["frameIndex"]: mask["predictedIou"] / (1 + 2.718281828 ** -mask["objectScore"])
        for frame in annotator.session.masks()[2:]
        for mask in frame["rleMaskList"]
    }

    annotator.press("d")

    annotator.shows_frame(min(sure, key=lambda frame: sure[frame]))


def test_a_correction_trains_an_adapter_and_shows_its_gain(annotator: Annotator, clip: Clip, screenshots: Path) -> None:
    correct(annotator, clip)

    run = annotator.page.locator(".run[data-state=trained]")
    expect(run).to_contain_text(f"frame {CORRECTED}")
    [adapter] = annotator.session.server.query(
        """query ($id: String!) { session(sessionId: $id) {
            objects { adapters { frameIndices baselineIou trainingIou } } } }""",
        id=annotator.session_id,
    )["session"]["objects"][0]["adapters"]
    assert adapter["frameIndices"] == [CORRECTED]
    expect(run.locator("[data-iou=before]")).to_have_text(f"{adapter['baselineIou']:.2f}")
    expect(run.locator("[data-iou=after]")).to_have_text(f"{adapter['trainingIou']:.2f}")
    assert len((run.locator("polyline").get_attribute("points") or "").split()) > 3
    annotator.count("corrected", 1)
    annotator.count("adapters", 1)
    expect(annotator.page.locator(f"[data-correction='{CORRECTED}']")).to_have_count(1)
    annotator.page.screenshot(path=screenshots / "learned.png")
    expect(annotator.page.get_by_role("note", name="Hint")).to_contain_text("has learned from your correction")
    for word, means in (("IoU", "divided by"), ("an adapter", "trained on your corrections")):
        annotator.page.get_by_label(f"What is {word}?").click()
        expect(annotator.page.get_by_text(means)).to_be_visible()
    assert annotator.visit.problems == []


def test_a_correction_that_did_not_help_is_no_gain_and_its_candidates_are_not_shown(
    annotator: Annotator, clip: Clip
) -> None:
    x, y = clip.center(1, 0)
    paint(annotator, 0, [x, y], [x + 0.01, y], larger=7)
    annotator.shows_masks_of(1)
    annotator.track()
    # Within the mask, which it leaves as it is.
    x, y = clip.center(1, CORRECTED)
    paint(annotator, CORRECTED, [x, y], [x + 0.01, y], larger=0)
    with annotator.page.expect_response(
        lambda answer: "query Candidates" in (answer.request.post_data or "")
    ) as answer:
        annotator.go_to(6)

    gain = annotator.page.locator(".gain")
    expect(gain).to_have_attribute("data-gain", "false")
    expect(gain).to_contain_text("No better than before")
    [candidate] = answer.value.json()["data"]["loraCandidates"]
    assert candidate["agreement"] > 0.95
    annotator.page.wait_for_timeout(100)
    expect(annotator.page.get_by_role("button", name="Accept candidate 1")).to_have_count(0)


def test_a_candidate_is_accepted_by_its_number(annotator: Annotator, clip: Clip, screenshots: Path) -> None:
    correct(annotator, clip)
    annotator.count("adapters", 1)

    annotator.go_to(6)
    expect(annotator.page.get_by_role("button", name="Accept candidate 1").first).to_be_visible()
    expect(annotator.page.locator(".candidate")).to_contain_text(re.compile(r"\d\.\d\d to \d\.\d\d"))
    expect(annotator.page.locator(".candidates")).to_contain_text("is added, is taken away")
    expect(annotator.page.locator(".badge")).to_be_in_viewport(ratio=0.9)
    annotator.page.screenshot(path=screenshots / "candidate.png")
    annotator.press("1")

    annotator.count("saved", 1)
    sources = {frame["frameIndex"]: frame["rleMaskList"][0]["source"] for frame in annotator.session.masks()}
    assert sources[6] == "LORA"
    expect(annotator.page.locator("[data-correction='6'][data-accepted=true]")).to_have_count(1)
    assert annotator.visit.problems == []


def test_a_frame_is_corrected_during_tracking(sample: Annotator) -> None:
    sample.track_past(4)
    sample.go_to(2)
    sample.click([0.5, 0.8])

    sample.count("corrected", 1)
    sample.count("adapters", 1)
    expect(sample.stop).to_be_visible()
    sample.press("f")
    sample.is_past(7)
    sample.stop.click()
    assert sample.session.info()["objects"][0]["promptedFrames"] == [0, 2]
    assert sample.visit.problems == []


def test_a_frame_number_can_be_typed_while_frames_are_tracked(sample: Annotator) -> None:
    sample.track_past(2)
    field = sample.page.get_by_role("spinbutton", name="Frame")
    field.focus()
    shown = field.input_value()
    sample.is_past(int(shown))

    expect(field).to_have_value(shown)
    sample.stop.click()


def test_a_correction_in_off_mode_trains_nothing(annotator: Annotator, clip: Clip) -> None:
    annotator.page.get_by_role("radio", name="Off").click()
    correct(annotator, clip)

    annotator.count("corrected", 1)
    assert annotator.session.info()["loraMode"] == "OFF"
    assert annotator.session.info()["objects"][0]["adapters"] == []


def test_reloading_brings_the_session_back(annotator: Annotator, clip: Clip) -> None:
    correct(annotator, clip)
    annotator.count("adapters", 1)
    annotator.press("r")
    annotator.page.keyboard.type("discs")
    annotator.press("Enter")
    annotator.page.wait_for_timeout(400)

    annotator.page.reload()

    annotator.shows_masks_of(1)
    annotator.count("corrected", 1)
    annotator.count("adapters", 1)
    expect(annotator.page.locator(".object .name")).to_have_text("discs")
    expect(annotator.page.locator(f"[data-correction='{CORRECTED}']")).to_have_count(1)
    annotator.go_to(CORRECTED)
    annotator.shows_masks_of(1)


def test_another_browser_shows_the_same_prompts_and_counts(annotator: Annotator, browser: Browser, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.track()
    paint(annotator, CORRECTED, [0.8, 0.1], [0.8, 0.9], larger=9)
    annotator.count("corrected", 1)
    annotator.count("adapters", 1)
    expect(annotator.page.locator(".run[data-state=trained]")).to_be_visible()
    annotator.page.mouse.move(5, 5)

    with visit(browser, annotator.page.url) as visited:
        visited.page.set_default_timeout(60_000)
        other = Annotator(visited, annotator.server)
        other.count("corrected", 1)
        for prompted in (0, CORRECTED):
            for each in (annotator, other):
                each.go_to(prompted)
                each.shows_masks_of(1)
                each.page.mouse.move(5, 5)
            assert np.abs(other.picture() - annotator.picture()).max() < 40


def test_an_undone_correction_is_not_counted_until_it_is_redone(annotator: Annotator, clip: Clip) -> None:
    correct(annotator, clip)
    annotator.count("corrected", 1)
    annotator.count("adapters", 1)

    annotator.press("Control+z")
    annotator.count("corrected", 0)
    annotator.count("adapters", 0)
    annotator.press("Control+y")

    annotator.count("corrected", 1)
    assert annotator.session.info()["objects"][0]["promptedFrames"] == [0, CORRECTED]


def test_in_auto_mode_tracking_uses_adapters_masks(
    browser: Browser, server: Server, start: Callable[[], ClientSession], clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On this easy clip the tracker is right, so the thresholds for using an adapter's mask are lowered.
    monkeypatch.setattr(adapter_selection, "SUGGESTED", 0.05)
    monkeypatch.setattr(adapter_selection, "TRUSTED", 0.05)
    session = start()
    session.add_mask(1, 0, clip.half(1, 0))
    assert session.correct(1, CORRECTED, rleMask=clip.rle(1, CORRECTED))["skipped"] is None
    with annotating(browser, server, f"{server.url}/#session={session.session_id}") as annotator:
        annotator.shows_masks_of(1)
        annotator.press("l")
        expect(annotator.page.get_by_role("radio", name="Auto")).to_be_checked()
        # A change on the first frame makes those after it stale, so that they are tracked again.
        x, y = clip.center(1, 0)
        paint(annotator, 0, [x, y], [x + 0.02, y], larger=0)
        expect(annotator.page.get_by_role("button", name="Track", exact=False).first).to_contain_text("frames")

        annotator.track()

        assert session.info()["loraMode"] == "AUTO"
        taken = [frame["frameIndex"] for frame in session.masks() if frame["rleMaskList"][0]["source"] == "LORA"]
        assert taken
        annotator.go_to(taken[0])
        expect(annotator.canvas).to_have_attribute("aria-label", re.compile("by an adapter"))
        expect(annotator.page.locator("[data-row='1'] .adapter")).not_to_have_attribute("d", "")
        annotator.count("adapters", 1)
        # Masks used automatically are not counted as accepted candidates.
        annotator.count("saved", 0)
        assert annotator.visit.problems == []


def test_an_object_gets_the_adapters_of_its_label_in_another_session(
    annotator: Annotator, clip: Clip, screenshots: Path
) -> None:
    taught = ClientSession.start(annotator.server, "videos/discs.mp4")
    taught.add_mask(1, 0, clip.half(1, 0))
    taught.correct(1, CORRECTED, rleMask=clip.rle(1, CORRECTED))
    paint(annotator, 0, clip.center(1, 0), larger=7)
    annotator.shows_masks_of(1)
    for session, object_id in ((taught, 1), (annotator.session, 1)):
        session.mutate("labelObject", "LabelObjectInput", "objectId", objectId=object_id, label="disc")

    offered = annotator.page.get_by_role("button", name="Use 1 adapter of object 1 in discs.mp4")
    expect(offered).to_be_visible()
    annotator.page.screenshot(path=screenshots / "carried_adapters.png")
    offered.click()

    learning = annotator.page.get_by_role("complementary", name="Learning")
    expect(learning.get_by_text("from another object")).to_be_visible()
    expect(offered).to_be_hidden()
    assert [each["frameIndices"] for each in annotator.session.adapters()] == [[]]
