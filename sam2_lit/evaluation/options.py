"""The options of `sam2-lit evaluate`. Imports nothing heavy, since `--help` needs it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

MODES = ("off", "suggest", "auto", "reference")


@dataclass(frozen=True)
class Prompting:
    """How a first frame is prompted: by its mask, by a box, or by `clicks` clicks."""

    name: str
    clicks: int = 0


@dataclass(frozen=True)
class EvaluationOptions:
    """What to evaluate. `shifts` are in pixels; with `prompts`, these are measured instead of corrections."""

    dataset: Path
    out: Path | None
    modes: tuple[str, ...]
    sequences: tuple[str, ...]
    thresholds: tuple[float, ...]
    max_clicks: int
    shifts: tuple[int, ...]
    prompts: tuple[Prompting, ...]
    no_corrections: bool
    learn_on: int


def evaluation_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the argument and the options of `EvaluationOptions` to a click command."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


def taken_from(values: dict[str, Any]) -> EvaluationOptions:
    """Removes the options from what click passes to a command."""
    return EvaluationOptions(**{each.name: values.pop(each.name) for each in fields(EvaluationOptions)})


def _modes(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    modes = tuple(dict.fromkeys(part.strip() for part in value.split(",")))
    if unknown := [mode for mode in modes if mode not in MODES]:
        raise click.BadParameter(f"there is no mode {', '.join(unknown)!r}; choose from {', '.join(MODES)}")
    return modes


def _distinct(context: click.Context, parameter: click.Parameter, value: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value))


def _prompts(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[Prompting, ...]:
    found = []
    for name in dict.fromkeys(value):
        clicks = re.fullmatch(r"click|clicks:([1-9]\d?)", name)
        if not clicks and name not in ("mask", "box"):
            raise click.BadParameter(f"{name!r} is no prompt; give mask, box, click, or clicks:N with N from 1 to 99")
        found.append(Prompting(name, int(clicks[1] or 1) if clicks else 0))
    return tuple(found)


_OPTIONS = (
    click.argument("dataset", type=click.Path(path_type=Path)),
    click.option(
        "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for report.json, plots and outcomes."
    ),
    click.option(
        "--modes",
        default="off,suggest,auto",
        show_default=True,
        callback=_modes,
        help="Without adapters; with candidates for the user to accept; with candidates accepted automatically; "
        "`reference`: the LIT authors' loop.",
    ),
    click.option(
        "--sequence", "sequences", multiple=True, help="Evaluate this sequence; may be repeated. [default: all]"
    ),
    click.option(
        "--threshold",
        "thresholds",
        type=click.FloatRange(0, 1),
        multiple=True,
        default=(0.5,),
        show_default=True,
        callback=_distinct,
        help="A mask whose IoU is below this is corrected; may be repeated, to compare work at equal quality. 0 "
        "corrects nothing: the start of the curve of J against user seconds.",
    ),
    click.option(
        "--max-clicks",
        type=click.IntRange(0),
        default=3,
        show_default=True,
        help="Clicks of a correction before its mask is drawn; 0 draws the mask without clicks.",
    ),
    click.option(
        "--shift",
        "shifts",
        type=int,
        multiple=True,
        default=(0,),
        show_default=True,
        callback=_distinct,
        help="Shift the first mask this many pixels to the right (negative: left), to measure how much is chance; may "
        "be repeated.",
    ),
    click.option(
        "--prompt",
        "prompts",
        multiple=True,
        callback=_prompts,
        metavar="mask|box|click|clicks:N",
        help="Measure this prompt on the first frame, and corrective clicks on tracked frames, instead of "
        "corrections; may be repeated.",
    ),
    click.option("--no-corrections", is_flag=True, help="Only the tracker, next to a copy of the first mask."),
)
