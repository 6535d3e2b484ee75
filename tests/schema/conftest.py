from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.clips import FRAMES, Clip, draw_clip, write_clip
from tests.running import Server
from tests.schema.subscribing import LENGTH
from tests.work import Work


@pytest.fixture(scope="session")
def long_clip(videos: Path) -> str:
    """A clip so long that no test waits for its end."""
    frames = draw_clip(FRAMES).frames
    write_clip(videos / "long.mp4", np.concatenate([frames] * (LENGTH // FRAMES)))
    return "videos/long.mp4"


@pytest.fixture
def long_work(server: Server, long_clip: str, clip: Clip) -> Any:
    work = Work.begin(server, long_clip)
    work.add_mask(1, 0, clip.rle(1, 0))
    yield work
    work.close()


@pytest.fixture
def learned(work: Work, clip: Clip) -> tuple[Work, Any]:
    """A session in which half of object 1 was tracked, and frame 4 corrected to the whole of it."""
    work.add_mask(1, 0, clip.half(1, 0))
    work.propagate_to(4)
    return work, work.correct(1, 4, rleMask=clip.rle(1, 4))
