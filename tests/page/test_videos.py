"""The first page: videos in pages with a search, what cannot be used, and sessions whose video has changed."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.media.clips import write_folder, write_video
from tests.running import Server, running


@pytest.fixture(scope="module")
def library(model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server of 30 short clips and one file that is not a video, and the folder they are in."""
    own = tmp_path_factory.mktemp("own")
    clip = write_video(own / "clip-00.mp4", 2, size=(64, 64)).read_bytes()
    for number in range(1, 30):
        (own / f"clip-{number:02}.mp4").write_bytes(clip)
    (own / "broken.mp4").write_bytes(b"not a video")
    with running(Settings(videos=own, data_dir=tmp_path_factory.mktemp("data")), model) as server:
        yield server, own


@pytest.fixture
def page(browser: Browser, library: tuple[Server, Path]) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(library[0].url)
    yield page
    page.close()


def test_videos_are_shown_in_pages_and_found_by_a_search(page: Page) -> None:
    cards = page.locator(".videos .card")
    expect(cards).to_have_count(24)
    page.get_by_role("button", name="Show more videos").click()
    expect(cards).to_have_count(31)
    page.reload()
    page.get_by_label("Search videos").fill("CLIP-2")
    expect(cards).to_have_count(10)


def test_what_cannot_be_used_is_shown_with_the_reason(page: Page) -> None:
    page.get_by_text("1 file cannot be used").click()
    expect(page.locator(".unusable li")).to_contain_text("videos/broken.mp4")
    expect(page.locator(".unusable li")).to_contain_text("not a whole")


def test_a_session_whose_folder_has_grown_continues_with_the_frames_that_are_the_same(
    page: Page, library: tuple[Server, Path]
) -> None:
    server, own = library
    folder = write_folder(own / "frames", 3)
    session = ClientSession.start(server, "videos/frames")
    while server.engine._store.frame_digests(session.state.video.id) is None:
        time.sleep(0.01)
    (folder / "00003.jpg").write_bytes((folder / "00002.jpg").read_bytes())
    page.goto(f"{server.url}/#session={session.session_id}")
    page.get_by_role("button", name="Continue with the first 3 frames").click()
    expect(page.locator("[data-view=annotate]")).to_be_visible()
    assert session.info()["video"]["frameCount"] == 4
