"""Who may work on a session at once, and which sessions stay in memory."""

import asyncio
import gc
import shutil
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from pathlib import Path

import pytest

from sam2_lit.engine.engine import Engine
from sam2_lit.engine.sessions.pooled_session import PooledSession
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.video_tracker import VideoTracker
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.catalog import Video
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.results import LoraMode, PropagatedFrame
from sam2_lit.records.users import current_user
from tests.clips import FRAMES
from tests.engine.moving_masks import engine_in

VIDEO = "videos/discs.mp4"


@pytest.fixture
async def engine(videos: Path, tmp_path: Path) -> AsyncIterator[Engine]:
    """Holds one session in memory, and runs one propagation at most."""
    async with engine_in(tmp_path, videos) as engine:
        yield engine


@pytest.fixture
async def session_id(engine: Engine) -> str:
    return (await engine.start_session(VIDEO)).session_id


async def test_two_changes_of_a_session_wait_for_each_other(engine: Engine, session_id: str) -> None:
    done: list[str] = []

    async def clear() -> None:
        await engine.clear_points_in_video(session_id)
        done.append("second")

    async with engine.pool.change(session_id) as session:
        other = asyncio.ensure_future(clear())
        # Steps and commits run in order, so one that did not wait would be done before the last of these.
        for _ in range(5):
            await session.commit(no_steps())
        done.append("first")
    await other

    assert done == ["first", "second"]


def no_steps() -> Generator[None, None, None]:
    yield


async def test_a_training_does_not_hold_up_changes(engine: Engine, session_id: str) -> None:
    async with engine.pool.train(session_id):
        await engine.clear_points_in_video(session_id)


async def test_reading_a_session_does_not_wait_for_a_change(engine: Engine, session_id: str) -> None:
    async with engine.pool.change(session_id), engine.pool.read(session_id) as session:
        assert session.state.session_id == session_id


async def test_a_session_in_use_is_not_evicted(engine: Engine, session_id: str) -> None:
    async with engine.pool.read(session_id):
        with pytest.raises(LitError) as refusal:
            await engine.start_session(VIDEO)

    assert refusal.value.code is ErrorCode.CAPACITY_EXCEEDED


async def test_sessions_in_use_are_those_that_calls_work_on_and_those_that_are_being_added(
    engine: Engine, session_id: str
) -> None:
    counts = [engine.pool.sessions_in_use]
    async with engine.pool.read(session_id):
        counts.append(engine.pool.sessions_in_use)
        async with engine.pool.read(session_id):
            counts.append(engine.pool.sessions_in_use)
    counts.append(engine.pool.sessions_in_use)

    async def fail() -> SessionState:
        counts.append(engine.pool.sessions_in_use)
        raise LitError(ErrorCode.UNSUPPORTED_MEDIA, "no video")

    with pytest.raises(LitError):
        await engine.pool.add(fail)
    counts.append(engine.pool.sessions_in_use)

    assert counts == [0, 1, 1, 0, 1, 0]


async def test_an_idle_session_is_evicted_for_another_and_loaded_again(engine: Engine, session_id: str) -> None:
    await engine.start_session(VIDEO)
    assert engine.pool.get(session_id) is None

    async with engine.pool.read(session_id) as session:
        assert engine.pool.get(session_id) is session
    assert len(engine.pool) == 1


async def test_a_session_that_is_idle_for_long_leaves_memory_unless_a_call_works_on_it(
    videos: Path, tmp_path: Path
) -> None:
    now = 0.0
    async with engine_in(tmp_path, videos, clock=lambda: now) as engine:
        session_id = (await engine.start_session(VIDEO)).session_id
        now = 30 * 60 - 1
        await engine.clear_points_in_video(session_id)
        await engine.tidy()
        now += 30 * 60 - 1
        await engine.tidy()
        assert len(engine.pool) == 1
        now += 1
        async with engine.pool.read(session_id):
            await engine.tidy()
            assert len(engine.pool) == 1
            now += 30 * 60
        await engine.tidy()
        assert len(engine.pool) == 1
        now += 30 * 60
        await engine.tidy()
        assert len(engine.pool) == 0

        async with engine.pool.read(session_id) as session:
            assert session.state.session_id == session_id


