"""Adapters that carry over to other objects: copied from sessions, and exported and imported as files."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client_session import ADAPTER, ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure, Server

OBJECT = f"objectId name adapters {{ {ADAPTER} }}"
SOURCES = f"""query ($s: String!, $o: Int!) {{ adapterSources(sessionId: $s, objectId: $o) {{
    sessionId videoPath objectId name adapters {{ {ADAPTER} }} }} }}"""
Start = Callable[[], ClientSession]


@pytest.fixture
def taught(start: Start, clip: Clip) -> ClientSession:
    """A session whose object 1, a disc, has an adapter."""
    session = start()
    session.add_mask(1, 0, clip.half(1, 0))
    session.propagate_to(5)
    session.correct(1, 4, rleMask=clip.rle(1, 4))
    label(session, 1, "disc")
    return session


@pytest.fixture
def fresh(start: Start, clip: Clip) -> ClientSession:
    """A session whose object 7 is tracked and has no adapter."""
    session = start()
    session.add_mask(7, 0, clip.half(1, 0))
    session.propagate_to(5)
    return session


def label(session: ClientSession, object_id: int, name: str) -> None:
    session.mutate("labelObject", "LabelObjectInput", "objectId", objectId=object_id, label=name)


def copy(session: ClientSession, object_id: int, source: ClientSession, source_object: int) -> Any:
    arguments = {"objectId": object_id, "sourceSessionId": source.session_id, "sourceObjectId": source_object}
    return session.mutate("copyAdapters", "CopyAdaptersInput", OBJECT, **arguments)


def sources(session: ClientSession, object_id: int) -> Any:
    return session.server.query(SOURCES, s=session.session_id, o=object_id)["adapterSources"]


def exported(session: ClientSession, server: Server, **arguments: Any) -> bytes:
    export = session.mutate("exportAdapters", "ExportAdaptersInput", "url filename byteSize", **arguments)
    content = server.http.get(export["url"]).content
    assert len(content) == export["byteSize"]
    return bytes(content)


def imported(session: ClientSession, server: Server, object_id: int, content: bytes) -> Any:
    query = f"""mutation ($file: Upload!, $input: ImportAdaptersInput!) {{
        importAdapters(file: $file, input: $input) {{ {OBJECT} }} }}"""
    given = {"sessionId": session.session_id, "objectId": object_id}
    answer = server.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": query, "variables": {"file": None, "input": given}}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": ("adapters.zip", io.BytesIO(content), "application/zip")},
    ).json()
    if "errors" in answer:
        raise GraphQLFailure(answer["errors"][0])
    return answer["data"]["importAdapters"]


def test_an_object_is_offered_adapters_of_the_same_label_in_other_sessions(
    taught: ClientSession, fresh: ClientSession
) -> None:
    assert sources(fresh, 7) == []
    label(fresh, 7, "disc")

    [source] = sources(fresh, 7)

    assert (source["sessionId"], source["objectId"]) == (taught.session_id, 1)
    assert source["videoPath"] == "videos/discs.mp4"
    assert source["adapters"] == taught.adapters()
    assert sources(taught, 1) == []
    label(fresh, 7, "square")
    assert sources(fresh, 7) == []


def test_a_copy_has_its_own_id_and_no_frames_of_the_video(taught: ClientSession, fresh: ClientSession) -> None:
    [adapter] = copy(fresh, 7, taught, 1)["adapters"]

    [original] = taught.adapters()
    assert adapter["adapterId"] != original["adapterId"]
    assert (adapter["objectId"], adapter["frameIndices"]) == (7, [])
    assert (adapter["trainingIou"], adapter["createdAt"]) == (original["trainingIou"], original["createdAt"])


def test_a_copy_proposes_the_mask_of_the_original(taught: ClientSession) -> None:
    copy(taught, 1, taught, 1)

    original, copied = taught.candidates(1, 5)

    assert original["adapterId"] != copied["adapterId"]
    assert original["rleMask"] == copied["rleMask"]


def test_a_correction_trains_a_copy_on_and_leaves_the_original(
    taught: ClientSession, fresh: ClientSession, clip: Clip
) -> None:
    before = taught.candidates(1, 5)
    [copied] = copy(fresh, 7, taught, 1)["adapters"]

    trained = fresh.correct(7, 4, rleMask=clip.rle(1, 4))["adapter"]

    assert (trained["adapterId"], trained["frameIndices"]) == (copied["adapterId"], [4])
    assert trained["trainingIou"] > 0.8
    assert taught.candidates(1, 5) == before


def test_copying_is_undone_and_redone(taught: ClientSession, fresh: ClientSession) -> None:
    copy(fresh, 7, taught, 1)
    copied, proposed = fresh.adapters(), fresh.candidates(7, 5)

    fresh.mutate("undo", "UndoInput", "change { kind }")
    assert fresh.adapters() == fresh.candidates(7, 5) == []
    redone = fresh.mutate("redo", "RedoInput", "change { kind } lostAdapters")

    assert redone == {"change": {"kind": "ADD_ADAPTERS"}, "lostAdapters": []}
    assert (fresh.adapters(), fresh.candidates(7, 5)) == (copied, proposed)


def test_adapters_in_a_file_are_those_that_were_exported(
    taught: ClientSession, fresh: ClientSession, server: Server
) -> None:
    content = exported(taught, server, objectIds=[1])

    given = imported(fresh, server, 7, content)
    copy(fresh, 7, taught, 1)

    [original] = taught.adapters()
    [adapter] = given["adapters"]
    kept = ("rank", "baselineIou", "trainingIou", "steps", "seconds", "createdAt")
    assert {name: adapter[name] for name in kept} == {name: original[name] for name in kept}
    from_file, from_session = (each["rleMask"] for each in fresh.candidates(7, 5))
    assert from_file == from_session


def test_an_exported_adapter_is_a_folder_as_peft_writes_it(taught: ClientSession, server: Server) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(taught, server))) as archive:
        names = {name.rpartition("/")[2]: name for name in archive.namelist()}
        config = json.loads(archive.read(names["adapter_config.json"]))

    assert set(names) == {"adapter_config.json", "adapter_model.safetensors", "training.json"}
    assert (config["peft_type"], config["base_model_name_or_path"]) == ("LORA", "pocket")


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("copyAdapters", {"objectId": 7, "sourceSessionId": "none", "sourceObjectId": 1}, "SESSION_NOT_FOUND"),
        ("copyAdapters", {"objectId": 7, "sourceObjectId": 2}, "OBJECT_NOT_FOUND"),
        ("copyAdapters", {"objectId": 8, "sourceObjectId": 1}, "OBJECT_NOT_FOUND"),
        ("exportAdapters", {"objectIds": [9]}, "OBJECT_NOT_FOUND"),
        ("exportAdapters", {}, "ADAPTER_NOT_FOUND"),
    ],
)
def test_what_cannot_be_carried_over_is_refused_and_changes_nothing(
    taught: ClientSession, fresh: ClientSession, name: str, arguments: dict[str, Any], code: str
) -> None:
    if name == "copyAdapters":
        arguments = {"sourceSessionId": taught.session_id, **arguments}
    input_type = name[0].upper() + name[1:] + "Input"

    with pytest.raises(GraphQLFailure) as refused:
        fresh.mutate(name, input_type, "__typename", **arguments)

    assert refused.value.code == code
    assert fresh.adapters() == []


def test_an_object_has_no_more_copies_than_adapters_fit(taught: ClientSession, fresh: ClientSession) -> None:
    for _ in range(8):
        copy(fresh, 7, taught, 1)

    with pytest.raises(GraphQLFailure, match="8 of at most 8 adapters") as refused:
        copy(fresh, 7, taught, 1)

    assert refused.value.code == "CAPACITY_EXCEEDED"
    assert len(fresh.adapters()) == 8


def rewritten(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """A ZIP file with the content of each file changed; None leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if (changed := change(name, old.read(name))) is not None:
                new.writestr(name, changed)
    return out.getvalue()


