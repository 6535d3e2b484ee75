"""The colors of an overlay, in their American and their deprecated British spelling."""

import io
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure

NEW = {"colors": [{"objectId": 1, "color": "#0000ff"}]}
OLD = {"colours": [{"objectId": 1, "colour": "#0000ff"}]}


def export(session: ClientSession, **colors: Any) -> dict[str, Any]:
    made: dict[str, Any] = session.mutate(
        "exportAnnotations", "ExportAnnotationsInput", "url", format="OVERLAY_MP4", **colors
    )
    return made


def first_picture(session: ClientSession, made: dict[str, Any]) -> NDArray[np.int64]:
    """RGB [H, W, 3]."""
    with av.open(io.BytesIO(session.server.http.get(made["url"]).content)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.int64)


@pytest.mark.parametrize("colors", [NEW, OLD], ids=["colors", "deprecated colours"])
def test_an_object_is_drawn_in_the_color_that_was_sent(
    session: ClientSession, clip: Clip, colors: dict[str, Any]
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    picture = first_picture(session, export(session, **colors))

    mask = clip.masks[1][0]
    tinted = 0.55 * clip.frames[0][mask] + 0.45 * np.array((0, 0, 255))
    assert np.abs(picture[mask] - tinted).mean() < 15


def test_a_variable_of_the_deprecated_input_type_is_valid(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    query = """mutation ($s: String!, $colours: [ObjectColourInput!]!) {
        exportAnnotations(input: {sessionId: $s, format: OVERLAY_MP4, colours: $colours}) { mediaType } }"""

    answer = session.server.query(query, s=session.session_id, **OLD)

    assert answer["exportAnnotations"]["mediaType"] == "video/mp4"


def test_both_spellings_at_once_are_refused(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    with pytest.raises(GraphQLFailure, match="colors and colours were both sent; send only colors") as failure:
        export(session, **NEW, **OLD)

    assert failure.value.code == "INVALID_PROMPT"


@pytest.mark.parametrize(
    "colors", [{"colors": [{"objectId": 1, "color": "red"}]}, {"colours": [{"objectId": 1, "colour": "red"}]}]
)
def test_a_color_must_have_the_form_rrggbb(session: ClientSession, clip: Clip, colors: dict[str, Any]) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    with pytest.raises(
        GraphQLFailure, match="the color of object 1 is 'red'; it must have the form #rrggbb"
    ) as failure:
        export(session, **colors)

    assert failure.value.code == "INVALID_PROMPT"


def test_the_deprecated_spelling_is_marked_in_the_schema(session: ClientSession) -> None:
    query = """{ __type(name: "ExportAnnotationsInput") {
        inputFields(includeDeprecated: true) { name isDeprecated } } }"""

    fields = session.server.query(query)["__type"]["inputFields"]

    assert [field["name"] for field in fields if field["isDeprecated"]] == ["colours"]
