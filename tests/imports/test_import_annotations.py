"""Masks are imported into sessions of a server."""

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession, rle_of
from tests.clips import FRAMES, Clip, mask_of
from tests.running import GraphQLFailure, running
from tests.schema.subscribing import Socket, connected

QUERY = """mutation ($file: Upload!, $input: ImportAnnotationsInput!) { importAnnotations(file: $file, input: $input) {
    applied format video frames objects { source objectId name isNew frameCount }
    frameCount maskCount replacedMaskCount mismatches { kind message } losses } }"""


def send(session: ClientSession, content: bytes, name: str, **more: Any) -> dict[str, Any]:
    variables = {"file": None, "input": {"sessionId": session.session_id, **more}}
    form = {"operations": json.dumps({"query": QUERY, "variables": variables}), "map": '{"0": ["variables.file"]}'}
    answer = session.server.http.post("/graphql", data=form, files={"0": (name, content)}).json()
    if errors := answer.get("errors"):
        raise GraphQLFailure(errors[0])
    made: dict[str, Any] = answer["data"]["importAnnotations"]
    return made


def davis(clip: Clip, frames: range) -> bytes:
    """The clip's discs as palette PNGs."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as file:
        for index in frames:
            values = clip.masks[1][index].astype(np.uint8) + 2 * clip.masks[2][index].astype(np.uint8)
            with file.open(f"Annotations/480p/discs/{index:05}.png", "w") as member:
                Image.fromarray(values).convert("P").save(member, "PNG")
    return buffer.getvalue()


def test_masks_of_another_program_become_masks_of_the_session(session: ClientSession, clip: Clip) -> None:
    made = send(session, davis(clip, range(FRAMES)), "davis.zip")

    assert (made["applied"], made["format"], made["frames"], made["mismatches"]) == (True, "DAVIS", "NAME", [])
    assert made["objects"] == [
        {"source": str(number), "objectId": number, "name": None, "isNew": True, "frameCount": FRAMES}
        for number in (1, 2)
    ]
    for frame in session.masks():
        for object_id in (1, 2):
            np.testing.assert_array_equal(mask_of(rle_of(frame, object_id)), clip.masks[object_id][frame["frameIndex"]])
        assert {mask["source"] for mask in frame["rleMaskList"]} == {"IMPORTED"}
    assert [each["kind"] for each in session.interactions()] == ["IMPORT"]


def test_a_dry_run_changes_nothing(session: ClientSession, clip: Clip) -> None:
    made = send(session, davis(clip, range(3)), "davis.zip", dryRun=True)

    assert (made["applied"], made["maskCount"], made["frameCount"]) == (False, 6, 3)
    assert session.masks() == [] and session.info()["objects"] == []


def test_mismatches_are_listed_before_anything_is_changed(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 2, clip.rle(1, 2))
    before = session.masks()
    content = davis(clip, range(4))
    with ZipFile(buffer := io.BytesIO(content), "a") as file:
        file.writestr("Annotations/480p/discs/00077.png", file.read("Annotations/480p/discs/00001.png"))
    content = buffer.getvalue()

    refused = send(
        session, content, "davis.zip", objectMap=[{"source": "1", "objectId": 2}, {"source": "2", "objectId": 1}]
    )

    assert refused["applied"] is False
    assert {each["kind"] for each in refused["mismatches"]} == {"FRAME", "PROMPTED"}
    assert session.masks() == before

    made = send(session, content, "davis.zip", ignoreMismatches=True)

    assert made["applied"] and made["maskCount"] == 7
    assert rle_of(session.masks(2, 2)[0], 1) == rle_of(before[0], 1)


def test_an_import_that_crosses_a_reset_is_removed_by_it_or_puts_all_its_masks(
    session: ClientSession, clip: Clip
) -> None:
    for _ in range(8):
        session.add_mask(1, 0, clip.rle(1, 0))
        session.add_mask(2, 0, clip.rle(2, 0))
        with ThreadPoolExecutor(1) as other:
            # Some of these are read before the reset, when a prompt's mask is to be kept, and put after it.
            imported = other.submit(send, session, davis(clip, range(1)), "davis.zip")
            session.mutate("resetSession", "ResetSessionInput", "sessionId")
            applied = imported.result()["applied"]

        last = session.interactions()[-1]["kind"]
        assert sorted(each["objectId"] for each in session.info()["objects"]) == ([1, 2] if last == "IMPORT" else [])
        assert applied or last == "RESET_SESSION"
        session.mutate("resetSession", "ResetSessionInput", "sessionId")


def test_an_object_keeps_its_name(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.mutate("nameObject", "NameObjectInput", "objectId", objectId=1, name="red")
    image = {"id": 1, "file_name": "00001.jpg", "width": 192, "height": 128}
    found = {"id": 1, "image_id": 1, "category_id": 1, "instance_id": 1, "segmentation": [[0, 0, 9, 0, 9, 9]]}
    content = {"images": [image], "annotations": [found], "categories": [{"id": 1, "name": "blue"}]}

    refused = send(session, json.dumps(content).encode(), "a.json")
    made = send(session, json.dumps(content).encode(), "a.json", objectMap=[{"source": "blue", "objectId": 1}])

    assert [each["kind"] for each in refused["mismatches"]] == ["OBJECT"]
    assert made["applied"] and [each["name"] for each in session.info()["objects"]] == ["red"]


def test_an_imported_mask_can_be_a_prompt_and_is_tracked_from(session: ClientSession, clip: Clip) -> None:
    send(session, davis(clip, range(0, FRAMES, 2)), "davis.zip")
    query = "mutation ($s: String!) { propagateToFrame(input: {sessionId: $s, frameIndex: 3}) { frameIndex } }"
    assert session.server.code(query, s=session.session_id) == "NO_PROMPTS"
    [first] = session.masks(0, 0)

    session.add_mask(1, 0, {key: rle_of(first, 1)[key] for key in ("size", "counts")})
    session.propagate_to(3)

    sources = {
        (frame["frameIndex"], mask["objectId"]): mask["source"]
        for frame in session.masks()
        for mask in frame["rleMaskList"]
    }
    assert [sources[index, 1] for index in range(4)] == ["PROMPT", "TRACKED", "TRACKED", "TRACKED"]
    # Object 2 has no prompt, so nothing of it is tracked.
    assert [sources.get((index, 2)) for index in range(5)] == ["IMPORTED", None, "IMPORTED", None, "IMPORTED"]


def test_an_export_is_imported_into_another_session(
    session: ClientSession, start: Callable[[], ClientSession], clip: Clip
) -> None:
    send(session, davis(clip, range(5)), "davis.zip")
    session.mutate("nameObject", "NameObjectInput", "objectId", objectId=2, name="the blue one")
    made = session.mutate("exportAnnotations", "ExportAnnotationsInput", "url filename", format="NUMPY")
    content = session.server.http.get(made["url"]).content
    other = start()

    imported = send(other, content, made["filename"])

    assert (imported["applied"], imported["format"]) == (True, "NUMPY")
    assert other.masks() == session.masks()
    assert [(each["objectId"], each["name"]) for each in other.info()["objects"]] == [(1, None), (2, "the blue one")]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sessionId": "unknown"}, "SESSION_NOT_FOUND"),
        ({"format": "COCO"}, "UNSUPPORTED_MEDIA"),
        ({"video": "another"}, "UNSUPPORTED_MEDIA"),
        ({"frameMap": [{"source": "00000", "frameIndex": FRAMES}]}, "FRAME_OUT_OF_RANGE"),
        ({"objectMap": [{"source": "1", "objectId": -1}]}, "INVALID_PROMPT"),
    ],
)
def test_a_wrong_import_is_refused_and_changes_nothing(
    session: ClientSession, clip: Clip, more: Any, code: str
) -> None:
    with pytest.raises(GraphQLFailure) as refused:
        send(session, davis(clip, range(2)), "davis.zip", **more)

    assert refused.value.code == code
    assert session.masks() == []


def test_more_objects_than_a_session_may_have_are_refused(session: ClientSession) -> None:
    limit = session.state.settings.max_objects
    found = [
        {"id": number, "image_id": 1, "category_id": 1, "instance_id": number, "segmentation": [[0, 0, 9, 0, 9, 9]]}
        for number in range(limit + 1)
    ]
    image = {"id": 1, "file_name": "00000.jpg", "width": 192, "height": 128}
    content = json.dumps({"images": [image], "annotations": found, "categories": []}).encode()

    with pytest.raises(GraphQLFailure) as refused:
        send(session, content, "coco.json")

    assert refused.value.code == "CAPACITY_EXCEEDED"
    assert session.masks() == [] and session.info()["objects"] == []


def test_a_cancelled_import_changes_nothing(
    session: ClientSession, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sam2_lit.imports import palette

    cancel = "mutation ($s: String!) { cancelImport(input: {sessionId: $s}) { success } }"
    cancelled: list[Any] = []
    read = palette.read_values

    def read_and_cancel(*arguments: Any) -> Any:
        if not cancelled:
            cancelled.append(session.server.query(cancel, s=session.session_id))
        return read(*arguments)

    monkeypatch.setattr(palette, "read_values", read_and_cancel)

    with pytest.raises(GraphQLFailure) as refused:
        send(session, davis(clip, range(4)), "davis.zip")

    assert refused.value.code == "CANCELLED"
    assert cancelled == [{"cancelImport": {"success": True}}]
    assert session.masks() == []
    assert session.server.query(cancel, s=session.session_id) == {"cancelImport": {"success": False}}


def test_the_reading_of_a_file_can_be_watched(session: ClientSession, clip: Clip) -> None:
    query = "subscription ($s: String!) { importProgress(sessionId: $s) { completed total } }"

    async def follow() -> list[dict[str, int]]:
        async with connected(session.server) as connection:
            socket = Socket(connection)
            await socket.send(
                type="subscribe", id="1", payload={"query": query, "variables": {"s": session.session_id}}
            )
            await socket.send(type="ping")
            await socket.receive("pong")
            await asyncio.to_thread(send, session, davis(clip, range(3)), "davis.zip")
            events = [await socket.receive("next") for _ in range(3)]
            return [event["payload"]["data"]["importProgress"] for event in events]

    assert asyncio.run(follow()) == [{"completed": count, "total": 3} for count in range(3)]


@pytest.fixture
def restart(model: LoadedModel, videos: Path, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    yield lambda: running(Settings(videos=videos, data_dir=tmp_path), model)


def test_imported_masks_are_there_after_a_restart_and_tracking_goes_on(restart: Callable[[], Any], clip: Clip) -> None:
    with restart() as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        send(session, davis(clip, range(1, 6)), "davis.zip")
        before = session.masks()

    with restart() as server:
        session = ClientSession(server, session.session_id)
        assert session.masks() == before
        session.propagate_to(2)
        frame = session.masks(2, 2)[0]

    assert {mask["objectId"]: mask["source"] for mask in frame["rleMaskList"]} == {1: "TRACKED", 2: "IMPORTED"}
