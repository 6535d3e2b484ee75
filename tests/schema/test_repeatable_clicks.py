"""The same request gives the same mask, and a click on a given mask changes what is around it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.client_session import MASKS, ClientSession, rle_of
from tests.clips import HEIGHT, WIDTH, Clip, iou, mask_of, rle_input
from tests.imports.test_import_annotations import davis, send
from tests.running import Server

LAST = 7
coordinates = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))
requests = st.one_of(
    st.tuples(st.just("click"), st.lists(st.tuples(coordinates, st.integers(0, 1)), min_size=1, max_size=3)),
    st.tuples(st.just("box"), st.integers(0, 90), st.integers(0, 50), st.integers(20, 90), st.integers(20, 70)),
)
before = st.one_of(
    requests,
    st.tuples(st.just("add"), st.lists(st.tuples(coordinates, st.integers(0, 1)), min_size=1, max_size=2)),
    st.just(("track",)),
)


def sent(session: ClientSession, frame: int, request: Any) -> Any:
    match request:
        case "click" | "add" as kind, clicks:
            points = [[(x + 0.5) / WIDTH, (y + 0.5) / HEIGHT] for (x, y), _ in clicks]
            labels = [label for _, label in clicks]
            return session.add_points(1, frame, *points, labels=labels, clear=kind == "click")
        case "box", x, y, width, height:
            box = [x / WIDTH, y / HEIGHT, (x + width) / WIDTH, (y + height) / HEIGHT]
            return session.mutate("addBox", "AddBoxInput", MASKS, objectId=1, frameIndex=frame, box=box)
        case ("track",):
            return session.propagate_to(LAST)


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@example(frame=0, earlier=[("click", [((45, 85), 1)]), ("track",)], request=("click", [((50, 85), 1)]))
@example(frame=4, earlier=[("click", [((45, 85), 1)]), ("track",)], request=("click", [((70, 85), 1)]))
@given(frame=st.sampled_from([0, 4]), earlier=st.lists(before, max_size=4), request=requests)
def test_a_request_that_clears_old_points_is_answered_as_in_a_session_without_them(
    server: Server, clip: Clip, monkeypatch: pytest.MonkeyPatch, frame: int, earlier: list[Any], request: Any
) -> None:
    # Another number of threads rounds differently.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    answers = []
    for each in (earlier, []):
        session = ClientSession.start(server, "videos/discs.mp4")
        if frame:
            session.add_mask(1, 0, clip.rle(1, 0))
            session.propagate_to(LAST)
        elif each:
            session.add_points(1, 0, clip.center(1, 0))
        for made in each:
            sent(session, frame, made)
        answers.append(sent(session, frame, request))
        session.close()

    assert answers[0] == answers[1]


def test_the_same_click_twice_gives_the_same_mask(session: ClientSession, clip: Clip) -> None:
    first = session.add_points(1, 0, clip.center(1, 0))

    assert session.add_points(1, 0, clip.center(1, 0)) == first


def test_a_first_click_on_a_tracked_frame_refines_the_tracked_mask(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(4)

    frame = session.add_points(1, 4, clip.center(1, 4))

    assert iou(mask_of(rle_of(frame, 1)), clip.masks[1][4]) > 0.6


@pytest.mark.parametrize("on_object", [True, False])
def test_a_click_on_a_tracked_frame_changes_what_is_around_it_and_nothing_else(
    session: ClientSession, clip: Clip, on_object: bool
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    tracked = mask_of(rle_of(session.propagate_to(4), 1))
    row = int(clip.center(1, 4)[1] * HEIGHT)
    columns = np.flatnonzero(tracked[row])
    column = columns[0] + (-6 if on_object else 6)
    point = [(column + 0.5) / WIDTH, (row + 0.5) / HEIGHT]

    clicked = mask_of(rle_of(session.add_points(1, 4, point, labels=[int(on_object)]), 1))

    assert clicked[row, column] == on_object
    changed = clicked != tracked
    assert (clicked[changed] == on_object).all()
    # The right half of the object is farther than a click reaches.
    assert not changed[:, columns.mean().astype(int) :].any()


def boxed(session: ClientSession, frame: int, box: list[float]) -> Any:
    answer = session.mutate("addBox", "AddBoxInput", MASKS, objectId=1, frameIndex=frame, box=box)
    return mask_of(rle_of(answer, 1))


def test_a_box_on_a_tracked_frame_cuts_off_what_is_outside_of_it_and_nothing_else(
    session: ClientSession, clip: Clip
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    tracked = mask_of(rle_of(session.propagate_to(4), 1))
    rows, columns = np.nonzero(tracked)
    left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
    end = left + int(0.8 * (right - left))

    made = boxed(session, 4, [left / WIDTH, top / HEIGHT, end / WIDTH, bottom / HEIGHT])

    margin = int(0.1 * (end - left))
    assert not made[:, end + margin + 1 :].any()
    assert np.array_equal(made[:, : end + margin], tracked[:, : end + margin])


def test_a_box_far_from_the_tracked_mask_finds_what_is_in_it(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(4)

    assert iou(boxed(session, 4, clip.box(2, 4)), clip.masks[2][4]) > 0.5


def test_a_mask_from_a_box_stays_within_it_on_a_first_frame(session: ClientSession, clip: Clip) -> None:
    x0, y0, x1, y1 = clip.box(1, 0)
    box = [x0, y0, (x0 + x1) / 2, y1]

    made = boxed(session, 0, box)

    assert made.any()
    assert not made[:, int((box[2] + 0.1 * (box[2] - x0)) * WIDTH) + 1 :].any()


def test_clicks_after_a_box_change_the_mask_that_it_made_around_them(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(4)
    made = boxed(session, 4, clip.box(1, 4))
    x, y = clip.center(1, 4)
    off = [x - 20 / WIDTH, y]
    assert made[int(off[1] * HEIGHT), int(off[0] * WIDTH)]

    clicked = mask_of(rle_of(session.add_points(1, 4, off, labels=[0], clear=False), 1))

    assert (clicked <= made).all() and clicked.any()
    assert np.array_equal(clicked[:, int(x * WIDTH) + 8 :], made[:, int(x * WIDTH) + 8 :])


def bitten(clip: Clip, frame: int) -> tuple[np.ndarray[Any, Any], list[float]]:
    """Object 1 without its upper right, and a point in the middle of what is missing."""
    mask = clip.masks[1][frame].copy()
    x, y = clip.center(1, frame)
    column, row = int(x * WIDTH), int(y * HEIGHT)
    mask[:row, column:] = False
    return mask, [x + 9 / WIDTH, y - 9 / HEIGHT]


@pytest.mark.parametrize("how", ["drawn", "imported", "corrected"])
def test_a_click_on_a_given_mask_adds_what_is_around_it_and_leaves_the_rest(
    start: Callable[[], ClientSession], clip: Clip, how: str
) -> None:
    session, frame = start(), 0 if how == "drawn" else 3
    given, point = bitten(clip, frame)
    if how == "imported":
        send(session, davis_of(given, clip, frame), "davis.zip")
    elif how == "drawn":
        session.add_mask(1, frame, rle_input(given))
    else:
        session.add_mask(1, 0, clip.rle(1, 0))
        session.correct(1, frame, rleMask=rle_input(given), trainLora=False)

    made = mask_of(rle_of(session.add_points(1, frame, point), 1))

    assert (made >= given).all()
    assert iou(made, clip.masks[1][frame]) > iou(given, clip.masks[1][frame])
    assert session.info()["objects"][0]["promptedFrames"][-1:] == [frame]


def davis_of(mask: np.ndarray[Any, Any], clip: Clip, frame: int) -> bytes:
    masks = {1: clip.masks[1].copy(), 2: np.zeros_like(clip.masks[2])}
    masks[1][frame] = mask
    return davis(Clip(clip.frames, masks), range(frame, frame + 1))


def test_further_clicks_on_a_given_mask_begin_from_it_again_or_add_up(session: ClientSession, clip: Clip) -> None:
    given, point = bitten(clip, 0)
    session.add_mask(1, 0, rle_input(given))
    off = [clip.center(1, 0)[0] - 12 / WIDTH, clip.center(1, 0)[1]]
    once = mask_of(rle_of(session.add_points(1, 0, point), 1))

    session.add_points(1, 0, off, labels=[0])
    again = mask_of(rle_of(session.add_points(1, 0, point), 1))
    session.add_points(1, 0, off, labels=[0], clear=False)
    at_once = session.add_points(1, 0, point, off, labels=[1, 0])
    added = session.add_points(1, 0, point) and session.add_points(1, 0, off, labels=[0], clear=False)

    assert np.array_equal(again, once)
    assert added == at_once


def test_a_box_on_a_given_mask_begins_anew(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.half(1, 0))

    session.mutate("addBox", "AddBoxInput", MASKS, objectId=1, frameIndex=0, box=clip.box(2, 0))
    frame = session.add_points(1, 0, clip.center(2, 0))

    assert iou(mask_of(rle_of(frame, 1)), clip.masks[2][0]) > 0.5
    assert not (mask_of(rle_of(frame, 1)) & mask_of(clip.half(1, 0))).any()


def test_a_click_on_an_absent_frame_does_not_begin_from_the_empty_mask(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(4)
    clicked = session.add_points(1, 4, clip.center(1, 4))
    session.add_mask(1, 4, rle_input(np.zeros((HEIGHT, WIDTH), bool)))

    frame = session.add_points(1, 4, clip.center(1, 4))

    assert frame["rleMaskList"][0]["source"] == "PROMPT"
    assert iou(mask_of(rle_of(frame, 1)), mask_of(rle_of(clicked, 1))) > 0.3
