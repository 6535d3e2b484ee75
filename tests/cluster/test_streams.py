"""Propagations across the deaths of workers, over workers in this process and a tracker without a model."""

import asyncio
import secrets
from contextlib import aclosing
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sam2_lit.cluster.remote_engine import RemoteEngine
from sam2_lit.engine.engine import Engine
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.masks import encode
from sam2_lit.records.pages import PageRequest
from sam2_lit.records.results import PropagatedFrame, ResumeFrom
from sam2_lit.records.tracking_scope import TrackingScope
from tests.clips import HEIGHT, WIDTH
from tests.cluster.conftest import FRAMES
from tests.cluster.local_workers import Cluster

Masks = dict[int, tuple[tuple[int, str], ...]]
"""By frame, each object's mask."""


def square(left: int) -> Any:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[30:60, left : left + 25] = True
    return encode(mask)


def masks_of(frame: PropagatedFrame) -> tuple[tuple[int, str], ...]:
    return tuple((mask.object_id, mask.rle.counts) for mask in frame.masks)


async def prompted(engine: Engine | RemoteEngine, *frames: int) -> str:
    """A session with an object that is prompted on each of these frames."""
    session_id = (await engine.start_session("videos/discs.mp4")).session_id
    for object_id, frame_index in enumerate(frames, 1):
        await engine.add_mask(session_id, object_id, frame_index, square(10 * object_id))
    return session_id


async def stored(engine: Engine | RemoteEngine, session_id: str) -> Masks:
    return {
        each.frame_index: tuple((mask.object_id, mask.rle.counts) for mask in each.masks)
        for each in await engine.masks(session_id, 0, None)
    }


async def owner(cluster: Cluster, session_id: str) -> str:
    place = await asyncio.to_thread(cluster.front._store.placements.of, session_id)
    assert place is not None and place.worker is not None
    return place.worker


async def lose(cluster: Cluster, session_id: str) -> None:
    """Kills the session's worker, and starts another under its name."""
    worker = await owner(cluster, session_id)
    cluster.workers.kill(worker)
    cluster.workers.start(worker.partition(".")[0])


async def test_a_stream_whose_worker_is_killed_goes_on_with_the_masks_of_one_that_was_not(shared: Cluster) -> None:
    session_id, twin = await prompted(shared.front, 0), await prompted(shared.front, 0)
    expected = [each async for each in shared.front.propagate(twin)]
    received: list[PropagatedFrame] = []
    async for frame in shared.front.propagate(session_id):
        received.append(frame)
        if frame.frame_index == 11:
            await lose(shared, session_id)

    assert [each.frame_index for each in received] == [each.frame_index for each in expected] == list(range(FRAMES))
    assert [masks_of(each) for each in received] == [masks_of(each) for each in expected]
    assert [(each.sequence, each.completed, each.revision) for each in received] == [
        (index, index + 1, 0) for index in range(FRAMES)
    ]
    assert await stored(shared.front, session_id) == await stored(shared.front, twin)
    history = await shared.front.history.page(session_id, PageRequest(first=10))
    assert len(history.items) == 2


moments = st.integers(0, 2 * FRAMES)


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    prompts=st.lists(st.integers(0, FRAMES - 1), min_size=1, max_size=2),
    kills=st.sets(moments, min_size=1, max_size=3),
    changes=st.dictionaries(moments, st.integers(0, FRAMES - 1), max_size=2),
    start=st.none() | st.integers(0, FRAMES - 1),
    skip_current=st.booleans(),
)
@example(prompts=[20], kills={30}, changes={25: 22}, start=None, skip_current=False)
@example(prompts=[0], kills={20}, changes={19: 5}, start=None, skip_current=False)
@example(prompts=[0], kills={20}, changes={}, start=None, skip_current=True)
@example(prompts=[0], kills={0, 1}, changes={}, start=None, skip_current=True)
@example(prompts=[10], kills={15, 25}, changes={20: 12}, start=None, skip_current=True)
@example(prompts=[32], kills={0}, changes={3: 1}, start=None, skip_current=True)
async def test_wherever_workers_die_and_prompts_change_a_client_has_the_masks_that_are_stored(
    shared: Cluster,
    alone: Engine,
    prompts: list[int],
    kills: set[int],
    changes: dict[int, int],
    start: int | None,
    skip_current: bool,
) -> None:
    await shared.workers.repair()
    await shared.front._owners.refresh()
    session_id = await prompted(shared.front, *prompts)
    shown: Masks = {}
    sequences = []
    scope = TrackingScope(start, skip_current=skip_current)
    async for frame in shared.front.propagate(session_id, scope):
        shown[frame.frame_index] = masks_of(frame)
        sequences.append(frame.sequence)
        if frame.sequence in changes:
            await shared.front.add_mask(session_id, 1, changes[frame.sequence], square(frame.sequence))
        if frame.sequence in kills:
            await lose(shared, session_id)
    found = await stored(shared.front, session_id)
    made = [(sequence, frame_index) for sequence, frame_index in sorted(changes.items()) if sequence in sequences]

    assert sequences == list(range(len(sequences)))
    assert {frame_index: found[frame_index] for frame_index in shown} == shown
    if not made:
        assert shown.keys() == (await tracked(alone, prompts, [], scope))[0]
    if start is None:
        assert skip_current or shown.keys() == set(range(FRAMES))
        # A frame that was tracked before a change, and is current after it, is not tracked again with `skip_current`.
        since = range(len(made) + 1) if skip_current else [len(made)]
        possible = [(await tracked(alone, prompts, made[:count], scope))[1] for count in since]
        assert found.keys() == set(range(FRAMES))
        assert all(any(found[frame] == each[frame] for each in possible) for frame in found)


