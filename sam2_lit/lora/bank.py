"""The adapters of one object, and which of them is to learn a correction."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.adapter_stack import Weights
from sam2_lit.lora.decode import DecodedMask
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.losses import mask_iou
from sam2_lit.lora.precision import float32
from sam2_lit.lora.replay_samples import ReplaySamples
from sam2_lit.lora.stacked_decoder import PreparedFeatures, StackedDecoder
from sam2_lit.lora.targets import target_region
from sam2_lit.lora.trainer import Sample, TrainingResult
from sam2_lit.records.adapters import AdapterRecord
from sam2_lit.records.masks import RLE

NEVER = 2**31
"""How many frames away an adapter's corrections are that has none on this video."""

_PIXELS_AT_ONCE = 4096
"""On a CPU, pixels times adapters in one pass of the decoder: more exceed its caches and are slower."""


@dataclass(frozen=True, eq=False)
class AdapterCandidate:
    """One adapter's mask for a frame."""

    adapter_id: str
    mask: DecodedMask


@dataclass(frozen=True, eq=False)
class Choice:
    """How to learn a new correction.

    `adapter_id` names the adapter to fine-tune and `initial` holds its weights; both are None where a new adapter is to
    be added. `samples` are to be trained on: replayed corrections first, the new one last.
    """

    adapter_id: str | None
    initial: Adapter | None
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class BankSettings:
    """- handled_iou: an adapter whose candidate reaches this IoU with a correction nearly handles it.
    - max_adapters: the most adapters of an object.
    - max_replayed: the most earlier corrections that a fine-tuning replays.
    - sample_bytes: the most memory that an object's samples take.
    - strength: the fraction of its updates with which an adapter decodes frames. Weights between those before and after
      fine-tuning are right on more of what was not trained on (Wortsman et al., arXiv 2109.01903).
    """

    handled_iou: float = 0.5
    max_adapters: int = 8
    max_replayed: int = 2
    sample_bytes: int = 128 * 2**20
    strength: float = 0.75


@dataclass(frozen=True, eq=False)
class _MergedAdapters:
    """A model's decoder, and its weights merged with all adapters, for each pass of the decoder some of them."""

    decoder: StackedDecoder
    weights: tuple[Weights, ...]


