"""The report of a measurement of prompts, as `report.json` and as a table."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import mean
from typing import Any

from sam2_lit.evaluation.prompting import PromptedObject
from sam2_lit.evaluation.tables import aligned

AFTER_CLICKS = (1, 3, 5)
GOOD = 0.8
"""The IoU from which a frame is good, where a click should not harm."""


def prompt_report(model: str, dataset: str, objects: Sequence[PromptedObject]) -> dict[str, Any]:
    """`report.json`; `rows` and `totals` have the fields of an evaluation of corrections, in mode off without any."""
    return {
        "model": model,
        "dataset": dataset,
        "threshold": 0.0,
        "max_clicks": 0,
        "rows": [_row(each) for each in objects],
        "totals": {"off": {"corrections": 0, "clicks": 0, "j": round(mean(each.j for each in objects), 4)}},
        "prompts": {
            prompt: summary([each for each in objects if each.prompt == prompt])
            for prompt in dict.fromkeys(each.prompt for each in objects)
        },
    }


def summary(objects: Sequence[PromptedObject]) -> dict[str, Any]:
    """Means over objects: the first frame's IoU, J as tracked, J on clicked frames after 0, 1, 3 and 5 clicks.

    `clicks_worse` is the fraction of corrective clicks after which the frame's IoU is lower than before,
    `clicks_worse_on_good_frames` of those on frames with an IoU of `GOOD` or more before the click. None where there
    are none.
    """
    steps = [(before, after) for each in objects for ious in each.tracked for before, after in pairwise(ious)]
    good = [(before, after) for before, after in steps if before >= GOOD]
    return {
        "objects": len(objects),
        "first_iou": round(mean(each.first[-1] for each in objects), 4),
        "j": round(mean(each.j for each in objects), 4),
        "j_after_clicks": {str(count): _mean_after(objects, count) for count in (0, *AFTER_CLICKS)},
        "clicks_worse": _worse(steps),
        "clicks_worse_on_good_frames": _worse(good),
        "clicks_on_good_frames": len(good),
    }


def prompt_table(objects: Sequence[PromptedObject]) -> str:
    """A line for each object and prompt, and one in total for each prompt."""
    header = ["sequence", "object", "prompt", "first IoU", "J", "clicked: J", *(f"{n} clicks" for n in AFTER_CLICKS)]
    lines = [[*header, "worse", "worse of good"]]
    for each in objects:
        lines.append([each.sequence, str(each.object), each.prompt, *_cells(summary([each]))])
    for prompt in dict.fromkeys(each.prompt for each in objects):
        own = [each for each in objects if each.prompt == prompt]
        lines.append(["total", str(len(own)), prompt, *_cells(summary(own))])
    return aligned(lines)


def _row(each: PromptedObject) -> dict[str, Any]:
    return {
        "mode": "off",
        "prompt": each.prompt,
        "sequence": each.sequence,
        "object": each.object,
        "frames": each.frames,
        "corrections": 0,
        "accepted": 0,
        "clicks": 0,
        "j": round(each.j, 4),
        "train_seconds": [],
        **{name: value for name, value in summary([each]).items() if name not in ("objects", "j")},
    }


def _cells(values: dict[str, Any]) -> list[str]:
    after = values["j_after_clicks"]
    ious = [values["first_iou"], values["j"], *(after[str(count)] for count in (0, *AFTER_CLICKS))]
    shares = [values["clicks_worse"], values["clicks_worse_on_good_frames"]]
    return [
        *("-" if iou is None else f"{iou:.3f}" for iou in ious),
        *("-" if share is None else f"{share:.0%}" for share in shares),
    ]


def _mean_after(objects: Sequence[PromptedObject], clicks: int) -> float | None:
    found = [iou for each in objects if (iou := each.after(clicks)) is not None]
    return round(mean(found), 4) if found else None


def _worse(steps: Sequence[tuple[float, float]]) -> float | None:
    return round(mean(after < before for before, after in steps), 4) if steps else None
