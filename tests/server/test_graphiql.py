import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from sam2_lit.server.routes.graphiql import graphiql_html
from tests.browser_support import Visit, chromium, visit
from tests.running import Server

EXAMPLES = sorted((Path(__file__).parents[2] / "graphiql" / "examples").glob("*.graphql"))

CLOSE = "mutation ($sessionId: String!) { closeSession(input: {sessionId: $sessionId}) { success } }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def graphiql(browser: Browser, server: Server) -> Iterator[Visit]:
    with visit(browser, f"{server.url}/graphql") as graphiql:
        wait_until_ready(graphiql.page)
        yield graphiql
        session_id = graphiql.page.evaluate("localStorage.getItem('sam2-lit:PASTE_SESSION_ID')")
        if session_id is not None:
            server.query(CLOSE, sessionId=session_id)


def get(url: str, accept: str = "*/*") -> Any:
    return urlopen(Request(url, headers={"Accept": accept}))


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits in the test's process: the page's content security policy forbids Playwright's `wait_for_function`."""
    while not holds():
        page.wait_for_timeout(20)


def wait_until_ready(page: Page) -> None:
    until(page, lambda: editor_text(page, "operation") != "")
    # Completion and documentation need the schema, and the workers that read it.
    page.wait_for_load_state("networkidle")


def open_tab(page: Page, title: str) -> None:
    page.get_by_role("tab", name=title).click()


def editor_text(page: Page, editor: str) -> str:
    """What an editor holds: "operation", "variables", "request-headers" or "response".

    Read from Monaco's model, since the page renders only the lines in view.
    """
    return page.evaluate(
        """editor => window.__MONACO?.editor.getModels()
            .find(model => model.uri.path.includes(`-${editor}.`))?.getValue() ?? ''""",
        editor,
    )


def write(page: Page, editor: str, text: str) -> None:
    page.locator(f".monaco-editor[data-uri*='-{editor}.']").click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(text)


def press_run(page: Page) -> None:
    # GraphiQL parses the operation 100 ms after a change; a timer set later fires later.
    page.evaluate("() => new Promise(resolve => setTimeout(resolve, 150))")
    page.get_by_role("button", name="Execute query").click()


def run(page: Page) -> dict[str, Any]:
    """Runs the current tab and waits for its whole response."""
    press_run(page)
    until(page, lambda: editor_text(page, "response") != "")
    page.get_by_role("button", name="Execute query").wait_for()
    return json.loads(editor_text(page, "response"))


def data(page: Page) -> dict[str, Any]:
    """Runs the current tab, which must succeed, and returns its data."""
    response = run(page)
    assert "errors" not in response, response["errors"]
    return response["data"]


def run_subscription(page: Page) -> list[dict[str, Any]]:
    """Runs the current tab's subscription to its end. Returns the events that were displayed."""
    press_run(page)
    shown: list[str] = []

    def ended() -> bool:
        response = editor_text(page, "response")
        if response not in ("", *shown[-1:]):
            shown.append(response)
        return bool(shown) and page.get_by_role("button", name="Execute query").is_visible()

    until(page, ended)
    shown.append(editor_text(page, "response"))
    return [json.loads(response)["data"] for response in dict.fromkeys(shown)]


def test_a_browser_gets_the_page_and_a_client_its_data_from_the_same_url(server: Server) -> None:
    page = get(f"{server.url}/graphql", accept="text/html,application/xhtml+xml")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.read() == graphiql_html()
    query = Request(
        f"{server.url}/graphql",
        data=b'{"query": "{ __typename }"}',
        headers={"Accept": "application/json", "Content-Type": "application/json"},
    )
    assert json.load(urlopen(query)) == {"data": {"__typename": "Query"}}


def test_the_page_is_revalidated_and_its_assets_are_cached_forever(server: Server) -> None:
    assert get(f"{server.url}/graphql", accept="text/html").headers["Cache-Control"] == "no-cache"
    assets = re.findall(r'(?:src|href)="(/[^"]+)"', graphiql_html().decode())
    assert any(path.endswith(".js") for path in assets) and any(path.endswith(".css") for path in assets)
    for path in assets:
        assert get(server.url + path).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_asset_of_another_build_is_missing_and_not_cached(server: Server) -> None:
    with pytest.raises(HTTPError) as missing:
        get(f"{server.url}/static/graphiql/assets/index-00000000.js")
    assert missing.value.code == 404
    assert "immutable" not in missing.value.headers.get("Cache-Control", "")


def test_the_page_loads_without_errors_and_requests_no_other_host(graphiql: Visit, server: Server) -> None:
    graphiql.page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(graphiql.page.locator(".graphiql-plugin")).to_contain_text("Subscription")
    assert graphiql.problems == []
    assert graphiql.hosts == {urlsplit(server.url).netloc}


