"""Runs an evaluation, and resumes one that was stopped."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
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
from sam2_lit.evaluation.reference import reference_settings
from sam2_lit.evaluation.rows import Mode, Outcome, OutcomeFile
from sam2_lit.evaluation.user import Protocol, annotate
from sam2_lit.media.library import VideoLibrary
from sam2_lit.sample import SAMPLE
from sam2_lit.store.store import Store

OUTCOMES = "outcomes.jsonl"


@dataclass(frozen=True)
class Task:
    """One object in one mode by one protocol; `first` is the frame of its first mask."""

    sequence: davis.Sequence
    object_id: int
    first: int
    mode: Mode
    protocol: Protocol

    @property
    def key(self) -> tuple[Mode, str, int, float, int]:
        return self.mode, self.sequence.name, self.object_id, self.protocol.threshold, self.protocol.shift

    @property
    def frames(self) -> int:
        return len(self.sequence.evaluated_frames(self.first))


def tasks(dataset: Dataset, modes: Sequence[Mode], protocols: Sequence[Protocol]) -> list[Task]:
    """The tasks in the order of the report. Objects first shown on the last annotated frame are left out.

    With a threshold of 0, where nothing is corrected, adapters never learn: the object is only annotated with `OFF`.
    """
    every = [
        Task(sequence, object_id, first, mode, protocol)
        for sequence in dataset.sequences
        for object_id, first in sequence.objects().items()
        for protocol in protocols
        for mode in (modes if protocol.threshold else [Mode.OFF])
    ]
    return [task for task in every if task.frames]


async def evaluate(
    model: LoadedModel,
    dataset: Dataset,
    modes: Sequence[Mode],
    protocols: Sequence[Protocol],
    settings: EngineSettings,
    out: Path | None = None,
    on_frames: Callable[[int], object] = lambda count: None,
) -> list[Outcome]:
    """Annotates every object of a data set in every mode by every protocol.

    The protocols differ in their threshold and shift only. With `out` each outcome is stored there as soon as it is
    known, and stored outcomes are not computed again, so that thresholds, shifts and modes can be added later.
    `on_frames` is called with the number of frames done. The same inputs give the same outcomes except for the seconds.

    Raises OtherSettingsError where `out` holds outcomes of another model, data set, protocol or training.
    """
    made_with = {
        **made_by(model, dataset),
        "protocol": {"max_clicks": protocols[0].max_clicks, "corrects": protocols[0].corrects},
        "training": asdict(settings.training),
        "banking": asdict(settings.banking),
    }
    every = tasks(dataset, modes, protocols)
    with tempfile.TemporaryDirectory() as scratch:
        stored = OutcomeFile((out or Path(scratch)) / OUTCOMES, made_with, Outcome.from_json)
        missing = [task for task in every if task.key not in stored.outcomes]
        on_frames(sum(task.frames for task in every) - sum(task.frames for task in missing))
        for is_reference in (False, True):
            wanted = [task for task in missing if (task.mode is Mode.REFERENCE) is is_reference]
            if wanted:
                own = reference_settings(settings) if is_reference else settings
                await _annotate_all(model, dataset, own, wanted, stored, on_frames)
        return [stored.outcomes[task.key] for task in every]


def made_by(model: LoadedModel, dataset: Dataset) -> Mapping[str, Any]:
    """What outcomes depend on in addition to the protocol and the engine's settings."""
    return {
        "model": model.name,
        "weights": fingerprint(model.predictor),
        "dataset": str(dataset.frames_dir.resolve()),
    }


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


async def _annotate_all(
    model: LoadedModel,
    dataset: Dataset,
    settings: EngineSettings,
    missing: Sequence[Task],
    stored: OutcomeFile[Outcome],
    on_frames: Callable[[int], object],
) -> None:
    """Computes and stores outcomes. A sequence's tasks run in one session, so that they use its cached embeddings."""
    async with engine_over(model, dataset, settings) as (engine, _):
        for sequence, group in groupby(missing, lambda task: task.sequence):
            session_id = (await engine.start_session(f"videos/{sequence.name}")).session_id
            for task in group:
                stored.add(
                    await annotate(
                        engine,
                        session_id,
                        sequence,
                        task.object_id,
                        task.first,
                        task.mode,
                        task.protocol,
                        lambda: on_frames(1),
                    )
                )
            await engine.close_session(session_id)


def fingerprint(model: Any) -> str:
    """A hash of a model's weights: 16 hex digits."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().float().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]
