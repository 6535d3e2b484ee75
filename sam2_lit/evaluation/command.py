"""The command `sam2-lit evaluate`."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.evaluation.davis import Dataset, DatasetError, open_dataset
from sam2_lit.evaluation.options import EvaluationOptions
from sam2_lit.evaluation.plots import plot_corrections, plot_curves, plot_ious
from sam2_lit.evaluation.prompt_report import prompt_report, prompt_table
from sam2_lit.evaluation.prompting import prompt_objects
from sam2_lit.evaluation.report import Report, table, work_table
from sam2_lit.evaluation.rows import Mode, OtherSettingsError, Outcome
from sam2_lit.evaluation.run import evaluate, tasks
from sam2_lit.evaluation.user import Protocol
from sam2_lit.lora.training_settings import TrainingSettings


def run(model: LoadedModel, options: EvaluationOptions) -> None:
    """Evaluates, with progress on stderr, tables on stdout, `report.json` and plots in the folder of `options.out`.

    Without corrections the tracker is compared with a copy of the first mask, and modes are ignored.
    """
    try:
        data = open_dataset(options.dataset, options.sequences)
        if options.prompts:
            _measure_prompts(model, data, options)
        else:
            _count_corrections(model, data, options)
    except (DatasetError, OtherSettingsError) as error:
        raise click.ClickException(str(error)) from error


def _count_corrections(model: LoadedModel, data: Dataset, options: EvaluationOptions) -> None:
    protocols = tuple(
        Protocol(threshold, options.max_clicks, not options.no_corrections, shift)
        for threshold in options.thresholds
        for shift in options.shifts
    )
    modes = [Mode.OFF, Mode.COPY] if options.no_corrections else [Mode(mode) for mode in options.modes]
    with tqdm(total=sum(task.frames for task in tasks(data, modes, protocols)), unit="frame", smoothing=0.05) as bar:
        settings = EngineSettings(training=TrainingSettings(learn_on_steps=options.learn_on))
        outcomes = asyncio.run(evaluate(model, data, modes, protocols, settings, options.out, bar.update))
    report = Report(model.name, str(options.dataset), protocols, tuple(outcome.row for outcome in outcomes))
    click.echo(table(report))
    if report.corrects:
        click.echo(f"\n{work_table(report)}")
    if options.out is not None:
        _write_report(options.out, report.as_json())
        _plot(report, outcomes, options.out)


def _measure_prompts(model: LoadedModel, data: Dataset, options: EvaluationOptions) -> None:
    objects = sum(len(sequence.objects()) for sequence in data.sequences)
    with tqdm(total=objects * len(options.prompts), unit="object") as bar:
        prompted = asyncio.run(prompt_objects(model, data, options.prompts, options.out, bar.update))
    click.echo(prompt_table(prompted))
    if options.out is not None:
        _write_report(options.out, prompt_report(model.name, str(options.dataset), prompted))


def _write_report(folder: Path, report: dict[str, Any]) -> None:
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")


def _plot(report: Report, outcomes: Sequence[Outcome], folder: Path) -> None:
    rows = set(report.rows)
    plot_corrections(report, folder / "corrections.png")
    plot_ious([each for each in outcomes if each.row in rows], report.protocol.threshold, folder / "iou.png")
    if report.corrects and report.protocol.threshold:
        plot_curves(report, folder / "curves.png")
