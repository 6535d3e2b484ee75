"""Users of a cluster: whose calls arrive at workers as theirs, and whose limits hold for all workers together."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import pytest

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.users import current_user
from sam2_lit.store.user_slots import UserSlots
from tests.cluster.local_workers import Cluster, cluster_in
from tests.cluster.test_streams import lose, owner, prompted, square
from tests.store.postgresql import Postgresql

PATH = "videos/discs.mp4"


@contextmanager
def asking(user: str) -> Iterator[None]:
    """The block's calls are the user's."""
    token = current_user.set(user)
    try:
        yield
    finally:
        current_user.reset(token)


async def move(cluster: Cluster, session_id: str, away_from: str) -> None:
    """Claims a session for another worker than one."""
    other = next(each.id for each in cluster.workers.alive if each.id != away_from)
    place = cluster.front._store.placements.of(session_id)
    assert place is not None
    cluster.front._store.placements.claim(session_id, other, place.epoch)
    cluster.front._owners.forget(session_id)


@pytest.fixture(scope="module")
async def limited(
    postgres: Postgresql, long_videos: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    """A cluster in which a user may have three sessions, and one propagation at once."""
    url, folder = postgres.new_database(secrets.token_hex(4)), tmp_path_factory.mktemp("users")
    limits = {"max_sessions": 64, "max_user_sessions": 3, "max_user_propagations": 1}
    async with cluster_in(folder, long_videos, url, **limits) as cluster:
        yield cluster


async def test_what_a_user_does_is_stored_as_theirs_also_after_the_death_of_a_worker(limited: Cluster) -> None:
    with asking("anna"):
        session_id = await prompted(limited.front, 0)
        await lose(limited, session_id)
        await limited.front._owners.refresh()
    with asking("bert"):
        await limited.front.add_mask(session_id, 1, 3, square(50))

    assert (await limited.front.session(session_id)).owner.user == "anna"
    assert [each.user for each in await limited.front.interactions(session_id)] == ["anna", "bert"]


async def test_a_private_session_is_not_there_for_others_even_where_no_worker_could_take_it(limited: Cluster) -> None:
    with asking("carl"):
        session_id = (await limited.front.start_session(PATH, private=True)).session_id
        await limited.front.add_mask(session_id, 1, 0, square(10))
    states = limited.front._owners._states
    with asking("dora"):
        for is_full in (False, True):
            if is_full:
                limited.front._owners._states = {}
                limited.front._owners.forget(session_id)
            for refused in (
                limited.front.add_mask(session_id, 1, 1, square(20)),
                anext(limited.front.propagate(session_id)),
                limited.front.close_session(session_id),
                limited.front.masks(session_id, 0, None),
            ):
                with pytest.raises(LitError) as error:
                    await refused
                assert error.value.code is ErrorCode.SESSION_NOT_FOUND
        limited.front._owners._states = states
        assert session_id not in [each.session_id for each in await limited.front.sessions()]
    with asking("carl"):
        await limited.front.add_mask(session_id, 1, 1, square(20))


async def test_of_sessions_that_a_user_starts_at_once_on_two_workers_no_more_than_the_limit_are_stored(
    limited: Cluster,
) -> None:
    with asking("emma"):
        done = await asyncio.gather(*(limited.front.start_session(PATH) for _ in range(6)), return_exceptions=True)
        started = await limited.front.sessions("emma")

    refused = [each for each in done if isinstance(each, LitError)]
    assert (len(started), len(refused)) == (3, 3)
    assert all("which is the limit of a user" in each.message for each in refused)


async def test_the_propagations_of_a_user_are_counted_over_all_workers(limited: Cluster) -> None:
    with asking("fred"):
        first, second = [await prompted(limited.front, 0) for _ in range(2)]
        await move(limited, second, away_from=await owner(limited, first))
        async with aclosing(limited.front.propagate(first)) as frames:
            await anext(frames)
            for refused in (anext(limited.front.propagate(second)), limited.front.propagate_to_frame(second, 5)):
                with pytest.raises(LitError, match="propagations of yours are running") as error:
                    await refused
                assert error.value.code is ErrorCode.CAPACITY_EXCEEDED
            with asking("gina"):
                await limited.front.propagate_to_frame(second, 5)
        # The first worker ends the stream after its client has left.
        while True:
            try:
                await limited.front.propagate_to_frame(second, 8)
                break
            except LitError:
                await asyncio.sleep(0.01)


async def test_a_slot_is_free_once_it_is_given_back_or_its_process_is_gone(limited: Cluster) -> None:
    database = limited.front._store.placements._engine
    one, other = UserSlots(database), UserSlots(database)
    try:
        free = await one.take("hans", 2)
        assert free is not None and await one.take("hans", 2) is not None
        assert await other.take("hans", 2) is None
        assert await other.take("ida", 2) is not None
        free()
        assert await one.take("hans", 2) is not None
        one.close()
        # PostgreSQL learns of a connection that is gone when it next looks.
        while await other.take("hans", 2) is None:
            await asyncio.sleep(0.05)
    finally:
        one.close()
        other.close()


async def test_of_calls_on_two_fronts_that_close_a_session_one_succeeds(limited: Cluster) -> None:
    other = await limited.open_front()
    session_id = await prompted(limited.front, 0)

    done = await asyncio.gather(
        limited.front.close_session(session_id), other.close_session(session_id), return_exceptions=True
    )

    [refused] = [each for each in done if each is not None]
    assert isinstance(refused, LitError) and refused.code is ErrorCode.SESSION_NOT_FOUND


async def test_of_calls_on_two_fronts_that_delete_an_upload_one_succeeds(limited: Cluster, long_videos: Path) -> None:
    other = await limited.open_front()
    with (long_videos / "discs.mp4").open("rb") as file:
        uploaded = await limited.front.upload_video(file, "discs.mp4", None, None)

    done = await asyncio.gather(
        limited.front.delete_upload(uploaded.path), other.delete_upload(uploaded.path), return_exceptions=True
    )

    [refused] = [each for each in done if each is not None]
    assert isinstance(refused, LitError) and refused.code is ErrorCode.VIDEO_NOT_FOUND
