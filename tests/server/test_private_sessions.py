"""A private session answers others as if it did not exist, whatever way they ask; attacked by one who knows its id."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.schema import schema
from sam2_lit.server.tokens import append_line, new_token
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import draw_clip
from tests.running import GraphQLFailure, Server, running
from tests.schema.subscribing import Socket
from tests.server.signing_in import PATH, House, house

SCHEMA = build_schema(schema.as_str())
UNKNOWN = "x" * 22
START = "mutation ($path: String!) { startSession(input: {path: $path, private: true}) { sessionId } }"
EXPORT = "mutation ($input: ExportAnnotationsInput!) { exportAnnotations(input: $input) { url } }"
DELETE = "mutation ($path: String!) { deleteUpload(input: {path: $path}) { success } }"
ACCEPTED = ["application/json", "text/event-stream", 'multipart/mixed; subscriptionSpec="1.0"']


@dataclass(frozen=True)
class Secret:
    """Anna's private session on her private upload."""

    home: House
    anna: Server
    bert: Server
    session_id: str
    path: str
    video: dict[str, Any]
    export: str


def upload(client: Server, content: bytes, private: bool) -> dict[str, Any]:
    query = """mutation ($file: Upload!, $private: Boolean!) {
        uploadVideo(file: $file, private: $private) { id path url posterUrl frameUrlTemplate } }"""
    operations = json.dumps({"query": query, "variables": {"file": None, "private": private}})
    answer = client.http.post(
        "/graphql",
        data={"operations": operations, "map": json.dumps({"0": ["variables.file"]})},
        files={"0": ("secret.mp4", content, "video/mp4")},
    ).json()
    video: dict[str, Any] = answer["data"]["uploadVideo"]
    return video


@pytest.fixture(scope="module")
def secret(model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secret]:
    folder = tmp_path_factory.mktemp("home")
    with house(model, folder) as home:
        anna, bert = home.add("anna"), home.add("bert")
        video = upload(anna, (folder / "videos" / "short.mp4").read_bytes(), private=True)
        session_id = anna.query(START, path=video["path"])["startSession"]["sessionId"]
        ClientSession(anna, session_id).add_mask(1, 0, draw_clip().rle(1, 0))
        exported = anna.query(EXPORT, input={"sessionId": session_id, "format": "DAVIS"})
        yield Secret(home, anna, bert, session_id, video["path"], video, exported["exportAnnotations"]["url"])


# ---- every operation that names a session ------------------------------------------------------------------------

_SCALARS = {"Int": 0, "Float": 0.5, "String": "x", "Boolean": True, "ID": "x", "Upload": None}
_VALUES = {"points": [[0.5, 0.5]], "labels": [1], "box": [0.1, 0.1, 0.5, 0.5], "format": "DAVIS"}


