"""Two clients work on two sessions at once, in every way that Hypothesis thinks of."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sam2_lit.engine.models.loading import LoadedModel
from tests.interleaving.machine import Interleavings
from tests.interleaving.world import World


@pytest.fixture
def world(tmp_path: Path, model: LoadedModel) -> Iterator[World]:
    world = World(tmp_path, model)
    logging.getLogger().addHandler(world.errors)
    yield world
    logging.getLogger().removeHandler(world.errors)
    world.close()


@pytest.mark.timeout(0)
def test_whatever_two_clients_do_at_once_sessions_are_as_was_acknowledged(
    world: World, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    number: int = request.config.getoption("--interleavings")
    is_short = number <= 10

    class InThisWorld(Interleavings):
        pass

    InThisWorld.world = world
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        InThisWorld,
        settings=settings(
            max_examples=number,
            stateful_step_count=10 if is_short else 40,
            derandomize=is_short,
            database=None,
            deadline=None,
            phases=[Phase.generate] if is_short else [Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    if not is_short:
        with capsys.disabled():
            print(f"\n{number} orders of calls: {dict(sorted(world.counts.items()))}")
