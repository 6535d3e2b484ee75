from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.client_session import ClientSession
from tests.clips import FRAMES, Clip, draw_clip, write_clip
from tests.running import Server
from tests.schema.subscribing import LENGTH, SHORT


@pytest.fixture(scope="session")
def long_clip(videos: Path) -> str:
    """A clip so long that no test waits for its end."""
    frames = draw_clip(FRAMES).frames
    write_clip(videos / "long.mp4", np.concatenate([frames] * (LENGTH // FRAMES)))
    return "videos/long.mp4"


@pytest.fixture
def short_session(server: Server, short_clip: str) -> Iterator[ClientSession]:
    session = ClientSession.start(server, short_clip)
    yield session
    session.close()


@pytest.fixture
def start_short(server: Server, short_clip: str) -> Iterator[Callable[[], ClientSession]]:
    """Starts sessions on the short clip; they are closed after the test."""
    started: list[ClientSession] = []

    def start_session() -> ClientSession:
        started.append(ClientSession.start(server, short_clip))
        return started[-1]

    yield start_session
    for session in started:
        session.close()


@pytest.fixture(scope="session")
def short_clip(videos: Path) -> str:
    """The first frames of the clip."""
    write_clip(videos / "short.mp4", draw_clip(FRAMES).frames[:SHORT])
    return "videos/short.mp4"


@pytest.fixture
def long_session(server: Server, long_clip: str, clip: Clip) -> Any:
    session = ClientSession.start(server, long_clip)
    session.add_mask(1, 0, clip.rle(1, 0))
    yield session
    session.close()


@pytest.fixture
def learned(session: ClientSession, clip: Clip) -> tuple[ClientSession, Any]:
    """A session in which half of object 1 was tracked, and frame 4 corrected to the whole of it."""
    session.add_mask(1, 0, clip.half(1, 0))
    session.propagate_to(4)
    return session, session.correct(1, 4, rleMask=clip.rle(1, 4))