def _merge(model: SAM2Base, adapters: Sequence[Adapter]) -> _MergedAdapters:
    decoder = StackedDecoder(model)
    at_once = len(adapters)
    if model.device.type == "cpu":
        at_once = max(1, _PIXELS_AT_ONCE // decoder.pixel_count)
    passes = [adapters[start : start + at_once] for start in range(0, len(adapters), at_once)]
    stacking = decoder.stacking
    return _MergedAdapters(decoder, tuple(stacking.merge(stacking.stack(one)) for one in passes))


class AdapterBank:
    """One object's adapters, oldest first, and the samples that they were trained on. For the device's thread only."""

    def __init__(self, settings: BankSettings = BankSettings()) -> None:
        self.settings = settings
        self._records: dict[str, AdapterRecord] = {}
        self._adapters: dict[str, Adapter] = {}
        self._samples = ReplaySamples(settings.sample_bytes)
        # By adapter that was restored, the masks that its samples are made from where they are no corrections.
        self._without_samples: dict[str, Mapping[int, RLE]] = {}
        self._merged: _MergedAdapters | None = None

    @property
    def records(self) -> tuple[AdapterRecord, ...]:
        return tuple(self._records.values())

    @property
    def sample_nbytes(self) -> int:
        return self._samples.nbytes

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

    def decoding_adapter(self, adapter_id: str) -> Adapter:
        """One adapter as frames are decoded with it, at `strength`. Raises LitError (ADAPTER_NOT_FOUND)."""
        return self.adapter(adapter_id).at_strength(self.settings.strength)

    def has(self, adapter_id: str, adapter: Adapter) -> bool:
        """Whether the bank has this adapter with just these weights, neither removed nor trained since."""
        return self._adapters.get(adapter_id) is adapter

    def distances(self, frame_index: int) -> dict[str, int]:
        """For each adapter, how many frames the nearest correction that it learned is from `frame_index`.

        `NEVER` for one that was adopted and has learned none.
        """
        return {
            record.adapter_id: min((abs(frame_index - each) for each in record.frame_indices), default=NEVER)
            for record in self.records
        }

    def candidates(self, model: SAM2Base, features: DecoderFeatures) -> list[AdapterCandidate]:
        """The masks that the adapters propose, in the adapters' order, by one pass of the decoder.

        They equal `decode` with each `decoding_adapter` up to rounding, and are float32 whatever the caller's autocast.
        On a CPU a pass has no more adapters than its caches hold.
        """
        if not self._adapters:
            return []
        with float32(model.device, gradients=False):
            merged = self._merge_once(model)
            return self._named(_decode(merged.decoder, merged.decoder.prepare(features), merged.weights))

    def compare(self, model: SAM2Base, features: DecoderFeatures) -> tuple[DecodedMask, list[AdapterCandidate]]:
        """The mask without an adapter, and the candidates."""
        with float32(model.device, gradients=False):
            merged = self._merge_once(model)
            decoder = merged.decoder
            frame = decoder.prepare(features)
            base, *masks = _decode(decoder, frame, [decoder.stacking.base_weights(), *merged.weights])
            return base, self._named(masks)

    def choose(self, model: SAM2Base, sample: Sample) -> Choice:
        """Chooses the adapter that is to learn a new correction.

        Where no adapter nearly handles it (`handled_iou`) a new one is added, up to `max_adapters`. Otherwise the
        adapter whose candidate has the highest IoU is fine-tuned, replaying the samples that it learned best.
        """
        closest, iou = None, 0.0
        wanted = _wanted(sample)
        for candidate in self.candidates(model, sample.features):
            reached = _iou(candidate.mask, wanted)
            if closest is None or reached > iou:
                closest, iou = candidate.adapter_id, reached
        may_add = len(self) < self.settings.max_adapters
        if closest is None or (iou < self.settings.handled_iou and may_add):
            return Choice(None, None, (sample,))
        replayed = self._samples.best(closest, sample.frame_index, self.settings.max_replayed)
        return Choice(closest, self._adapters[closest], (*replayed, sample))

    def add(self, result: TrainingResult, sample: Sample) -> AdapterRecord:
        """Adds a newly trained adapter. Raises ValueError where there are `max_adapters` already."""
        if len(self) >= self.settings.max_adapters:
            raise ValueError(f"the bank holds {len(self)} adapters already, its limit")
        return self._trained(secrets.token_hex(8), (sample.frame_index,), datetime.now(UTC), result, sample)

    def replace(self, adapter_id: str, result: TrainingResult, sample: Sample) -> AdapterRecord:
        """Replaces an adapter's weights by fine-tuned ones. Raises LitError (ADAPTER_NOT_FOUND)."""
        self.adapter(adapter_id)
        known = self._records[adapter_id]
        frames = (*(i for i in known.frame_indices if i != sample.frame_index), sample.frame_index)
        return self._trained(adapter_id, frames, known.created_at, result, sample)

    def adopt(self, record: AdapterRecord, adapter: Adapter) -> AdapterRecord:
        """Adds a copy of an adapter that was trained elsewhere, under an id of its own.

        Raises ValueError where there are `max_adapters` already.
        """
        if len(self) >= self.settings.max_adapters:
            raise ValueError(f"the bank holds {len(self)} adapters already, its limit")
        adopted = replace(record, adapter_id=secrets.token_hex(8), frame_indices=())
        self._put(adopted, adapter)
        return adopted

    def restore(self, record: AdapterRecord, adapter: Adapter, trained_masks: Mapping[int, RLE]) -> None:
        """Adds a saved adapter; it has no samples to replay until `restore_sample` adds them.

        `trained_masks` are those that it was trained on and that are no corrections, by frame.
        """
        self._put(record, adapter)
        self._without_samples[record.adapter_id] = trained_masks

    def lost_samples(self) -> list[tuple[str, int, RLE | None]]:
        """The samples to make again of adapters that were restored, the newest of each last.

        Each is an adapter id, a frame, and the mask; None stands for the frame's correction.

        There are no more of an adapter than a fine-tuning replays, and one in case the frame itself is corrected again.
        """
        most = self.settings.max_replayed + 1
        return [
            (adapter_id, frame_index, self._without_samples[adapter_id].get(frame_index))
            for adapter_id, record in self._records.items()
            if adapter_id in self._without_samples
            for frame_index in record.frame_indices[-most:]
            if not self._samples.has(adapter_id, frame_index)
        ]

    def restore_sample(self, model: SAM2Base, adapter_id: str, sample: Sample) -> None:
        """Adds a sample that a restored adapter was trained on, made again; nothing where the adapter is gone."""
        for candidate in self.candidates(model, sample.features):
            if candidate.adapter_id == adapter_id:
                self._samples.add(adapter_id, sample, _iou(candidate.mask, _wanted(sample)))

    def samples_restored(self) -> None:
        """Ends `lost_samples`: those that it still names cannot be made again."""
        self._without_samples.clear()

    def reset(self) -> None:
        """Removes all adapters and samples."""
        self._records.clear()
        self._adapters.clear()
        self._samples.clear()
        self._without_samples.clear()
        self._merged = None

    def _merge_once(self, model: SAM2Base) -> _MergedAdapters:
        if self._merged is None or self._merged.decoder.model is not model:
            self._merged = _merge(model, [self.decoding_adapter(name) for name in self._adapters])
        return self._merged

    def _named(self, masks: Sequence[DecodedMask]) -> list[AdapterCandidate]:
        """Masks of all adapters, in their order, as candidates."""
        return [AdapterCandidate(name, mask) for name, mask in zip(self._adapters, masks, strict=True)]

    def _put(self, record: AdapterRecord, adapter: Adapter) -> None:
        self._records[record.adapter_id] = record
        self._adapters[record.adapter_id] = adapter
        self._merged = None

    def _trained(
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
        self._put(record, result.adapter)
        self._samples.add(adapter_id, sample, result.training_iou)
        return record


def _decode(decoder: StackedDecoder, frame: PreparedFeatures, weights: Sequence[Weights]) -> list[DecodedMask]:
    return decoder.decoded_masks(frame, [decoder.decode(frame, each) for each in weights])


def _wanted(sample: Sample) -> Tensor:
    """The pixels of a correction, bool, flat, on the CPU, where candidates are."""
    return target_region(sample.target).flatten().cpu()


def _iou(mask: DecodedMask, wanted: Tensor) -> float:
    """IoU of a candidate with a correction, at the decoder's resolution, blanked where the object is absent."""
    return float(mask_iou((mask.visible_logits > 0).flatten(), wanted))
