"""Calls on sessions of a cluster, over workers in this process and a tracker without a model."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

import pytest

from sam2_lit.cluster.cluster_metrics import labeled
from sam2_lit.cluster.remote_engine import RemoteEngine
from sam2_lit.engine.engine import Engine
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.changes import RevertedChange
from sam2_lit.records.clients import client_name
from sam2_lit.records.pages import PageRequest
from sam2_lit.records.results import LoraMode
from sam2_lit.store.fence import SessionMoved
from tests.cluster.local_workers import Cluster, cluster_in
from tests.cluster.test_streams import lose, owner, prompted, square, stored
from tests.store.postgresql import Postgresql

Call = Callable[[Engine | RemoteEngine, str], Awaitable[Any]]


async def undo(engine: Engine | RemoteEngine, session_id: str) -> Any:
    reverted = await engine.history.revert(session_id, redo=False)
    return _without_ids(reverted)


async def redo(engine: Engine | RemoteEngine, session_id: str) -> Any:
    return _without_ids(await engine.history.revert(session_id, redo=True))


def _without_ids(reverted: RevertedChange | None) -> Any:
    assert reverted is not None
    return reverted.change.kind, reverted.change.frames, reverted.change.object_ids, reverted.change.is_undone


async def correct(engine: Engine | RemoteEngine, session_id: str) -> Any:
    return await engine.add_correction(session_id, 1, 6, rle=square(40))


CHANGES: dict[str, tuple[str, Call]] = {
    "a click": ("add_points", lambda e, s: e.add_points(s, 1, 6, [[0.5, 0.5]], [1], False)),
    "a box": ("add_box", lambda e, s: e.add_box(s, 3, 2, (0.1, 0.1, 0.5, 0.5))),
    "a mask": ("add_mask", lambda e, s: e.add_mask(s, 1, 4, square(30))),
    "a correction": ("add_correction", correct),
    "an absence": ("mark_absent", lambda e, s: e.mark_absent(s, 1, 2, 9)),
    "removing masks": ("remove_masks", lambda e, s: e.remove_masks(s, [1, 2], 1, 7)),
    "a confirmation": ("confirm_frames", lambda e, s: e.confirm_frames(s, [1], [(0, 3)])),
    "clearing a frame": ("clear_points_in_frame", lambda e, s: e.clear_points_in_frame(s, 1, 5)),
    "clearing all": ("clear_points_in_video", lambda e, s: e.clear_points_in_video(s)),
    "removing an object": ("remove_object", lambda e, s: e.remove_object(s, 1)),
    "a name": ("name_object", lambda e, s: e.name_object(s, 1, "disc")),
    "a label": ("label_object", lambda e, s: e.label_object(s, 2, "round", {"color": "red"})),
    "an undo": ("history.revert", undo),
    "a redo": ("history.revert", redo),
}


async def ready(engine: Engine | RemoteEngine, *, undone: bool) -> str:
    """A session that each of these changes something in."""
    session_id = await prompted(engine, 0, 8)
    await engine.add_mask(session_id, 1, 5, square(20))
    await engine.propagate_to_frame(session_id, 10)
    await engine.confirm_frames(session_id, [1], [(7, 8)])
    if undone:
        await engine.history.revert(session_id, redo=False)
    return session_id


async def facts(engine: Engine | RemoteEngine, session_id: str) -> Any:
    """What there is after a change, but for ids and times."""
    info = await engine.session(session_id)
    done = [replace(each, id="", at=datetime.min) for each in await engine.interactions(session_id)]
    changes = [each.kind for _, each in (await engine.history.page(session_id, PageRequest(first=50))).items]
    # What a worker had tracked first when it died is a change of its own.
    kinds = [kind for kind, _ in groupby(changes)]
    return info.objects, await stored(engine, session_id), done, kinds, await engine.object_frames(session_id)


@pytest.mark.parametrize("moment", ["lose_before", "lose_after"])
@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_whose_worker_dies_is_made_once_and_answered_as_if_it_had_not(
    shared: Cluster, alone: Engine, change: str, moment: str
) -> None:
    method, call = CHANGES[change]
    front = shared.front
    session_id, twin = [await ready(each, undone=change == "a redo") for each in (front, alone)]
    worker = await owner(shared, session_id)
    setattr(shared.workers, moment, method)

    answered, expected = await call(front, session_id), await call(alone, twin)

    assert answered == expected
    assert await facts(front, session_id) == await facts(alone, twin)
    assert await owner(shared, session_id) != worker


@pytest.mark.parametrize("moment", ["lose_before", "lose_after"])
async def test_a_session_whose_worker_dies_is_started_once_and_closed_once(shared: Cluster, moment: str) -> None:
    async def call_while_a_worker_dies(method: str, calling: Callable[[], Awaitable[Any]]) -> Any:
        setattr(shared.workers, moment, method)
        answer = await calling()
        await shared.workers.repair()
        await shared.front._owners.refresh()
        return answer

    before = len(await shared.front.sessions())
    started = await call_while_a_worker_dies("start_session", lambda: shared.front.start_session("videos/discs.mp4"))
    assert len(await shared.front.sessions()) == before + 1
    await call_while_a_worker_dies("close_session", lambda: shared.front.close_session(started.session_id))
    assert len(await shared.front.sessions()) == before


async def test_a_change_whose_answers_are_lost_is_made_once(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    shared.workers.away = 3
    await shared.front.add_points(session_id, 1, 3, [[0.5, 0.5]], [1], False)

    assert len(await shared.front.interactions(session_id)) == 2


async def test_a_worker_that_was_cut_off_can_store_nothing_more(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    cut_off = shared.workers.worker(await owner(shared, session_id))
    engine = (await cut_off._opened()).engine
    await lose(shared, session_id)
    await shared.front.add_mask(session_id, 1, 2, square(50))
    before = await facts(shared.front, session_id)

    with pytest.raises(SessionMoved):
        await engine.add_mask(session_id, 1, 3, square(70))

    assert await facts(shared.front, session_id) == before


async def test_a_worker_that_gets_a_session_back_has_what_was_done_elsewhere(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    first = shared.workers.worker(await owner(shared, session_id))
    other = next(each for each in shared.workers.alive if each is not first)
    placements = shared.front._store.placements
    for worker in (other, first):
        place = placements.of(session_id)
        assert place is not None
        placements.claim(session_id, worker.id, place.epoch)
        frame_index = 3 if worker is other else 4
        await shared.front.add_mask(session_id, 1, frame_index, square(60))

        assert await owner(shared, session_id) == worker.id

    [tracked] = (await shared.front.session(session_id)).objects
    assert tracked.prompted_frames == (0, 3, 4)


async def test_two_fronts_that_find_a_session_without_an_owner_agree_on_one(shared: Cluster) -> None:
    other = await shared.open_front()
    session_id = await prompted(shared.front, 0)
    await lose(shared, session_id)

    await asyncio.gather(
        shared.front.add_mask(session_id, 1, 3, square(50)), other.add_mask(session_id, 1, 4, square(50))
    )

    [tracked] = (await shared.front.session(session_id)).objects
    assert tracked.prompted_frames == (0, 3, 4)


async def test_an_error_of_the_engine_is_that_of_an_engine_here(shared: Cluster, alone: Engine) -> None:
    for engine in (shared.front, alone):
        session_id = await prompted(engine, 0)
        with pytest.raises(LitError, match=r"it has: 1") as refused:
            await engine.name_object(session_id, 7, "none")
        assert refused.value.code is ErrorCode.OBJECT_NOT_FOUND
        with pytest.raises(LitError) as refused:
            await engine.start_session("videos/none.mp4")
        assert refused.value.code is ErrorCode.VIDEO_NOT_FOUND
        with pytest.raises(LitError) as refused:
            await engine.add_mask("none", 1, 0, square(0))
        assert refused.value.code is ErrorCode.SESSION_NOT_FOUND
        with pytest.raises(LitError) as refused:
            await anext(engine.propagate((await engine.start_session("videos/discs.mp4")).session_id))
        assert refused.value.code is ErrorCode.NO_PROMPTS


async def test_a_client_is_told_of_what_another_did_through_another_front_until_the_session_is_closed(
    shared: Cluster,
) -> None:
    other = await shared.open_front()
    session_id = await prompted(shared.front, 0)
    client_name.set("Ada")
    latest = await other.history.last_event(session_id)
    async with aclosing(other.history.events(session_id, latest)) as events:
        receiving = asyncio.ensure_future(anext(events))
        await shared.front.name_object(session_id, 1, "disc")
        told = await receiving
        await shared.front.set_lora_mode(session_id, LoraMode.OFF)
        await shared.front.close_session(session_id)
        rest = [each.kind async for each in events]
    client_name.set(None)

    assert (told.client, told.kind) == ("Ada", "NAME_OBJECT")
    assert rest in ([], ["SET_LORA_MODE"])


async def test_sessions_are_spread_over_workers(cluster: Cluster) -> None:
    started = [(await cluster.front.start_session("videos/discs.mp4")).session_id for _ in range(6)]
    owners = [await owner(cluster, each) for each in started]

    assert sorted(map(owners.count, set(owners))) == [3, 3]


async def test_while_every_worker_is_full_a_session_is_refused_with_when_to_come_back(
    postgres: Postgresql, long_videos: Any, tmp_path: Any
) -> None:
    url = postgres.new_database("full")
    async with cluster_in(tmp_path, long_videos, url, count=1, max_propagations=1) as cluster:
        session_id = await prompted(cluster.front, 0)
        async with aclosing(cluster.front.propagate(session_id)) as frames:
            await anext(frames)
            await cluster.front._owners.refresh()
            with pytest.raises(LitError, match="all 1 workers are full") as full:
                await cluster.front.start_session("videos/discs.mp4")
        cluster.workers.kill(await owner(cluster, session_id))
        await cluster.front._owners.refresh()
        with pytest.raises(LitError, match="no worker answers") as gone:
            await cluster.front.start_session("videos/discs.mp4")
        assert cluster.front.problems() == ["no worker answers"]

    for refused in (full.value, gone.value):
        assert refused.extensions == {"code": "CAPACITY_EXCEEDED", "retryAfter": 5.0}


async def test_a_worker_that_is_drained_takes_no_session_before_it_ends(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    drained = shared.workers.worker(await owner(shared, session_id))
    await drained.drain(0)

    await shared.front.add_mask(session_id, 1, 3, square(50))

    assert await owner(shared, session_id) != drained.id


async def test_a_front_knows_at_once_that_a_worker_is_lost_and_another_there(
    shared: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("sam2_lit.cluster.owners.POLL_SECONDS", 3600)
        owners = (await shared.open_front())._owners
        [lost, _] = shared.workers.alive
        shared.workers.kill(lost.id)
        started = shared.workers.start(lost.id.partition(".")[0])
        shared.workers.changed.set()
        while {lost.id, started.id} & {each.worker for each in owners.loads} != {started.id}:
            await asyncio.sleep(0.01)
    # The other fronts of these tests ask as often as before.
    shared.workers.changed.set()


async def test_of_the_workers_that_were_lost_the_last_are_remembered(shared: Cluster) -> None:
    owners = (await shared.open_front())._owners
    for number in range(1500):
        owners.lose(f"worker-{number}")

    assert list(owners._lost) == [f"worker-{number}" for number in range(500, 1500)]


def test_the_metrics_of_all_workers_are_one_text_with_their_names() -> None:
    text = b"# HELP sam2_lit_frames_total Frames.\n# TYPE sam2_lit_frames_total counter\nsam2_lit_frames_total 3.0\n"

    lines = labeled({"worker-0": text, "worker-1": text}).decode().splitlines()

    assert [line for line in lines if not line.startswith("#")] == [
        f'sam2_lit_frames_total{{worker="worker-{index}"}} 3.0' for index in (0, 1)
    ]
