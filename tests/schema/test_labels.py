"""Label classes of a folder of videos, and the labels and attributes of objects."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from tests.client_session import ClientSession
from tests.clips import Clip, write_clip
from tests.exports.sources import unzipped
from tests.running import GraphQLFailure, Server

LABELS = "labels { name color key attributes { name values } }"


def labels_of(session: ClientSession) -> Any:
    query = f"query ($s: String!) {{ session(sessionId: $s) {{ {LABELS} }} }}"
    return session.server.query(query, s=session.session_id)["session"]["labels"]


def set_labels(session: ClientSession, labels: list[dict[str, Any]] | None) -> Any:
    return session.mutate("setLabels", "SetLabelsInput", LABELS, labels=labels)["labels"]


def label_object(session: ClientSession, object_id: int, **given: Any) -> Any:
    fields = "objectId label attributes { key value }"
    return session.mutate("labelObject", "LabelObjectInput", fields, objectId=object_id, **given)


@pytest.fixture
def project(server: Server, videos: Path, clip: Clip) -> Iterator[Callable[[str, str], ClientSession]]:
    """Starts a session on a clip in a folder of its own, with a file of this name and content next to it."""
    started: list[ClientSession] = []
    folder = videos / "project"

    def start(name: str, content: str) -> ClientSession:
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(content)
        if not (folder / "clip.mp4").exists():
            write_clip(folder / "clip.mp4", clip.frames[:2])
        started.append(ClientSession.start(server, "videos/project/clip.mp4"))
        return started[-1]

    yield start
    for session in started:
        session.mutate("setLabels", "SetLabelsInput", "sessionId", labels=None)
        session.close()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def export_of(session: ClientSession, format: str, folder: Path) -> Path:
    made = session.mutate("exportAnnotations", "ExportAnnotationsInput", "url filename", format=format)
    file = folder / made["filename"]
    file.write_bytes(session.server.http.get(made["url"]).content)
    return file


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.json", '[{"name": "car", "color": "#FF0000", "key": 3, "attributes": ["brand"]}, "person"]'),
        ("labels.yaml", "labels:\n- {name: car, color: '#ff0000', key: 3, attributes: [brand]}\n- person\n"),
        (
            "labels.json",
            '[{"name": "car", "id": 7, "color": "#ff0000", "type": "any", "key": 3, "attributes": [{"id": 1, "name": '
            '"brand", "input_type": "text", "mutable": false, "values": [""]}]}, {"name": "person", "attributes": []}]',
        ),
    ],
    ids=["json", "yaml", "cvat"],
)
def test_labels_are_read_from_a_file_in_the_folder_of_the_video(
    project: Callable[[str, str], ClientSession], name: str, content: str
) -> None:
    car, person = labels_of(project(name, content))

    assert car == {"name": "car", "color": "#ff0000", "key": 3, "attributes": [{"name": "brand", "values": []}]}
    assert (person["name"], person["key"]) == ("person", 1)


def test_the_nearest_folder_above_that_has_a_file_of_labels_counts(
    project: Callable[[str, str], ClientSession], videos: Path
) -> None:
    (videos / "labels.json").write_text('["above"]')
    try:
        assert [each["name"] for each in labels_of(project("notes.txt", ""))] == ["above"]
        assert [each["name"] for each in labels_of(project("labels.yml", "[near]"))] == ["near"]
    finally:
        (videos / "labels.json").unlink()


def test_a_file_of_labels_is_not_listed_as_a_video_that_cannot_be_used(
    project: Callable[[str, str], ClientSession],
) -> None:
    session = project("labels.json", "[]")

    found = session.server.query('{ videos(search: "project") { unusable { path } } }')["videos"]["unusable"]

    assert found == []


@pytest.mark.parametrize(
    "content",
    ["", "7", '{"labels": 1}', "[1]", '[{"color": "#ff0000"}]', '["a", "a"]', '[{"name": "a", "color": "red"}]',
     '[{"name": "a", "key": 10}]', '[{"name": "a", "key": "1"}]', "[" * 10_000, '[{"name": "a", "attributes": 5}]'],
)  # fmt: skip
def test_a_file_that_has_no_labels_is_refused_in_words(
    project: Callable[[str, str], ClientSession], content: str
) -> None:
    session = project("labels.json", content)

    with pytest.raises(GraphQLFailure, match=r"labels\.json has no labels that can be used") as refusal:
        labels_of(session)

    assert refusal.value.code == "UNSUPPORTED_MEDIA"


def test_labels_that_a_client_sets_are_those_of_every_session_on_the_folder_until_they_are_removed(
    project: Callable[[str, str], ClientSession],
) -> None:
    session, other = project("labels.json", '["from the file"]'), project("labels.json", '["from the file"]')

    answered = set_labels(session, [{"name": "bird", "attributes": [{"name": "age", "values": ["old", "young"]}]}])

    [bird] = labels_of(other)
    assert answered == [bird]
    assert (bird["name"], bird["key"]) == ("bird", 1)
    assert bird["attributes"] == [{"name": "age", "values": ["old", "young"]}]
    assert [each["name"] for each in set_labels(session, None)] == ["from the file"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([{"name": ""}], "must not be empty"),
        ([{"name": "a"}, {"name": "a"}], "must be unique"),
        ([{"name": "a", "key": 1}, {"name": "b", "key": 1}], "must be unique"),
        ([{"name": "a", "key": 0}], "keys are 1 to 9"),
        ([{"name": "a", "color": "#12345"}], "#rrggbb"),
        ([{"name": "a\n"}], "begin or end with a space|control characters"),
    ],
)
def test_labels_that_are_not_valid_change_nothing(
    session: ClientSession, labels: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(GraphQLFailure, match=message) as refusal:
        set_labels(session, labels)

    assert refusal.value.code == "INVALID_PROMPT"
    assert labels_of(session) == []


def test_an_object_keeps_its_label_and_attributes_until_others_are_given(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    label_object(session, 1, label="disc", attributes=[{"key": "size", "value": "large"}])

    assert label_object(session, 1) == {
        "objectId": 1,
        "label": "disc",
        "attributes": [{"key": "size", "value": "large"}],
    }
    assert label_object(session, 1, label="", attributes=[]) == {"objectId": 1, "label": None, "attributes": []}


def test_a_label_that_the_project_does_not_have_is_refused(
    project: Callable[[str, str], ClientSession], clip: Clip
) -> None:
    session = project("labels.json", '["car", "person"]')
    session.add_mask(1, 0, clip.rle(1, 0))

    with pytest.raises(GraphQLFailure, match="it has 'car', 'person'") as refusal:
        label_object(session, 1, label="cat")

    assert refusal.value.code == "INVALID_PROMPT"
    assert label_object(session, 1, label="person")["label"] == "person"


def test_wrong_attributes_and_objects_are_refused(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    twice = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
    wrong = [
        (1, twice, "INVALID_PROMPT"),
        (1, [{"key": "", "value": "1"}], "INVALID_PROMPT"),
        (1, [{"key": "a", "value": "v" * 1001}], "INVALID_PROMPT"),
        (2, [], "OBJECT_NOT_FOUND"),
    ]

    for object_id, attributes, code in wrong:
        with pytest.raises(GraphQLFailure) as refusal:
            label_object(session, object_id, attributes=attributes)
        assert refusal.value.code == code


def test_a_label_is_the_category_of_exports_and_has_the_same_number_in_each(
    project: Callable[[str, str], ClientSession], clip: Clip, tmp_path: Path
) -> None:
    session = project("labels.json", '["car", {"name": "person", "color": "#00ff00"}]')
    session.add_mask(1, 0, clip.rle(1, 0))
    label_object(session, 1, label="person", attributes=[{"key": "pose", "value": "sitting"}])

    coco = json.loads(export_of(session, "COCO", tmp_path).read_text())
    cvat = fromstring(unzipped(export_of(session, "CVAT_IMAGES", tmp_path))["annotations.xml"])
    yolo = unzipped(export_of(session, "YOLO_SEGMENTATION", tmp_path))

    assert [each["name"] for each in coco["categories"]] == ["car", "person"]
    assert [each["category_id"] for each in coco["annotations"]] == [2]
    assert [each["attributes"] for each in coco["annotations"]] == [{"pose": "sitting"}]
    [person] = [each for each in cvat.iter("label") if each.findtext("name") == "person"]
    [mask] = cvat.iter("mask")
    assert (person.findtext("color"), person.findtext("attributes/attribute/name")) == ("#00ff00", "pose")
    assert (mask.get("label"), mask.findtext("attribute[@name='pose']")) == ("person", "sitting")
    assert yolo["labels/train/clip_00000.txt"].startswith(b"1 ")


def test_an_import_gives_labels_and_attributes_to_objects_that_have_none(
    server: Server, project: Callable[[str, str], ClientSession], clip: Clip, tmp_path: Path
) -> None:
    session, other = project("labels.json", '["car", "person"]'), project("labels.json", '["car", "person"]')
    for each in (1, 2):
        session.add_mask(each, 0, clip.rle(each, 0))
        label_object(session, each, label="car", attributes=[{"key": "color", "value": "red"}])
    other.add_mask(2, 0, clip.rle(2, 0))
    label_object(other, 2, label="person")
    content = json.loads(export_of(session, "COCO", tmp_path).read_text())
    del content["sam2_lit"]
    query = """mutation ($file: Upload!, $input: ImportAnnotationsInput!) {
        importAnnotations(file: $file, input: $input) { applied } }"""
    mapped = [{"source": "1", "objectId": 1}, {"source": "2", "objectId": 2}]
    given = {"sessionId": other.session_id, "ignoreMismatches": True, "objectMap": mapped}
    variables = {"file": None, "input": given}

    answer = server.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": query, "variables": variables}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": ("instances.json", json.dumps(content))},
    ).json()

    assert answer["data"]["importAnnotations"]["applied"]
    assert label_object(other, 1) == {"objectId": 1, "label": "car", "attributes": [{"key": "color", "value": "red"}]}
    assert label_object(other, 2)["label"] == "person"
