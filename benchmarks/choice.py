"""Compares rules for using an adapter's mask: the ablation that chose the thresholds of `adapter_selection`.

    python -m benchmarks.choice DATASET [--sequences NAME…] [--keep FILE]

A simulated user corrects the tracker on a data set in DAVIS layout; each correction trains, no candidate is accepted.
On every frame each candidate's estimates are compared with what it would have gained. For each rule it prints on how
many frames the rule uses a candidate, how many of them that fixes (IoU from under 0.5 to over it) and breaks, the mean
gain in IoU and the fraction that gets worse by over 0.02; then, for several orders of candidates, how often the first
one is right. The thresholds were chosen on `python -m hard_clips FOLDER --split validation`.
"""

import argparse
import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean

import torch
from tqdm import tqdm

from benchmarks.pocket import load_pocket
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.learning.adapter_selection import (
    AGREEMENT,
    CONTINUITY_GAIN,
    Evidence,
    is_near,
    looks_better,
    weigh,
)
from sam2_lit.evaluation import davis
from sam2_lit.evaluation.davis import Truth, open_dataset
from sam2_lit.evaluation.rows import Mode
from sam2_lit.evaluation.run import engine_over
from sam2_lit.evaluation.user import Protocol, User
from sam2_lit.records import masks
from sam2_lit.records.results import LoraMode

RIGHT = 0.5
NOTICEABLE = 0.02


@dataclass(frozen=True)
class Case:
    """One candidate on one frame: what is known without ground truth, and the IoUs with the ground truth.

    `distance` is in frames, to the adapter's nearest correction; `in_view` says whether the frame shows the object.
    """

    sequence: str
    frame_index: int
    evidence: Evidence
    candidate_predicted: float
    tracked_predicted: float
    distance: int
    in_view: bool
    candidate_iou: float
    tracked_iou: float


Rule = Callable[[Case], bool]


def by_predicted_iou(margin: float) -> Rule:
    return lambda case: case.evidence.candidate_score > 0 and case.candidate_predicted > case.tracked_predicted + margin


def by_continuity(agreement: float, gain: float) -> Rule:
    return lambda case: (
        min(case.evidence.candidate_score, case.evidence.tracked_score) > 0
        and case.evidence.agreement > agreement
        and case.evidence.candidate_continuity > case.evidence.tracked_continuity + gain
    )


def by_likeness(gain: float) -> Rule:
    return lambda case: (
        by_continuity(AGREEMENT, CONTINUITY_GAIN)(case)
        and case.evidence.candidate_likeness > case.evidence.tracked_likeness + gain
    )


def by_distance(first: int, last: int) -> Rule:
    return lambda case: looks_better(case.evidence) and first <= case.distance <= last


RULES: dict[str, Rule] = {
    "in use for suggestions": lambda case: looks_better(case.evidence),
    "in use for AUTO": lambda case: looks_better(case.evidence) and is_near(case.distance),
    **{
        f"suggested, learned {first} to {last} frames away": by_distance(first, last)
        for first, last in ((1, 2), (3, 4), (5, 8), (9, 15), (16, 60))
    },
    **{f"predicted IoU higher by {margin}": by_predicted_iou(margin) for margin in (0.02, 0.1, 0.3)},
    "seen where the tracker saw nothing": lambda case: case.evidence.tracked_score <= 0 < case.evidence.candidate_score,
    **{
        f"agreement {agreement}, continuity +{gain}": by_continuity(agreement, gain)
        for agreement in (0.0, 0.2, 0.4, 0.6)
        for gain in (0.0, 0.03, 0.06, 0.1)
    },
    **{f"continuity as in use, likeness +{gain}": by_likeness(gain) for gain in (-1.0, 0.0, 0.03, 0.06)},
}

ORDERS: dict[str, Callable[[Case], float]] = {
    "nearest correction": lambda case: -case.distance,
    "predicted IoU": lambda case: case.candidate_predicted,
    "agreement": lambda case: case.evidence.agreement,
    "continuity": lambda case: case.evidence.candidate_continuity,
}