def test_the_content_security_policy_blocks_other_hosts(graphiql: Visit) -> None:
    refused = graphiql.page.evaluate(
        """() => new Promise(resolve => {
            addEventListener("securitypolicyviolation", event => resolve(event.blockedURI));
            fetch("https://graphql.example/").catch(() => {});
            setTimeout(resolve, 5000, "nothing");
        })"""
    )
    assert refused == "https://graphql.example/"


def test_the_examples_are_open_as_tabs(graphiql: Visit) -> None:
    assert len(EXAMPLES) == 8
    expect(graphiql.page.get_by_role("tab")).to_have_count(len(EXAMPLES))
    for number, example in enumerate(EXAMPLES):
        graphiql.page.get_by_role("tab").nth(number).click()
        assert editor_text(graphiql.page, "operation") == example.read_text().rstrip()
        variables = example.with_suffix(".json")
        assert editor_text(graphiql.page, "variables") == (variables.read_text().rstrip() if variables.exists() else "")


def test_field_names_are_completed_while_typing(graphiql: Visit) -> None:
    write(graphiql.page, "operation", "{ defaultVideo { ")
    graphiql.page.keyboard.type("fra")
    completions = graphiql.page.locator(".suggest-widget.visible")
    expect(completions).to_contain_text("frameCount")
    expect(completions).not_to_contain_text("imageSize")


def test_a_query_shows_its_data(graphiql: Visit) -> None:
    answer = data(graphiql.page)
    assert answer["defaultVideo"]["path"] == "sample/sample.mp4"
    assert answer["model"]["loraTargets"]
    expect(graphiql.page.get_by_label("Result Window")).to_contain_text("sample/sample.mp4")


def test_an_example_without_a_session_reports_that(graphiql: Visit) -> None:
    open_tab(graphiql.page, "ClickObject")
    (error,) = run(graphiql.page)["errors"]
    assert error["extensions"]["code"] == "SESSION_NOT_FOUND"
    assert "PASTE_SESSION_ID" in error["message"]


def test_the_examples_run_from_left_to_right_without_pasting_an_id(graphiql: Visit, server: Server) -> None:
    page = graphiql.page
    open_tab(page, "StartSession")
    assert data(page)["startSession"]["sessionId"]

    open_tab(page, "ClickObject")
    (clicked,) = data(page)["addPoints"]["rleMaskList"]
    assert clicked["objectId"] == 1

    open_tab(page, "Propagate")
    events = [event["propagateInVideo"] for event in run_subscription(page)]
    completed = [event["completed"] for event in events]
    assert len(completed) > 2 and completed == sorted(set(completed))
    assert completed[-1] == events[-1]["total"]

    open_tab(page, "Correct")
    adapter = data(page)["addCorrection"]["adapter"]
    assert adapter["trainingIou"] >= adapter["baselineIou"]

    open_tab(page, "Candidates")
    candidates = data(page)["loraCandidates"]
    assert [candidate["adapterId"] for candidate in candidates] == [adapter["adapterId"]]

    open_tab(page, "TakeCandidate")
    (taken,) = data(page)["applyLoraCandidate"]["rleMaskList"]
    assert taken["source"] == "LORA"
    assert graphiql.problems == []
    assert graphiql.hosts == {urlsplit(server.url).netloc}


def test_a_second_window_watches_the_training_that_the_first_one_starts(graphiql: Visit, server: Server) -> None:
    page = graphiql.page
    open_tab(page, "StartSession")
    data(page)
    open_tab(page, "ClickObject")
    data(page)

    second = page.context.new_page()
    second.goto(f"{server.url}/graphql")
    wait_until_ready(second)
    open_tab(second, "WatchTraining")
    press_run(second)
    second.get_by_role("button", name="Stop query").wait_for()

    open_tab(page, "Correct")
    adapter = data(page)["addCorrection"]["adapter"]
    until(second, lambda: "trainingIou" in editor_text(second, "response"))
    progress = json.loads(editor_text(second, "response"))["data"]["loraTraining"]
    assert progress["adapter"]["adapterId"] == adapter["adapterId"]


def test_the_headers_of_a_tab_are_sent_with_its_queries_and_subscriptions(graphiql: Visit) -> None:
    page = graphiql.page
    headers = {"Authorization": "Bearer a-token"}
    page.get_by_role("button", name="Headers").click()
    write(page, "request-headers", json.dumps(headers))
    with page.expect_request(lambda request: request.method == "POST") as query:
        run(page)
    assert query.value.headers["authorization"] == "Bearer a-token"

    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    write(page, "operation", 'subscription { loraTraining(sessionId: "none") { step } }')
    run(page)
    assert json.loads(sent[0]) == {"type": "connection_init", "payload": headers}
