"""How much of a difference between two modes is chance: corrections with the first mask shifted by a few pixels.

    python -m benchmarks.chance DATASET [--sequences NAME…] [--modes off auto] [--shifts PIXELS…] [--out FOLDER]

A mask that is a pixel off is as good an annotation as the true one, yet the number of corrections changes with it,
since one frame's mask decides what the next is tracked from. Each line has one object's corrections in each mode at
every shift (`sam2-lit evaluate --shift`), and their median. With `--out` results are stored, and a run that was stopped
continues.
"""

import argparse
import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tqdm import tqdm

from benchmarks.pocket import load_pocket
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.evaluation.davis import Dataset, open_dataset
from sam2_lit.evaluation.rows import Mode
from sam2_lit.evaluation.run import evaluate, tasks
from sam2_lit.evaluation.user import LORA_MODES, Protocol

Counts = dict[tuple[str, int], dict[Mode, list[int]]]
"""Corrections by sequence and object, for each mode in the order of the shifts."""


def corrections(data: Dataset, modes: Sequence[Mode], shifts: Sequence[int], out: Path | None) -> Counts:
    model = load_pocket()
    protocols = [Protocol(shift=shift) for shift in shifts]
    with tqdm(total=sum(task.frames for task in tasks(data, modes, protocols)), unit="frame") as bar:
        outcomes = asyncio.run(evaluate(model, data, modes, protocols, EngineSettings(), out, bar.update))
    counts: Counts = {}
    for row in (outcome.row for outcome in outcomes):
        by_mode = counts.setdefault(row.name, {mode: [] for mode in modes})
        by_mode[row.mode].append(row.corrections)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.chance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--sequences", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--modes", nargs="+", type=Mode, choices=list(LORA_MODES), default=[Mode.OFF, Mode.AUTO])
    parser.add_argument("--shifts", nargs="+", type=int, default=[-2, -1, 0, 1, 2], metavar="PIXELS")
    parser.add_argument("--out", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    logging.getLogger("sam2_lit").setLevel(logging.ERROR)
    data = open_dataset(options.dataset, tuple(options.sequences))
    counts = corrections(data, options.modes, options.shifts, options.out)
    print(f"corrections with the first mask shifted by {', '.join(map(str, options.shifts))} pixels")
    for (sequence, number), by_mode in counts.items():
        columns = [f"{mode}: {' '.join(map(str, own))} (median {median(own):g})" for mode, own in by_mode.items()]
        print(f"{sequence} {number}  {'  '.join(columns)}")


if __name__ == "__main__":
    main()
