"""What a cluster does while PostgreSQL does not answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sam2_lit.errors import ErrorCode
from sam2_lit.machine_errors import user_error
from tests.cluster.local_workers import Cluster
from tests.cluster.test_streams import prompted, square, stored
from tests.store.postgresql import Postgresql


@asynccontextmanager
async def away(postgres: Postgresql) -> AsyncIterator[None]:
    await asyncio.to_thread(postgres.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(postgres.start)


async def code_of(calling: Awaitable[Any]) -> ErrorCode | None:
    """The code that a client gets of what a call raises."""
    with pytest.raises(Exception) as raised:
        await calling
    error = user_error(raised.value)
    return error.code if error is not None else None


async def test_calls_are_refused_while_postgresql_is_away_and_change_nothing(
    cluster: Cluster, postgres: Postgresql
) -> None:
    front = cluster.front
    session_id = await prompted(front, 0)
    before = await stored(front, session_id)
    async with away(postgres):
        codes = [
            await code_of(front.add_mask(session_id, 1, 3, square(50))),
            await code_of(front.masks(session_id, 0, None)),
            await code_of(front.start_session("videos/discs.mp4")),
        ]

    assert codes == [ErrorCode.CAPACITY_EXCEEDED] * 3
    assert await stored(front, session_id) == before
    await front.add_mask(session_id, 1, 3, square(50))
    assert (await front.session(session_id)).objects[0].prompted_frames == (0, 3)


async def test_a_stream_that_postgresql_leaves_ends_with_an_error_and_a_new_one_tracks_the_rest(
    cluster: Cluster, postgres: Postgresql
) -> None:
    front = cluster.front
    session_id = await prompted(front, 0)
    received = list[int]()
    stream = front.propagate(session_id)
    received.append((await anext(stream)).frame_index)
    async with away(postgres):

        async def read() -> None:
            async for frame in stream:
                received.append(frame.frame_index)

        code = await code_of(read())

    assert code is ErrorCode.CAPACITY_EXCEEDED
    assert received == list(range(len(received)))
    assert [frame.frame_index async for frame in front.propagate(session_id)] == list(range(40))
