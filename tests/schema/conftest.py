from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.client_session import ClientSession
from tests.clips import FRAMES, Clip, draw_clip, write_clip
from tests.running import Server
from tests.schema.subscribing import LENGTH


@pytest.fixture(scope="session")
def long_clip(videos: Path) -> str:
    """A clip so long that no test waits for its end."""
    frames = draw_clip(FRAMES).frames
    write_clip(videos / "long.mp4", np.concatenate([frames] * (LENGTH // FRAMES)))
    return "videos/long.mp4"


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
