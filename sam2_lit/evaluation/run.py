"""Runs an evaluation, and resumes one that was stopped."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sam2_lit.engine.device.cpu_threads import single_threaded
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.sam2_device import Sam2Device
from sam2_lit.evaluation import davis
from sam2_lit.evaluation.davis import Dataset
from sam2_lit.evaluation.rows import Mode, Outcome, OutcomeFile
from sam2_lit.evaluation.user import Protocol, annotate
from sam2_lit.media.library import VideoLibrary
from sam2_lit.sample import SAMPLE
from sam2_lit.store.store import Store

OUTCOMES = "outcomes.jsonl"


@dataclass(frozen=True)
class Task:
    """One object in one mode; `first` is the frame of its first mask."""

    sequence: davis.Sequence
    object_id: int
    first: int
    mode: Mode

    @property
    def key(self) -> tuple[Mode, str, int]:
        return self.mode, self.sequence.name, self.object_id

    @property
    def frames(self) -> int:
        return len(self.sequence.evaluated_frames(self.first))


def tasks(dataset: Dataset, modes: Sequence[Mode]) -> list[Task]:
    """The tasks in the order of the report. Objects first shown on the last annotated frame are left out."""
    every = [
        Task(sequence, object_id, first, mode)
        for sequence in dataset.sequences
        for object_id, first in sequence.objects().items()
        for mode in modes
    ]
    return [task for task in every if task.frames]


async def evaluate(
    model: LoadedModel,
    dataset: Dataset,
    modes: Sequence[Mode],
    protocol: Protocol,
    settings: EngineSettings | None = None,
    out: Path | None = None,
    on_frames: Callable[[int], object] = lambda count: None,
) -> list[Outcome]:
    """Annotates every object of a data set in every mode.

    With `out` each outcome is stored there as soon as it is known, and stored outcomes are not computed again.
    `on_frames` is called with the number of frames done. The same inputs give the same outcomes except for the seconds.

    Raises OtherSettingsError where `out` holds outcomes of another model, data set, protocol or training.
    """
    settings = settings or EngineSettings()
    made_with = {
        "model": model.name,
        "weights": fingerprint(model.predictor),
        "dataset": str(dataset.frames_dir.resolve()),
        "protocol": asdict(protocol),
        "training": asdict(settings.training),
        "banking": asdict(settings.banking),
    }
    async with engine_over(model, dataset, settings) as (engine, scratch):
        stored = OutcomeFile((out or scratch) / OUTCOMES, made_with)
        outcomes = []
        for sequence, group in groupby(tasks(dataset, modes), lambda task: task.sequence):
            outcomes += await _outcomes(engine, sequence, list(group), protocol, stored, on_frames)
        return outcomes


@asynccontextmanager
async def engine_over(
    model: LoadedModel, dataset: Dataset, settings: EngineSettings
) -> AsyncIterator[tuple[Engine, Path]]:
    """An engine over a data set's sequences, and its temporary data folder.

    It tracks on one thread, so that two evaluations give the same masks.
    """
    with single_threaded(), tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        engine = Engine(
            Sam2Device(model, settings), VideoLibrary(SAMPLE, dataset.frames_dir, folder), Store(folder), settings
        )
        try:
            yield engine, folder
        finally:
            await engine.close()


async def _outcomes(
    engine: Engine,
    sequence: davis.Sequence,
    group: Sequence[Task],
    protocol: Protocol,
    stored: OutcomeFile,
    on_frames: Callable[[int], object],
) -> list[Outcome]:
    """The outcomes of one sequence. Its tasks run in one session, so that they can use its cached embeddings."""
    missing = [task for task in group if task.key not in stored.outcomes]
    on_frames(sum(task.frames for task in group) - sum(task.frames for task in missing))
    if missing:
        session_id = (await engine.start_session(f"videos/{sequence.name}")).session_id
        for task in missing:
            outcome = await annotate(
                engine, session_id, sequence, task.object_id, task.first, task.mode, protocol, lambda: on_frames(1)
            )
            stored.add(outcome)
        await engine.close_session(session_id)
    return [stored.outcomes[task.key] for task in group]


def fingerprint(model: Any) -> str:
    """A hash of a model's weights: 16 hex digits."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().float().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]
