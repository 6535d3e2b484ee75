"""Tracking some objects and frames leaves the others, and what was confirmed is not overwritten."""

from collections.abc import Callable
from typing import Any

import pytest
from gql.transport.exceptions import TransportQueryError

from tests.client_session import ClientSession
from tests.clips import Clip, iou, mask_of
from tests.imports.test_import_annotations import davis, send
from tests.schema.subscribing import SHORT
from tests.schema.test_absent import NOTHING, found_on
from tests.schema.test_errors import refusal

LAST = SHORT - 1


def ranges_of(session: ClientSession, object_id: int) -> dict[str, list[tuple[int, int]]]:
    """The ranges of frames on which the object is absent, confirmed and stale."""
    [found] = [each for each in session.frame_spans() if each["objectId"] == object_id]
    return {
        name: [(each["first"], each["last"]) for each in found[f"{name}Ranges"]]
        for name in ("absent", "confirmed", "stale")
    }


@pytest.fixture
def tracked(short_session: ClientSession, clip: Clip) -> ClientSession:
    """Object 1, drawn on frame 0 and tracked to the end."""
    short_session.add_mask(1, 0, clip.rle(1, 0))
    short_session.propagate()
    return short_session


@pytest.mark.parametrize(
    "arguments",
    [
        {"startFrameIndex": LAST, "direction": "BACKWARD", "objectIds": [2]},
        {"startFrameIndex": LAST, "direction": "BACKWARD"},
        {"objectIds": [2]},
    ],
)
def test_tracking_a_second_object_leaves_the_first_ones_masks(
    tracked: ClientSession, clip: Clip, arguments: dict[str, Any]
) -> None:
    before = found_on(tracked, 1)
    tracked.add_mask(2, LAST, clip.rle(2, LAST))

    tracked.propagate(**arguments)

    assert found_on(tracked, 1) == before
    for index, mask in found_on(tracked, 2).items():
        assert iou(mask_of(mask["rleMask"]), clip.masks[2][index]) > 0.5


def test_without_a_start_an_object_is_tracked_both_ways_from_its_first_prompt(
    start_short: Callable[[], ClientSession], clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another number of threads rounds differently.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    outward, stated = start_short(), start_short()
    for session in (outward, stated):
        session.add_mask(1, 5, clip.rle(1, 5))

    events = outward.propagate()
    stated.propagate(startFrameIndex=5)

    assert [event["frameIndex"] for event in events] == [*range(5, SHORT), *range(4, -1, -1)]
    assert found_on(outward, 1) == found_on(stated, 1)
    assert all(
        iou(mask_of(mask["rleMask"]), clip.masks[1][index]) > 0.5 for index, mask in found_on(outward, 1).items()
    )


def test_a_client_of_the_sam_2_demo_that_sends_no_start_tracks_both_ways_too(
    short_session: ClientSession, clip: Clip
) -> None:
    short_session.add_mask(1, 5, clip.rle(1, 5))

    answer = short_session.server.http.post("/propagate_in_video", json={"session_id": short_session.session_id})

    assert answer.content.count(b"Frame-Current") == SHORT
    assert all(
        iou(mask_of(mask["rleMask"]), clip.masks[1][index]) > 0.5 for index, mask in found_on(short_session, 1).items()
    )


def test_propagate_to_frame_tracks_each_object_from_its_own_first_prompt(
    short_session: ClientSession, clip: Clip
) -> None:
    short_session.add_mask(1, 0, clip.rle(1, 0))
    short_session.add_mask(2, 6, clip.rle(2, 6))

    short_session.propagate_to(4)

    assert list(found_on(short_session, 1)) == [0, 1, 2, 3, 4]
    assert list(found_on(short_session, 2)) == [4, 5, 6]


def test_only_the_frames_of_a_range_are_tracked(tracked: ClientSession, clip: Clip) -> None:
    before = found_on(tracked, 1)
    tracked.add_mask(1, 2, clip.rle(2, 2))

    events = tracked.propagate(startFrameIndex=2, lastFrameIndex=5)

    assert [event["frameIndex"] for event in events] == [2, 3, 4, 5]
    after = found_on(tracked, 1)
    assert {index for index in after if after[index] != before[index]} == {2, 3, 4, 5}


def test_what_skips_current_masks_tracks_each_object_only_where_it_needs_it(tracked: ClientSession, clip: Clip) -> None:
    before = found_on(tracked, 1)
    tracked.add_mask(2, 5, clip.rle(2, 5))

    forward = tracked.propagate(skipCurrent=True, direction="FORWARD")
    assert [event["frameIndex"] for event in forward] == list(range(5, SHORT))
    assert (forward[-1]["completed"], forward[-1]["total"]) == (SHORT - 5, SHORT - 5)
    back = tracked.propagate(skipCurrent=True)
    assert [event["frameIndex"] for event in back] == [4, 3, 2, 1, 0]
    assert tracked.propagate(skipCurrent=True) == []
    assert found_on(tracked, 1) == before
    tracked.correct(1, 3, rleMask=clip.rle(2, 3), trainLora=False)
    again = tracked.propagate(skipCurrent=True, objectIds=[1])
    assert [event["frameIndex"] for event in again] == list(range(4, SHORT))


def test_what_skips_current_masks_tracks_from_a_prompt_that_was_added_before_the_first(
    short_session: ClientSession, clip: Clip
) -> None:
    short_session.add_mask(1, 5, clip.rle(1, 5))
    short_session.add_mask(1, 2, clip.rle(1, 2))

    events = short_session.propagate(skipCurrent=True, direction="FORWARD")

    assert [event["frameIndex"] for event in events] == list(range(2, SHORT))
    assert ranges_of(short_session, 1)["stale"] == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"objectIds": [1, 7]}, "OBJECT_NOT_FOUND"),
        ({"objectIds": [2]}, "NO_PROMPTS"),
        ({"lastFrameIndex": SHORT}, "FRAME_OUT_OF_RANGE"),
        ({"startFrameIndex": 5, "lastFrameIndex": 3, "direction": "FORWARD"}, "FRAME_OUT_OF_RANGE"),
        ({"startFrameIndex": 5, "lastFrameIndex": 7, "direction": "BACKWARD"}, "FRAME_OUT_OF_RANGE"),
    ],
)
def test_tracking_what_cannot_be_tracked_is_refused(
    tracked: ClientSession, clip: Clip, arguments: dict[str, Any], code: str
) -> None:
    tracked.add_mask(2, 0, clip.rle(2, 0))
    tracked.clear_frame(2, 0)

    with pytest.raises(TransportQueryError) as failure:
        tracked.propagate(**arguments)

    assert (failure.value.errors or [{}])[0]["extensions"]["code"] == code


