"""The page of a server with users."""

from pathlib import Path

import httpx
from playwright.sync_api import Browser, expect

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.running import running

HEADER = "X-Remote-User"


def test_the_first_page_says_who_is_signed_in_and_lists_own_sessions_first(
    browser: Browser, model: LoadedModel, videos: Path, tmp_path: Path
) -> None:
    settings = Settings(videos=videos, data_dir=tmp_path, user_header=HEADER, trusted_proxy=("127.0.0.1",))
    start = 'mutation { startSession(input: {path: "videos/discs.mp4"}) { sessionId } }'
    with running(settings, model) as server:
        for user in ("anna", "bert"):
            httpx.post(f"{server.url}/graphql", json={"query": start}, headers={HEADER: user}).raise_for_status()
        context = browser.new_context(extra_http_headers={HEADER: "anna"})
        page = context.new_page()
        page.goto(server.url)
        sessions = page.locator(".sessions li")
        expect(page.get_by_text("Signed in as anna")).to_be_visible()
        expect(sessions).to_have_count(2)
        expect(sessions.nth(0)).not_to_contain_text("by ")
        expect(sessions.nth(1)).to_contain_text("by bert")

        page.get_by_label("User").select_option("bert")

        expect(sessions).to_have_count(1)
        expect(sessions.nth(0)).to_contain_text("by bert")
        context.close()
