"""Tracked frames that fit neither in memory nor on disk."""

from pathlib import Path
from typing import Any

from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.tracking.sam2_device import Sam2Device
from sam2_lit.media.library import VideoLibrary
from sam2_lit.records import masks
from sam2_lit.store.store import Store
from tests.clips import draw_clip, write_clip
from tests.small_model import load_small

LENGTH = 30


async def test_frames_for_which_there_is_no_room_are_tracked_again_when_they_are_needed(tmp_path: Path) -> None:
    clip, videos = draw_clip(LENGTH), tmp_path / "videos"
    videos.mkdir()
    write_clip(videos / "long.mp4", clip.frames)
    model = load_small(tmp_path, "cpu")
    answers: list[list[Any]] = []
    for memory, disk in ((2**30, None), (1, 0)):
        folder = tmp_path / str(memory)
        settings = EngineSettings(memory_budget=memory, tracking_disk_budget=disk, folder=folder / "tracking")
        library = VideoLibrary(videos / "long.mp4", videos, folder)
        engine = Engine(Sam2Device(model, settings), library, Store(folder), settings)
        session_id = (await engine.start_session("videos/long.mp4")).session_id
        await engine.add_mask(session_id, 1, 0, masks.encode(clip.masks[1][0]))
        tracked = [frame.masks async for frame in engine.propagate(session_id)]
        clicked = await engine.add_mask(session_id, 1, 6, masks.encode(clip.masks[1][6]))
        again = await engine.propagate_to_frame(session_id, 8)
        pooled = engine.pool.get(session_id)
        assert pooled is not None
        answers.append([tracked, clicked, again])
        assert pooled.state.tracker.pool.resident.has_dropped == (disk == 0)  # type: ignore[attr-defined]
        await engine.close()

    assert answers[0] == answers[1]
