"""What the schema and the routes need of an engine, wherever it runs."""

import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from sam2_lit.errors import RETRY_SECONDS, ErrorCode, LitError
from sam2_lit.records.changes import change_id, new_change_id
from sam2_lit.records.pages import PageRequest
from tests.engine.moving_masks import engine_in


def test_the_application_over_an_engine_elsewhere_imports_no_torch() -> None:
    program = "import sys, sam2_lit.server.application; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_a_caller_can_give_a_session_its_id(videos: Path, tmp_path: Path) -> None:
    async with engine_in(tmp_path, videos) as engine:
        started = await engine.start_session("videos/discs.mp4", session_id="given")

        assert started.session_id == "given"
        assert (await engine.session("given")).video.path == "videos/discs.mp4"


async def test_a_caller_can_give_a_change_its_id_and_tracking_has_its_own(videos: Path, tmp_path: Path) -> None:
    async with engine_in(tmp_path, videos) as engine:
        session_id = (await engine.start_session("videos/discs.mp4")).session_id
        given = new_change_id()
        change_id.set(given)
        await engine.add_box(session_id, 1, 0, (0.1, 0.1, 0.4, 0.4))
        await engine.propagate_to_frame(session_id, 2)
        change_id.set(None)
        [interaction] = await engine.interactions(session_id)
        changes = await engine.history.page(session_id, PageRequest(first=10))

    assert interaction.id == given
    assert [change.id == given for _, change in changes.items] == [True, False]


async def test_a_session_that_is_not_there_is_refused_by_every_query(videos: Path, tmp_path: Path) -> None:
    async with engine_in(tmp_path, videos) as engine:
        for query in (engine.session("none"), engine.masks("none", 0, None), engine.object_frames("none")):
            try:
                await query
            except LitError as error:
                assert error.code is ErrorCode.SESSION_NOT_FOUND
            else:
                raise AssertionError("it was answered")


async def test_a_call_that_is_refused_since_the_engine_is_busy_says_when_to_come_back(
    videos: Path, tmp_path: Path
) -> None:
    async with engine_in(tmp_path, videos) as engine:
        session_id = (await engine.start_session("videos/discs.mp4")).session_id
        await engine.add_box(session_id, 1, 0, (0.1, 0.1, 0.4, 0.4))
        async with aclosing(engine.propagate(session_id)) as frames:
            await anext(frames)
            with pytest.raises(LitError) as refused:
                await engine.propagate_to_frame(session_id, 15)

    assert refused.value.extensions == {"code": "CAPACITY_EXCEEDED", "retryAfter": RETRY_SECONDS}
