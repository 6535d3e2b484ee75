"""An object is not there: said of a frame or of a range, kept by tracking, exported as none, and taken back."""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco

from tests.client_session import ClientSession, rle_of
from tests.clips import HEIGHT, WIDTH, Clip, iou, mask_of, rle_input
from tests.imports.test_import_annotations import send
from tests.running import GraphQLFailure
from tests.schema.subscribing import SHORT, subscribed
from tests.schema.test_errors import refusal

NOTHING = rle_input(np.zeros((HEIGHT, WIDTH), bool))
LAST = SHORT - 1


def found_on(session: ClientSession, object_id: int) -> dict[int, Any]:
    """The object's masks by frame."""
    return {
        frame["frameIndex"]: mask
        for frame in session.masks()
        for mask in frame["rleMaskList"]
        if mask["objectId"] == object_id
    }


def absent_frames(session: ClientSession, object_id: int) -> list[int]:
    """The frames on which the object is absent, each with an empty mask without estimates."""
    absent = {index: mask for index, mask in found_on(session, object_id).items() if mask["source"] == "ABSENT"}
    for mask in absent.values():
        assert not mask_of(mask["rleMask"]).any()
        assert (mask["predictedIou"], mask["objectScore"]) == (None, None)
    return list(absent)


@pytest.fixture
def tracked(short_session: ClientSession, clip: Clip) -> ClientSession:
    """Object 1, drawn on frame 0 and tracked to the end."""
    short_session.add_mask(1, 0, clip.rle(1, 0))
    short_session.propagate()
    return short_session


def test_an_empty_mask_says_that_the_object_is_not_there_and_tracking_keeps_that(tracked: ClientSession) -> None:
    before = found_on(tracked, 1)

    [mask] = tracked.add_mask(1, 5, NOTHING)["rleMaskList"]
    tracked.propagate()

    assert mask["source"] == "ABSENT"
    assert absent_frames(tracked, 1) == [5]
    assert found_on(tracked, 1)[6] != before[6]
    assert tracked.info()["objects"][0]["promptedFrames"] == [0, 5]


def test_clearing_an_absent_frame_restores_what_tracking_says(tracked: ClientSession, clip: Clip) -> None:
    before = found_on(tracked, 1)
    tracked.add_mask(1, 3, NOTHING)
    tracked.mark_absent(1, 5, 6)

    for index in (3, 5, 6):
        tracked.clear_frame(1, index)
        tracked.propagate_to(index)

    after = found_on(tracked, 1)
    assert all(after[index] == before[index] for index in range(7))


def test_clearing_a_frame_that_was_marked_absent_and_never_tracked_leaves_no_mask(
    short_session: ClientSession, clip: Clip
) -> None:
    short_session.add_mask(1, 0, clip.rle(1, 0))
    short_session.mark_absent(1, 4, 4)

    frame = short_session.clear_frame(1, 4)

    assert not mask_of(rle_of(frame, 1)).any()
    assert list(found_on(short_session, 1)) == [0]


@pytest.mark.parametrize("again", [False, True])
def test_the_first_prompt_of_an_object_must_show_it(short_session: ClientSession, clip: Clip, again: bool) -> None:
    if again:
        short_session.add_mask(1, 0, clip.rle(1, 0))
        before = short_session.masks()

    failure = refusal(short_session.add_mask, 1, 0, NOTHING)

    assert failure.code == "INVALID_MASK"
    assert "first prompt" in failure.message
    if again:
        assert short_session.masks() == before
        assert refusal(short_session.mark_absent, 1, 0, 3).code == "INVALID_MASK"
    else:
        assert short_session.info()["objects"] == []


def test_without_a_prompt_that_shows_it_an_object_has_no_masks(short_session: ClientSession, clip: Clip) -> None:
    short_session.add_mask(1, 0, clip.rle(1, 0))
    short_session.propagate_to(4)
    short_session.add_mask(1, 3, NOTHING)
    short_session.mark_absent(1, 6, 7)

    short_session.clear_frame(1, 0)

    assert short_session.masks() == []
    assert refusal(short_session.propagate_to, 4).code == "NO_PROMPTS"


