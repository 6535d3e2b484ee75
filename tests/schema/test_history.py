"""Undo, redo and the changes of other clients, through the API."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ADAPTER, ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure, Server, running

CHANGE = "change { id kind objectIds frames { first last } isUndone isKept } lostAdapters"
EVENT = "cursor kind client changeId parts objectIds frames { first last }"


def undo(session: ClientSession) -> Any:
    return session.mutate("undo", "UndoInput", CHANGE)


def redo(session: ClientSession) -> Any:
    return session.mutate("redo", "RedoInput", CHANGE)


def history(session: ClientSession) -> list[Any]:
    query = """query ($s: String!) { session(sessionId: $s) { history(first: 100) { edges { node {
        id kind client objectIds frames { first last } isUndone isKept } } } } }"""
    found = session.server.query(query, s=session.session_id)["session"]["history"]["edges"]
    return [each["node"] for each in found]


def cursor(session: ClientSession) -> str:
    query = "query ($s: String!) { session(sessionId: $s) { changeCursor } }"
    found: str = session.server.query(query, s=session.session_id)["session"]["changeCursor"]
    return found


def changes(session: ClientSession, count: int, since: str | None, meanwhile: Callable[[], object]) -> list[Any]:
    """So many events over a WebSocket; `meanwhile` is called after subscribing."""

    async def collect() -> list[Any]:
        async with Client(transport=WebsocketsTransport(url=session.server.ws_url)) as client:
            query = gql(
                "subscription ($s: String!, $since: String) "
                f"{{ sessionChanges(sessionId: $s, since: $since) {{ {EVENT} }} }}"
            )
            query.variable_values = {"s": session.session_id, "since": since}
            events = client.subscribe(query)
            doing = asyncio.create_task(asyncio.to_thread(meanwhile))
            found = [(await anext(events))["sessionChanges"] for _ in range(count)]
            await doing
            await events.aclose()
            return found

    return asyncio.run(collect())


def adapters(session: ClientSession) -> Any:
    query = f"query ($s: String!) {{ session(sessionId: $s) {{ objects {{ adapters {{ {ADAPTER} }} }} }} }}"
    return session.server.query(query, s=session.session_id)["session"]["objects"]


@pytest.fixture(scope="module")
def one_adapter(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Of a server whose objects have one adapter, so that a second correction fine-tunes it."""
    yield Settings(videos=videos, data_dir=tmp_path_factory.mktemp("data"), max_adapters=1)


def weights(session: ClientSession) -> list[bytes]:
    """The weights of the object's adapters, as tracking uses them."""
    bank = session.state.banks[1]
    found = [bank.adapter(record.adapter_id) for record in bank.records]
    return [
        tensor.cpu().numpy().tobytes()
        for adapter in found
        for tensors in (adapter.down, adapter.up)
        for _, tensor in sorted(tensors.items())
    ]


