"""Candidates, suggestions and mode AUTO."""

from typing import Any

import pytest

from sam2_lit.engine.learning import adapter_selection
from tests.clips import Clip, iou, mask_of
from tests.work import MASKS, Work, rle_of


@pytest.fixture
def lenient_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that an adapter's mask passes easily: on this simple clip the tracker is right anyway."""
    monkeypatch.setattr(adapter_selection, "CONTINUITY_GAIN", -0.1)
    monkeypatch.setattr(adapter_selection, "LIKENESS_GAIN", -0.1)


def test_adapters_propose_masks_for_a_frame(learned: tuple[Work, Any], clip: Clip) -> None:
    work, correction = learned
    work.propagate_to(5)

    [candidate] = work.candidates(1, 5)

    assert candidate["adapterId"] == correction["adapter"]["adapterId"]
    assert iou(mask_of(candidate["rleMask"]), clip.masks[1][5]) > 0.6
    assert 0 <= candidate["agreement"] <= 1


def test_asking_for_candidates_changes_nothing(learned: tuple[Work, Any]) -> None:
    work, _ = learned
    work.propagate_to(6)
    before = (work.masks(), work.info())

    work.candidates(1, 2)
    work.candidates(1, 6)

    assert (work.masks(), work.info()) == before


def test_an_object_without_adapters_has_no_candidates(work: Work, clip: Clip) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))

    assert work.candidates(1, 3) == []


def test_later_frames_are_tracked_from_an_applied_candidate(learned: tuple[Work, Any], clip: Clip) -> None:
    work, correction = learned
    work.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, objectId=1, frameIndex=4)
    work.propagate_to(4)

    frame = work.mutate(
        "applyLoraCandidate",
        "ApplyLoraCandidateInput",
        MASKS,
        objectId=1,
        frameIndex=4,
        adapterId=correction["adapter"]["adapterId"],
    )
    after = work.propagate_to(6)

    [mask] = frame["rleMaskList"]
    assert mask["source"] == "LORA"
    assert iou(mask_of(mask["rleMask"]), clip.masks[1][4]) > 0.6
    assert work.info()["objects"][0]["promptedFrames"] == [0, 4]
    assert iou(mask_of(rle_of(after, 1)), clip.masks[1][6]) > 0.6


def test_suggestions_continue_the_mask_of_the_frame_before_more_smoothly(
    learned: tuple[Work, Any], lenient_rule: None
) -> None:
    work, correction = learned

    events = work.propagate()

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


def test_auto_mode_streams_the_masks_that_look_better(learned: tuple[Work, Any], lenient_rule: None) -> None:
    work, _ = learned
    suggested = {event["frameIndex"] for event in work.propagate(maxFrames=5) if event["suggestions"]}
    work.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode="AUTO")

    events = work.propagate(maxFrames=5)

    taken = {event["frameIndex"] for event in events if event["rleMaskList"][0]["source"] == "LORA"}
    # From the first such frame on, the memories differ from those of mode SUGGEST.
    assert min(taken) == min(suggested)
    assert not any(event["suggestions"] for event in events)


def test_candidates_are_sorted_by_the_distance_of_their_corrections(work: Work, clip: Clip) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))
    work.propagate_to(3)
    early = work.correct(1, 3, rleMask=clip.rle(2, 3))["adapter"]["adapterId"]
    work.propagate_to(9)
    late = work.correct(1, 9, rleMask=clip.rle(1, 9))["adapter"]["adapterId"]
    work.propagate_to(12)
    assert early != late

    assert [each["adapterId"] for each in work.candidates(1, 5)] == [early, late]
    assert [each["adapterId"] for each in work.candidates(1, 11)] == [late, early]