class _Watcher(User):
    """A user that compares every candidate with the ground truth before correcting."""

    cases: list[Case]
    before: masks.BoolMask
    sequence: str

    async def annotate_frame(self, index: int, truth: Truth) -> None:
        frame = await self.engine.propagate_to_frame(self.session_id, index)
        tracked = next(mask for mask in frame.masks if mask.object_id == self.object_id)
        own = masks.decode(tracked.rle)
        [known] = (await self.engine.session(self.session_id)).objects
        away = {
            each.record.adapter_id: min(abs(index - corrected) for corrected in each.record.frame_indices)
            for each in known.adapters
        }
        for each in await self.engine.lora_candidates(self.session_id, self.object_id, index):
            mask = masks.decode(each.rle)
            evidence = weigh(
                *map(torch.from_numpy, (mask, own, self.before)), each.object_score, tracked.object_score or 0.0
            )
            self.cases.append(
                Case(
                    self.sequence,
                    index,
                    evidence,
                    each.predicted_iou,
                    tracked.predicted_iou or 0.0,
                    away[each.adapter_id],
                    bool(truth.mask.any()),
                    truth.iou(mask),
                    truth.iou(own),
                )
            )
        await super().annotate_frame(index, truth)
        [frame] = await self.engine.masks(self.session_id, index, index)
        self.before = self.mask_of(frame)


async def gather(engine: Engine, sequence: davis.Sequence) -> list[Case]:
    session_id = (await engine.start_session(f"videos/{sequence.name}")).session_id
    cases: list[Case] = []
    for object_id, first in sequence.objects().items():
        truth = sequence.truth(object_id, first)
        await engine.reset_session(session_id)
        await engine.set_lora_mode(session_id, LoraMode.SUGGEST)
        await engine.add_mask(session_id, object_id, first, masks.encode(truth.mask))
        # In this mode the user trains and accepts no candidate.
        user = _Watcher(engine, session_id, object_id, Mode.AUTO, Protocol())
        user.cases, user.before, user.sequence = [], truth.mask, f"{sequence.name}, {object_id}"
        for index in sequence.evaluated_frames(first):
            await user.annotate_frame(index, sequence.truth(object_id, index))
        cases += user.cases
    await engine.close_session(session_id)
    return cases


def frames_of(cases: list[Case]) -> Iterator[list[Case]]:
    for _, group in groupby(cases, key=lambda case: (case.sequence, case.frame_index)):
        yield list(group)


def rule_line(name: str, rule: Rule, cases: list[Case]) -> str:
    used = []
    for candidates in frames_of(cases):
        if usable := [case for case in candidates if rule(case)]:
            used.append(max(usable, key=lambda case: case.evidence.agreement))
    fixed = sum(case.in_view and case.tracked_iou < RIGHT <= case.candidate_iou for case in used)
    broken = sum(case.in_view and case.candidate_iou < RIGHT <= case.tracked_iou for case in used)
    gain = mean(case.candidate_iou - case.tracked_iou for case in used) if used else 0.0
    worse = mean(case.candidate_iou < case.tracked_iou - NOTICEABLE for case in used) if used else 0.0
    return f"{name:40} {len(used):6} {fixed:10} {broken:7} {gain:+10.3f} {worse:6.0%}"


def order_lines(cases: list[Case]) -> Iterator[str]:
    wrong = [
        candidates
        for candidates in frames_of(cases)
        if candidates[0].in_view
        and candidates[0].tracked_iou < RIGHT <= max(case.candidate_iou for case in candidates)
        and len(candidates) > 1
    ]
    for name, order in ORDERS.items():
        right = sum(max(candidates, key=order).candidate_iou >= RIGHT for candidates in wrong)
        yield f"{name:40} {right} of {len(wrong)}"


async def run(dataset: Path, names: tuple[str, ...]) -> list[Case]:
    loaded = load_pocket()
    data = open_dataset(dataset, names)
    cases: list[Case] = []
    async with engine_over(loaded, data, EngineSettings()) as (engine, _):
        for sequence in tqdm(data.sequences, unit="sequence"):
            cases += await gather(engine, sequence)
    return cases


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.choice", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--sequences", nargs="+", default=(), metavar="NAME")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write every case to FILE as JSON")
    options = parser.parse_args()
    logging.getLogger("sam2_lit").setLevel(logging.ERROR)
    cases = asyncio.run(run(options.dataset, tuple(options.sequences)))
    if options.keep:
        options.keep.write_text(json.dumps([asdict(case) for case in cases]) + "\n")
    print(f"{'rule':40}   used      fixed  broken  mean gain  worse")
    for name, rule in RULES.items():
        print(rule_line(name, rule, cases))
    print(f"\n{'first in the order of':40} right, out of the wrong frames with a right candidate")
    print("\n".join(order_lines(cases)))


if __name__ == "__main__":
    main()
