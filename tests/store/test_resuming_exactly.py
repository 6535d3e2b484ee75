"""A session that was evicted from memory at any moment goes on as one that was not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gql.transport.exceptions import TransportQueryError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import MASKS, ClientSession
from tests.clips import HEIGHT, WIDTH, Clip, rle_input
from tests.running import GraphQLFailure, Server, running

FRAMES = 6
NOTHING = rle_input(np.zeros((HEIGHT, WIDTH), bool))
Operation = tuple[Any, ...]
objects, frames = st.integers(1, 2), st.integers(0, FRAMES - 1)
operations = st.one_of(
    st.tuples(st.just("click"), objects, frames, st.booleans()),
    st.tuples(st.just("draw"), objects, frames),
    st.tuples(st.just("clear"), objects, frames),
    st.tuples(st.just("empty"), objects, frames),
    st.tuples(st.just("absent"), objects, frames, frames),
    st.tuples(st.just("remove"), objects, frames, frames),
    st.tuples(st.just("confirm"), objects, frames, frames),
    st.tuples(st.just("track"), frames, st.sampled_from(["FORWARD", "BACKWARD", "BOTH"]), st.integers(1, 3)),
)


@pytest.fixture(scope="module")
def small_server(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one session in memory at a time."""
    with running(Settings(videos=videos, data_dir=tmp_path_factory.mktemp("data"), max_sessions=1), model) as server:
        yield server


def result(session: ClientSession, operation: Operation, clip: Clip) -> Any:
    """What the server answers to an operation: a refusal's code where it is not possible now."""
    try:
        match operation:
            case "click", object_id, frame, extends:
                return session.add_points(object_id, frame, clip.center(object_id, frame), clear=not extends)
            case "draw", object_id, frame:
                return session.add_mask(object_id, frame, clip.rle(object_id, frame))
            case "clear", object_id, frame:
                arguments = {"objectId": object_id, "frameIndex": frame}
                return session.mutate("clearPointsInFrame", "ClearPointsInFrameInput", MASKS, **arguments)
            case "empty", object_id, frame:
                return session.add_mask(object_id, frame, NOTHING)
            case "absent", object_id, first, last:
                return session.mark_absent(object_id, first, last)
            case "confirm", object_id, first, last:
                return session.confirm([object_id], (first, last))
            case "remove", object_id, first, last:
                return session.remove_masks([object_id], first, last)
            case "track", frame, direction, count:
                return session.propagate(startFrameIndex=frame, direction=direction, maxFrames=count)
    except GraphQLFailure as failure:
        code = failure.code
    except TransportQueryError as failure:
        code = (failure.errors or [{}])[0]["extensions"]["code"]
    assert code != "INTERNAL", operation
    return code


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(before=st.lists(operations, min_size=2, max_size=5), after=st.lists(operations, min_size=1, max_size=3))
def test_a_session_gives_the_same_masks_whether_or_not_it_was_evicted(
    small_server: Server, clip: Clip, before: list[Operation], after: list[Operation]
) -> None:
    began = [("click", 1, 0, False), *before]
    answers = []
    for is_evicted in (False, True):
        session = ClientSession.start(small_server, "videos/discs.mp4")
        answers.append([result(session, each, clip) for each in began])
        if is_evicted:
            ClientSession.start(small_server, "videos/discs.mp4").close()
            assert small_server.engine.pool.get(session.session_id) is None
        answers[-1] += [result(session, each, clip) for each in after]
        answers[-1] += [session.masks(), session.frame_spans()]
        session.close()

    assert answers[0] == answers[1]


@pytest.fixture(scope="module")
def one_adapter_server(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one session in memory at a time, whose objects have one adapter: each training replays."""
    data = tmp_path_factory.mktemp("data")
    with running(Settings(videos=videos, data_dir=data, max_sessions=1, max_adapters=1), model) as server:
        yield server


@pytest.mark.parametrize("first", ["correct", "train"])
def test_fine_tuning_replays_what_was_trained_on_before_whether_or_not_the_session_was_evicted(
    one_adapter_server: Server, clip: Clip, first: str
) -> None:
    trained, proposed = [], []
    for is_evicted in (False, True):
        session = ClientSession.start(one_adapter_server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        if first == "correct":
            session.correct(1, 3, rleMask=clip.rle(2, 3))
        else:
            session.propagate_to(5)
            session.train(1, 3, rleMask=clip.rle(2, 3))
        if is_evicted:
            ClientSession.start(one_adapter_server, "videos/discs.mp4").close()
            assert one_adapter_server.engine.pool.get(session.session_id) is None
        adapter = session.correct(1, 5, rleMask=clip.rle(1, 5))["adapter"]
        trained.append({name: adapter[name] for name in ("frameIndices", "steps", "baselineIou", "trainingIou")})
        proposed.append([candidate["rleMask"] for candidate in session.candidates(1, 5)])
        session.close()

    assert trained[0] == trained[1]
    assert proposed[0] == proposed[1]
