"""How long a folder of 10,000 videos takes to list; reference: a plain walk that looks at every file once."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import av
import numpy as np

from benchmarks.result import Result
from sam2_lit.media.library import VideoLibrary
from sam2_lit.sample import SAMPLE

_FILES, _FOLDERS, _PAGE = 10_000, 100, 100
_SETTLED_SECONDS = 2.5


def run(repeats: int = 5) -> Iterator[Result]:
    """Medians of `repeats`, the first page after a start excepted, which is one measurement."""
    with tempfile.TemporaryDirectory() as temporary:
        own = Path(temporary) / "own"
        _write(own)
        # A folder that has just changed is read again each time.
        time.sleep(_SETTLED_SECONDS)
        walk = _seconds(lambda: _walk(own), repeats)
        library = VideoLibrary(SAMPLE, own, Path(temporary) / "data")
        started = time.perf_counter()
        page = library.page(first=_PAGE)
        cold = time.perf_counter() - started
        assert page.total == _FILES + 1
        video = page.videos[-1][1]
        for name, seconds in (
            (f"the first page of {_PAGE}, each file opened", cold),
            ("the first page again", _seconds(lambda: library.page(first=_PAGE), repeats)),
            ("a search", _seconds(lambda: library.page("099/clip-0", first=_PAGE), repeats)),
            ("the last page", _seconds(lambda: library.page(last=_PAGE), repeats)),
            ("the video of a frame request", _seconds(lambda: library.by_id(video.id), repeats)),
        ):
            yield Result(
                f"library of {_FILES} videos: {name}", seconds * 1e3, "ms", walk * 1e3, walk / seconds, repeats
            )
        library.close()


def _write(own: Path) -> None:
    own.mkdir()
    clip = own.parent / "clip.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode())
    for number in range(_FILES):
        folder = own / f"{number % _FOLDERS:03}"
        folder.mkdir(exist_ok=True)
        os.link(clip, folder / f"clip-{number // _FOLDERS:03}.mp4")


def _walk(own: Path) -> None:
    for place, _, files in os.walk(own):
        for name in files:
            os.stat(os.path.join(place, name))


def _seconds(call: Callable[[], object], repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return median(seconds)