def value_of(kind: Any, name: str, session_id: str) -> Any:
    """A value that an argument of this type may have; a session's id where it is one's."""
    if isinstance(kind, GraphQLNonNull):
        return value_of(kind.of_type, name, session_id)
    if name == "sessionId":
        return session_id
    if name in _VALUES:
        return _VALUES[name]
    if isinstance(kind, GraphQLList):
        return [value_of(kind.of_type, name, session_id)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {
            each: value_of(field.type, each, session_id)
            for each, field in kind.fields.items()
            if each == "sessionId" or is_required_input_field(field)
        }
    assert isinstance(kind, GraphQLScalarType)
    return _SCALARS[kind.name]


def names_session(field: GraphQLField) -> bool:
    inputs = [get_named_type(argument.type) for argument in field.args.values()]
    return "sessionId" in field.args or any(
        "sessionId" in each.fields for each in inputs if isinstance(each, GraphQLInputObjectType)
    )


def selection(kind: Any) -> str:
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    assert isinstance(named, GraphQLObjectType)
    leaves = [name for name, field in named.fields.items() if is_leaf_type(get_named_type(field.type))]
    return f"{{ {' '.join(leaves)} __typename }}"


def document(root: str, name: str, session_id: str) -> dict[str, Any]:
    """An operation of one root field on a session, with the arguments that it needs."""
    kind = SCHEMA.type_map[root]
    assert isinstance(kind, GraphQLObjectType)
    field = kind.fields[name]
    needed = {
        each: argument
        for each, argument in field.args.items()
        if is_required_argument(argument) or each in ("sessionId", "input")
    }
    variables = {each: value_of(argument.type, each, session_id) for each, argument in needed.items()}
    declared = ", ".join(f"${each}: {argument.type}" for each, argument in needed.items())
    given = ", ".join(f"{each}: ${each}" for each in needed)
    query = f"{root.lower()} ({declared}) {{ {name}({given}) {selection(field.type)} }}"
    return {"query": query, "variables": variables}


OPERATIONS = [
    (root, name)
    for root in ("Query", "Mutation", "Subscription")
    for name, field in SCHEMA.type_map[root].fields.items()  # type: ignore[union-attr]
    if names_session(field)
]


def answer_to(client: Server, body: dict[str, Any], accept: str) -> str:
    """What the server sends, up to its end."""
    if "file" in body["variables"]:
        answer = client.http.post(
            "/graphql",
            data={"operations": json.dumps(body), "map": json.dumps({"0": ["variables.file"]})},
            files={"0": ("masks.zip", b"none", "application/zip")},
            headers={"Accept": accept},
        )
    else:
        answer = client.http.post("/graphql", json=body, headers={"Accept": accept})
    return f"{answer.status_code} {answer.text}"


def test_most_operations_name_a_session() -> None:
    assert len(OPERATIONS) > 35


@pytest.mark.parametrize("accept", ACCEPTED[1:])
@pytest.mark.parametrize(("root", "name"), OPERATIONS)
def test_an_operation_on_another_users_private_session_is_one_on_none(
    secret: Secret, root: str, name: str, accept: str
) -> None:
    answers = [
        answer_to(secret.bert, document(root, name, session_id), accept).replace(session_id, "ID")
        for session_id in (secret.session_id, UNKNOWN)
    ]

    assert answers[0] == answers[1]
    assert "SESSION_NOT_FOUND" in answers[0] or '"session":null' in answers[0]


def test_a_private_session_is_no_further_session_of_an_export(secret: Secret) -> None:
    own = ClientSession.start(secret.bert, PATH)

    codes = [
        secret.bert.code(EXPORT, input={"sessionId": own.session_id, "format": "DAVIS", "otherSessionIds": [each]})
        for each in (secret.session_id, UNKNOWN)
    ]
    own.close()

    assert codes == ["SESSION_NOT_FOUND"] * 2


async def test_a_private_session_does_not_exist_on_the_socket_of_another_user(secret: Secret) -> None:
    async def answers(session_id: str) -> list[str]:
        found = []
        async with websockets.connect(secret.bert.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
            socket = Socket(connection)
            await socket.send(type="connection_init", payload=secret.home.init("bert"))
            await socket.receive("connection_ack")
            for root, name in OPERATIONS:
                if name == "importAnnotations":
                    continue
                await socket.send(type="subscribe", id=name, payload=document(root, name, session_id))
                while (message := await socket.next_message())["type"] != "complete":
                    found.append(json.dumps(message).replace(session_id, "ID"))
                    if message["type"] == "error":
                        break
        return found

    of_secret, of_none = await answers(secret.session_id), await answers(UNKNOWN)

    assert of_secret == of_none
    assert len(of_secret) >= len(OPERATIONS) - 1


def test_a_private_session_does_not_exist_on_the_event_stream_of_another_user(secret: Secret) -> None:
    def refusals(session_id: str) -> list[str]:
        stream = {"X-GraphQL-Event-Stream-Token": secret.bert.http.put("/graphql").text}
        found = []
        with secret.bert.http.stream("GET", "/graphql", headers=stream) as answer:
            lines = answer.iter_lines()
            for name in ("sessionChanges", "propagateInVideo", "loraTraining"):
                body = {**document("Subscription", name, session_id), "extensions": {"operationId": name}}
                assert secret.bert.http.post("/graphql", json=body, headers=stream).status_code == 202
                found.append(next(line for line in lines if line.startswith("data: ")).replace(session_id, "ID"))
                next(line for line in lines if line.startswith("event: complete"))
                next(line for line in lines if line.startswith("data: "))
        return found

    assert refusals(secret.session_id) == refusals(UNKNOWN)


@pytest.mark.parametrize("is_in_memory", [True, False])
def test_what_is_asked_of_a_private_session_leaves_it_where_it_is(secret: Secret, is_in_memory: bool) -> None:
    pool = secret.home.server.engine.pool
    if is_in_memory:
        ClientSession(secret.anna, secret.session_id).propagate_to(1)
    else:
        asyncio.run_coroutine_threadsafe(pool.evict(secret.session_id), secret.home.server.loop).result()

    for root, name in OPERATIONS:
        answer_to(secret.bert, document(root, name, secret.session_id), "text/event-stream")

    assert (pool.get(secret.session_id) is not None) is is_in_memory


# ---- lists, and routes other than GraphQL ------------------------------------------------------------------------


def test_its_adapters_are_offered_and_given_to_its_owner_alone(secret: Secret) -> None:
    clip = draw_clip()
    taught = ClientSession(secret.anna, secret.anna.query(START, path=PATH)["startSession"]["sessionId"])
    taught.add_mask(1, 0, clip.half(1, 0))
    taught.correct(1, 2, rleMask=clip.rle(1, 2))
    taught.mutate("labelObject", "LabelObjectInput", "objectId", objectId=1, label="disc")
    source = {"objectId": 1, "sourceSessionId": taught.session_id, "sourceObjectId": 1}
    offered = "query ($s: String!) { adapterSources(sessionId: $s, objectId: 1) { sessionId } }"

    for user, expected in ((secret.bert, []), (secret.anna, [{"sessionId": taught.session_id}])):
        own = ClientSession.start(user, PATH)
        own.add_mask(1, 0, clip.half(1, 0))
        own.mutate("labelObject", "LabelObjectInput", "objectId", objectId=1, label="disc")
        assert user.query(offered, s=own.session_id)["adapterSources"] == expected
        if user is secret.anna:
            assert len(own.mutate("copyAdapters", "CopyAdaptersInput", "adapters { rank }", **source)["adapters"]) == 1
        else:
            with pytest.raises(GraphQLFailure) as refused:
                own.mutate("copyAdapters", "CopyAdaptersInput", "objectId", **source)
            assert refused.value.code == "SESSION_NOT_FOUND"
        own.close()
    taught.close()


def test_lists_of_others_do_not_have_it(secret: Secret) -> None:
    listed = """{ sessions { sessionId } sessionsConnection { edges { node { sessionId } } }
        own: sessions(user: "anna") { sessionId } }"""

    of_bert, of_anna = json.dumps(secret.bert.query(listed)), json.dumps(secret.anna.query(listed))

    assert secret.session_id not in of_bert
    assert of_anna.count(secret.session_id) == 3


def test_its_owner_finds_it_by_every_way(secret: Secret) -> None:
    query = "query ($s: String!) { session(sessionId: $s) { user private masks { frameIndex } } }"

    session = secret.anna.query(query, s=secret.session_id)["session"]

    assert (session["user"], session["private"]) == ("anna", True)
    assert session["masks"][0] == {"frameIndex": 0}
    assert secret.anna.http.get(secret.export).status_code == 200
    assert secret.anna.http.get(secret.video["posterUrl"]).status_code == 200


def test_its_exports_are_its_owners(secret: Secret) -> None:
    exports = secret.home.server.url + "/exports/"
    found = [secret.bert.http.get(url) for url in (secret.export, exports + UNKNOWN)]

    assert [answer.status_code for answer in found] == [404, 404]
    assert found[0].text == found[1].text


@pytest.mark.parametrize("part", ["video.mp4", "poster.jpg", "frames/0.jpg", "frames/99.jpg"])
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}])
def test_its_upload_is_its_owners(secret: Secret, part: str, headers: dict[str, str]) -> None:
    video_id = secret.video["posterUrl"].split("/")[-2]
    answers = [secret.bert.http.get(f"/videos/{each}/{part}", headers=headers) for each in (video_id, "0" * 16)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace(video_id, "ID") == answers[1].text.replace("0" * 16, "ID")


def test_a_picture_that_was_cached_is_not_confirmed_to_others(secret: Secret) -> None:
    etag = secret.anna.http.get(secret.video["posterUrl"]).headers["etag"]

    assert secret.bert.http.get(secret.video["posterUrl"], headers={"If-None-Match": etag}).status_code == 404


def test_its_upload_is_in_no_list_of_others(secret: Secret) -> None:
    query = '{ videos { totalCount edges { node { path } } } found: videos(search: "secret") { totalCount } }'

    of_bert, of_anna = secret.bert.query(query), secret.anna.query(query)

    assert secret.path not in json.dumps(of_bert)
    assert of_anna["videos"]["totalCount"] == of_bert["videos"]["totalCount"] + 1
    assert of_bert["found"] == {"totalCount": 0}


def test_its_upload_has_no_node_for_others(secret: Secret) -> None:
    query = "query ($id: ID!) { node(id: $id) { ... on Video { path } } }"

    assert secret.bert.code(query, id=secret.video["id"]) == "VIDEO_NOT_FOUND"
    assert secret.anna.query(query, id=secret.video["id"])["node"] == {"path": secret.path}


def message_of(client: Server, query: str, **variables: Any) -> str:
    errors = client.http.post("/graphql", json={"query": query, "variables": variables}).json()["errors"]
    return json.dumps(errors)


@pytest.mark.parametrize("query", [START, DELETE])
def test_its_upload_cannot_be_opened_or_deleted_by_others(secret: Secret, query: str) -> None:
    unknown = secret.path[:-8] + "0000.mp4"

    found, missing = message_of(secret.bert, query, path=secret.path), message_of(secret.bert, query, path=unknown)

    assert found.replace(secret.path, "PATH") == missing.replace(unknown, "PATH")
    assert "VIDEO_NOT_FOUND" in found


@pytest.mark.parametrize("body", [{}, {"start_frame_index": 0}])
def test_the_demo_route_does_not_know_it(secret: Secret, body: dict[str, int]) -> None:
    answers = [
        secret.bert.http.post("/propagate_in_video", json={"session_id": each, **body}).text.replace(each, "ID")
        for each in (secret.session_id, UNKNOWN)
    ]

    assert answers[0] == answers[1]
    assert "SESSION_NOT_FOUND" in answers[0]


# ---- what becomes private ----------------------------------------------------------------------------------------


def test_an_upload_becomes_private_with_the_first_private_session_of_its_user(secret: Secret, tmp_path: Path) -> None:
    content = secret.anna.http.get(secret.video["url"]).content
    video = upload(secret.anna, content, private=False)
    before = secret.bert.http.get(video["posterUrl"]).status_code

    secret.anna.query(START, path=video["path"])

    assert (before, secret.bert.http.get(video["posterUrl"]).status_code) == (200, 404)


def test_an_upload_that_others_work_on_stays_shared(secret: Secret) -> None:
    content = secret.anna.http.get(secret.video["url"]).content
    video = upload(secret.anna, content, private=False)
    session = ClientSession.start(secret.bert, video["path"])

    for client in (secret.anna, secret.bert):
        client.query(START, path=video["path"])
    status = secret.bert.http.get(video["posterUrl"]).status_code
    session.close()

    assert status == 200


def test_a_session_on_a_private_upload_is_private(secret: Secret) -> None:
    session = ClientSession.start(secret.anna, secret.path)
    query = "query ($s: String!) { session(sessionId: $s) { private } }"

    seen = [client.query(query, s=session.session_id)["session"] for client in (secret.anna, secret.bert)]
    session.close()

    assert seen == [{"private": True}, None]


def test_private_needs_users(server: Server) -> None:
    assert server.code(START, path="sample/sample.mp4") == "BAD_REQUEST"


def test_it_is_private_after_a_restart_and_from_a_session_not_in_memory(model: LoadedModel, tmp_path: Path) -> None:
    (token, line), (other, other_line) = new_token("anna"), new_token("bert")
    append_line(tmp_path / "tokens", line)
    append_line(tmp_path / "tokens", other_line)
    settings = Settings(data_dir=tmp_path / "data", tokens=tmp_path / "tokens")
    query = 'mutation ($s: String!) { nameObject(input: {sessionId: $s, objectId: 1, name: "n"}) { name } }'

    def asked(server: Server, whose: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {whose}"}
        return httpx.post(f"{server.url}/graphql", json=body, headers=headers, timeout=60).json()

    with running(settings, model) as server:
        start = {"query": START, "variables": {"path": "sample/sample.mp4"}}
        session_id = asked(server, token, start)["data"]["startSession"]["sessionId"]
    body = {"query": query, "variables": {"s": session_id}}
    with running(settings, model) as server:
        codes = [asked(server, whose, body)["errors"][0]["extensions"]["code"] for whose in (other, token, other)]

    assert codes == ["SESSION_NOT_FOUND", "OBJECT_NOT_FOUND", "SESSION_NOT_FOUND"]
