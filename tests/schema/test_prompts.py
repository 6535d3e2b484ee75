from collections.abc import Callable

import numpy as np

from tests.client_session import MASKS, ClientSession, rle_of
from tests.clips import HEIGHT, WIDTH, Clip, iou, mask_of


def test_a_click_segments_the_object_under_it(session: ClientSession, clip: Clip) -> None:
    frame = session.add_points(1, 0, clip.center(1, 0))

    assert iou(mask_of(rle_of(frame, 1)), clip.masks[1][0]) > 0.6


def test_a_mask_has_the_models_estimates(session: ClientSession, clip: Clip) -> None:
    [mask] = session.add_points(1, 0, clip.center(1, 0))["rleMaskList"]

    assert 0 <= mask["predictedIou"] <= 1
    assert mask["objectScore"] > 0
    assert (mask["source"], mask["rleMask"]["order"], mask["rleMask"]["size"]) == ("PROMPT", "F", [HEIGHT, WIDTH])


def test_a_box_segments_the_object_in_it(session: ClientSession, clip: Clip) -> None:
    frame = session.mutate("addBox", "AddBoxInput", MASKS, objectId=2, frameIndex=0, box=clip.box(2, 0))

    assert iou(mask_of(rle_of(frame, 2)), clip.masks[2][0]) > 0.6


def test_a_mask_drawn_by_hand_is_stored_to_the_pixel(session: ClientSession, clip: Clip) -> None:
    [mask] = session.add_mask(1, 0, clip.rle(1, 0))["rleMaskList"]

    assert np.array_equal(mask_of(mask["rleMask"]), clip.masks[1][0])
    assert (mask["predictedIou"], mask["objectScore"]) == (None, None)


def test_clear_old_points_replaces_the_frames_earlier_points(start: Callable[[], ClientSession], clip: Clip) -> None:
    one_by_one, at_once = start(), start()
    first, second = clip.center(1, 0), clip.center(2, 0)

    one_by_one.add_points(1, 0, first)
    one_by_one.add_points(1, 0, second, labels=[0], clear=True)
    cleared = one_by_one.add_points(1, 0, first, clear=True)
    fresh = at_once.add_points(1, 0, first)

    assert cleared == fresh
    assert one_by_one.info()["objects"][0]["promptedFrames"] == [0]


def test_clearing_a_frame_removes_its_prompts_and_masks_and_names_every_object(
    session: ClientSession, clip: Clip
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    [_, kept] = session.add_mask(2, 0, clip.rle(2, 0))["rleMaskList"]

    frame = session.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, objectId=1, frameIndex=0)

    none, other = frame["rleMaskList"]
    assert (none["objectId"], none["predictedIou"], none["objectScore"]) == (1, None, None)
    assert none["rleMask"]["size"] == kept["rleMask"]["size"]
    assert not mask_of(none["rleMask"]).any()
    assert other == kept
    assert [each["rleMaskList"] for each in session.masks()] == [[kept]]
    assert session.info()["objects"][0]["promptedFrames"] == []


def test_removing_an_object_names_every_other_on_its_frames(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(2, 4, clip.rle(2, 4))

    [frame] = session.mutate("removeObject", "RemoveObjectInput", MASKS, objectId=2)

    [none] = frame["rleMaskList"]
    assert (frame["frameIndex"], none["objectId"]) == (4, 1)
    assert not mask_of(none["rleMask"]).any()


def test_clearing_a_correction_restores_the_trackers_mask(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    tracked = session.propagate_to(3)
    session.add_mask(1, 3, clip.rle(2, 3))

    cleared = session.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, objectId=1, frameIndex=3)

    assert cleared == tracked


def test_clearing_the_video_removes_every_prompt_and_mask(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(3)

    assert session.mutate("clearPointsInVideo", "ClearPointsInVideoInput", "success") == {"success": True}

    assert session.masks() == []


def test_an_object_can_be_added_after_others_were_tracked(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(5)

    session.add_mask(2, 3, clip.rle(2, 3))
    frame = session.propagate_to(5)

    assert iou(mask_of(rle_of(frame, 2)), clip.masks[2][5]) > 0.6


def test_removing_an_object_returns_the_remaining_masks_of_its_prompted_frames(
    session: ClientSession, clip: Clip
) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(2, 0, clip.rle(2, 0))
    session.propagate_to(2)

    frames = session.mutate("removeObject", "RemoveObjectInput", MASKS, objectId=1)

    assert [(frame["frameIndex"], [m["objectId"] for m in frame["rleMaskList"]]) for frame in frames] == [(0, [2])]
    assert {m["objectId"] for frame in session.masks() for m in frame["rleMaskList"]} == {2}


def test_a_removed_objects_id_can_be_used_again(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.mutate("removeObject", "RemoveObjectInput", MASKS, objectId=1)

    frame = session.add_mask(1, 2, clip.rle(2, 2))

    assert np.array_equal(mask_of(rle_of(frame, 1)), clip.masks[2][2])
