"""The paged connections of sessions and of a session's interactions."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure, Server, running

PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { %s } }"
ARGUMENTS = "after: $after, before: $before, first: $first, last: $last"
VARIABLES = "$after: String, $before: String, $first: Int, $last: Int"

Read = Callable[..., dict[str, Any]]


@pytest.fixture
def own_server(model: LoadedModel, videos: Path, tmp_path: Path) -> Iterator[Server]:
    with running(Settings(videos=videos, data_dir=tmp_path), model) as server:
        yield server


def sessions_of(server: Server) -> Read:
    query = f"query ({VARIABLES}) {{ sessionsConnection({ARGUMENTS}) {{ {PAGE % 'sessionId'} }} }}"
    return lambda **page: server.query(query, **page)["sessionsConnection"]


def interactions_of(session: ClientSession) -> Read:
    query = f"""query ($s: String!, {VARIABLES}) {{ session(sessionId: $s) {{
        interactionsConnection({ARGUMENTS}) {{ {PAGE % "kind frameIndex rleMask { size counts }"} }} }} }}"""
    return lambda **page: session.server.query(query, s=session.session_id, **page)["session"]["interactionsConnection"]


def nodes(page: dict[str, Any], field: str) -> list[Any]:
    return [edge["node"][field] for edge in page["edges"]]


@pytest.fixture
def drawn(session: ClientSession, clip: Clip) -> Read:
    """Reads the interactions of a session with masks drawn on frames 0 to 4."""
    for frame_index in range(5):
        session.add_mask(1, frame_index, clip.rle(1, frame_index))
    return interactions_of(session)


def test_the_whole_list_is_the_default_page(drawn: Read, clip: Clip) -> None:
    page = drawn()

    assert nodes(page, "frameIndex") == [0, 1, 2, 3, 4]
    assert nodes(page, "rleMask") == [clip.rle(1, index) for index in range(5)]
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][4]["cursor"],
    }


def test_pages_forward_and_backward_cover_the_list(drawn: Read) -> None:
    first = drawn(first=2)
    second = drawn(first=2, after=first["pageInfo"]["endCursor"])
    last = drawn(last=2)
    before_last = drawn(last=2, before=last["pageInfo"]["startCursor"])

    assert [nodes(page, "frameIndex") for page in (first, second)] == [[0, 1], [2, 3]]
    assert [nodes(page, "frameIndex") for page in (before_last, last)] == [[1, 2], [3, 4]]
    ends = [
        (page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"])
        for page in (first, second, before_last, last)
    ]
    assert ends == [(False, True), (True, True), (True, True), (True, False)]


def test_a_page_of_none_says_what_surrounds_it(drawn: Read) -> None:
    end = drawn()["pageInfo"]["endCursor"]

    page = drawn(first=2, after=end)

    assert page["edges"] == []
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": None,
        "endCursor": None,
    }


def test_the_last_of_the_first_are_the_end_of_that_page(drawn: Read) -> None:
    page = drawn(first=4, last=1)

    assert nodes(page, "frameIndex") == [3]
    assert page["pageInfo"]["hasNextPage"]


def test_a_cursor_stays_valid_when_the_session_that_it_names_is_closed_and_others_are_started(
    own_server: Server,
) -> None:
    read = sessions_of(own_server)
    started = [ClientSession.start(own_server, "videos/discs.mp4") for _ in range(3)]
    end = read(first=3)["pageInfo"]["endCursor"]
    started[0].close()
    started[2].close()
    later = ClientSession.start(own_server, "videos/discs.mp4")

    page = read(first=2, after=end)

    assert nodes(page, "sessionId") == [later.session_id]
    assert nodes(read(last=1, before=end), "sessionId") == [started[1].session_id]


@pytest.mark.parametrize(
    "page",
    [{"first": -1}, {"last": 101}, {"after": "bm90"}, {"before": "?"}, {"after": "c2VxdWVuY2U6OTk5OTk5OTk5OTk5"}],
)
def test_an_invalid_page_is_refused_in_words(session: ClientSession, page: dict[str, Any]) -> None:
    with pytest.raises(GraphQLFailure, match="must be cursors from an earlier page of interactions"):
        interactions_of(session)(**page)
