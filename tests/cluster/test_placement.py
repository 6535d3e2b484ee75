from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam2_lit.cluster.placement import WorkerLoad, choose
from sam2_lit.engine.observer import EngineLoad
from sam2_lit.errors import ErrorCode, LitError

GIB = 2**30

loads = st.lists(
    st.builds(
        WorkerLoad,
        worker=st.uuids().map(str),
        engine=st.builds(
            EngineLoad,
            free_bytes=st.integers(-GIB, 4 * GIB),
            propagations=st.integers(0, 3),
            max_propagations=st.just(3),
            sessions=st.integers(0, 5),
            sessions_in_use=st.integers(0, 4),
            max_sessions=st.just(4),
            videos=st.frozensets(st.sampled_from(["a", "b"])),
        ),
        is_draining=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda load: load.worker,
)


def load(worker: str, **values: Any) -> WorkerLoad:
    usual = EngineLoad(
        GIB,
        sessions=0,
        sessions_in_use=0,
        max_sessions=8,
        propagations=0,
        max_propagations=4,
        videos=frozenset(),
    )
    return WorkerLoad(worker, replace(usual, **values))


@given(loads)
def test_a_session_is_placed_where_there_is_room_or_refused_with_when_to_come_back(known: list[WorkerLoad]) -> None:
    able = [each for each in known if not each.is_full and not each.is_draining]
    try:
        chosen = choose(known, "a")
    except LitError as refused:
        assert refused.code is ErrorCode.CAPACITY_EXCEEDED and refused.extensions["retryAfter"] == 5.0
        assert not able
    else:
        assert chosen in able


@pytest.mark.parametrize(
    ("other", "better"),
    [
        (load("other", free_bytes=GIB // 2), load("better", propagations=3, sessions=3)),
        (load("other", propagations=1), load("better", sessions=3)),
        (load("other", sessions=2, videos=frozenset({"video"})), load("better", sessions=1)),
        (load("other"), load("better", videos=frozenset({"video"}))),
        (load("other", free_bytes=GIB + 1000, propagations=1), load("better")),
    ],
    ids=["more memory", "fewer streams", "fewer sessions", "warm embeddings", "about equal memory"],
)
def test_memory_counts_first_then_streams_then_sessions_then_embeddings(other: WorkerLoad, better: WorkerLoad) -> None:
    assert choose([other, better], "video") == choose([better, other], "video") == better


def test_sessions_that_are_placed_in_a_row_are_spread() -> None:
    known = {each.worker: each for each in (load("one"), load("two"))}
    for _ in range(10):
        chosen = choose(known.values())
        known[chosen.worker] = chosen.with_one_more()

    assert [each.engine.sessions for each in known.values()] == [5, 5]
