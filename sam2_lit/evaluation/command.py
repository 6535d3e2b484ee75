"""The command `sam2-lit evaluate`."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import click
from tqdm import tqdm

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.evaluation.davis import DatasetError, open_dataset
from sam2_lit.evaluation.plots import plot_corrections, plot_ious
from sam2_lit.evaluation.report import Report, table
from sam2_lit.evaluation.rows import Mode, OtherSettingsError
from sam2_lit.evaluation.run import evaluate, tasks
from sam2_lit.evaluation.user import Protocol


def run(
    model: LoadedModel,
    dataset: Path,
    out: Path | None,
    modes: Sequence[str],
    sequences: tuple[str, ...],
    protocol: Protocol,
) -> None:
    """Evaluates, with progress on stderr, the table on stdout, `report.json` and the plots in `out`.

    Without corrections the tracker is compared with a copy of the first mask, and `modes` is ignored.
    """
    try:
        data = open_dataset(dataset, sequences)
        chosen = [Mode(mode) for mode in modes] if protocol.corrects else [Mode.OFF, Mode.COPY]
        total = sum(task.frames for task in tasks(data, chosen))
        with tqdm(total=total, unit="frame", smoothing=0.05) as bar:
            outcomes = asyncio.run(evaluate(model, data, chosen, protocol, out=out, on_frames=bar.update))
    except (DatasetError, OtherSettingsError) as error:
        raise click.ClickException(str(error)) from error
    rows = tuple(outcome.row for outcome in outcomes)
    report = Report(
        model.name, str(dataset), protocol.threshold, protocol.max_clicks, rows, protocol.corrects, protocol.shift
    )
    click.echo(table(report))
    if out is not None:
        (out / "report.json").write_text(json.dumps(report.as_json(), indent=1) + "\n")
        plot_corrections(report, out / "corrections.png")
        plot_ious(outcomes, protocol.threshold, out / "iou.png")