async def tracked(
    engine: Engine, prompts: list[int], changes: list[tuple[int, int]], scope: TrackingScope
) -> tuple[set[int], Masks]:
    """What a stream shows of a session that was prompted and then changed by squares at frames, and its masks."""
    session_id = await prompted(engine, *prompts)
    for left, frame_index in changes:
        await engine.add_mask(session_id, 1, frame_index, square(left))
    shown = {frame.frame_index async for frame in engine.propagate(session_id, scope)}
    return shown, await stored(engine, session_id)


async def test_a_correction_through_another_front_sends_a_stream_back(shared: Cluster) -> None:
    other = await shared.open_front()
    session_id = await prompted(shared.front, 0)
    revisions, shown = set(), {}
    async for frame in shared.front.propagate(session_id):
        if frame.frame_index == 9 and not revisions & {1}:
            await other.add_mask(session_id, 1, 3, square(90))
        revisions.add(frame.revision)
        shown[frame.frame_index] = masks_of(frame)

    assert revisions == {0, 1}
    assert shown == await stored(other, session_id)


async def test_what_a_worker_sends_is_received_once_where_its_answers_are_lost(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    received = []
    async for frame in shared.front.propagate(session_id):
        received.append(frame.frame_index)
        if frame.frame_index % 10 == 3:
            shared.workers.away = 2

    assert received == list(range(FRAMES))


async def test_a_worker_tracks_no_further_than_a_few_frames_ahead_of_a_client_that_does_not_read(
    shared: Cluster,
) -> None:
    session_id = await prompted(shared.front, 0)
    worker = shared.workers.worker(await owner(shared, session_id))
    engine = (await worker._opened()).engine
    before = engine.pool.frames_tracked
    async with aclosing(shared.front.propagate(session_id)) as frames:
        await anext(frames)
        # The device is idle: nothing more is tracked, however long it takes.
        await engine.device.worker.drain()
        await asyncio.sleep(0.2)
        assert engine.pool.frames_tracked - before < FRAMES // 2


async def test_the_work_of_a_stream_ends_when_its_client_leaves(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    engine = (await shared.workers.worker(await owner(shared, session_id))._opened()).engine
    before = engine.pool.frames_tracked
    async with aclosing(shared.front.propagate(session_id)) as frames:
        await anext(frames)

    while engine.pool.propagations:
        await asyncio.sleep(0.01)
    assert engine.pool.frames_tracked - before < FRAMES


async def test_the_work_of_a_stream_ends_when_its_front_is_gone(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    frames = shared.front.propagate(session_id)
    await anext(frames)
    worker = shared.workers.worker(await owner(shared, session_id))
    engine = (await worker._opened()).engine
    shared.workers.clock += 31

    await worker.tidy()

    while engine.pool.propagations:
        await asyncio.sleep(0.01)
    # It was only slow: it opens the stream again.
    assert [each.frame_index async for each in frames] == list(range(1, FRAMES))


async def test_a_stream_that_broke_is_resumed_through_another_front(shared: Cluster) -> None:
    other = await shared.open_front()
    session_id = await prompted(shared.front, 0)
    async with aclosing(shared.front.propagate(session_id)) as frames:
        first = [await anext(frames) for _ in range(5)]
    resumed = ResumeFrom(5, first[-1].propagation_id)

    rest = [each.frame_index async for each in other.propagate(session_id, resume=resumed)]

    assert rest == list(range(5, FRAMES))


async def test_a_resumed_stream_whose_worker_is_killed_goes_on_too(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    async with aclosing(shared.front.propagate(session_id)) as frames:
        first = [await anext(frames) for _ in range(5)]
    received = []
    async for frame in shared.front.propagate(session_id, resume=ResumeFrom(5, first[-1].propagation_id)):
        received.append(frame.frame_index)
        if frame.frame_index == 12:
            await lose(shared, session_id)

    assert received == list(range(5, FRAMES))


async def test_streams_and_sessions_leave_a_worker_that_is_drained(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    drained = await owner(shared, session_id)
    received = []
    async for frame in shared.front.propagate(session_id):
        received.append(frame.frame_index)
        if frame.frame_index == 7:
            await shared.workers.worker(drained).drain(0)
    started = await shared.front.start_session("videos/discs.mp4")

    assert received == list(range(FRAMES))
    assert drained not in {await owner(shared, session_id), await owner(shared, started.session_id)}


async def test_a_stream_of_a_session_that_is_closed_ends(shared: Cluster) -> None:
    other = await shared.open_front()
    session_id = await prompted(shared.front, 0)
    received = []
    async for frame in shared.front.propagate(session_id):
        received.append(frame.frame_index)
        if frame.frame_index == 2:
            await other.close_session(session_id)

    assert len(received) < FRAMES


async def test_what_kills_every_worker_is_given_up(shared: Cluster) -> None:
    session_id = await prompted(shared.front, 0)
    shared.workers.lose_before, shared.workers.loses_always = "propagate_to_frame", True
    before = len(shared.workers.calls)

    async def keep_starting() -> None:
        while True:
            if len(shared.workers.alive) < 2:
                shared.workers.start(f"worker-{secrets.token_hex(2)}")
            await asyncio.sleep(0.01)

    starting = asyncio.create_task(keep_starting())
    with pytest.raises(LitError, match="in a row") as refused:
        await shared.front.propagate_to_frame(session_id, 3)
    starting.cancel()

    assert refused.value.code is ErrorCode.CAPACITY_EXCEEDED
    assert len(shared.workers.calls) - before == 5
