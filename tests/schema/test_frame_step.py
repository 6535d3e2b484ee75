"""Sessions that work on every n-th frame of their video."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import MASKS, ClientSession
from tests.clips import Clip
from tests.exports.sources import unzipped
from tests.running import GraphQLFailure, Server, running

STEP = 2


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory, clip: Clip) -> Path:
    """A folder of frames, and one of every second of them, so that their pixels are the same."""
    folder = tmp_path_factory.mktemp("pictures")
    for name, step in (("all", 1), ("some", STEP)):
        (folder / name).mkdir()
        for place, frame in enumerate(clip.frames[::step]):
            Image.fromarray(frame).save(folder / name / f"{place:03}.png")
    return folder


@pytest.fixture(scope="module")
def stepping(model: LoadedModel, pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one session in memory."""
    data = tmp_path_factory.mktemp("data")
    with running(Settings(videos=pictures, data_dir=data, max_sessions=1), model) as server:
        yield server


def start(server: Server, name: str, step: int) -> ClientSession:
    query = "mutation ($input: StartSessionInput!) { startSession(input: $input) { sessionId } }"
    given = {"path": f"videos/{name}", "frameStep": step}
    return ClientSession(server, server.query(query, input=given)["startSession"]["sessionId"])


@pytest.fixture
def every_second(stepping: Server) -> Iterator[ClientSession]:
    session = start(stepping, "all", STEP)
    yield session
    session.close()


