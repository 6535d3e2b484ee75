"""The engine over a tracker that is not SAM 2: sessions need no more of one than `VideoTracker`."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO

from sam2_lit.engine.engine import Engine
from sam2_lit.exports.exporter import Exporter
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.masks import RLE, BoolMask
from sam2_lit.records.results import FrameMasks
from tests.clips import FRAMES, Clip
from tests.engine.moving_masks import engine_in, moved

VIDEO = "videos/discs.mp4"


@pytest.fixture
async def engine(videos: Path, tmp_path: Path) -> AsyncIterator[Engine]:
    """Holds one session in memory."""
    async with engine_in(tmp_path, videos) as engine:
        yield engine


@pytest.fixture
def first(clip: Clip) -> RLE:
    return masks.encode(clip.masks[1][0])


async def annotated(engine: Engine, first: RLE) -> str:
    """A session with object 1 prompted on frame 0."""
    session_id = (await engine.start_session(VIDEO)).session_id
    await engine.add_mask(session_id, 1, 0, first)
    return session_id


def mask_of(frame: FrameMasks) -> BoolMask:
    [mask] = frame.masks
    return masks.decode(mask.rle)


async def test_a_propagation_streams_the_trackers_masks(engine: Engine, first: RLE, clip: Clip) -> None:
    session_id = await annotated(engine, first)

    frames = [frame async for frame in engine.propagate(session_id)]

    assert [frame.frame_index for frame in frames] == list(range(FRAMES))
    for frame in frames:
        [mask] = frame.masks
        assert np.array_equal(masks.decode(mask.rle), moved(clip.masks[1][0], frame.frame_index))


async def test_a_correction_stays_and_says_that_the_tracker_has_no_features(
    engine: Engine, first: RLE, clip: Clip
) -> None:
    session_id = await annotated(engine, first)
    await engine.propagate_to_frame(session_id, 8)

    correction = await engine.add_correction(session_id, 1, 5, rle=masks.encode(clip.masks[2][5]))

    assert (correction.adapter, correction.skipped) == (None, "FEATURES_NOT_CAPTURED")
    after = await engine.propagate_to_frame(session_id, 8)
    assert np.array_equal(mask_of(after), moved(clip.masks[2][5], 3))


async def test_an_evicted_session_is_tracked_on_from_where_it_was(engine: Engine, first: RLE, clip: Clip) -> None:
    session_id = await annotated(engine, first)
    before = await engine.propagate_to_frame(session_id, 6)
    await engine.start_session(VIDEO)
    assert engine.pool.get(session_id) is None

    after = await engine.propagate_to_frame(session_id, 9)

    assert await engine.masks(session_id, 6, 6) == [before]
    assert np.array_equal(mask_of(after), moved(clip.masks[1][0], 9))


async def test_a_frame_prompted_after_it_was_tracked_can_be_cleared_after_an_eviction(
    engine: Engine, first: RLE, clip: Clip
) -> None:
    session_id = await annotated(engine, first)
    tracked = await engine.propagate_to_frame(session_id, 6)
    await engine.add_mask(session_id, 1, 6, masks.encode(clip.masks[2][6]))
    await engine.start_session(VIDEO)

    cleared = await engine.clear_points_in_frame(session_id, 1, 6)

    assert np.array_equal(mask_of(cleared), mask_of(tracked))


async def test_masks_are_exported_as_coco(engine: Engine, first: RLE, clip: Clip, tmp_path: Path) -> None:
    session_id = await annotated(engine, first)
    await engine.propagate_to_frame(session_id, 4)
    exporter = Exporter(engine.library, tmp_path / "exports")

    export = await exporter.export(
        [(await engine.session(session_id), await engine.masks(session_id, 0, None))], ExportFormat.COCO, {}
    )

    assert len(json.loads(export.file.read_text())["images"]) == 5
    coco = COCO(export.file)
    [last] = coco.loadAnns(coco.getAnnIds(imgIds=[5]))
    assert np.array_equal(coco.annToMask(last).astype(bool), moved(clip.masks[1][0], 4))


async def test_two_devices_track_in_one_process(videos: Path, tmp_path: Path, first: RLE) -> None:
    async def tracked(engine: Engine) -> list[int]:
        session_id = await annotated(engine, first)
        return [frame.frame_index async for frame in engine.propagate(session_id)]

    async with engine_in(tmp_path / "one", videos) as one, engine_in(tmp_path / "other", videos) as other:
        frames = await asyncio.gather(tracked(one), tracked(other))

    assert list(frames) == [list(range(FRAMES))] * 2