def test_a_confirmed_mask_is_not_overwritten_by_what_is_tracked_after_a_correction(
    tracked: ClientSession, clip: Clip
) -> None:
    before = found_on(tracked, 1)
    [confirmed] = tracked.confirm([1], (4, 5), (7, 7))
    tracked.correct(1, 2, rleMask=clip.rle(2, 2), trainLora=False)

    tracked.propagate()
    tracked.propagate(startFrameIndex=LAST, direction="BACKWARD", objectIds=[1])
    tracked.propagate_to(LAST)

    after = found_on(tracked, 1)
    assert confirmed == {"objectId": 1}
    assert all(after[index] == before[index] for index in (4, 5, 7))
    assert all(after[index] != before[index] for index in (3, 6))
    assert ranges_of(tracked, 1)["confirmed"] == [(4, 5), (7, 7)]


def test_force_tracks_over_confirmed_masks_which_are_then_not_confirmed(tracked: ClientSession, clip: Clip) -> None:
    before = found_on(tracked, 1)
    tracked.confirm([1], (3, 4), (7, 7))
    tracked.add_mask(1, 2, clip.rle(2, 2))

    tracked.propagate(startFrameIndex=2, lastFrameIndex=5, force=True)

    assert all(found_on(tracked, 1)[index] != before[index] for index in (3, 4))
    assert ranges_of(tracked, 1)["confirmed"] == [(7, 7)]


def test_a_prompt_on_a_confirmed_frame_changes_its_mask_and_takes_the_confirmation_back(
    tracked: ClientSession, clip: Clip
) -> None:
    tracked.confirm([1], (4, 7))

    tracked.add_mask(1, 5, clip.rle(2, 5))

    assert found_on(tracked, 1)[5]["source"] == "PROMPT"
    assert ranges_of(tracked, 1)["confirmed"] == [(4, 4), (6, 7)]


def test_what_is_no_longer_confirmed_is_tracked_again(tracked: ClientSession, clip: Clip) -> None:
    before = found_on(tracked, 1)
    tracked.confirm([1], (3, 6))
    tracked.add_mask(1, 2, clip.rle(2, 2))
    tracked.propagate()

    tracked.unconfirm([1], (3, 6))

    assert ranges_of(tracked, 1) == {"absent": [], "confirmed": [], "stale": [(3, 6)]}
    tracked.propagate()
    assert all(found_on(tracked, 1)[index] != before[index] for index in range(3, 7))


