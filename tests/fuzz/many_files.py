"""`scripts/fuzz-media`: broken media files in large numbers, each opened, read and made playable.

A process reads them one after the other. None may raise an unexpected error, take over a minute, or use over 500 MiB;
a process that ends or hangs is counted against its file, and another one continues.
"""

import argparse
import faulthandler
import io
import logging
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

from sam2_lit.errors import LitError
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.stills import jpeg_frame, poster
from sam2_lit.media.transcode import playable
from sam2_lit.sample import SAMPLE
from tests.fuzz.media import broken_file

SECONDS, MEBIBYTES = 60, 500
_SETTINGS = MediaSettings(pixels=1_000_000, frames=100_000)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file; each is the same in every run")
    arguments = parser.parse_args()
    outcomes, started = Counter[str](), time.monotonic()
    number, end, peak, slowest = arguments.first, arguments.first + arguments.files, 0.0, 0.0
    while number < end:
        ours, theirs = multiprocessing.Pipe()
        reader = multiprocessing.get_context("spawn").Process(target=_read_files, args=(theirs, number, end))
        reader.start()
        theirs.close()
        while number < end:
            begun = time.monotonic()
            try:
                outcome, memory = ours.recv() if ours.poll(SECONDS) else ("FAILED: it hangs", 0.0)
            except EOFError:
                outcome, memory = "FAILED: the process ended", 0.0
            peak, slowest = max(peak, memory), max(slowest, time.monotonic() - begun)
            if memory > MEBIBYTES:
                outcome = f"FAILED: {memory:.0f} MiB"
            name = broken_file(number)[0]
            if outcome.startswith("FAILED"):
                print(f"{name} ({number}): {outcome}", flush=True)
            outcomes[outcome if outcome.startswith("FAILED") else f"{name.split('-')[0]}: {outcome}"] += 1
            number += 1
            if "process ended" in outcome or "hangs" in outcome:
                break
        reader.kill()
        reader.join()
    failed = sum(count for outcome, count in outcomes.items() if outcome.startswith("FAILED"))
    usable = sum(count for outcome, count in outcomes.items() if outcome.endswith("usable"))
    print(
        f"{arguments.files} files in {time.monotonic() - started:.0f} s: {usable} usable, {failed} failed, the others "
        f"refused with the reason; at most {peak:.0f} MiB and {slowest:.1f} s for a file"
    )
    print("\n".join(f"{count:6} {outcome}" for outcome, count in sorted(outcomes.items())))
    return 1 if failed else 0


def _read_files(parent: Connection, first: int, end: int) -> None:
    faulthandler.enable()
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        library = VideoLibrary(SAMPLE, None, Path(folder), _SETTINGS)
        for number in range(first, end):
            _reset_peak()
            parent.send((_outcome(library, Path(folder), *broken_file(number)), _peak()))


def _outcome(library: VideoLibrary, folder: Path, name: str, content: bytes) -> str:
    try:
        video = library.add_upload(io.BytesIO(content), name)
    except LitError as error:
        return error.code.value
    except BaseException as error:
        return f"FAILED: upload: {error!r}"
    try:
        for use in (_read_frames, _read_whole, _play):
            try:
                use(library, video.path, folder)
            except LitError:
                continue
    except BaseException as error:
        return f"FAILED: {error!r}"
    finally:
        library.remove_upload(video.path)
    return "usable"


def _read_frames(library: VideoLibrary, path: str, folder: Path) -> None:
    with library.open(library.by_path(path)) as reader:
        poster(reader)
        for index in (len(reader) - 1, len(reader) // 2, 0):
            jpeg_frame(reader, index)


def _read_whole(library: VideoLibrary, path: str, folder: Path) -> None:
    video = library.by_path(path)
    library.damage.find(video)
    library.frame_digests(video)


def _play(library: VideoLibrary, path: str, folder: Path) -> None:
    video = library.by_path(path)
    place = playable(video, folder / "playable", _SETTINGS)
    if place != video.file:
        place.unlink()


def _reset_peak() -> None:
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """The most memory that this process has used since `_reset_peak`, in MiB; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0.0
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    sys.exit(main())