async def test_a_session_is_loaded_again_after_a_failed_write(engine: Engine, session_id: str) -> None:
    async with engine.pool.read(session_id) as failed:
        failed.state.journal.fail(OSError("the disk is gone"))

    async with engine.pool.read(session_id) as session:
        assert session is not failed
        assert session.state.journal.failure is None
    assert failed.freeing is not None and failed.freeing.done()


async def test_sessions_that_start_at_once_stay_under_the_limit(engine: Engine) -> None:
    answers = await asyncio.gather(*(engine.start_session(VIDEO) for _ in range(4)), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, LitError)]
    assert [refusal.code for refusal in refused] == [ErrorCode.CAPACITY_EXCEEDED] * 3
    assert len(engine.pool) == 1


@pytest.fixture
def opened(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the sessions that are loaded from now on."""
    session_ids: list[str] = []
    open_tracker = engine.device.open_tracker

    def count(reader: VideoReader, video_id: str, session_id: str, frame_step: int) -> VideoTracker:
        session_ids.append(session_id)
        return open_tracker(reader, video_id, session_id, frame_step)

    monkeypatch.setattr(engine.device, "open_tracker", count)
    return session_ids


async def test_calls_that_load_a_session_at_once_share_one_load(
    engine: Engine, session_id: str, opened: list[str]
) -> None:
    other = (await engine.start_session(VIDEO)).session_id
    opened.clear()

    await asyncio.gather(*(engine.set_lora_mode(session_id, LoraMode.OFF) for _ in range(3)))

    assert opened == [session_id]
    assert engine.pool.get(other) is None


async def test_a_load_whose_caller_leaves_ends_in_memory_and_can_be_evicted(
    engine: Engine, session_id: str, opened: list[str]
) -> None:
    await engine.start_session(VIDEO)
    opened.clear()
    frames = engine.propagate(session_id)
    subscriber = asyncio.ensure_future(anext(frames))
    await asyncio.sleep(0)
    subscriber.cancel()
    with pytest.raises(asyncio.CancelledError):
        await subscriber
    async with engine.pool.read(session_id):
        pass
    assert opened == [session_id]

    await engine.start_session(VIDEO)

    assert engine.pool.get(session_id) is None


async def test_closing_a_session_while_it_is_loaded_leaves_nothing_behind(
    engine: Engine, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.start_session(VIDEO)
    may_open, open_video = threading.Event(), engine.library.open

    def open_later(video: Video) -> VideoReader:
        may_open.wait()
        return open_video(video)

    monkeypatch.setattr(engine.library, "open", open_later)
    loading = asyncio.ensure_future(engine.set_lora_mode(session_id, LoraMode.OFF))
    closing = asyncio.ensure_future(engine.close_session(session_id))
    with pytest.raises(LitError):
        while True:
            await engine.session(session_id)
    may_open.set()

    await closing
    with pytest.raises(LitError) as refusal:
        await loading
    assert refusal.value.code is ErrorCode.SESSION_NOT_FOUND
    assert engine.pool.get(session_id) is None
    await engine.start_session(VIDEO)


async def test_propagations_are_counted_and_limited(engine: Engine) -> None:
    end = await engine.pool.running_propagations.start()
    assert engine.pool.propagations == 1
    with pytest.raises(LitError) as refusal:
        await engine.pool.running_propagations.start()
    end()

    assert refusal.value.code is ErrorCode.CAPACITY_EXCEEDED
    assert engine.pool.propagations == 0


async def test_the_least_recently_used_session_is_evicted(videos: Path, tmp_path: Path) -> None:
    async with engine_in(tmp_path, videos, max_sessions=2) as engine:
        first, second = [(await engine.start_session(VIDEO)).session_id for _ in range(2)]
        await engine.clear_points_in_video(first)
        third = (await engine.start_session(VIDEO)).session_id

        assert [engine.pool.get(each) is not None for each in (first, second, third)] == [True, False, True]


@pytest.fixture
async def frames(engine: Engine, session_id: str) -> AsyncIterator[AsyncGenerator[PropagatedFrame, None]]:
    """A propagation that has sent its first frame."""
    await engine.add_box(session_id, 1, 0, (0.1, 0.1, 0.5, 0.5))
    frames = engine.propagate(session_id)
    await anext(frames)
    yield frames
    await frames.aclose()


async def test_stopping_streams_ends_them_and_says_whether_there_were_any(
    engine: Engine, session_id: str, frames: AsyncGenerator[PropagatedFrame, None]
) -> None:
    assert engine.pool.stop_streams(session_id) is True

    assert len([frame async for frame in frames]) < FRAMES - 1
    assert engine.pool.stop_streams(session_id) is False
    assert engine.pool.stop_streams("unknown") is False
    assert engine.pool.propagations == 0


async def test_a_failed_write_ends_the_streams_of_its_session_once_another_call_comes(
    engine: Engine, session_id: str, frames: AsyncGenerator[PropagatedFrame, None]
) -> None:
    async with engine.pool.read(session_id) as failed:
        failed.state.journal.fail(OSError("the disk is gone"))

    with pytest.raises(OSError, match="the disk is gone"):
        while True:
            await anext(frames)
    async with engine.pool.read(session_id) as session:
        assert session is not failed
    assert failed.freeing is not None and failed.freeing.done()


async def test_frames_stay_counted_when_their_session_leaves_memory(
    engine: Engine, session_id: str, frames: AsyncGenerator[PropagatedFrame, None]
) -> None:
    async for _ in frames:
        pass
    assert engine.pool.frames_tracked == FRAMES

    await engine.start_session(VIDEO)

    assert engine.pool.get(session_id) is None
    assert engine.pool.frames_tracked == FRAMES


async def test_a_call_that_still_works_on_a_closed_session_changes_nothing_more(
    engine: Engine, session_id: str
) -> None:
    async with engine.pool.read(session_id) as session:
        await engine.close_session(session_id)

        for change in (session.commit(no_steps()), session.run(no_steps())):
            with pytest.raises(LitError) as refusal:
                await change
            assert refusal.value.code is ErrorCode.SESSION_NOT_FOUND
        with pytest.raises(LitError), session.state.journal.transaction():
            raise AssertionError("the journal of a closed session begins no transaction")
    assert len(engine.pool) == 0


class LateOpening:
    """Lets a video be opened only once the test says so; other videos that are opened meanwhile wait as well.

    - trackers: those that were opened, and those of them that were closed.
    """

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trackers: list[VideoTracker] = []
        self.closed: list[VideoTracker] = []
        self._may_open, self._opening = threading.Event(), threading.Event()
        open_video, open_tracker = engine.library.open, engine.device.open_tracker

        def open_later(video: Video) -> VideoReader:
            self._opening.set()
            self._may_open.wait()
            return open_video(video)

        def note(reader: VideoReader, video_id: str, session_id: str, frame_step: int) -> VideoTracker:
            tracker = open_tracker(reader, video_id, session_id, frame_step)
            close = tracker.close
            monkeypatch.setattr(tracker, "close", lambda: (self.closed.append(tracker), close()))
            self.trackers.append(tracker)
            return tracker

        monkeypatch.setattr(engine.library, "open", open_later)
        monkeypatch.setattr(engine.device, "open_tracker", note)

    async def reached(self) -> None:
        await asyncio.to_thread(self._opening.wait)

    def allow(self) -> None:
        self._may_open.set()


async def test_closing_the_pool_while_a_session_is_loaded_frees_it(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine_in(tmp_path, videos) as engine:
        first, _ = [(await engine.start_session(VIDEO)).session_id for _ in range(2)]
        opening = LateOpening(engine, monkeypatch)
        loading = asyncio.ensure_future(engine.set_lora_mode(first, LoraMode.OFF))
        await opening.reached()
        closing = asyncio.ensure_future(engine.pool.close())
        await asyncio.sleep(0)
        opening.allow()
        await closing
        await asyncio.gather(loading, return_exceptions=True)

        assert len(opening.trackers) == 1 and opening.closed == opening.trackers
        assert len(engine.pool) == 0


async def test_a_private_session_in_memory_is_not_found_by_another_user(engine: Engine) -> None:
    current_user.set("ada")
    session_id = (await engine.start_session(VIDEO, private=True)).session_id
    await engine.pool.evict(session_id)
    async with engine.pool.read(session_id) as session:
        assert session.state.owner.user == "ada"

    current_user.set("bob")

    with pytest.raises(LitError) as refusal:
        async with engine.pool.read(session_id):
            pass
    assert refusal.value.code is ErrorCode.SESSION_NOT_FOUND


async def test_a_session_cannot_be_worked_on_once_its_video_is_another_file(videos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    shutil.copytree(videos, folder)
    async with engine_in(tmp_path, folder) as engine:
        session_id = (await engine.start_session(VIDEO)).session_id
        (folder / "discs.mp4").write_bytes(b"another file")

        with pytest.raises(LitError) as refusal:
            async with engine.pool.read(session_id):
                pass
        assert refusal.value.code is ErrorCode.VIDEO_NOT_FOUND
        async with engine.pool.read(session_id, checks_video=False) as session:
            assert session.users == 1
        assert session.users == 0


async def test_a_session_that_leaves_memory_is_freed_when_the_call_that_evicted_it_ends(
    videos: Path, tmp_path: Path
) -> None:
    now = 0.0
    async with engine_in(tmp_path, videos, clock=lambda: now) as engine:
        session_id = (await engine.start_session(VIDEO)).session_id
        async with engine.pool.read(session_id) as idle:
            pass
        now = 30 * 60.0
        await engine.tidy()
        assert idle.freeing is not None and idle.freeing.done()

        async with engine.pool.read(session_id) as evicted:
            pass
        await engine.pool.evict(session_id)
        assert evicted.freeing is not None and evicted.freeing.done()
        assert engine.pool.get(session_id) is None

        async with engine.pool.read(session_id) as closed:
            pass
        await engine.close_session(session_id)
        assert closed.freeing is not None and closed.freeing.done()


async def test_a_session_is_evicted_once_no_change_runs_and_what_still_works_on_it_has_to_be_sent_again(
    engine: Engine, session_id: str
) -> None:
    async with engine.pool.read(session_id) as session:
        async with session.change_lock:
            evicting = asyncio.ensure_future(engine.pool.evict(session_id))
            for _ in range(5):
                await asyncio.sleep(0)
            assert session.freeing is None and engine.pool.get(session_id) is None
        await evicting

        with pytest.raises(LitError) as refusal:
            await session.run(no_steps())
        assert refusal.value.code is ErrorCode.CANCELLED
    async with engine.pool.read(session_id) as again:
        assert again is not session


async def test_evicting_ends_the_streams_of_a_session(
    engine: Engine, session_id: str, frames: AsyncGenerator[PropagatedFrame, None]
) -> None:
    await engine.pool.evict(session_id)

    assert len([frame async for frame in frames]) < FRAMES - 1


async def test_a_closed_session_is_freed_only_once_no_change_runs(engine: Engine, session_id: str) -> None:
    async with engine.pool.read(session_id) as session:
        async with session.change_lock:
            closing = asyncio.ensure_future(engine.close_session(session_id))
            while engine.pool.get(session_id) is not None:
                await asyncio.sleep(0)
            assert session.freeing is None
        await closing
        assert session.freeing is not None and session.freeing.done()


async def test_a_session_that_is_removed_while_it_is_loaded_does_not_stay_in_memory(
    engine: Engine, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.start_session(VIDEO)
    opening = LateOpening(engine, monkeypatch)
    reading = asyncio.ensure_future(read(engine, session_id))
    await opening.reached()

    removing = asyncio.ensure_future(engine.pool.remove(session_id, LitError(ErrorCode.SESSION_NOT_FOUND, "gone")))
    await asyncio.sleep(0)
    opening.allow()
    await removing
    await asyncio.gather(reading, return_exceptions=True)

    assert engine.pool.get(session_id) is None
    assert len(opening.trackers) == 1 and opening.closed == opening.trackers


async def read(engine: Engine, session_id: str) -> PooledSession:
    async with engine.pool.read(session_id) as session:
        return session


async def test_a_call_that_is_cancelled_just_when_its_session_is_loaded_does_not_keep_it_in_memory(
    engine: Engine, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.start_session(VIDEO)
    opening = LateOpening(engine, monkeypatch)
    reading = asyncio.ensure_future(read(engine, session_id))
    await opening.reached()
    [load] = loads()
    load.add_done_callback(lambda _: reading.cancel())
    opening.allow()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert (session := engine.pool.get(session_id)) is not None and session.users == 0


async def test_a_session_is_loaded_as_often_as_it_was_evicted(engine: Engine, session_id: str) -> None:
    seen = []
    for _ in range(3):
        await engine.pool.evict(session_id)
        seen.append(await read(engine, session_id))

    assert len(set(map(id, seen))) == 3
    assert engine.pool.get(session_id) is seen[-1] and seen[-1].freeing is None


async def test_closing_the_pool_frees_every_session(videos: Path, tmp_path: Path) -> None:
    async with engine_in(tmp_path, videos, max_sessions=2) as engine:
        held = [await read(engine, (await engine.start_session(VIDEO)).session_id) for _ in range(2)]

        await engine.pool.close()

        assert [each.freeing is not None and each.freeing.done() for each in held] == [True, True]


async def test_removing_a_session_that_is_not_in_memory_changes_nothing(engine: Engine, session_id: str) -> None:
    other = (await engine.start_session(VIDEO)).session_id

    await engine.pool.remove(session_id, LitError(ErrorCode.SESSION_NOT_FOUND, "gone"))

    assert engine.pool.get(other) is not None


async def test_a_session_that_starts_while_the_pool_closes_is_freed_and_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = LateOpening(engine, monkeypatch)
    starting = asyncio.ensure_future(engine.start_session(VIDEO))
    await opening.reached()
    await engine.pool.close()
    opening.allow()

    with pytest.raises(LitError) as refusal:
        await starting
    assert refusal.value.code is ErrorCode.CAPACITY_EXCEEDED
    assert len(opening.trackers) == 1 and opening.closed == opening.trackers
    assert len(engine.pool) == 0


def loads() -> list[asyncio.Task[object]]:
    """The sessions that are being loaded."""
    return [task for task in asyncio.all_tasks() if "SessionPool._resume" in repr(task.get_coro())]


async def test_a_load_that_fails_once_nobody_waits_for_it_is_no_unhandled_error(
    engine: Engine, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.start_session(VIDEO)
    may_open, opening = threading.Event(), threading.Event()

    def fail_later(video: Video) -> VideoReader:
        opening.set()
        may_open.wait()
        raise LitError(ErrorCode.UNSUPPORTED_MEDIA, "broken")

    monkeypatch.setattr(engine.library, "open", fail_later)
    unhandled: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: unhandled.append(context))
    loading = asyncio.ensure_future(engine.set_lora_mode(session_id, LoraMode.OFF))
    await asyncio.to_thread(opening.wait)
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    may_open.set()
    # Waiting for a task takes no notice of its error.
    await asyncio.wait(loads())
    gc.collect()

    assert unhandled == []
