import re

from sam2_lit.server.routes.page import page_html
from tests.running import Server


def test_the_page_is_revalidated_and_its_assets_are_cached_for_good(server: Server) -> None:
    page = server.http.get("/")
    assert page.content == page_html()
    assert page.headers["Cache-Control"] == "no-cache"
    assets = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert any(path.endswith(".js") for path in assets) and any(path.endswith(".css") for path in assets)
    for path in assets:
        assert server.http.get(path).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_content_security_policy_allows_this_server_only(server: Server) -> None:
    assert server.http.get("/").headers["Content-Security-Policy"].startswith("default-src 'self';")


def test_assets_are_sent_compressed(server: Server) -> None:
    path = re.findall(r'src="(/[^"]+\.js)"', page_html().decode())[0]
    assert server.http.get(path, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