def test_an_empty_correction_trains_nothing_and_says_so(tracked: ClientSession) -> None:
    corrected = tracked.correct(1, 6, rleMask=NOTHING)

    assert (corrected["adapter"], corrected["skipped"]) == (None, "LORA_NOT_TRAINED")
    assert absent_frames(tracked, 1) == [6]
    assert tracked.info()["objects"][0]["adapters"] == []
    assert tracked.correct(1, 7, rleMask=NOTHING, trainLora=False)["skipped"] is None


def test_a_range_is_absent_and_stays_so_whatever_is_tracked(tracked: ClientSession) -> None:
    changed = tracked.mark_absent(1, 3, 5)
    tracked.propagate()
    tracked.propagate(startFrameIndex=LAST, direction="BACKWARD", objectIds=[1])
    tracked.propagate_to(4)

    assert changed["changed"] == [{"first": 3, "last": 5}]
    assert absent_frames(tracked, 1) == [3, 4, 5]


def test_a_track_ends_where_the_object_is_marked_absent_to_the_end(tracked: ClientSession, clip: Clip) -> None:
    tracked.add_mask(1, 7, clip.rle(1, 7))

    changed = tracked.mark_absent(1, 6)

    assert absent_frames(tracked, 1) == list(range(6, SHORT))
    assert changed["clearedPrompts"] == [7]
    assert tracked.info()["objects"][0]["promptedFrames"] == [0]


def test_a_click_on_an_absent_frame_shows_the_object_again(tracked: ClientSession, clip: Clip) -> None:
    tracked.mark_absent(1, 4, 7)

    clicked = tracked.add_points(1, 6, clip.center(1, 6))

    assert absent_frames(tracked, 1) == [4, 5, 7]
    assert iou(mask_of(rle_of(clicked, 1)), clip.masks[1][6]) > 0.6
    assert tracked.add_points(1, 6, clip.center(1, 6)) == clicked