def test_undoing_corrections_unlearns_them_to_the_bit_and_redoing_trains_nothing(
    one_adapter: Settings, model: LoadedModel, clip: Clip
) -> None:
    states: list[Any] = []
    with running(one_adapter, model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")

        def state(session: ClientSession) -> Any:
            return session.info()["objects"], adapters(session), session.masks(), weights(session)

        session.add_mask(1, 0, clip.half(1, 0))
        session.propagate_to(5)
        states.append(state(session))
        session.correct(1, 3, rleMask=clip.rle(1, 3))
        states.append(state(session))
        session.propagate_to(5)
        states.append(state(session))
        session.correct(1, 4, rleMask=clip.rle(2, 4))
        states.append(state(session))
        kinds = [undo(session)["change"]["kind"]]
        undone = [state(session)]
    with running(one_adapter, model) as server:
        session = ClientSession(server, session.session_id)
        for _ in range(2):
            kinds.append(undo(session)["change"]["kind"])
            undone.append(state(session))
        trained_before = len(session.interactions())
        redone = []
        for _ in range(3):
            assert redo(session)["lostAdapters"] == []
            redone.append(state(session))

        assert kinds == ["CORRECTION", "TRACKING", "CORRECTION"]
        assert undone == [states[2], states[1], states[0]]
        assert redone == states[1:]
        assert [each["kind"] for each in session.interactions()][trained_before:] == ["REDO"] * 3


def test_a_redo_says_which_adapters_are_lost(model: LoadedModel, videos: Path, tmp_path: Path, clip: Clip) -> None:
    settings = Settings(videos=videos, data_dir=tmp_path)
    with running(settings, model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.half(1, 0))
        adapter = session.correct(1, 3, rleMask=clip.rle(1, 3))["adapter"]
        undo(session)
        for file in list(tmp_path.rglob("adapter_model.safetensors")):
            shutil.rmtree(file.parent)

        redone = redo(session)

        assert redone["lostAdapters"] == [adapter["adapterId"]]
        assert adapters(session) == [{"adapters": []}]


def test_there_is_nothing_to_undo_or_redo_in_a_new_session(session: ClientSession) -> None:
    assert undo(session) == redo(session) == {"change": None, "lostAdapters": []}


def test_undoing_in_a_session_that_is_not_there_is_refused(server: Server) -> None:
    with pytest.raises(GraphQLFailure) as refusal:
        undo(ClientSession(server, "none"))

    assert refusal.value.code == "SESSION_NOT_FOUND"


def test_the_history_lists_changes_with_what_they_changed(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(2)
    undo(session)

    prompt, tracking = history(session)

    assert (prompt["kind"], prompt["objectIds"], prompt["frames"]) == ("PROMPT", [1], [{"first": 0, "last": 0}])
    assert (tracking["kind"], tracking["frames"]) == ("TRACKING", [{"first": 1, "last": 2}])
    assert (prompt["isUndone"], tracking["isUndone"], tracking["isKept"]) == (False, True, True)


def test_a_client_sees_what_others_change_and_who_they_are(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    since = cursor(session)

    def others() -> None:
        query = "mutation ($input: NameObjectInput!) { nameObject(input: $input) { name } }"
        given = {"sessionId": session.session_id, "objectId": 1, "name": "disc"}
        headers = {"X-Client-Name": "program"}
        session.server.http.post("/graphql", json={"query": query, "variables": {"input": given}}, headers=headers)
        session.mutate("setLoraMode", "SetLoraModeInput", "sessionId", mode="OFF")
        undo(session)

    name, mode, undone = changes(session, 3, since, others)

    assert (name["kind"], name["client"], name["parts"], name["objectIds"]) == (
        "NAME_OBJECT", "program", ["OBJECTS"], [1])  # fmt: skip
    assert (mode["kind"], mode["client"], mode["parts"]) == ("SET_LORA_MODE", None, ["SETTINGS"])
    assert (undone["kind"], undone["changeId"], undone["parts"]) == ("UNDO", mode["changeId"], ["SETTINGS"])
    assert changes(session, 1, mode["cursor"], lambda: None) == [undone]


def test_the_lora_mode_is_undone_and_redone_also_after_a_restart(
    model: LoadedModel, videos: Path, tmp_path: Path, clip: Clip
) -> None:
    settings = Settings(videos=videos, data_dir=tmp_path)
    with running(settings, model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.mutate("setLoraMode", "SetLoraModeInput", "sessionId", mode="AUTO")
        session.add_mask(1, 0, clip.half(1, 0))
        session.mutate("setLoraMode", "SetLoraModeInput", "sessionId", mode="OFF")
        # The mode that is set already is no change.
        session.mutate("setLoraMode", "SetLoraModeInput", "sessionId", mode="OFF")
    with running(settings, model) as server:
        session = ClientSession(server, session.session_id)
        seen = []
        for revert in (undo, undo, undo, redo, redo, redo):
            kind = revert(session)["change"]["kind"]
            seen.append((kind, session.info()["loraMode"], session.state.lora_mode))

        assert [kind for kind, _, _ in seen] == ["SET_LORA_MODE", "PROMPT", "SET_LORA_MODE"] * 2
        assert [mode for _, mode, _ in seen] == ["AUTO", "AUTO", "SUGGEST", "AUTO", "AUTO", "OFF"]
        assert all(mode == used for _, mode, used in seen)


def test_labels_of_the_project_reach_every_session_on_it(start: Callable[[], ClientSession]) -> None:
    one, other = start(), start()
    since = cursor(other)

    [event] = changes(
        other,
        1,
        since,
        lambda: one.mutate("setLabels", "SetLabelsInput", "sessionId", labels=[{"name": "disc"}]),
    )
    one.mutate("setLabels", "SetLabelsInput", "sessionId", labels=None)

    assert (event["kind"], event["parts"]) == ("SET_LABELS", ["LABELS"])


def test_a_cursor_that_is_none_is_refused(session: ClientSession) -> None:
    query = 'subscription ($s: String!) { sessionChanges(sessionId: $s, since: "x") { cursor } }'

    answer = session.server.http.post(
        "/graphql",
        json={"query": query, "variables": {"s": session.session_id}},
        headers={"Accept": "text/event-stream"},
    )

    assert "BAD_REQUEST" in answer.text
