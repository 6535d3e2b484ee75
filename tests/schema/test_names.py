import pytest

from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure

NAME_OBJECT = "mutation ($input: NameObjectInput!) { nameObject(input: $input) { name } }"


def name(session: ClientSession, object_id: int, name: str) -> str | None:
    given = {"sessionId": session.session_id, "objectId": object_id, "name": name}
    return session.server.query(NAME_OBJECT, input=given)["nameObject"]["name"]


def test_an_object_has_the_name_it_was_given(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(2, 0, clip.rle(2, 0))

    assert name(session, 2, " spotted disc ") == "spotted disc"

    assert [each["name"] for each in session.info()["objects"]] == [None, "spotted disc"]


def test_an_empty_name_removes_the_name(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    name(session, 1, "disc")

    assert name(session, 1, "") is None


def test_removing_an_object_removes_its_name(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    name(session, 1, "disc")
    session.mutate("removeObject", "RemoveObjectInput", "frameIndex", objectId=1)
    session.add_mask(1, 0, clip.rle(1, 0))

    assert session.info()["objects"][0]["name"] is None


def test_an_unknown_object_cannot_be_named(session: ClientSession) -> None:
    with pytest.raises(GraphQLFailure) as refusal:
        name(session, 7, "nobody")

    assert refusal.value.code == "OBJECT_NOT_FOUND"


def test_a_name_that_is_too_long_is_refused(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    with pytest.raises(GraphQLFailure) as refusal:
        name(session, 1, "n" * 101)

    assert refusal.value.code == "INVALID_PROMPT"
