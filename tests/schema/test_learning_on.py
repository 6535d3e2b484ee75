"""Trainings that continue after their answer, while the device is idle."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sam2_lit.engine.device.steps import Rank
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import LORA_TRAINING, ClientSession
from tests.clips import Clip
from tests.running import Server, running
from tests.schema.subscribing import running_on_socket
from tests.waiting import wait_until

ENDLESS = 100_000


@pytest.fixture(scope="module")
def served(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = Settings(videos=videos, data_dir=tmp_path_factory.mktemp("data"), learn_on=40)
    with running(settings, model, learns_on=True) as server:
        yield server


@pytest.fixture
def session(served: Server, clip: Clip) -> Iterator[ClientSession]:
    """A session in which half of object 1 was tracked; what it learns is never good enough."""
    session = ClientSession.start(served, "videos/discs.mp4")
    session.add_mask(1, 0, clip.half(1, 0))
    session.propagate_to(8)
    learns(session, steps=40)
    yield session
    session.close()


def learns(session: ClientSession, steps: int) -> None:
    """Lets a session's trainings continue for so many steps, whatever they reach."""
    settings = session.state.settings
    training = replace(settings.training, learn_on_steps=steps, learn_on_iou=1.1, learn_on_patience=ENDLESS)
    session.state.settings = replace(settings, training=training)


async def events_until_better(session: ClientSession, clip: Clip) -> list[dict[str, Any]]:
    payload = {"query": LORA_TRAINING, "variables": {"sessionId": session.session_id}}
    async with running_on_socket(session, payload) as socket:
        await socket.send(type="ping")
        await socket.receive("pong")
        correcting = asyncio.create_task(asyncio.to_thread(session.correct, 1, 4, rleMask=clip.rle(1, 4)))
        events: list[dict[str, Any]] = []
        while not events or not (events[-1]["background"] and events[-1]["adapter"]):
            events.append((await socket.receive("next"))["payload"]["data"]["loraTraining"])
        await correcting
        return events


def test_after_the_answer_training_continues_in_the_feed_and_the_adapter_becomes_better(
    session: ClientSession, clip: Clip
) -> None:
    events = asyncio.run(events_until_better(session, clip))

    answers = [event for event in events if event["adapter"]]
    assert [event["background"] for event in answers] == [False, True]
    answer, better = (event["adapter"] for event in answers)
    assert better["adapterId"] == answer["adapterId"]
    assert better["trainingIou"] > answer["trainingIou"] and better["steps"] == answer["steps"] + 40
    assert [event["step"] for event in events if not event["adapter"]] == list(range(1, better["steps"] + 1))
    assert session.adapters() == [better]
    assert session.interactions()[-1]["trainingIou"] == better["trainingIou"]


def test_the_better_adapter_is_stored(session: ClientSession, served: Server, clip: Clip) -> None:
    answer = session.correct(1, 4, rleMask=clip.rle(1, 4))["adapter"]
    session.finish_learning()
    before = session.candidates(1, 6)

    asyncio.run_coroutine_threadsafe(served.engine.pool.evict(session.session_id), served.loop).result()

    [stored] = session.adapters()
    assert stored["trainingIou"] > answer["trainingIou"]
    assert session.candidates(1, 6) == before


def test_a_click_does_not_wait_for_a_training_that_continues(session: ClientSession, clip: Clip) -> None:
    learns(session, steps=ENDLESS)
    session.correct(1, 4, rleMask=clip.rle(1, 4))

    session.add_points(2, 0, clip.center(2, 0))
    session.propagate_to(9)

    assert session.learns_on


def test_a_newer_correction_of_the_object_stops_it_and_the_answer_stays(session: ClientSession, clip: Clip) -> None:
    learns(session, steps=ENDLESS)
    session.correct(1, 4, rleMask=clip.rle(1, 4))
    learns(session, steps=0)

    session.correct(1, 8, rleMask=clip.rle(1, 8))

    session.finish_learning()
    assert sorted(frame for each in session.adapters() for frame in each["frameIndices"]) == [4, 8]


@pytest.mark.parametrize(
    ("mutation", "input_type", "fields", "arguments"),
    [
        ("resetLora", "ResetLoraInput", "loraMode", {}),
        ("removeObject", "RemoveObjectInput", "frameIndex", {"objectId": 1}),
        ("resetSession", "ResetSessionInput", "loraMode", {}),
    ],
)
def test_what_removes_the_adapter_stops_it_and_no_adapter_comes_back(
    session: ClientSession, clip: Clip, mutation: str, input_type: str, fields: str, arguments: dict[str, Any]
) -> None:
    learns(session, steps=ENDLESS)
    session.correct(1, 4, rleMask=clip.rle(1, 4))

    session.mutate(mutation, input_type, fields, **arguments)

    session.finish_learning()
    assert session.adapters() == []


def test_what_newer_corrections_stopped_does_not_wait_for_a_busy_device_to_be_idle(
    session: ClientSession, served: Server, clip: Clip
) -> None:
    learns(session, steps=ENDLESS)
    worker = served.engine.device.worker

    def busy() -> Iterator[None]:
        while not ended.is_set():
            yield

    ended = threading.Event()
    other = asyncio.run_coroutine_threadsafe(
        worker.run(busy(), rank=Rank.PROPAGATION, session="of somebody else"), served.loop
    )
    try:
        for frame in (4, 5):
            session.correct(1, frame, rleMask=clip.rle(1, frame))
        wait_until(lambda: worker.queue_lengths()["idle"] == 1)
    finally:
        ended.set()
        other.result()


def test_closing_the_session_stops_it(session: ClientSession, served: Server, clip: Clip) -> None:
    learns(session, steps=ENDLESS)
    session.correct(1, 4, rleMask=clip.rle(1, 4))

    session.close()

    wait_until(lambda: served.engine.device.worker.queue_lengths()["idle"] == 0)
    assert served.engine.pool.get(session.session_id) is None
