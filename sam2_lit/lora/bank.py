"""The adapters that one object has gathered."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sam2.modeling.sam2_base import SAM2Base

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.decode import DecodedMask
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.losses import mask_iou
from sam2_lit.lora.precision import float32
from sam2_lit.lora.stacked_decoder import PreparedFeatures, StackedDecoder, Weights
from sam2_lit.lora.targets import target_region
from sam2_lit.lora.trainer import Sample, TrainingResult
from sam2_lit.records.adapters import AdapterRecord

_PIXELS_AT_ONCE = 4096
"""On a CPU, image tokens times adapters in one pass: more of them fall out of its caches and take longer."""


@dataclass(frozen=True, eq=False)
class AdapterCandidate:
    """One adapter's mask for a frame."""

    adapter_id: str
    mask: DecodedMask


@dataclass(frozen=True, eq=False)
class Choice:
    """How to learn a new correction.

    `adapter_id` names the adapter to fine-tune, `initial` holds its weights; both are None where a new adapter is to
    be founded. `samples` is what to train on: replayed corrections first, the new one last.
    """

    adapter_id: str | None
    initial: Adapter | None
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class BankSettings:
    """- handled_iou: an adapter whose candidate reaches this IoU with a correction nearly handles it.
    - max_adapters: the most adapters an object has.
    - max_replayed: the most earlier corrections that a fine-tuning replays.
    - sample_bytes: the memory that an object's kept samples may take.
    """

    handled_iou: float = 0.5
    max_adapters: int = 8
    max_replayed: int = 2
    sample_bytes: int = 128 * 2**20


@dataclass(frozen=True, eq=False)
class _Lesson:
    """A sample an adapter was trained on, and the IoU that it reached."""

    adapter_id: str
    sample: Sample
    iou: float


@dataclass(frozen=True, eq=False)
class _Ready:
    """A model's decoder and what all adapters make of its weights, some adapters in each item."""

    decoder: StackedDecoder
    weights: tuple[Weights, ...]


