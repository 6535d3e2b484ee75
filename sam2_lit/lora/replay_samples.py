"""The samples that an object's adapters were trained on, for a fine-tuning to replay."""

from dataclasses import dataclass, replace

from sam2_lit.lora.host_memory import on_host
from sam2_lit.lora.trainer import Sample


@dataclass(frozen=True, eq=False)
class _TrainedSample:
    """A sample that an adapter was trained on, and the IoU that the adapter reached on it."""

    adapter_id: str
    sample: Sample
    iou: float

    def is_of(self, adapter_id: str, frame_index: int) -> bool:
        return self.adapter_id == adapter_id and self.sample.frame_index == frame_index


class ReplaySamples:
    """At most one sample for each adapter and frame, within `budget` bytes: drops those with the lowest IoU first."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._trained: list[_TrainedSample] = []

    @property
    def nbytes(self) -> int:
        return sum(trained.sample.nbytes for trained in self._trained)

    def add(self, adapter_id: str, sample: Sample, iou: float) -> None:
        """Stores a copy of a sample, in place of the adapter's earlier one of the same frame."""
        others = [trained for trained in self._trained if not trained.is_of(adapter_id, sample.frame_index)]
        self._trained = [*others, _TrainedSample(adapter_id, _copy(sample), iou)]
        while self.nbytes > self._budget:
            self._trained.remove(min(self._trained, key=lambda trained: trained.iou))

    def has(self, adapter_id: str, frame_index: int) -> bool:
        return any(trained.is_of(adapter_id, frame_index) for trained in self._trained)

    def best(self, adapter_id: str, frame_index: int, most: int) -> list[Sample]:
        """The adapter's samples of other frames with the highest IoU, the highest first, `most` at most."""
        own = [
            trained
            for trained in self._trained
            if trained.adapter_id == adapter_id and not trained.is_of(adapter_id, frame_index)
        ]
        own.sort(key=lambda trained: trained.iou, reverse=True)
        return [trained.sample for trained in own[:most]]

    def clear(self) -> None:
        self._trained.clear()


def _copy(sample: Sample) -> Sample:
    """A copy in main memory, since samples stay as long as the session, and a GPU's memory is for what it tracks.

    Also because the tracker's features may be views of larger tensors, which would stay in memory.
    """
    features = replace(
        sample.features,
        image_embedding=on_host(sample.features.image_embedding),
        high_resolution=tuple(map(on_host, sample.features.high_resolution)),
    )
    return replace(sample, features=features, target=on_host(sample.target))
