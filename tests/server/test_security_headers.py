import pytest

from tests.browser_support import chromium, visit
from tests.running import Server


@pytest.mark.parametrize("path", ["/", "/graphql"])
def test_pages_carry_security_headers(server: Server, path: str) -> None:
    headers = server.http.get(path, headers={"Accept": "text/html"}).headers

    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_pages_work_under_their_content_security_policy_and_injected_scripts_do_not_run(server: Server) -> None:
    script = "const s = document.createElement('script'); s.textContent = 'window.evil = 1'; document.head.append(s)"
    with chromium() as browser:
        for path in ("/", "/graphql"):
            with visit(browser, server.url + path) as visited:
                visited.page.wait_for_load_state("networkidle")
                assert visited.problems == []

                visited.page.evaluate(script)

                assert visited.page.evaluate("window.evil === undefined")
                assert any("Content Security Policy" in problem for problem in visited.problems)


def test_media_is_sent_with_nosniff(server: Server) -> None:
    video = server.query("{ defaultVideo { posterUrl } }")["defaultVideo"]

    assert server.http.get(video["posterUrl"]).headers["x-content-type-options"] == "nosniff"
