"""What a person said of frames stays, whatever is tracked or removed after it: over a tracker without a model."""

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sam2_lit.engine.engine import Engine
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.masks import encode
from sam2_lit.records.results import MaskSource, PropagationDirection
from sam2_lit.records.tracking_scope import EVERYTHING, TrackingScope
from tests.clips import FRAMES, HEIGHT, WIDTH
from tests.engine.moving_masks import engine_in

NOTHING = encode(np.zeros((HEIGHT, WIDTH), bool))
REFUSALS = {ErrorCode.INVALID_MASK, ErrorCode.OBJECT_NOT_FOUND, ErrorCode.NO_PROMPTS, ErrorCode.FRAME_OUT_OF_RANGE}
Masks = dict[tuple[int, int], tuple[MaskSource, str]]
"""By object and frame."""

objects, frames = st.integers(1, 2), st.integers(0, FRAMES - 1)
ranges = st.tuples(frames, frames).map(lambda ends: (min(ends), max(ends)))
operations = st.one_of(
    st.tuples(st.sampled_from(["draw", "empty", "clear"]), objects, frames),
    st.tuples(st.sampled_from(["absent", "remove", "confirm", "unconfirm"]), objects, ranges),
    st.tuples(
        st.just("track"),
        st.builds(
            TrackingScope,
            st.none() | frames,
            st.sampled_from(PropagationDirection),
            st.none() | st.integers(0, 4),
            st.none() | frames,
            st.none() | st.frozensets(objects, min_size=1),
        ),
    ),
    st.tuples(st.just("to"), frames),
    st.tuples(st.just("evict")),
)


def square(object_id: int, frame_index: int) -> Any:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[10 * object_id : 10 * object_id + 30, frame_index : frame_index + 20] = True
    return encode(mask)


async def apply(engine: Engine, session_id: str, operation: Any) -> None:
    match operation:
        case "draw", object_id, frame:
            await engine.add_mask(session_id, object_id, frame, square(object_id, frame))
        case "empty", object_id, frame:
            await engine.add_mask(session_id, object_id, frame, NOTHING)
        case "clear", object_id, frame:
            await engine.clear_points_in_frame(session_id, object_id, frame)
        case "absent", object_id, (first, last):
            await engine.mark_absent(session_id, object_id, first, last)
        case "remove", object_id, (first, last):
            await engine.remove_masks(session_id, [object_id], first, last)
        case "confirm" | "unconfirm" as kind, object_id, each:
            await engine.confirm_frames(session_id, [object_id], [each], kind == "confirm")
        case "track", scope:
            _ = [frame async for frame in engine.propagate(session_id, scope)]
        case "to", frame:
            await engine.propagate_to_frame(session_id, frame)
        case ("evict",):
            # There is room for one session in memory.
            await engine.close_session((await engine.start_session("videos/discs.mp4")).session_id)


async def masks_of(engine: Engine, session_id: str) -> Masks:
    return {
        (mask.object_id, frame.frame_index): (mask.source, mask.rle.counts)
        for frame in await engine.masks(session_id, 0, None)
        for mask in frame.masks
    }


async def confirmed_of(engine: Engine, session_id: str) -> set[tuple[int, int]]:
    found = await engine.object_frames(session_id)
    return {
        (object_id, frame)
        for object_id, each in found.items()
        for first, last in each.confirmed
        for frame in range(first, last + 1)
    }


def may_change(operation: Any, object_id: int, frame: int, source: MaskSource, is_confirmed: bool) -> bool:
    """Whether an operation may change a mask."""
    match operation:
        case "draw" | "empty", owner, where:
            return (owner, where) == (object_id, frame)
        case "clear", owner, where:
            # Without the last prompt that shows it, an object has no masks.
            return bool(owner == object_id)
        case "absent" | "remove" as kind, owner, (first, last):
            keeps_prompts = kind == "remove" and source is MaskSource.PROMPT
            return bool(owner == object_id and first <= frame <= last and not is_confirmed and not keeps_prompts)
        case "track" | "to" as kind, what:
            if is_confirmed or source in (MaskSource.PROMPT, MaskSource.ABSENT):
                return False
            if kind == "to":
                return True
            is_named = what.object_ids is None or object_id in what.object_ids
            ends = [each for each in (what.start, what.last) if each is not None]
            return is_named and (len(ends) < 2 or min(ends) <= frame <= max(ends))
    return False


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@example(
    # The second object's backward pass leaves the first object's masks.
    made=[
        ("draw", 1, 0),
        ("track", EVERYTHING),
        ("draw", 2, FRAMES - 1),
        ("track", TrackingScope(FRAMES - 1, PropagationDirection.BACKWARD, object_ids=frozenset([2]))),
    ]
)
@example(
    made=[("draw", 1, 5), ("track", EVERYTHING), ("confirm", 1, (7, 9)), ("draw", 1, 6), ("track", EVERYTHING)],
)
@given(made=st.lists(operations, min_size=3, max_size=12))
def test_only_what_an_operation_names_changes(videos: Path, made: list[Any]) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with engine_in(Path(folder), videos) as engine:
                session_id = (await engine.start_session("videos/discs.mp4")).session_id
                await engine.add_mask(session_id, 1, 3, square(1, 3))
                for operation in made:
                    before, confirmed = await masks_of(engine, session_id), await confirmed_of(engine, session_id)
                    try:
                        await apply(engine, session_id, operation)
                    except LitError as refusal:
                        assert refusal.code in REFUSALS, (operation, refusal)
                        after = before
                    else:
                        after = await masks_of(engine, session_id)
                    for (object_id, frame), (source, counts) in before.items():
                        is_confirmed = (object_id, frame) in confirmed
                        if not may_change(operation, object_id, frame, source, is_confirmed):
                            assert after.get((object_id, frame)) == (source, counts), (operation, object_id, frame)
                    if operation[0] != "unconfirm":
                        now = await confirmed_of(engine, session_id)
                        assert all(each in now or after.get(each) != before[each] for each in confirmed), operation
                await finish(engine, session_id)

    asyncio.run(run())


async def finish(engine: Engine, session_id: str) -> None:
    """Tracks everything: then no mask is stale, and every object that has a prompt has one on every frame."""
    with suppress(LitError):
        await apply(engine, session_id, ("track", EVERYTHING))
    found = await engine.object_frames(session_id)
    assert not any(each.stale for each in found.values())
    masks = await masks_of(engine, session_id)
    for each in (await engine.session(session_id)).objects:
        if each.prompted_frames:
            assert [frame for frame in range(FRAMES) if (each.object_id, frame) not in masks] == []
