"""Propagations that are resumed after their connection broke."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from httpx_sse import aconnect_sse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import Server, running
from tests.schema.subscribing import LENGTH, running_on_socket, settled, tracked

Event = dict[str, Any]
Transport = Callable[[ClientSession, dict[str, Any], dict[str, str]], AsyncIterator[Event]]

QUERY = """subscription ($input: PropagateInVideoInput!) { propagateInVideo(input: $input) {
    propagationId sequence frameIndex completed total revision rleMaskList { objectId rleMask { counts } } } }"""
MULTIPART = "multipart/mixed;subscriptionSpec=1.0"
TOKEN = "X-GraphQL-Event-Stream-Token"
LAST = 5
"""The last frame that most of these propagations track."""


def payload(session: ClientSession, **arguments: Any) -> dict[str, Any]:
    return {"query": QUERY, "variables": {"input": {"sessionId": session.session_id, **arguments}}}


async def by_websocket(session: ClientSession, body: dict[str, Any], headers: dict[str, str]) -> AsyncIterator[Event]:
    async with running_on_socket(session, body) as socket:
        while (message := await socket.next_message())["type"] == "next":
            yield message["payload"]


async def by_events(session: ClientSession, body: dict[str, Any], headers: dict[str, str]) -> AsyncIterator[Event]:
    async with (
        httpx.AsyncClient(base_url=session.server.url, timeout=60) as http,
        aconnect_sse(http, "POST", "/graphql", json=body, headers=headers) as source,
    ):
        async for event in source.aiter_sse():
            if event.event == "complete":
                break
            yield {**event.json(), "id": event.id}


async def by_shared_events(
    session: ClientSession, body: dict[str, Any], headers: dict[str, str]
) -> AsyncIterator[Event]:
    async with httpx.AsyncClient(base_url=session.server.url, timeout=60) as http:
        headers = {**headers, TOKEN: (await http.put("/graphql")).text}
        async with aconnect_sse(http, "GET", "/graphql", headers=headers) as source:
            await http.post("/graphql", json={**body, "extensions": {"operationId": "1"}}, headers=headers)
            async for event in source.aiter_sse():
                if event.event == "complete":
                    break
                yield event.json()["payload"]


async def by_multipart(session: ClientSession, body: dict[str, Any], headers: dict[str, str]) -> AsyncIterator[Event]:
    async with (
        httpx.AsyncClient(base_url=session.server.url, timeout=60) as http,
        http.stream("POST", "/graphql", json=body, headers={**headers, "Accept": MULTIPART}) as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith('{"payload"'):
                yield json.loads(line)["payload"]


TRANSPORTS: list[Transport] = [by_websocket, by_events, by_shared_events, by_multipart]


def frame_of(event: Event) -> Event:
    frame: Event = event["data"]["propagateInVideo"]
    return frame


async def first_events(events: AsyncIterator[Event], count: int | None = None) -> list[Event]:
    """At most `count` events, after which the connection is closed."""
    found: list[Event] = []
    async with aclosing(events):  # type: ignore[type-var]
        while len(found) != count and (event := await anext(events, None)) is not None:
            found.append(event)
    return found


def read(
    transport: Transport, session: ClientSession, count: int | None = None, last_event_id: str = "", **arguments: Any
) -> list[Event]:
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    return asyncio.run(first_events(transport(session, payload(session, **arguments), headers), count))


def code(events: list[Event]) -> str:
    [refusal] = events
    errors = refusal["errors"] if isinstance(refusal, dict) else refusal
    found: str = errors[0]["extensions"]["code"]
    return found


@pytest.fixture(scope="module")
def prompted(server: Server, clip: Clip) -> Iterator[ClientSession]:
    started = ClientSession.start(server, "videos/discs.mp4")
    started.add_mask(1, 0, clip.rle(1, 0))
    yield started
    started.close()


@pytest.fixture(scope="module")
def whole(prompted: ClientSession) -> list[Event]:
    """The events of a stream that nothing cut."""
    return [without_id(frame_of(event)) for event in read(by_websocket, prompted, maxFrames=LAST)]


def without_id(frame: Event) -> Event:
    return {name: value for name, value in frame.items() if name != "propagationId"}


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_stream_that_is_cut_anywhere_and_resumed_equals_one_that_is_not(
    prompted: ClientSession, whole: list[Event], transport: Transport
) -> None:
    @settings(max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    def each(cuts: list[int]) -> None:
        joined = [frame_of(event) for event in read(transport, prompted, 1, maxFrames=LAST)]
        for count in [*cuts, None]:
            part = read(transport, prompted, count, maxFrames=LAST, fromSequence=len(joined))
            joined += map(frame_of, part)

        assert [without_id(frame) for frame in joined] == whole
        assert [frame["sequence"] for frame in joined] == list(range(LAST + 1))
        assert len({frame["propagationId"] for frame in joined}) == 1

    each()


def test_an_event_stream_is_resumed_after_the_last_event_id(prompted: ClientSession, whole: list[Event]) -> None:
    before = read(by_events, prompted, 3, maxFrames=LAST)

    after = read(by_events, prompted, last_event_id=before[-1]["id"], maxFrames=LAST)

    assert [without_id(frame_of(event)) for event in [*before, *after]] == whole


def test_events_that_were_sent_are_sent_again_after_the_end(prompted: ClientSession, whole: list[Event]) -> None:
    everything = read(by_events, prompted, maxFrames=LAST)

    again = read(by_websocket, prompted, maxFrames=LAST, fromSequence=3)

    assert [without_id(frame_of(event)) for event in again] == whole[3:]
    assert frame_of(again[0])["propagationId"] == frame_of(everything[0])["propagationId"]


def test_an_event_source_that_reconnects_after_the_end_tracks_nothing_again(prompted: ClientSession) -> None:
    everything = read(by_events, prompted, maxFrames=LAST)
    before = tracked(prompted)

    assert read(by_events, prompted, last_event_id=everything[-1]["id"], maxFrames=LAST) == []
    assert tracked(prompted) == before


def test_a_client_that_resumes_takes_the_stream_from_a_connection_that_seems_alive(prompted: ClientSession) -> None:
    async def follow() -> tuple[list[int], str]:
        async with running_on_socket(prompted, payload(prompted, maxFrames=LAST)) as first:
            await first.next_frame()
            body = payload(prompted, maxFrames=LAST, fromSequence=1)
            rest = [frame_of(event)["sequence"] async for event in by_websocket(prompted, body, {})]
            while (message := await first.next_message())["type"] == "next":
                pass
            return rest, message["type"]

    assert asyncio.run(follow()) == (list(range(1, LAST + 1)), "complete")
    assert prompted.streams == 0


def test_a_propagation_is_named_where_there_are_several(prompted: ClientSession) -> None:
    one, other = (frame_of(read(by_events, prompted, 1, maxFrames=LAST)[0])["propagationId"] for _ in range(2))

    for propagation_id in (one, other, one):
        [event] = read(by_events, prompted, 1, maxFrames=LAST, fromSequence=0, propagationId=propagation_id)
        assert frame_of(event)["propagationId"] == propagation_id


def test_nothing_is_tracked_while_no_client_is_there(long_session: ClientSession) -> None:
    async def follow() -> tuple[int, int]:
        await first_events(by_events(long_session, payload(long_session), {}), 3)
        while long_session.streams:
            await asyncio.sleep(0.01)
        return await settled(long_session)

    at_once, later = asyncio.run(follow())

    assert later - at_once <= 1
    assert later < LENGTH / 2


def test_a_prompt_that_changed_while_no_client_was_there_sends_the_stream_back(
    session: ClientSession, clip: Clip
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    before = [frame_of(event) for event in read(by_events, session, 4, maxFrames=LAST)]

    session.add_mask(1, 2, clip.rle(1, 2))
    after = [frame_of(event) for event in read(by_events, session, maxFrames=LAST, fromSequence=4)]

    assert [frame["frameIndex"] for frame in before] == list(range(4))
    sent_back = [frame for frame in after if frame["revision"] == 1]
    assert [frame["frameIndex"] for frame in sent_back] == list(range(2, LAST + 1))
    assert after[-1]["completed"] == after[-1]["total"] == LAST + 1


def test_a_propagation_survives_the_eviction_of_its_session(
    model: LoadedModel, videos: Any, clip: Clip, tmp_path_factory: pytest.TempPathFactory, whole: list[Event]
) -> None:
    settings = Settings(videos=videos, data_dir=tmp_path_factory.mktemp("evicting"), max_sessions=1)
    with running(settings, model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        before = read(by_events, session, 3, maxFrames=LAST)
        while session.streams:
            pass
        ClientSession.start(server, "videos/discs.mp4")
        assert server.engine.pool.get(session.session_id) is None

        after = read(by_events, session, maxFrames=LAST, fromSequence=3)

    assert [without_id(frame_of(event)) for event in [*before, *after]] == whole


@pytest.fixture(scope="module")
def forgetful(model: LoadedModel, videos: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("forgetful")
    settings = Settings(videos=videos, data_dir=folder, kept_events=8, max_propagations=1)
    with running(settings, model) as server:
        yield server


def test_an_event_that_is_no_longer_kept_is_refused(forgetful: Server, clip: Clip) -> None:
    session = ClientSession.start(forgetful, "videos/discs.mp4")
    session.add_mask(1, 0, clip.rle(1, 0))
    read(by_websocket, session, maxFrames=9)

    assert code(read(by_events, session, maxFrames=9, fromSequence=1)) == "SEQUENCE_NOT_FOUND"
    kept = read(by_events, session, maxFrames=9, fromSequence=2)
    assert [frame_of(event)["sequence"] for event in kept] == list(range(2, 10))


def test_no_more_propagations_are_kept_than_may_run(forgetful: Server, clip: Clip) -> None:
    session = ClientSession.start(forgetful, "videos/discs.mp4")
    session.add_mask(1, 0, clip.rle(1, 0))
    first, second = (frame_of(read(by_events, session, 1)[0])["propagationId"] for _ in range(2))
    while session.streams:
        pass

    assert code(read(by_events, session, fromSequence=1, propagationId=first)) == "SEQUENCE_NOT_FOUND"
    assert read(by_events, session, 1, fromSequence=1, propagationId=second)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"fromSequence": 9}, "SEQUENCE_NOT_FOUND"),
        ({"fromSequence": -1}, "SEQUENCE_NOT_FOUND"),
        ({"fromSequence": 0, "startFrameIndex": 3}, "SEQUENCE_NOT_FOUND"),
        ({"fromSequence": 0, "propagationId": "unknown"}, "SEQUENCE_NOT_FOUND"),
        ({"propagationId": "unknown"}, "BAD_REQUEST"),
        ({"last_event_id": "unknown"}, "SEQUENCE_NOT_FOUND"),
        ({"last_event_id": "unknown:1"}, "SEQUENCE_NOT_FOUND"),
    ],
)
def test_what_cannot_be_resumed_is_refused(
    prompted: ClientSession, whole: list[Event], arguments: dict[str, Any], expected: str
) -> None:
    before = tracked(prompted)

    assert code(read(by_events, prompted, **{"maxFrames": LAST, **arguments})) == expected
    assert tracked(prompted) == before


def test_a_cancelled_propagation_sends_what_is_kept_and_ends(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    read(by_events, session, 3)
    while session.streams:
        pass
    session.mutate("cancelPropagateInVideo", "CancelPropagateInVideoInput", "success")
    before = tracked(session)

    again = [frame_of(event)["sequence"] for event in read(by_events, session, fromSequence=1)]

    assert again[:2] == [1, 2]
    assert tracked(session) == before < 16


def test_a_closed_session_has_nothing_to_resume(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    read(by_events, session, 1)
    session.close()

    assert code(read(by_events, session, fromSequence=1)) == "SESSION_NOT_FOUND"


def test_a_propagation_whose_frames_could_not_be_stored_is_not_resumed(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    read(by_events, session, 2)
    while session.streams:
        pass

    session.state.journal.fail(OSError("the disk is gone"))

    assert code(read(by_events, session, fromSequence=2)) == "SEQUENCE_NOT_FOUND"
