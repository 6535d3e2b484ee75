"""Compares ways to learn by the work that they leave at equal quality.

    python -m benchmarks.work DATASET [--sequences NAME…] [--threshold Q] [--modes MODE…] [--variants NAME…]
        [--out FOLDER]

A simulated user corrects a data set in DAVIS layout until every frame has an IoU of Q (`sam2-lit evaluate`), without
adapters and with each variant of the settings. Printed are corrections, candidates accepted, masks drawn, a person's
seconds, J, and the largest fall of any object's J against mode off. With `--out` results are stored, and a run that was
stopped continues. Variants are chosen on clips that nothing else is reported on.
"""

import argparse
import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from benchmarks.pocket import load_pocket
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.evaluation.davis import Dataset, open_dataset
from sam2_lit.evaluation.equal_quality import work
from sam2_lit.evaluation.rows import Mode, Row
from sam2_lit.evaluation.run import evaluate, tasks
from sam2_lit.evaluation.tables import aligned
from sam2_lit.evaluation.user import Protocol
from sam2_lit.lora.bank import BankSettings
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.settings import LEARN_ON_STEPS

LEARNING = [Mode.SUGGEST, Mode.AUTO]

SERVED = EngineSettings(training=TrainingSettings(learn_on_steps=LEARN_ON_STEPS))

VARIANTS = {
    "served": SERVED,
    "training ends with its answer": replace(SERVED, training=TrainingSettings()),
    "adapters at full strength": replace(SERVED, banking=BankSettings(strength=1.0)),
    "both": EngineSettings(banking=BankSettings(strength=1.0)),
}


def rows_of(
    model: LoadedModel,
    data: Dataset,
    protocol: Protocol,
    modes: Sequence[Mode],
    settings: EngineSettings,
    out: Path | None,
) -> list[Row]:
    with tqdm(total=sum(task.frames for task in tasks(data, modes, [protocol])), unit="frame") as bar:
        outcomes = asyncio.run(evaluate(model, data, modes, [protocol], settings, out, bar.update))
    return [outcome.row for outcome in outcomes]


def lines(name: str, off: Sequence[Row], rows: Sequence[Row]) -> Iterator[list[str]]:
    """The cells of each mode of a variant, against mode off."""
    before = {row.name: row.j for row in off}
    for each in work([*off, *rows])[1:]:
        own = [row for row in rows if row.mode is each.mode]
        saved = each.seconds_saved.value if each.seconds_saved else None
        yield [
            name,
            each.mode,
            *map(str, (each.corrections, each.accepted, each.effort.drawn, round(each.seconds))),
            "-" if saved is None else f"{saved:.1%}",
            f"{each.j:.4f}",
            f"{min(row.j - before[row.name] for row in own):+.4f}",
        ]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.work", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--sequences", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--threshold", type=float, default=0.8, metavar="Q")
    parser.add_argument("--modes", nargs="+", type=Mode, choices=LEARNING, default=LEARNING)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS), metavar="NAME")
    parser.add_argument("--out", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    logging.getLogger("sam2_lit").setLevel(logging.ERROR)
    data, protocol = open_dataset(options.dataset, tuple(options.sequences)), Protocol(options.threshold)
    model = load_pocket()

    def measured(name: str, modes: Sequence[Mode], settings: EngineSettings) -> list[Row]:
        out = options.out / name.replace(" ", "-") if options.out else None
        return rows_of(model, data, protocol, modes, settings, out)

    off = measured("off", [Mode.OFF], SERVED)
    [alone] = work(off)
    header = ["variant", "mode", "corrections", "accepted", "drawn", "user s", "saved", "J", "largest fall of J"]
    counts = (alone.corrections, 0, alone.effort.drawn, round(alone.seconds))
    table = [header, ["without adapters", Mode.OFF, *map(str, counts), "-", f"{alone.j:.4f}", "-"]]
    for name in options.variants:
        table += lines(name, off, measured(name, options.modes, VARIANTS[name]))
    print(aligned(table))


if __name__ == "__main__":
    main()