def _ready(model: SAM2Base, adapters: Sequence[Adapter]) -> _Ready:
    decoder = StackedDecoder(model)
    at_once = len(adapters)
    if model.device.type == "cpu":
        at_once = max(1, _PIXELS_AT_ONCE // decoder.pixel_count)
    parts = [adapters[start : start + at_once] for start in range(0, len(adapters), at_once)]
    return _Ready(decoder, tuple(decoder.merge(decoder.stack(part)) for part in parts))


class AdapterBank:
    """One object's adapters, oldest first, and the samples they were trained on.

    At most `max_adapters` adapters. Samples take at most `sample_bytes`: over that, those that were learned worst go
    first, since a fine-tuning replays the best. Not thread-safe: it lives on the device's worker thread.
    """

    def __init__(self, settings: BankSettings = BankSettings()) -> None:
        self.settings = settings
        self._records: dict[str, AdapterRecord] = {}
        self._adapters: dict[str, Adapter] = {}
        self._lessons: list[_Lesson] = []
        self._ready: _Ready | None = None

    @property
    def records(self) -> tuple[AdapterRecord, ...]:
        return tuple(self._records.values())

    @property
    def sample_nbytes(self) -> int:
        return sum(lesson.sample.nbytes for lesson in self._lessons)

    def __len__(self) -> int:
        return len(self._records)

    def adapter(self, adapter_id: str) -> Adapter:
        """The weights of one adapter. Raises LitError (ADAPTER_NOT_FOUND)."""
        if adapter_id not in self._adapters:
            raise LitError(
                ErrorCode.ADAPTER_NOT_FOUND,
                f"This object has no adapter {adapter_id!r}; it has {', '.join(self._adapters) or 'none yet'}.",
            )
        return self._adapters[adapter_id]

    def distances(self, frame_index: int) -> dict[str, int]:
        """For each adapter, how many frames the nearest correction that it learned is from `frame_index`."""
        return {
            record.adapter_id: min(abs(frame_index - corrected) for corrected in record.frame_indices)
            for record in self.records
        }

    def candidates(self, model: SAM2Base, features: DecoderFeatures) -> list[AdapterCandidate]:
        """The masks that the adapters propose, in the adapters' order: all in one pass of the decoder.

        They equal `decode` with one adapter attached after the other, up to rounding, and are float32 whatever the
        caller's autocast. On a CPU a pass takes no more adapters than its caches hold.
        """
        if not self._adapters:
            return []
        with float32(model.device, gradients=False):
            ready = self._made_ready(model)
            return self._candidates(ready, ready.decoder.prepare(features))

    def compare(self, model: SAM2Base, features: DecoderFeatures) -> tuple[DecodedMask, list[AdapterCandidate]]:
        """The mask without an adapter, and the candidates."""
        with float32(model.device, gradients=False):
            ready = self._made_ready(model)
            frame = ready.decoder.prepare(features)
            [base] = ready.decoder.decoded_masks(frame, ready.decoder.decode(frame, ready.decoder.base_weights()))
            return base, self._candidates(ready, frame)

    def choose(self, model: SAM2Base, sample: Sample) -> Choice:
        """Which adapter is to learn a new correction.

        A correction that no adapter nearly handles (`handled_iou`) founds one, up to `max_adapters`. Otherwise the
        adapter whose candidate comes closest is fine-tuned, with a replay of the samples it had learned best.
        """
        closest, iou = None, 0.0
        for candidate in self.candidates(model, sample.features):
            reached = _iou(candidate.mask, sample)
            if closest is None or reached > iou:
                closest, iou = candidate.adapter_id, reached
        may_found = len(self) < self.settings.max_adapters
        if closest is None or (iou < self.settings.handled_iou and may_found):
            return Choice(None, None, (sample,))
        return Choice(closest, self._adapters[closest], (*self._replayed(closest, sample), sample))

    def add(self, result: TrainingResult, sample: Sample) -> AdapterRecord:
        """Takes in a founded adapter. Raises ValueError where there are `max_adapters` already."""
        if len(self) >= self.settings.max_adapters:
            raise ValueError(f"the bank holds {len(self)} adapters already, its limit")
        return self._take(secrets.token_hex(8), (sample.frame_index,), datetime.now(UTC), result, sample)

    def replace(self, adapter_id: str, result: TrainingResult, sample: Sample) -> AdapterRecord:
        """Puts fine-tuned weights in the place of an adapter's. Raises LitError (ADAPTER_NOT_FOUND)."""
        self.adapter(adapter_id)
        known = self._records[adapter_id]
        frames = (*(i for i in known.frame_indices if i != sample.frame_index), sample.frame_index)
        return self._take(adapter_id, frames, known.created_at, result, sample)

    def restore(self, record: AdapterRecord, adapter: Adapter) -> None:
        """Takes in a saved adapter under its own record, without samples to replay."""
        self._records[record.adapter_id] = record
        self._adapters[record.adapter_id] = adapter
        self._ready = None

    def reset(self) -> None:
        """Forgets all adapters and samples."""
        self._records.clear()
        self._adapters.clear()
        self._lessons.clear()
        self._ready = None

    def _made_ready(self, model: SAM2Base) -> _Ready:
        if self._ready is None or self._ready.decoder.model is not model:
            self._ready = _ready(model, list(self._adapters.values()))
        return self._ready

    def _candidates(self, ready: _Ready, frame: PreparedFeatures) -> list[AdapterCandidate]:
        masks = [
            mask
            for weights in ready.weights
            for mask in ready.decoder.decoded_masks(frame, ready.decoder.decode(frame, weights))
        ]
        return [AdapterCandidate(name, mask) for name, mask in zip(self._adapters, masks, strict=True)]

    def _take(
        self,
        adapter_id: str,
        frames: tuple[int, ...],
        created_at: datetime,
        result: TrainingResult,
        sample: Sample,
    ) -> AdapterRecord:
        record = AdapterRecord(
            adapter_id,
            result.adapter.rank,
            frames,
            result.baseline_iou,
            result.training_iou,
            result.steps,
            result.seconds,
            created_at,
        )
        self.restore(record, result.adapter)
        self._lessons = [lesson for lesson in self._lessons if not _same(lesson, adapter_id, sample)]
        self._lessons.append(_Lesson(adapter_id, _copied(sample), result.training_iou))
        while self.sample_nbytes > self.settings.sample_bytes:
            self._lessons.remove(min(self._lessons, key=lambda lesson: lesson.iou))
        return record

    def _replayed(self, adapter_id: str, sample: Sample) -> Sequence[Sample]:
        own = [
            lesson
            for lesson in self._lessons
            if lesson.adapter_id == adapter_id and not _same(lesson, adapter_id, sample)
        ]
        own.sort(key=lambda lesson: lesson.iou, reverse=True)
        return [lesson.sample for lesson in own[: self.settings.max_replayed]]


def _same(lesson: _Lesson, adapter_id: str, sample: Sample) -> bool:
    return lesson.adapter_id == adapter_id and lesson.sample.frame_index == sample.frame_index


def _copied(sample: Sample) -> Sample:
    """A sample in memory of its own: the tracker's features may be views of larger tensors."""
    features = sample.features
    own = replace(
        features,
        image_embedding=features.image_embedding.clone(),
        high_resolution=tuple(level.clone() for level in features.high_resolution),
    )
    return replace(sample, features=own)


def _iou(mask: DecodedMask, sample: Sample) -> float:
    """IoU of a candidate with a correction, at the decoder's resolution, blanked where the object is absent."""
    wanted = target_region(sample.target).flatten()
    return float(mask_iou((mask.visible_logits > 0).flatten(), wanted.to(mask.logits.device)))
