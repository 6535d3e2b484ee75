"""Caches image embeddings for the next pass over a video."""

import threading
import time
from collections import OrderedDict
from pathlib import Path

import torch
from torch import Tensor

from sam2_lit.engine.device.tensor_file import TensorFile
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.lora.host_memory import on_host

IDLE_SECONDS = 300.0
"""Embeddings that were not read for so long may be evicted."""

_Key = tuple[str, int]


class _Tier:
    """Embeddings in one kind of memory: each stays until it is idle."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.nbytes = 0
        self._entries: OrderedDict[_Key, tuple[float, FrameEmbedding]] = OrderedDict()

    def __contains__(self, key: _Key) -> bool:
        return key in self._entries

    def get(self, key: _Key) -> FrameEmbedding | None:
        if key not in self._entries:
            return None
        _, embedding = self._entries.pop(key)
        self._entries[key] = (time.monotonic(), embedding)
        return embedding

    def make_room(self, nbytes: int) -> bool:
        """Evicts idle embeddings; whether so many bytes fit then."""
        now = time.monotonic()
        while self.nbytes + nbytes > self.budget and self._entries:
            oldest, (used, evicted) = next(iter(self._entries.items()))
            if now - used < IDLE_SECONDS:
                break
            del self._entries[oldest]
            self.nbytes -= evicted.nbytes
        return self.nbytes + nbytes <= self.budget

    def put(self, key: _Key, embedding: FrameEmbedding) -> None:
        self._entries[key] = (time.monotonic(), embedding)
        self.nbytes += embedding.nbytes

    def discard_video(self, video: str) -> None:
        for key in [key for key in self._entries if key[0] == video]:
            self.nbytes -= self._entries.pop(key)[1].nbytes

    def clear(self) -> None:
        self._entries.clear()
        self.nbytes = 0


class EmbeddingCache:
    """Embeddings by (video, frame), for all sessions of a model. Thread-safe.

    Annotation passes over a video again and again. Evicting the least recently used frame of a video longer than the
    budget would evict each just before it is needed. So an embedding stays until it is idle; one that does not fit is
    stored in main memory, where the device has its own, or in the file, or not at all.
    """

    def __init__(self, budget: int, disk_budget: int = 0, folder: Path | None = None, host_budget: int = 0) -> None:
        """Budgets are bytes: in the device's memory, in a file in `folder`, and in main memory."""
        self._disk_budget = disk_budget
        self._lock = threading.Lock()
        self._on_device = _Tier(budget)
        self._on_host = _Tier(host_budget)
        self._file = TensorFile(folder)
        self._records: OrderedDict[_Key, int] = OrderedDict()
        self._device = torch.device("cpu")

    @property
    def nbytes(self) -> int:
        """The bytes in the device's memory."""
        return self._on_device.nbytes

    @property
    def nbytes_on_host(self) -> int:
        return self._on_host.nbytes

    @property
    def nbytes_on_disk(self) -> int:
        return self._file.nbytes

    def __contains__(self, key: _Key) -> bool:
        with self._lock:
            return key in self._on_device or key in self._on_host or key in self._records

    def get(self, key: _Key) -> FrameEmbedding | None:
        with self._lock:
            if (embedding := self._on_device.get(key)) is not None:
                return embedding
            if (stored := self._on_host.get(key)) is not None:
                # On the stream of the copies to main memory, which are then complete.
                return _from_tensors([each.to(self._device, non_blocking=True) for each in stored.tensors])
            if key not in self._records:
                return None
            self._records.move_to_end(key)
            return _from_tensors(self._file.read(self._records[key]))

    def get_from_memory(self, key: _Key) -> FrameEmbedding | None:
        """As `get`, but None where the embedding is not in the device's memory."""
        with self._lock:
            return self._on_device.get(key)

    def put(self, key: _Key, embedding: FrameEmbedding) -> None:
        with self._lock:
            if key in self._on_device or key in self._on_host or key in self._records:
                return
            self._device = embedding.top.device
            if self._on_device.make_room(embedding.nbytes):
                self._on_device.put(key, embedding)
            elif self._on_host.make_room(embedding.nbytes):
                self._on_host.put(key, _from_tensors([on_host(each) for each in embedding.tensors]))
            else:
                self._put_on_disk(key, embedding)

    def discard_video(self, video: str) -> None:
        """Drops a video's embeddings."""
        with self._lock:
            self._on_device.discard_video(video)
            self._on_host.discard_video(video)
            for key in [key for key in self._records if key[0] == video]:
                self._file.remove(self._records.pop(key))

    def release_memory(self) -> None:
        """Drops what is in the device's memory."""
        with self._lock:
            self._on_device.clear()

    def close(self) -> None:
        with self._lock:
            self._on_device.clear()
            self._on_host.clear()
            self._records.clear()
            self._file.close()

    def _put_on_disk(self, key: _Key, embedding: FrameEmbedding) -> None:
        if embedding.nbytes > self._disk_budget - self._file.nbytes:
            return
        try:
            self._records[key] = self._file.add(embedding.tensors)
        except OSError:
            # The disk is full: only the next pass is slower.
            self._disk_budget = self._file.nbytes


def _from_tensors(tensors: list[Tensor]) -> FrameEmbedding:
    *high_resolution, top, self_attended = tensors
    return FrameEmbedding(tuple(high_resolution), top, self_attended)
