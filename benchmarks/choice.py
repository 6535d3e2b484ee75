"""Fits and compares rules for using an adapter's mask: what chose those of `adapter_selection`.

    python -m benchmarks.choice DATASET [--sequences NAME…] [--keep FILE] [--fit FILE]
    python -m benchmarks.choice --cases FILE… [--fit FILE]

A simulated user corrects the tracker on a data set in DAVIS layout; each correction trains, no candidate is accepted.
On every frame each candidate's evidence is compared with what it would have gained. For each rule a line says on how
many frames it uses a candidate, how many of them that fixes (IoU from under 0.5 to over it) and breaks, the sum and the
mean of the gain in IoU, the fraction that gets worse by over 0.02, and the clips that lose more than 0.05 in sum.
Probabilities are of a logistic regression on the other clips. `--fit` writes one on all clips. Then, for several orders
of candidates, how often the first one is right.

`adapter_choice.json` was fitted on `python -m hard_clips FOLDER --split validation`.
"""

import argparse
import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean

import numpy as np
import torch
from scipy.optimize import minimize
from scipy.special import expit
from tqdm import tqdm

from benchmarks.pocket import load_pocket
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.learning.adapter_selection import SUGGESTED, TRUSTED, Evidence, Regression, is_near, weigh
from sam2_lit.evaluation import davis
from sam2_lit.evaluation.davis import Truth, open_dataset
from sam2_lit.evaluation.intervals import Floats
from sam2_lit.evaluation.rows import Mode
from sam2_lit.evaluation.run import engine_over
from sam2_lit.evaluation.user import Protocol, User
from sam2_lit.records import masks
from sam2_lit.records.results import LoraMode

RIGHT = 0.5
NOTICEABLE = 0.02
LOSS = 0.05
PENALTY = 3.3
"""Half of this times the sum of squares of the standardized weights is added to the loss, summed over cases."""


@dataclass(frozen=True)
class Case:
    """One candidate on one frame: what is known without ground truth, and the IoUs with the ground truth.

    `in_view` says whether the frame shows the object.
    """

    sequence: str
    frame_index: int
    evidence: Evidence
    in_view: bool
    candidate_iou: float
    tracked_iou: float

    @property
    def gain(self) -> float:
        return self.candidate_iou - self.tracked_iou


Rating = Callable[[Case], float]
"""Over 0 where a rule uses the case's candidate; of several on a frame the highest is used."""


def fit(cases: Sequence[Case]) -> Regression:
    """Minimizes the logistic loss with an L2 penalty, of standardized features."""
    shown = [case for case in cases if case.evidence.is_in_view]
    names = list(shown[0].evidence.features())
    values = np.array([list(case.evidence.features().values()) for case in shown])
    center, scale = values.mean(0), values.std(0) + 1e-9
    standard = np.column_stack([(values - center) / scale, np.ones(len(values))])
    signs = np.array([1.0 if case.in_view and case.gain > NOTICEABLE else -1.0 for case in shown])
    penalized = np.append(np.full(len(names), PENALTY), 0.0)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        margins = signs * (standard @ parameters)
        gradient = -(standard * (signs * expit(-margins))[:, None]).sum(0) + penalized * parameters
        return float(np.logaddexp(0, -margins).sum() + penalized @ parameters**2 / 2), gradient

    *found, constant = minimize(loss, np.zeros(len(penalized)), jac=True, method="L-BFGS-B").x
    weights = np.array(found) / scale
    return Regression(
        dict(zip(names, weights.round(4).tolist(), strict=True)), round(float(constant - weights @ center), 4)
    )


def by_hand(case: Case) -> float:
    """The rule of AUTO before there was a regression: smoother and more alike, but not contradicting."""
    evidence = case.evidence
    passes = (
        evidence.is_in_view
        and is_near(evidence.distance)
        and evidence.agreement > 0.4
        and evidence.candidate_continuity > evidence.tracked_continuity + 0.03
        and evidence.candidate_likeness > evidence.tracked_likeness
    )
    return evidence.agreement if passes else 0.0


def by_predicted_iou(margin: float) -> Rating:
    def rating(case: Case) -> float:
        evidence = case.evidence
        higher = evidence.candidate_predicted_iou - evidence.tracked_predicted_iou
        return evidence.candidate_predicted_iou if evidence.candidate_score > 0 and higher > margin else 0.0

    return rating


