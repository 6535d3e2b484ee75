"""What adapters of another session are worth: `python -m benchmarks.carry_over DATASET [--sequences NAME…]`.

The simulated user of `sam2-lit evaluate` annotates the first half of the frames of each object in one session, and the
second half in another, from a mask of its own: without adapters at its start, and with copies of those that the first
half trained (copyAdapters), in the same run. Printed are corrections, candidates accepted and J of the second half, and
the seconds of a training; objects that trained nothing in the first half are left out.
"""

import argparse
import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from tqdm import tqdm

from benchmarks.pocket import load_pocket
from benchmarks.work import SERVED
from sam2_lit.engine.engine import Engine
from sam2_lit.evaluation import davis
from sam2_lit.evaluation.davis import Dataset, open_dataset
from sam2_lit.evaluation.rows import Mode, Outcome
from sam2_lit.evaluation.run import engine_over
from sam2_lit.evaluation.tables import aligned
from sam2_lit.evaluation.user import LORA_MODES, Protocol, User
from sam2_lit.records import masks


async def half(
    engine: Engine,
    sequence: davis.Sequence,
    object_id: int,
    frames: Sequence[int],
    protocol: Protocol,
    source: str | None,
) -> tuple[str, Outcome]:
    """Annotates frames from the mask of the first, in a new session, which it returns and leaves open.

    The object gets the adapters that it has in the session `source`, if there is one.
    """
    session_id = (await engine.start_session(f"videos/{sequence.name}")).session_id
    await engine.set_lora_mode(session_id, LORA_MODES[Mode.SUGGEST])
    given = sequence.truth(object_id, frames[0]).mask
    await engine.add_mask(session_id, object_id, frames[0], masks.encode(given))
    if source is not None:
        await engine.adapters.copy(session_id, object_id, source, object_id)
    user = User(engine, session_id, object_id, Mode.SUGGEST, protocol)
    for index in frames[1:]:
        await user.annotate_frame(index, sequence.truth(object_id, index))
    return session_id, user.outcome(sequence.name)


async def compare(data: Dataset, protocol: Protocol) -> dict[str, tuple[Outcome, Outcome]]:
    """By object, the outcomes of its second half without copies and with."""
    found = {}
    async with engine_over(load_pocket(), data, SERVED) as (engine, _):
        for sequence in tqdm(data.sequences, unit="sequence"):
            for object_id, first in sequence.objects().items():
                frames = [first, *sequence.evaluated_frames(first)]
                middle = len(frames) // 2
                if not sequence.truth(object_id, frames[middle]).mask.any():
                    continue
                taught, _ = await half(engine, sequence, object_id, frames[:middle], protocol, None)
                [tracked] = (await engine.session(taught)).objects
                if tracked.adapters:
                    sessions, outcomes = zip(
                        await half(engine, sequence, object_id, frames[middle:], protocol, None),
                        await half(engine, sequence, object_id, frames[middle:], protocol, taught),
                        strict=True,
                    )
                    found[f"{sequence.name} {object_id}"] = outcomes
                    for each in sessions:
                        await engine.close_session(each)
                await engine.close_session(taught)
    return found


def cells(outcomes: Sequence[Outcome]) -> list[str]:
    rows = [outcome.row for outcome in outcomes]
    seconds = [each for row in rows for each in row.train_seconds]
    return [
        str(sum(row.corrections for row in rows)),
        str(sum(row.accepted for row in rows)),
        f"{mean(row.j for row in rows):.3f}",
        f"{mean(seconds):.2f}" if seconds else "-",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.carry_over",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--sequences", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--threshold", type=float, default=0.5, metavar="Q")
    options = parser.parse_args()
    logging.getLogger("sam2_lit").setLevel(logging.ERROR)
    data = open_dataset(options.dataset, tuple(options.sequences))
    found = asyncio.run(compare(data, Protocol(options.threshold)))
    header = ["object", *("corrections", "accepted", "J", "s"), *("corrections", "accepted", "J", "s")]
    table = [header, *([name, *cells(pair[:1]), *cells(pair[1:])] for name, pair in found.items())]
    if found:
        without, copied = zip(*found.values(), strict=True)
        table.append(["total", *cells(without), *cells(copied)])
    print("without copies, then with:")
    print(aligned(table))


if __name__ == "__main__":
    main()
