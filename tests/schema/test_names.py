import pytest

from tests.clips import Clip
from tests.running import GraphQLFailure
from tests.work import Work

NAME_OBJECT = "mutation ($input: NameObjectInput!) { nameObject(input: $input) { name } }"


def name(work: Work, object_id: int, name: str) -> str | None:
    given = {"sessionId": work.session_id, "objectId": object_id, "name": name}
    return work.server.query(NAME_OBJECT, input=given)["nameObject"]["name"]


def test_an_object_has_the_name_it_was_given(work: Work, clip: Clip) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))
    work.add_mask(2, 0, clip.rle(2, 0))

    assert name(work, 2, " spotted disc ") == "spotted disc"

    assert [each["name"] for each in work.info()["objects"]] == [None, "spotted disc"]


def test_an_empty_name_removes_the_name(work: Work, clip: Clip) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))
    name(work, 1, "disc")

    assert name(work, 1, "") is None


def test_removing_an_object_removes_its_name(work: Work, clip: Clip) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))
    name(work, 1, "disc")
    work.mutate("removeObject", "RemoveObjectInput", "frameIndex", objectId=1)
    work.add_mask(1, 0, clip.rle(1, 0))

    assert work.info()["objects"][0]["name"] is None


def test_an_unknown_object_cannot_be_named(work: Work) -> None:
    with pytest.raises(GraphQLFailure) as refusal:
        name(work, 7, "nobody")

    assert refusal.value.code == "OBJECT_NOT_FOUND"


def test_a_name_that_is_too_long_is_refused(work: Work, clip: Clip) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))

    with pytest.raises(GraphQLFailure) as refusal:
        name(work, 1, "n" * 101)

    assert refusal.value.code == "INVALID_PROMPT"