def by_probability(probabilities: dict[Case, float], least: float, *, near: bool = False) -> Rating:
    def rating(case: Case) -> float:
        usable = probabilities[case] > least and (is_near(case.evidence.distance) or not near)
        return probabilities[case] if usable else 0.0

    return rating


def rules(cases: Sequence[Case]) -> dict[str, Rating]:
    others = {
        name: fit([case for case in cases if case.sequence != name]) for name in {case.sequence for case in cases}
    }
    probabilities = {case: others[case.sequence].probability(case.evidence) for case in cases}
    return {
        "chosen by hand": by_hand,
        **{f"predicted IoU higher by {margin}": by_predicted_iou(margin) for margin in (0.02, 0.1)},
        **{f"probability over {least}": by_probability(probabilities, least) for least in (0.5, 0.6, 0.7, 0.8)},
        f"in use for suggestions: over {SUGGESTED}": by_probability(probabilities, SUGGESTED),
        f"in use for AUTO: over {TRUSTED}, near": by_probability(probabilities, TRUSTED, near=True),
    }


ORDERS: dict[str, Callable[[Case], float]] = {
    "nearest correction": lambda case: -case.evidence.distance,
    "predicted IoU": lambda case: case.evidence.candidate_predicted_iou,
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
                *map(torch.from_numpy, (mask, own, self.before)),
                scores=(each.object_score, tracked.object_score or 0.0),
                predicted_ious=(each.predicted_iou, tracked.predicted_iou or 0.0),
                distance=away[each.adapter_id],
            )
            self.cases.append(
                Case(
                    self.sequence,
                    index,
                    evidence,
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


def frames_of(cases: Sequence[Case]) -> Iterator[list[Case]]:
    for _, group in groupby(cases, key=lambda case: (case.sequence, case.frame_index)):
        yield list(group)


def rule_line(name: str, rating: Rating, cases: Sequence[Case]) -> str:
    best = (max(candidates, key=rating) for candidates in frames_of(cases))
    used = [case for case in best if rating(case) > 0]
    fixed = sum(case.in_view and case.tracked_iou < RIGHT <= case.candidate_iou for case in used)
    broken = sum(case.in_view and case.candidate_iou < RIGHT <= case.tracked_iou for case in used)
    gains = [case.gain for case in used] or [0.0]
    worse = mean(gain < -NOTICEABLE for gain in gains)
    clips: defaultdict[str, float] = defaultdict(float)
    for case in used:
        clips[case.sequence] += case.gain
    losing = sum(gain < -LOSS for gain in clips.values())
    return (
        f"{name:40} {len(used):6} {fixed:6} {broken:7} {sum(gains):+9.2f} {mean(gains):+8.3f} {worse:6.0%}"
        f"  {losing} of {len(clips)}"
    )


def order_lines(cases: Sequence[Case]) -> Iterator[str]:
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


def read_cases(files: Sequence[Path]) -> list[Case]:
    return [
        Case(**{**fields, "evidence": Evidence(**fields["evidence"])})
        for file in files
        for fields in json.loads(file.read_text())
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.choice", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path, nargs="?")
    parser.add_argument("--sequences", nargs="+", default=(), metavar="NAME")
    parser.add_argument("--cases", nargs="+", type=Path, default=(), metavar="FILE", help="what --keep wrote")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write every case to FILE as JSON")
    parser.add_argument("--fit", type=Path, metavar="FILE", help="write the regression to FILE as JSON")
    options = parser.parse_args()
    if (options.dataset is None) == (not options.cases):
        parser.error("name a data set, or files of cases")
    logging.getLogger("sam2_lit").setLevel(logging.ERROR)
    cases = read_cases(options.cases) or asyncio.run(run(options.dataset, tuple(options.sequences)))
    if options.keep:
        options.keep.write_text(json.dumps([asdict(case) for case in cases]) + "\n")
    if options.fit:
        options.fit.write_text(json.dumps(asdict(fit(cases)), indent=2) + "\n")
    print(f"{len(cases)} candidates on {len(set(case.sequence for case in cases))} clips")
    print(f"{'rule':40}   used  fixed  broken  sum gain     mean  worse  clips losing")
    for name, rating in rules(cases).items():
        print(rule_line(name, rating, cases))
    print(f"\n{'first in the order of':40} right, out of the wrong frames with a right candidate")
    print("\n".join(order_lines(cases)))


if __name__ == "__main__":
    main()
