"""How long a person takes to finish clips on the annotation page, with learning off and on.

    python -m benchmarks.annotator DATASET [--sequences NAME…] [--lit off suggest] [--quality Q] [--frames N]
        [--every K] [--screenshots FOLDER]

DATASET is in DAVIS layout. A script (`benchmarks.person`) works on the page in headless Chromium, by mouse and keyboard
alone, until the mask of every object has an IoU of Q on every frame that shows it: a box for each object on its first
frame, then frame by frame a candidate, up to three clicks, or a mask drawn with the lasso in at most twelve strokes. It
knows the ground truth, as a person knows what they want. Printed are the minutes that a person takes, by the model of
user seconds of `sam2-lit evaluate`, the mean IoU, the least IoU, and on how many masks Q was not reached. Keys, and the
time in which the person waits for the machine, are not counted.

--frames works on the first N frames, --every on every K-th frame, which is chosen on the page; J is the mean IoU of all
masks on these frames. The embedded model is used.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from PIL import Image
from playwright.sync_api import Browser

from benchmarks.person import Person
from benchmarks.pocket import load_pocket
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.evaluation.davis import Dataset, open_dataset
from sam2_lit.evaluation.davis import Sequence as Clip
from sam2_lit.evaluation.effort import TIMES, Effort
from sam2_lit.evaluation.tables import aligned
from sam2_lit.media.readers.folder import frame_files
from sam2_lit.settings import Settings
from tests.browser_support import chromium
from tests.page.annotator import annotating
from tests.running import running

MODES = {"off": "Off", "suggest": "Suggest", "auto": "Auto"}


@dataclass(frozen=True)
class Job:
    """The frames of a sequence that are worked on: every `every`-th, at most `frames` of them; None is all."""

    frames: int | None = None
    every: int = 1
    quality: float = 0.9

    def of(self, sequence: Clip) -> list[int]:
        """The indices of the frames, all annotated."""
        chosen = [index for index in sorted(sequence.annotations) if index % self.every == 0]
        return chosen[: self.frames]


@dataclass(frozen=True)
class Outcome:
    """What a person did to finish a sequence, the IoU of each mask as they left it, and how long the machine took."""

    effort: Effort
    ious: tuple[float, ...]
    seconds: float

    @property
    def minutes(self) -> float:
        return TIMES.seconds(self.effort) / 60


def finish(
    browser: Browser, model: LoadedModel, data: Dataset, sequence: Clip, lit: str, job: Job, picture: Path | None = None
) -> Outcome:
    """Has a person finish a sequence on a server of its own; `picture` is where a screenshot of the end is stored."""
    frames = job.of(sequence)
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder, "videos", sequence.name)
        video.mkdir(parents=True)
        files = frame_files(data.frames_dir / sequence.name)[: frames[-1] + 1]
        for file in files:
            shutil.copy(file, video)
        with (
            running(Settings(videos=video.parent, data_dir=Path(folder, "data")), model) as server,
            annotating(browser, server, server.url) as page,
        ):
            with Image.open(files[0]) as first:
                page.width, page.height = first.size
            page.open(sequence.name)
            if job.every > 1:
                page.page.get_by_label("Frames to work on").select_option(str(job.every))
            page.page.get_by_role("radio", name=MODES[lit]).click()
            person = Person(page, sequence, frames, job.quality)
            began = time.monotonic()
            person.finish()
            seconds = time.monotonic() - began
            if picture is not None:
                page.page.screenshot(path=picture)
            return Outcome(person.effort, tuple(person.ious().values()), seconds)


def cells(name: str, lit: str, outcome: Outcome, off: Outcome | None, quality: float) -> list[str]:
    effort, ious = outcome.effort, outcome.ious
    saved = "-" if off is None or off is outcome else f"{1 - outcome.minutes / off.minutes:.0%}"
    counts = (effort.boxes, effort.clicks, effort.drawn, effort.judged, effort.taken)
    return [
        name,
        lit,
        str(len(ious)),
        *map(str, counts),
        f"{outcome.minutes:.1f}",
        saved,
        f"{mean(ious):.3f}",
        f"{min(ious):.3f}",
        str(sum(iou < quality for iou in ious)),
        f"{outcome.seconds:.0f}",
    ]


HEADER = [
    "sequence", "learning", "masks", "boxes", "clicks", "drawn", "judged", "accepted", "user min", "saved", "J",
    "least IoU", "under Q", "machine s",
]  # fmt: skip


def lines(
    model: LoadedModel, data: Dataset, modes: Sequence[str], job: Job, screenshots: Path | None
) -> Iterator[list[str]]:
    with chromium() as browser:
        for sequence in data.sequences:
            off: Outcome | None = None
            for lit in modes:
                picture = screenshots / f"{sequence.name}-{lit}.png" if screenshots else None
                outcome = finish(browser, model, data, sequence, lit, job, picture)
                off = outcome if lit == "off" else off
                yield cells(sequence.name, lit, outcome, off, job.quality)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.annotator", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--sequences", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--lit", nargs="+", choices=MODES, default=["off", "suggest"])
    parser.add_argument("--quality", type=float, default=0.9, metavar="Q")
    parser.add_argument("--frames", type=int, metavar="N")
    parser.add_argument("--every", type=int, default=1, metavar="K")
    parser.add_argument("--screenshots", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    data = open_dataset(options.dataset, tuple(options.sequences))
    model = load_pocket()
    job = Job(options.frames, options.every, options.quality)
    table = [HEADER]
    for line in lines(model, data, options.lit, job, options.screenshots):
        table.append(line)
        # Some take minutes: what is known is printed even if a later clip fails.
        print(aligned(table), flush=True)


if __name__ == "__main__":
    main()
