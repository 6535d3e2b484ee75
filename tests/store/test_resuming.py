"""What a server has after a restart, and how a session resumes."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import MASKS, ClientSession, rle_of
from tests.clips import Clip, iou, mask_of
from tests.running import Server, running

Restart = Callable[[], AbstractContextManager[Server]]


@pytest.fixture
def restart(model: LoadedModel, videos: Path, tmp_path: Path) -> Restart:
    """Starts a server on the same data directory, one after another."""
    return lambda: running(Settings(videos=videos, data_dir=tmp_path, max_sessions=2), model)


@dataclass(frozen=True)
class Annotated:
    """A session, what its server reported of it, and what its adapter proposed for frame 6."""

    session_id: str
    reported: dict[str, Any]
    proposed: Any


@pytest.fixture(scope="module")
def template(
    model: LoadedModel, videos: Path, clip: Clip, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Annotated]:
    """A data directory that a server has written, and its session."""
    folder = tmp_path_factory.mktemp("template")
    with running(Settings(videos=videos, data_dir=folder), model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_points(1, 0, clip.center(1, 0))
        session.add_mask(2, 2, clip.rle(2, 2))
        session.mutate("nameObject", "NameObjectInput", "name", objectId=2, name="spotted")
        session.propagate(maxFrames=5)
        session.correct(1, 4, points=[clip.center(1, 4)], labels=[1])
        session.propagate(startFrameIndex=4, direction="FORWARD", maxFrames=2)
        session.correct(1, 0, points=[clip.center(1, 0)], labels=[1])
        return folder, Annotated(session.session_id, everything(session), session.candidates(1, 6))


@pytest.fixture
def annotated(template: tuple[Path, Annotated], tmp_path: Path) -> Annotated:
    """Copies that directory to where the next server starts."""
    folder, annotated = template
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return annotated


def everything(session: ClientSession) -> dict[str, Any]:
    return {"info": session.info(), "masks": session.masks(), "interactions": session.interactions()}


def test_a_session_is_complete_after_a_restart_without_running_the_model(
    restart: Restart, annotated: Annotated
) -> None:
    with restart() as server:
        after = everything(ClientSession(server, annotated.session_id))
        listed = server.query("{ sessions { sessionId } }")["sessions"]
        steps = server.engine.device.worker.steps_run.total()

    assert after == annotated.reported
    assert listed == [{"sessionId": annotated.session_id}]
    assert len(after["masks"]) == 8
    assert steps == 0


def test_tracking_after_a_restart_gives_the_same_masks_as_without(restart: Restart, clip: Clip) -> None:
    def begin(session: ClientSession) -> None:
        session.add_points(1, 0, clip.center(1, 0))
        session.add_mask(2, 2, clip.rle(2, 2))
        session.propagate(maxFrames=5)

    def resume(session: ClientSession) -> list[Any]:
        return [
            session.propagate(startFrameIndex=6, direction="FORWARD", maxFrames=1),
            session.add_points(1, 3, [0.02, 0.02], labels=[0]),
            session.masks(),
        ]

    with restart() as server:
        uninterrupted, interrupted = (ClientSession.start(server, "videos/discs.mp4") for _ in range(2))
        begin(uninterrupted)
        begin(interrupted)
        expected = resume(uninterrupted)
    with restart() as server:
        assert resume(ClientSession(server, interrupted.session_id)) == expected


@pytest.mark.parametrize("frame_index", [0, 2, 5])
def test_a_click_on_a_frame_that_tracking_passed_makes_the_same_mask_after_a_restart(
    restart: Restart, clip: Clip, frame_index: int
) -> None:
    def begin(session: ClientSession) -> None:
        session.add_points(1, 0, clip.center(1, 0))
        session.propagate_to(4)
        session.add_points(1, 2, clip.center(1, 2))

    def resume(session: ClientSession) -> list[Any]:
        clicked = session.add_points(1, frame_index, clip.center(1, frame_index), [0.05, 0.05], labels=[1, 0])
        return [clicked, session.propagate_to(6)]

    with restart() as server:
        uninterrupted, interrupted = (ClientSession.start(server, "videos/discs.mp4") for _ in range(2))
        begin(uninterrupted)
        begin(interrupted)
        expected = resume(uninterrupted)
    with restart() as server:
        assert resume(ClientSession(server, interrupted.session_id)) == expected


def test_a_click_after_a_restart_tracks_no_frame_again(restart: Restart, clip: Clip) -> None:
    with restart() as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_points(1, 0, clip.center(1, 0))
        session.propagate()
    with restart() as server:
        session = ClientSession(server, session.session_id)
        session.add_points(1, 12, clip.center(1, 12))

        assert session.state.tracker.frames_tracked == 0


def test_a_damaged_frame_on_disk_is_tracked_again(restart: Restart, clip: Clip, tmp_path: Path) -> None:
    with restart() as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_points(1, 0, clip.center(1, 0))
        session.propagate()
        expected = session.add_points(1, 12, clip.center(1, 12))
    [file] = (tmp_path / "tracking").iterdir()
    data = bytearray(file.read_bytes())
    data[len(data) // 2 :: 1000] = bytes(len(data[len(data) // 2 :: 1000]))
    file.write_bytes(data)
    with restart() as server:
        session = ClientSession(server, session.session_id)
        again = session.add_points(1, 12, clip.center(1, 12))

        assert session.state.tracker.frames_tracked > 0
    assert iou(mask_of(rle_of(again, 1)), mask_of(rle_of(expected, 1))) > 0.95


def test_a_session_that_is_closed_leaves_no_tracked_frames_on_disk(
    restart: Restart, clip: Clip, tmp_path: Path
) -> None:
    with restart() as server:
        sessions = [ClientSession.start(server, "videos/discs.mp4") for _ in range(3)]
        for session in sessions:
            session.add_mask(1, 0, clip.rle(1, 0))
            session.propagate_to(2)
        assert len(list((tmp_path / "tracking").iterdir())) == 3
        for session in sessions:
            session.close()

        assert list((tmp_path / "tracking").iterdir()) == []


def test_a_corrected_frame_can_be_corrected_further_and_cleared_after_a_restart(
    restart: Restart, annotated: Annotated
) -> None:
    corrected = mask_of(rle_of(annotated.reported["masks"][4], 1))
    with restart() as server:
        session = ClientSession(server, annotated.session_id)
        again = session.correct(1, 4, points=[[0.98, 0.02]], labels=[0], trainLora=False)
        cleared = session.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, objectId=1, frameIndex=4)

    assert iou(mask_of(rle_of(again["frame"], 1)), corrected) > 0.9
    assert next(mask["source"] for mask in cleared["rleMaskList"] if mask["objectId"] == 1) == "TRACKED"


def test_current_frames_are_read_from_the_store_without_tracking(restart: Restart, clip: Clip) -> None:
    with restart() as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        tracked = session.propagate_to(8)
    with restart() as server:
        session = ClientSession(server, session.session_id)
        again = session.propagate_to(8)

        assert again == tracked
        assert session.state.tracker.frames_tracked == 0


def test_frames_that_a_correction_made_stale_are_stale_after_a_restart(restart: Restart, clip: Clip) -> None:
    with restart() as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        before = session.propagate_to(8)
        session.correct(1, 4, rleMask=clip.rle(2, 4), trainLora=False)
    with restart() as server:
        after = ClientSession(server, session.session_id).propagate_to(8)

    assert iou(mask_of(rle_of(after, 1)), mask_of(rle_of(before, 1))) < 0.5


def test_an_adapter_proposes_its_masks_after_a_restart(restart: Restart, annotated: Annotated) -> None:
    with restart() as server:
        [candidate] = ClientSession(server, annotated.session_id).candidates(1, 6)

    assert candidate["adapterId"] == annotated.proposed[0]["adapterId"]
    assert iou(mask_of(candidate["rleMask"]), mask_of(annotated.proposed[0]["rleMask"])) > 0.9


def test_removed_objects_and_sessions_stay_removed(
    restart: Restart, annotated: Annotated, clip: Clip, tmp_path: Path
) -> None:
    with restart() as server:
        session, closed = ClientSession(server, annotated.session_id), ClientSession.start(server, "videos/discs.mp4")
        session.mutate("removeObject", "RemoveObjectInput", "frameIndex", objectId=1)
        closed.add_mask(1, 0, clip.rle(1, 0))
        closed.close()
    with restart() as server:
        listed = server.query("{ sessions { sessionId } }")["sessions"]
        session = ClientSession(server, annotated.session_id)

        assert listed == [{"sessionId": annotated.session_id}]
        assert [each["objectId"] for each in session.info()["objects"]] == [2]
        assert {mask["objectId"] for frame in session.masks() for mask in frame["rleMaskList"]} == {2}
        # Its adapter stays on disk as long as the removal can be undone.
        assert len(list((tmp_path / "adapters").glob("*/*"))) == 1
        session.close()
        assert list((tmp_path / "adapters").glob("*/*")) == []


def test_the_least_recently_used_session_is_evicted_from_memory_and_stays_in_the_store(
    restart: Restart, clip: Clip
) -> None:
    with restart() as server:
        sessions = [ClientSession.start(server, "videos/discs.mp4") for _ in range(3)]
        for session in sessions:
            session.add_mask(1, 0, clip.rle(1, 0))
            session.propagate_to(2)

        assert len(server.engine.pool) == 2
        assert server.engine.pool.get(sessions[0].session_id) is None
        assert len(sessions[0].masks()) == 3
        sessions[0].propagate_to(4)
        assert [session.info()["trackedFrameCount"] for session in sessions] == [5, 3, 3]


def test_interactions_report_clicks_and_the_outcome_of_training(annotated: Annotated, clip: Clip) -> None:
    first, drawn, corrected, refused = annotated.reported["interactions"]
    [adapter] = annotated.reported["info"]["objects"][0]["adapters"]

    kinds = [each["kind"] for each in annotated.reported["interactions"]]
    assert kinds == ["PROMPT", "PROMPT", "CORRECTION", "CORRECTION"]
    assert (first["points"], first["labels"], first["clicks"]) == ([clip.center(1, 0)], [1], 1)
    assert (drawn["rleMask"], drawn["clicks"]) == (clip.rle(2, 2), 0)
    assert (corrected["adapterId"], corrected["frameIndex"]) == (adapter["adapterId"], 4)
    assert corrected["trainingIou"] >= corrected["baselineIou"] > 0
    assert refused["skipped"] == "FEATURES_NOT_CAPTURED"
    times = [each["at"] for each in annotated.reported["interactions"]]
    assert times == sorted(times)