def test_frames_after_an_absence_are_stale_and_are_tracked_from_it(
    start_short: Callable[[], ClientSession], clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another number of threads rounds differently.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    at_once, later = start_short(), start_short()
    for session in (at_once, later):
        session.add_mask(1, 0, clip.rle(1, 0))
    at_once.mark_absent(1, 3, 4)
    at_once.propagate_to(LAST)

    later.propagate_to(LAST)
    later.mark_absent(1, 3, 4)
    later.propagate_to(LAST)

    assert later.masks() == at_once.masks()


def test_removed_masks_are_gone_but_for_those_of_prompts_and_tracking_makes_them_again(
    tracked: ClientSession, clip: Clip
) -> None:
    tracked.add_mask(1, 4, clip.rle(1, 4))
    tracked.propagate_to(LAST)
    before = tracked.masks()

    [removed] = tracked.remove_masks([1], 4, 6)

    assert removed["kept"] == [{"first": 4, "last": 4}]
    assert list(found_on(tracked, 1)) == [0, 1, 2, 3, 4, 7]
    tracked.propagate_to(LAST)
    assert tracked.masks() == before


def test_removing_the_masks_of_absent_frames_has_them_tracked_again(tracked: ClientSession) -> None:
    before = tracked.masks()
    tracked.mark_absent(1, 5, 6)

    tracked.remove_masks([1], 0)
    assert list(found_on(tracked, 1)) == [0]

    tracked.propagate_to(LAST)
    assert tracked.masks() == before


def test_an_absence_is_not_exported_as_a_mask(tracked: ClientSession) -> None:
    tracked.mark_absent(1, 4, 6)

    def files(format: str) -> bytes:
        made = tracked.mutate("exportAnnotations", "ExportAnnotationsInput", "url", format=format)
        return tracked.server.http.get(made["url"]).content

    listed = json.loads(files("COCO"))["annotations"]
    shown = {(each["image_id"] - 1, each["instance_id"]) for each in listed if coco.area(each["segmentation"])}
    assert len(shown) == len(listed)
    assert shown == {(index, 1) for index in (0, 1, 2, 3, 7)}
    with ZipFile(io.BytesIO(files("DAVIS"))) as archive:
        name = next(each for each in archive.namelist() if each.endswith("00006.png"))
        assert not np.array(Image.open(archive.open(name))).any()
    with ZipFile(io.BytesIO(files("CVAT_VIDEO"))) as archive:
        text = archive.read("annotations.xml").decode()
    assert 'frame="6" outside="0"' not in text
    assert 'frame="4" outside="1"' in text


def test_an_imported_empty_mask_is_an_absence_that_tracking_keeps(
    start_short: Callable[[], ClientSession], tracked: ClientSession, clip: Clip
) -> None:
    tracked.mark_absent(1, 5, 7)
    made = tracked.mutate("exportAnnotations", "ExportAnnotationsInput", "url", format="PNG")
    other = start_short()
    other.add_mask(1, 0, clip.rle(1, 0))

    send(other, tracked.server.http.get(made["url"]).content, "masks.zip", ignoreMismatches=True)
    other.propagate()

    assert absent_frames(other, 1) == [5, 6, 7]


def test_an_absence_of_an_object_that_has_only_imported_masks_is_kept_once_it_is_prompted(
    start_short: Callable[[], ClientSession], tracked: ClientSession, clip: Clip
) -> None:
    made = tracked.mutate("exportAnnotations", "ExportAnnotationsInput", "url", format="PNG")
    other = start_short()
    send(other, tracked.server.http.get(made["url"]).content, "masks.zip")
    other.mark_absent(1, 5, 7)

    other.add_mask(1, 0, clip.rle(1, 0))
    other.propagate()

    assert absent_frames(other, 1) == [5, 6, 7]


def test_marking_absent_sends_a_running_stream_back(long_session: ClientSession) -> None:
    async def follow() -> list[dict[str, Any]]:
        async with subscribed(long_session, maxFrames=16) as socket:
            frames = [await socket.next_frame() for _ in range(8)]
            await asyncio.to_thread(long_session.mark_absent, 1, 3, 4)
            while frames[-1]["completed"] < frames[-1]["total"]:
                frames.append(await socket.next_frame())
            return frames

    frames = asyncio.run(follow())

    latest = {frame["frameIndex"]: frame for frame in frames}
    assert [index for index, frame in latest.items() if frame["rleMaskList"][0]["source"] == "ABSENT"] == [3, 4]
    assert frames[-1]["revision"] == 1


@pytest.mark.parametrize(("first", "last"), [(9, 3), (-1, 3), (3, SHORT)])
def test_a_range_that_is_none_is_refused(tracked: ClientSession, first: int, last: int) -> None:
    before = tracked.masks()

    for change in (tracked.mark_absent, tracked.remove_masks):
        with pytest.raises(GraphQLFailure) as failure:
            change([1] if change == tracked.remove_masks else 1, first, last)
        assert failure.value.code == "FRAME_OUT_OF_RANGE"
    assert tracked.masks() == before


def test_what_was_said_of_ranges_is_logged(tracked: ClientSession) -> None:
    tracked.mark_absent(1, 4, 5)
    tracked.remove_masks([1], 6)
    query = """query ($s: String!) { session(sessionId: $s) { interactions {
        kind objectIds ranges { first last } } } }"""

    logged = tracked.server.query(query, s=tracked.session_id)["session"]["interactions"][-2:]

    assert logged == [
        {"kind": "MARK_ABSENT", "objectIds": [1], "ranges": [{"first": 4, "last": 5}]},
        {"kind": "REMOVE_MASKS", "objectIds": [1], "ranges": [{"first": 6, "last": LAST}]},
    ]