def annotate(session: ClientSession, clip: Clip, step: int, evict: Callable[[], None]) -> list[Any]:
    """Everything that reads memory, on the frames 0, 2, …, 10 of the clip. Gives all answers."""
    at = STEP // step
    session.add_mask(1, 0, clip.half(1, 0))
    session.add_points(2, 6 // at, clip.center(2, 6))
    answers = [session.propagate(startFrameIndex=4 // at, direction="BOTH", maxFrames=2)]
    answers.append(session.add_points(1, 4 // at, clip.center(1, 4)))
    session.mutate("setLoraMode", "SetLoraModeInput", "sessionId", mode="AUTO")
    answers.append(session.correct(1, 8 // at, rleMask=clip.rle(1, 8))["frame"])
    evict()
    answers.append(session.candidates(1, 8 // at))
    answers.append(session.propagate_to(10 // at))
    cleared = {"objectId": 1, "frameIndex": 8 // at}
    answers.append(session.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, **cleared))
    return [*answers, session.masks()]


def scaled(answer: Any, by: int) -> Any:
    """An answer with the frame indices of the clip, without what differs between any two sessions."""
    match answer:
        case dict():
            return {
                name: value * by if name == "frameIndex" else scaled(value, by)
                for name, value in answer.items()
                if name != "adapterId"
            }
        case list():
            return [scaled(each, by) for each in answer]
    return answer


def test_masks_are_those_of_a_video_of_the_chosen_frames_alone(stepping: Server, clip: Clip) -> None:
    answers = []
    for name, step in (("all", STEP), ("some", 1)):
        session = start(stepping, name, step)
        given = annotate(session, clip, step, lambda: start(stepping, "some", 1).close())
        answers.append(scaled(given, STEP // step))
        session.close()

    assert answers[0] == answers[1]


def test_a_session_says_its_frame_step_also_after_it_left_memory(stepping: Server, every_second: ClientSession) -> None:
    start(stepping, "some", 1).close()

    query = "query ($s: String!) { session(sessionId: $s) { frameStep } }"

    assert stepping.query(query, s=every_second.session_id)["session"] == {"frameStep": STEP}


def test_frames_between_the_chosen_ones_are_refused_with_the_nearest(every_second: ClientSession, clip: Clip) -> None:
    every_second.add_mask(1, 0, clip.rle(1, 0))
    calls: list[Callable[[], Any]] = [
        lambda: every_second.add_mask(1, 3, clip.rle(1, 3)),
        lambda: every_second.add_points(1, 3, clip.center(1, 3)),
        lambda: every_second.correct(1, 3, rleMask=clip.rle(1, 3)),
        lambda: every_second.propagate_to(3),
        lambda: every_second.candidates(1, 3),
    ]

    for call in calls:
        with pytest.raises(GraphQLFailure, match=r"frameStep 2.*the nearest are 2 and 4") as refusal:
            call()
        assert refusal.value.code == "FRAME_OUT_OF_RANGE"


@pytest.mark.parametrize("step", [0, -1, 2_000_000])
def test_a_frame_step_that_is_none_starts_no_session(stepping: Server, step: int) -> None:
    with pytest.raises(GraphQLFailure, match="frameStep") as refusal:
        start(stepping, "all", step)

    assert refusal.value.code == "BAD_REQUEST"


@pytest.mark.parametrize(("rate", "step"), [(24, 1), (100, 1), (8, 3), (5, 5), (17, 2), (0.5, 48)])
def test_a_frame_rate_gives_the_frame_step_whose_rate_is_nearest(server: Server, rate: float, step: int) -> None:
    query = "mutation ($input: StartSessionInput!) { startSession(input: $input) { sessionId } }"
    given = {"path": "videos/discs.mp4", "frameRate": rate}
    session = ClientSession(server, server.query(query, input=given)["startSession"]["sessionId"])

    found = server.query("query ($s: String!) { session(sessionId: $s) { frameStep } }", s=session.session_id)

    assert found["session"]["frameStep"] == step
    session.close()


@pytest.mark.parametrize(
    "given", [{"frameRate": 0}, {"frameRate": -5}, {"frameRate": 1e-9}, {"frameRate": 5, "frameStep": 2}]
)
def test_a_frame_rate_that_is_none_or_next_to_a_step_starts_no_session(server: Server, given: dict[str, float]) -> None:
    query = "mutation ($input: StartSessionInput!) { startSession(input: $input) { sessionId } }"

    with pytest.raises(GraphQLFailure, match="frameRate") as refusal:
        server.query(query, input={"path": "videos/discs.mp4", **given})

    assert refusal.value.code == "BAD_REQUEST"


def test_exports_have_the_chosen_frames_under_their_own_names(
    every_second: ClientSession, clip: Clip, tmp_path: Path
) -> None:
    every_second.add_mask(1, 0, clip.rle(1, 0))
    every_second.propagate(maxFrames=2)

    made = every_second.mutate("exportAnnotations", "ExportAnnotationsInput", "url", format="DAVIS", endFrameIndex=7)
    archive = tmp_path / "davis.zip"
    archive.write_bytes(every_second.server.http.get(made["url"]).content)

    frames = sorted(name.rsplit("/")[-1] for name in unzipped(archive) if name.endswith(".png"))
    assert frames == ["000.png", "002.png", "004.png", "006.png"]


def test_imported_masks_between_the_chosen_frames_are_mismatches(every_second: ClientSession, clip: Clip) -> None:
    height, width = clip.masks[1][0].shape
    content = {
        "images": [
            {"id": each, "file_name": f"all/{each:03}.png", "width": width, "height": height} for each in (2, 3)
        ],
        "categories": [{"id": 1, "name": "disc"}],
        "annotations": [
            {"id": each, "image_id": each, "category_id": 1, "segmentation": clip.rle(1, each)} for each in (2, 3)
        ],
    }
    query = """mutation ($file: Upload!, $input: ImportAnnotationsInput!) {
        importAnnotations(file: $file, input: $input) { maskCount mismatches { kind message } } }"""
    given = {"sessionId": every_second.session_id, "ignoreMismatches": True}
    variables = {"file": None, "input": given}

    answer = every_second.server.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": query, "variables": variables}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": ("instances.json", json.dumps(content))},
    ).json()["data"]["importAnnotations"]

    assert answer["maskCount"] == 1
    [mismatch] = answer["mismatches"]
    assert mismatch["kind"] == "FRAME" and "between the frames" in mismatch["message"]
    assert [frame["frameIndex"] for frame in every_second.masks()] == [2]
