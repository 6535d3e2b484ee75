from pathlib import Path

from playwright.sync_api import Browser, expect

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.browser_support import visit
from tests.clips import Clip
from tests.page.annotator import Annotator, annotating
from tests.page.gate import gate
from tests.running import Server, running


def test_the_page_reports_a_lost_connection_and_reconnects(
    browser: Browser, server: Server, clip: Clip, screenshots: Path
) -> None:
    with gate(server.url) as door, annotating(browser, server, door.url) as annotator:
        annotator.open("discs.mp4")
        annotator.click(clip.center(1, 0))
        annotator.shows_masks_of(1)

        door.shut()
        banner = annotator.page.get_by_text("The server cannot be reached.")
        expect(banner).to_be_visible()
        annotator.click(clip.center(2, 0))
        annotator.says("stage", "this was not done")
        annotator.page.screenshot(path=screenshots / "unreachable.png")

        door.open()
        expect(banner).to_be_hidden()
        before = annotator.drawn()
        annotator.click(clip.center(2, 0))
        annotator.has_redrawn(before)


def test_tracking_continues_where_the_connection_broke(browser: Browser, server: Server, clip: Clip) -> None:
    with gate(server.url) as door, annotating(browser, server, door.url) as annotator:
        annotator.open("discs.mp4")
        annotator.click(clip.center(1, 0))
        annotator.shows_masks_of(1)

        annotator.page.keyboard.press("t")
        expect(annotator.page.locator(".stage canvas")).not_to_have_attribute("data-frame", "0")
        door.shut()
        expect(annotator.page.get_by_text("The server cannot be reached.")).to_be_visible()
        door.open()

        annotator.shows_frame(15)
        assert annotator.session.info()["trackedFrameCount"] == 16
        assert annotator.session.state.tracker.frames_tracked <= 16 + 1


def test_a_session_that_is_gone_offers_its_video(annotator: Annotator, screenshots: Path) -> None:
    annotator.start("videos/discs.mp4")
    annotator.session.close()

    expect(annotator.page.get_by_role("heading", name="This session is gone")).to_be_visible()
    annotator.page.screenshot(path=screenshots / "gone.png")
    annotator.page.get_by_role("button", name="Open discs.mp4").click()

    annotator.shows_frame(0)
    expect(annotator.page.locator(".object")).to_have_count(0)


def test_the_address_of_an_unknown_session_shows_that_it_is_gone(browser: Browser, server: Server) -> None:
    with annotating(browser, server, f"{server.url}/#session=unknown") as annotator:
        expect(annotator.page.get_by_role("heading", name="This session is gone")).to_be_visible()


def test_the_page_asks_for_the_token_and_sends_it(
    browser: Browser, model: LoadedModel, videos: Path, tmp_path: Path
) -> None:
    settings = Settings(videos=videos, data_dir=tmp_path, auth_token="open sesame")
    with running(settings, model) as guarded, visit(browser, guarded.url) as visited:
        page = visited.page
        page.get_by_label("Token").fill("open sesame")
        page.get_by_role("button", name="Continue").click()

        page.get_by_role("button", name="discs.mp4").click()
        expect(page.locator(".stage canvas")).to_have_attribute("data-frame", "0")


def test_the_page_works_on_a_server_that_executes_only_its_documents(
    browser: Browser, model: LoadedModel, videos: Path, tmp_path: Path, clip: Clip
) -> None:
    settings = Settings(videos=videos, data_dir=tmp_path, persisted_only="page")
    with running(settings, model) as closed, visit(browser, closed.url) as visited:
        annotator = Annotator(visited, closed)
        annotator.open("discs.mp4")
        annotator.click(clip.center(1, 0))
        annotator.shows_masks_of(1)
        annotator.track_past(1)
        assert visited.problems == []

        answer = closed.http.post("/graphql", json={"query": "{ sessions { sessionId } }"})
        assert answer.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"
