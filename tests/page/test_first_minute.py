"""The first minute on the page: what it offers to begin with, and what it says to do next."""

from playwright.sync_api import expect

from tests.client_session import ClientSession
from tests.clips import Clip
from tests.page.annotator import Annotator, sessions_of


def test_opening_a_video_starts_no_session_until_something_is_done(annotator: Annotator, clip: Clip) -> None:
    before = sessions_of(annotator.server)
    annotator.page.reload()
    annotator.shows_frame(0)
    assert sessions_of(annotator.server) == before

    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)

    assert sessions_of(annotator.server) - before == {annotator.session_id}


def test_hints_lead_from_the_first_click_to_the_doubtful_frame(annotator: Annotator, clip: Clip) -> None:
    hint = annotator.page.get_by_role("note", name="Hint")
    expect(hint).to_contain_text("Click an object")
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    hint.get_by_role("button", name="add the next object").click()
    expect(hint).to_contain_text("Click the new object")
    annotator.click(clip.center(2, 0))
    annotator.shows_masks_of(1, 2)
    hint.get_by_role("button", name="track").click()
    annotator.shows_frame(15)
    expect(annotator.stop).to_be_hidden()
    expect(hint).to_contain_text("the model learns from it")
    annotator.go_to(0)
    hint.get_by_role("button", name="most in doubt").click()
    expect(annotator.canvas).not_to_have_attribute("data-frame", "0")

    hint.get_by_role("button", name="No more hints").click()
    annotator.page.reload()
    annotator.shows_masks_of(1, 2)
    expect(hint).to_be_hidden()


def test_a_click_on_another_objects_mask_selects_it_and_with_shift_it_is_a_prompt(
    annotator: Annotator, clip: Clip
) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    annotator.page.get_by_role("button", name="Add object").click()
    annotator.click(clip.center(2, 0))
    annotator.shows_masks_of(1, 2)
    before = annotator.drawn()

    annotator.click(clip.center(1, 0))
    expect(annotator.page.locator(".object[aria-current=true]")).to_contain_text("Object 1")
    assert annotator.drawn() == before

    annotator.page.keyboard.down("Shift")
    annotator.click(clip.center(2, 0))
    annotator.page.keyboard.up("Shift")
    annotator.has_redrawn(before)
    expect(annotator.page.locator(".object[aria-current=true]")).to_contain_text("Object 1")


def test_sessions_come_first_newest_first_and_can_be_deleted(first_page: Annotator, clip: Clip) -> None:
    old = ClientSession.start(first_page.server, "videos/discs.mp4")
    new = ClientSession.start(first_page.server, "sample/sample.mp4")
    old.add_mask(1, 0, clip.rle(1, 0))
    first_page.page.reload()

    cards = first_page.page.locator(".sessions li")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("sample.mp4")
    expect(cards.last).to_contain_text("1 of 16 frames")
    assert first_page.page.locator("h2").first.text_content() == "Go on"
    assert cut_off(first_page) == []

    cards.first.get_by_role("button", name="Delete the session").click()
    cards.first.get_by_role("button", name="Delete the session").click()
    expect(cards).to_have_count(1)
    assert new.session_id not in sessions_of(first_page.server)


def cut_off(first_page: Annotator) -> list[str]:
    """The texts of the cards that are wider than their card, but for names and dates that end with an ellipsis."""
    found: list[str] = first_page.page.evaluate(
        """() => [...document.querySelectorAll(".videos small, .videos b, .sessions .done")].filter(text => {
            const card = text.closest(".card, .about").getBoundingClientRect();
            const range = document.createRange();
            range.selectNodeContents(text);
            const shown = range.getBoundingClientRect();
            return shown.left < card.left || shown.right > card.right + 1 || text.scrollWidth > text.clientWidth + 1;
        }).map(text => text.textContent)"""
    )
    return found


def test_the_embedded_model_is_said_to_be_for_trying_out_with_the_command_for_another(first_page: Annotator) -> None:
    note = first_page.page.get_by_role("note", name="About the model")
    expect(note).to_contain_text("for trying the page out")
    expect(note.locator("code").first).to_have_text(".venv/bin/sam2-lit download sam2.1_hiera_small")


def test_deleting_a_session_says_what_would_be_lost(annotator: Annotator, clip: Clip) -> None:
    annotator.click(clip.center(1, 0))
    annotator.shows_masks_of(1)
    expect(annotator.page.locator(".saved")).to_have_text("Saved")
    session_id = annotator.session_id
    annotator.page.get_by_role("button", name="More", exact=True).click()
    annotator.page.get_by_role("button", name="Delete session…").click()

    dialog = annotator.page.get_by_role("dialog", name="Delete this session?")
    expect(dialog).to_contain_text("1 object, masks on 1 frame, 0 adapters")
    expect(dialog).to_contain_text("discs.mp4 itself stays")
    dialog.get_by_role("button", name="Delete", exact=True).click()

    expect(annotator.page.locator(".start")).to_be_visible()
    assert session_id not in sessions_of(annotator.server)
