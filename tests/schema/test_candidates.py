"""Candidates, suggestions and mode AUTO."""

from typing import Any

import pytest

from sam2_lit.engine.learning import adapter_selection
from tests.client_session import MASKS, ClientSession, rle_of
from tests.clips import Clip, iou, mask_of


@pytest.fixture
def lenient_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that an adapter's mask passes easily: on this simple clip the tracker is right anyway."""
    monkeypatch.setattr(adapter_selection, "SUGGESTED", 0.05)
    monkeypatch.setattr(adapter_selection, "TRUSTED", 0.05)


def test_adapters_propose_masks_for_a_frame(learned: tuple[ClientSession, Any], clip: Clip) -> None:
    session, correction = learned
    session.propagate_to(5)

    [candidate] = session.candidates(1, 5)

    assert candidate["adapterId"] == correction["adapter"]["adapterId"]
    assert iou(mask_of(candidate["rleMask"]), clip.masks[1][5]) > 0.6
    assert 0 <= candidate["agreement"] <= 1


def test_asking_for_candidates_changes_nothing(learned: tuple[ClientSession, Any]) -> None:
    session, _ = learned
    session.propagate_to(6)
    before = (session.masks(), session.info())

    session.candidates(1, 2)
    session.candidates(1, 6)

    assert (session.masks(), session.info()) == before


def test_an_object_without_adapters_has_no_candidates(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    assert session.candidates(1, 3) == []


def test_later_frames_are_tracked_from_an_applied_candidate(learned: tuple[ClientSession, Any], clip: Clip) -> None:
    session, correction = learned
    session.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, objectId=1, frameIndex=4)
    session.propagate_to(4)

    frame = session.mutate(
        "applyLoraCandidate",
        "ApplyLoraCandidateInput",
        MASKS,
        objectId=1,
        frameIndex=4,
        adapterId=correction["adapter"]["adapterId"],
    )
    after = session.propagate_to(6)

    [mask] = frame["rleMaskList"]
    assert mask["source"] == "LORA"
    assert iou(mask_of(mask["rleMask"]), clip.masks[1][4]) > 0.6
    assert session.info()["objects"][0]["promptedFrames"] == [0, 4]
    assert iou(mask_of(rle_of(after, 1)), clip.masks[1][6]) > 0.6


def test_suggestions_continue_the_mask_of_the_frame_before_more_smoothly(
    learned: tuple[ClientSession, Any], lenient_rule: None
) -> None:
    session, correction = learned

    events = session.propagate()

    last: Any = None
    suggested = 0
    for event in sorted(events, key=lambda event: event["frameIndex"]):
        own = mask_of(rle_of(event, 1))
        for each in event["suggestions"]:
            suggested += 1
            assert each["adapterId"] == correction["adapter"]["adapterId"]
            # At the size of the video; the engine compares at the decoder's.
            assert iou(mask_of(each["rleMask"]), last) > iou(own, last) - 0.1
        last = own
    assert suggested > 0


def test_auto_mode_streams_the_masks_that_look_better(learned: tuple[ClientSession, Any], lenient_rule: None) -> None:
    session, _ = learned
    suggested = {event["frameIndex"] for event in session.propagate(maxFrames=5) if event["suggestions"]}
    session.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode="AUTO")

    events = session.propagate(maxFrames=5)

    taken = {event["frameIndex"] for event in events if event["rleMaskList"][0]["source"] == "LORA"}
    # From the first such frame on, the memories differ from those of mode SUGGEST.
    assert min(taken) == min(suggested)
    assert not any(event["suggestions"] for event in events)


def test_candidates_are_sorted_by_the_distance_of_their_corrections(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    session.propagate_to(3)
    early = session.correct(1, 3, rleMask=clip.rle(2, 3))["adapter"]["adapterId"]
    session.propagate_to(9)
    late = session.correct(1, 9, rleMask=clip.rle(1, 9))["adapter"]["adapterId"]
    session.propagate_to(12)
    assert early != late

    assert [each["adapterId"] for each in session.candidates(1, 5)] == [early, late]
    assert [each["adapterId"] for each in session.candidates(1, 11)] == [late, early]