def test_a_candidate_is_not_applied_to_a_confirmed_frame_without_force(
    learned: tuple[ClientSession, Any], clip: Clip
) -> None:
    session, correction = learned
    session.propagate()
    session.confirm([1], (6, 6))
    before = found_on(session, 1)[6]
    candidate = {"objectId": 1, "frameIndex": 6, "adapterId": correction["adapter"]["adapterId"]}

    failure = refusal(session.mutate, "applyLoraCandidate", "ApplyLoraCandidateInput", "frameIndex", **candidate)

    assert failure.code == "FRAME_CONFIRMED"
    assert found_on(session, 1)[6] == before
    session.mutate("applyLoraCandidate", "ApplyLoraCandidateInput", "frameIndex", **candidate, force=True)
    assert found_on(session, 1)[6]["source"] == "LORA"


def test_an_import_keeps_confirmed_masks_and_says_so(tracked: ClientSession, clip: Clip) -> None:
    before = found_on(tracked, 1)
    tracked.confirm([1], (4, 6))

    made = send(tracked, davis(clip, range(SHORT)), "davis.zip", ignoreMismatches=True)

    after = found_on(tracked, 1)
    assert [each["kind"] for each in made["mismatches"]] == ["CONFIRMED"]
    assert all(after[index] == before[index] for index in (4, 5, 6))
    assert after[7]["source"] == "IMPORTED"
    send(tracked, davis(clip, range(SHORT)), "davis.zip", ignoreMismatches=True, force=True)
    assert found_on(tracked, 1)[5]["source"] == "IMPORTED"
    assert ranges_of(tracked, 1)["confirmed"] == []


def test_ranges_leave_confirmed_frames_without_force(tracked: ClientSession) -> None:
    before = found_on(tracked, 1)
    tracked.confirm([1], (5, 6))

    absent, [removed] = tracked.mark_absent(1, 4, 7), tracked.remove_masks([1], 3, 7)

    kept = [{"first": 5, "last": 6}]
    assert (absent["kept"], removed["kept"]) == (kept, kept)
    after = found_on(tracked, 1)
    assert [index for index in range(3, 8) if index in after] == [5, 6]
    assert (after[5], after[6]) == (before[5], before[6])


def test_only_masks_can_be_confirmed_and_only_of_objects_that_there_are(
    short_session: ClientSession, clip: Clip
) -> None:
    short_session.add_mask(1, 0, clip.rle(1, 0))
    short_session.propagate_to(3)

    short_session.confirm([1], (0, LAST))

    assert ranges_of(short_session, 1)["confirmed"] == [(0, 3)]
    assert refusal(short_session.confirm, [2], (0, 3)).code == "OBJECT_NOT_FOUND"
    assert refusal(short_session.confirm, [1], (3, 0)).code == "FRAME_OUT_OF_RANGE"


def test_the_server_says_which_masks_are_stale(short_session: ClientSession, clip: Clip) -> None:
    short_session.add_mask(1, 0, clip.rle(1, 0))
    short_session.add_mask(2, LAST, clip.rle(2, LAST))
    short_session.propagate()
    assert (ranges_of(short_session, 1)["stale"], ranges_of(short_session, 2)["stale"]) == ([], [])

    short_session.add_mask(1, 4, clip.rle(1, 4))
    short_session.mark_absent(2, 3, 5)

    assert ranges_of(short_session, 1)["stale"] == [(5, LAST)]
    assert ranges_of(short_session, 2) == {"absent": [(3, 5)], "confirmed": [], "stale": [(0, 2)]}
    short_session.propagate()
    assert (ranges_of(short_session, 1)["stale"], ranges_of(short_session, 2)["stale"]) == ([], [])


def test_confirmations_are_logged(tracked: ClientSession) -> None:
    tracked.confirm([1], (2, 4))
    tracked.unconfirm([1], (3, 3))

    assert [each["kind"] for each in tracked.interactions()] == ["PROMPT", "CONFIRM", "UNCONFIRM"]


@pytest.mark.parametrize(
    "change",
    [
        lambda session, clip: session.mark_absent(1, 3, 5),
        lambda session, clip: session.remove_masks([1], 3),
        lambda session, clip: session.confirm([1], (2, 6)),
        lambda session, clip: session.add_mask(1, 3, NOTHING),
        lambda session, clip: session.add_points(1, 3, clip.center(1, 3)),
    ],
)
def test_what_was_said_of_frames_is_undone_and_redone(
    tracked: ClientSession, clip: Clip, change: Callable[[ClientSession, Clip], Any]
) -> None:
    before = (tracked.masks(), tracked.frame_spans())
    change(tracked, clip)
    after = (tracked.masks(), tracked.frame_spans())

    tracked.mutate("undo", "UndoInput", "lostAdapters")
    assert (tracked.masks(), tracked.frame_spans()) == before
    tracked.mutate("redo", "RedoInput", "lostAdapters")
    assert (tracked.masks(), tracked.frame_spans()) == after
    tracked.propagate_to(LAST)
    assert ranges_of(tracked, 1)["stale"] == []
