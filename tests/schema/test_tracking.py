from collections.abc import Callable

import numpy as np

from tests.client_session import ClientSession, rle_of
from tests.clips import FRAMES, Clip, iou, mask_of


def test_propagation_streams_every_frame_in_order(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    events = session.propagate()

    assert [event["frameIndex"] for event in events] == list(range(FRAMES))
    assert [event["completed"] for event in events] == list(range(1, FRAMES + 1))
    assert {event["total"] for event in events} == {FRAMES}
    assert np.mean([iou(mask_of(rle_of(e, 1)), clip.masks[1][e["frameIndex"]]) for e in events]) > 0.7


def test_propagation_goes_forward_then_backward_from_its_start(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 6, clip.rle(1, 6))

    events = session.propagate(startFrameIndex=6, maxFrames=2)

    assert [event["frameIndex"] for event in events] == [6, 7, 8, 5, 4]


def test_propagation_goes_backward_alone(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 3, clip.rle(1, 3))

    events = session.propagate(startFrameIndex=3, direction="BACKWARD")

    assert [event["frameIndex"] for event in events] == [3, 2, 1, 0]
    assert iou(mask_of(rle_of(events[-1], 1)), clip.masks[1][0]) > 0.6


def test_a_drawn_mask_is_unchanged_to_the_pixel_when_its_frame_is_propagated_over(
    session: ClientSession, clip: Clip
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(1, 2, clip.rle(2, 2))

    events = session.propagate(maxFrames=3)

    assert np.array_equal(mask_of(rle_of(events[2], 1)), clip.masks[2][2])


def test_propagate_to_frame_makes_the_masks_that_propagation_makes(
    start: Callable[[], ClientSession], clip: Clip
) -> None:
    streaming, stepping = start(), start()
    for session in (streaming, stepping):
        session.add_points(1, 0, clip.center(1, 0))
        session.add_points(2, 2, clip.center(2, 2))
    events = streaming.propagate()

    target = stepping.propagate_to(9)

    assert target["rleMaskList"] == events[9]["rleMaskList"]
    assert [frame["rleMaskList"] for frame in stepping.masks()] == [e["rleMaskList"] for e in events[:10]]


def test_propagate_to_frame_goes_backward_to_a_frame_before_every_prompt(
    start: Callable[[], ClientSession], clip: Clip
) -> None:
    streaming, stepping = start(), start()
    for session in (streaming, stepping):
        session.add_points(1, 5, clip.center(1, 5))
    events = streaming.propagate(startFrameIndex=5, direction="BACKWARD")

    target = stepping.propagate_to(2)

    assert target["rleMaskList"] == events[3]["rleMaskList"]


def test_propagate_to_frame_tracks_nothing_twice(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(4)
    tracker = session.state.tracker
    before = tracker.frames_tracked

    session.propagate_to(6)

    assert tracker.frames_tracked - before == 2


def test_a_click_on_one_object_leaves_the_others_masks_alone(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(2, 0, clip.rle(2, 0))
    frame = session.propagate_to(4)

    corrected = session.correct(1, 4, points=[clip.center(1, 4)], labels=[1], trainLora=False)["frame"]

    assert rle_of(corrected, 2) == rle_of(frame, 2)
