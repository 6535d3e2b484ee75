"""Any changes, undone in turn, leave a session as it was before each; redone, as it was after."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sam2_lit.engine.engine import Engine
from sam2_lit.errors import LitError
from sam2_lit.records.masks import encode
from sam2_lit.records.pages import PageRequest
from sam2_lit.records.results import LoraMode, PropagationDirection
from sam2_lit.records.tracking_scope import TrackingScope
from sam2_lit.store.change_images import UNITS
from sam2_lit.store.tables import metadata, objects
from tests.clips import FRAMES, Clip
from tests.engine.moving_masks import engine_in

VIDEO = "videos/discs.mp4"
ids, frames = st.integers(1, 2), st.integers(0, 4)
operations = st.one_of(
    st.tuples(st.just("click"), ids, frames, st.booleans()),
    st.tuples(st.just("draw"), ids, frames),
    st.tuples(st.just("correct"), ids, frames),
    st.tuples(st.just("clear"), ids, frames),
    st.tuples(st.just("absent"), ids, frames),
    st.tuples(st.just("take away"), ids, frames),
    st.tuples(st.just("confirm"), ids, frames),
    st.tuples(st.just("name"), ids, st.sampled_from(["", "a", "b"])),
    st.tuples(st.just("label"), ids, st.sampled_from(["", "car"]), st.dictionaries(st.just("k"), st.just("v"))),
    st.tuples(st.just("mode"), st.sampled_from(list(LoraMode))),
    st.tuples(st.just("track"), frames, st.sampled_from(list(PropagationDirection)), st.integers(1, 3)),
    st.tuples(st.just("track to"), frames),
    st.tuples(st.just("remove"), ids),
    st.tuples(st.just("clear all")),
    st.tuples(st.just("reset")),
)


class Annotator:
    """Somebody who works on a session of an engine that may be restarted, and sees all that is stored of it."""

    def __init__(self, folder: Path, videos: Path, clip: Clip) -> None:
        self.folder = folder
        self.session_id = ""
        self._videos = videos
        self._clip = clip
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        assert self._engine is not None
        return self._engine

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        async with engine_in(self.folder, self._videos) as self._engine:
            if not self.session_id:
                self.session_id = (await self._engine.start_session(VIDEO)).session_id
            yield

    async def do(self, operation: tuple[Any, ...]) -> None:
        """Does something; what is not possible now changes nothing."""
        try:
            await self._do(operation)
        except LitError as refusal:
            assert refusal.code in ("NO_PROMPTS", "OBJECT_NOT_FOUND", "INVALID_MASK"), refusal

    async def _do(self, operation: tuple[Any, ...]) -> None:
        engine, session_id = self.engine, self.session_id
        match operation:
            case "click", object_id, frame, clears:
                points = [self._clip.center(object_id, frame)]
                await engine.add_points(session_id, object_id, frame, points, [1], clears)
            case "draw", object_id, frame:
                await engine.add_mask(session_id, object_id, frame, encode(self._clip.masks[object_id][frame]))
            case "correct", object_id, frame:
                drawn = encode(self._clip.masks[3 - object_id][frame])
                await engine.add_correction(session_id, object_id, frame, rle=drawn)
            case "clear", object_id, frame:
                await engine.clear_points_in_frame(session_id, object_id, frame)
            case "absent", object_id, frame:
                await engine.mark_absent(session_id, object_id, frame, min(frame + 2, FRAMES - 1))
            case "take away", object_id, frame:
                await engine.remove_masks(session_id, [object_id], frame)
            case "confirm", object_id, frame:
                await engine.confirm_frames(session_id, [object_id], [(frame, frame)])
            case "name", object_id, name:
                await engine.name_object(session_id, object_id, name)
            case "label", object_id, label, attributes:
                await engine.label_object(session_id, object_id, label, attributes)
            case "mode", mode:
                await engine.set_lora_mode(session_id, mode)
            case "track", frame, direction, count:
                async for _ in engine.propagate(session_id, TrackingScope(frame, direction, count)):
                    pass
            case "track to", frame:
                await engine.propagate_to_frame(session_id, frame)
            case "remove", object_id:
                await engine.remove_object(session_id, object_id)
            case ("clear all",):
                await engine.clear_points_in_video(session_id)
            case ("reset",):
                await engine.reset_session(session_id)

    def stored(self) -> Any:
        """Every row of the session that a change may replace, to the bit."""
        found: dict[str, Any] = {}
        with sqlite3.connect(self.folder / "sam2-lit.sqlite") as database:
            for name in UNITS:
                columns = [each.name for each in metadata.tables[name].c if (name, each.name) != ("prompts", "id")]
                rows = database.execute(
                    f"SELECT {', '.join(columns)} FROM {name} WHERE session_id = ?", [self.session_id]
                )
                found[name] = sorted(map(repr, rows))
            which = "SELECT lora_mode FROM sessions WHERE id = ?"
            found["mode"] = database.execute(which, [self.session_id]).fetchall()
        database.close()
        return found

    async def undoable(self) -> int:
        page = await self.engine.history.page(self.session_id, PageRequest(first=1000))
        return sum(not change.is_undone for _, change in page.items)


@pytest.fixture
def annotator(tmp_path: Path, videos: Path, clip: Clip) -> Annotator:
    return Annotator(tmp_path, videos, clip)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(done=st.lists(operations, min_size=1, max_size=7), restarts=st.booleans())
def test_undoing_gives_back_every_earlier_state_to_the_bit_and_redoing_every_later_one(
    videos: Path, clip: Clip, done: list[tuple[Any, ...]], restarts: bool
) -> None:
    folder = Path(tempfile.mkdtemp())
    annotator = Annotator(folder, videos, clip)

    async def play() -> None:
        seen: dict[int, Any] = {}
        async with annotator.working():
            seen[0] = annotator.stored()
            for operation in [("draw", 1, 0), *done]:
                await annotator.do(operation)
                # What changed nothing is no change.
                assert seen.setdefault(await annotator.undoable(), annotator.stored()) == annotator.stored(), operation
            last = await annotator.undoable()
            if not restarts:
                await back_and_forth(seen, last)
        if restarts:
            async with annotator.working():
                await back_and_forth(seen, last)

    async def back_and_forth(seen: dict[int, Any], last: int) -> None:
        history, session_id = annotator.engine.history, annotator.session_id
        for count in range(last - 1, -1, -1):
            assert await history.revert(session_id, redo=False) is not None
            assert annotator.stored() == seen.get(count, annotator.stored()), f"undone to {count} changes"
        assert await history.revert(session_id, redo=False) is None
        for count in range(1, last + 1):
            assert await history.revert(session_id, redo=True) is not None
            assert annotator.stored() == seen.get(count, annotator.stored()), f"redone to {count} changes"
        assert await history.revert(session_id, redo=True) is None

    try:
        asyncio.run(play())
    finally:
        shutil.rmtree(folder)


async def test_what_is_done_after_an_undo_drops_what_could_be_redone(annotator: Annotator) -> None:
    async with annotator.working():
        for operation in (("draw", 1, 0), ("draw", 1, 2), ("draw", 2, 1)):
            await annotator.do(operation)
        await annotator.engine.history.revert(annotator.session_id, redo=False)
        await annotator.engine.history.revert(annotator.session_id, redo=False)

        await annotator.do(("name", 1, "a"))

        assert await annotator.engine.history.revert(annotator.session_id, redo=True) is None
        assert await annotator.undoable() == 2


async def test_a_session_is_tracked_on_from_where_an_undo_left_it(annotator: Annotator, clip: Clip) -> None:
    async with annotator.working():
        await annotator.do(("draw", 1, 0))
        expected = await annotator.engine.propagate_to_frame(annotator.session_id, 6)
        await annotator.do(("draw", 1, 3))
        await annotator.engine.history.revert(annotator.session_id, redo=False)
        await annotator.engine.history.revert(annotator.session_id, redo=False)

        tracked = await annotator.engine.propagate_to_frame(annotator.session_id, 6)

        assert tracked == expected


async def test_an_undo_ends_the_tracking_that_runs_and_undoes_what_it_tracked(annotator: Annotator) -> None:
    async with annotator.working():
        await annotator.do(("draw", 1, 0))
        before = annotator.stored()
        stream = annotator.engine.propagate(annotator.session_id)
        first = [await anext(stream) for _ in range(3)]

        reverted = await annotator.engine.history.revert(annotator.session_id, redo=False)
        rest = [frame async for frame in stream]

        assert reverted is not None and reverted.change.kind == "TRACKING"
        assert len(first) + len(rest) <= FRAMES
        assert annotator.stored() == before


async def test_a_prompt_given_while_tracking_runs_is_undone_before_the_tracking(annotator: Annotator) -> None:
    async with annotator.working():
        await annotator.do(("draw", 1, 0))
        before = annotator.stored()
        stream = annotator.engine.propagate(annotator.session_id)
        [await anext(stream) for _ in range(3)]
        await annotator.do(("draw", 2, 1))
        [_ async for _ in stream]
        after = annotator.stored()
        kinds = []

        for _ in range(2):
            reverted = await annotator.engine.history.revert(annotator.session_id, redo=False)
            assert reverted is not None
            kinds.append(reverted.change.kind.value)
        undone = annotator.stored()
        for _ in range(2):
            await annotator.engine.history.revert(annotator.session_id, redo=True)

        assert kinds == ["PROMPT", "TRACKING"]
        assert undone == before
        assert annotator.stored() == after


async def test_only_the_latest_changes_can_be_undone(annotator: Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sam2_lit.store.change_log.MAX_CHANGES", 2)
    async with annotator.working():
        for operation in (("draw", 1, 0), ("name", 1, "a"), ("name", 1, "b")):
            await annotator.do(operation)
        reverted = [await annotator.engine.history.revert(annotator.session_id, redo=False) for _ in range(3)]

        page = await annotator.engine.history.page(annotator.session_id, PageRequest(first=10))

        assert [each is not None for each in reverted] == [True, True, False]
        assert [change.is_kept for _, change in page.items] == [False, True, True]


async def test_events_name_what_changed_and_go_on_from_any_of_them(annotator: Annotator) -> None:
    async with annotator.working():
        await annotator.do(("draw", 1, 0))
        await annotator.do(("track", 0, PropagationDirection.FORWARD, 2))
        await annotator.do(("name", 1, "a"))
        await annotator.engine.history.revert(annotator.session_id, redo=False)

        async def read(after: int, count: int) -> list[Any]:
            events = annotator.engine.history.events(annotator.session_id, after)
            return [await anext(events) for _ in range(count)]

        prompt, tracking, name, undo = await read(0, 4)

        assert [each.kind.value for each in (prompt, tracking, name, undo)] == [
            "PROMPT",
            "TRACKING",
            "NAME_OBJECT",
            "UNDO",
        ]
        assert {*prompt.parts} == {"OBJECTS", "PROMPTS", "MASKS"}
        assert (tracking.parts, tracking.frames, tracking.object_ids) == (("MASKS",), ((1, 2),), (1,))
        assert name.parts == ("OBJECTS",)
        assert undo.change_id == name.change_id
        assert await read(tracking.sequence, 2) == [name, undo]


def test_every_table_with_rows_of_objects_can_be_undone() -> None:
    of_objects = {
        name
        for name, table in metadata.tables.items()
        if any(key.column.table is objects for column in table.c for key in column.foreign_keys)
    }

    assert of_objects | {"objects"} == UNITS.keys()
