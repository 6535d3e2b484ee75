import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sam2_lit.engine.engine import Engine
from tests.clips import draw_clip, write_clip
from tests.cluster.local_workers import Cluster, cluster_in
from tests.engine.moving_masks import engine_in
from tests.store.postgresql import Postgresql

FRAMES = 40
"""More than a worker tracks ahead of those that were received."""


@pytest.fixture(scope="session")
def long_videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one clip of 40 frames, for `--videos`."""
    folder = tmp_path_factory.mktemp("long-videos")
    write_clip(folder / "discs.mp4", draw_clip(FRAMES).frames)
    return folder


@pytest.fixture
async def cluster(postgres: Postgresql, long_videos: Path, tmp_path: Path) -> AsyncIterator[Cluster]:
    """Two workers and a front."""
    async with cluster_in(tmp_path, long_videos, postgres.new_database(secrets.token_hex(4))) as cluster:
        yield cluster


@pytest.fixture
async def shared(one_for_all: Cluster) -> Cluster:
    """As `cluster`, one for all tests of a file, with both workers there."""
    await one_for_all.workers.repair()
    await one_for_all.front._owners.refresh()
    return one_for_all


@pytest.fixture(scope="module")
async def one_for_all(
    postgres: Postgresql, long_videos: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    async with cluster_in(folder, long_videos, postgres.new_database(secrets.token_hex(4)), max_sessions=64) as cluster:
        yield cluster


@pytest.fixture(scope="module")
async def alone(long_videos: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """An engine in this process, to compare with."""
    async with engine_in(tmp_path_factory.mktemp("alone"), long_videos, max_sessions=64) as engine:
        yield engine