def with_config(**changed: Any) -> Callable[[str, bytes], bytes]:
    return lambda name, data: json.dumps(json.loads(data) | changed).encode() if "config" in name else data


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (with_config(revision="another"), "ADAPTER_NOT_FOUND"),
        (with_config(lora_alpha="much"), "UNSUPPORTED_MEDIA"),
        (with_config(lora_alpha=float("nan")), "ADAPTER_NOT_FOUND"),
        (lambda name, data: None if "safetensors" in name else data, "UNSUPPORTED_MEDIA"),
        (lambda name, data: None if "config" in name else data, "UNSUPPORTED_MEDIA"),
        (lambda name, data: b"[]" if "training" in name else data, "UNSUPPORTED_MEDIA"),
        (lambda name, data: b'{"steps": "x"}' if "training" in name else data, "UNSUPPORTED_MEDIA"),
        (lambda name, data: b'{"seconds": 1e999}' if "training" in name else data, "UNSUPPORTED_MEDIA"),
        (lambda name, data: data[:-200] if "safetensors" in name else data, "UNSUPPORTED_MEDIA"),
    ],
)
def test_a_file_of_no_use_is_refused_and_changes_nothing(
    taught: ClientSession,
    fresh: ClientSession,
    server: Server,
    change: Callable[[str, bytes], bytes | None],
    code: str,
) -> None:
    content = rewritten(exported(taught, server), change)

    with pytest.raises(GraphQLFailure) as refused:
        imported(fresh, server, 7, content)

    assert refused.value.code == code
    assert fresh.adapters() == []


def test_no_file_is_an_unexpected_error(taught: ClientSession, fresh: ClientSession, server: Server) -> None:
    whole = exported(taught, server)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=8), st.integers(0, 64))
    def check(changes: list[tuple[int, int]], cut: int) -> None:
        content = bytearray(whole)
        for place, value in changes:
            content[place] = value
        try:
            imported(fresh, server, 7, bytes(content[: len(content) - cut]))
        except GraphQLFailure as refused:
            assert refused.code in ("UNSUPPORTED_MEDIA", "ADAPTER_NOT_FOUND", "CAPACITY_EXCEEDED"), refused
        else:
            fresh.mutate("resetLora", "ResetLoraInput", "sessionId")

    check()
