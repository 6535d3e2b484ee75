"""Caches image embeddings for the next pass over a video."""

import threading
import time
from collections import OrderedDict
from pathlib import Path

from torch import Tensor

from sam2_lit.engine.device.tensor_file import TensorFile
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding

IDLE_SECONDS = 300.0
"""Embeddings that were not read for so long may be evicted."""

_Key = tuple[str, int]


class EmbeddingCache:
    """Embeddings by (video, frame), for all sessions of a model. Thread-safe.

    Annotation passes over a video again and again. Evicting the least recently used frame of a video longer than the
    budget would evict each just before it is needed. So an embedding stays until it is idle; one that does not fit is
    written to the file, or not cached.
    """

    def __init__(self, budget: int, disk_budget: int = 0, folder: Path | None = None) -> None:
        """Budgets are bytes: in memory, and in a file in `folder`."""
        self._budget = budget
        self._disk_budget = disk_budget
        self._lock = threading.Lock()
        self._in_memory: OrderedDict[_Key, tuple[float, FrameEmbedding]] = OrderedDict()
        self._bytes = 0
        self._file = TensorFile(folder)
        self._records: OrderedDict[_Key, int] = OrderedDict()

    @property
    def nbytes(self) -> int:
        """The bytes in memory."""
        return self._bytes

    @property
    def nbytes_on_disk(self) -> int:
        return self._file.nbytes

    def __contains__(self, key: _Key) -> bool:
        with self._lock:
            return key in self._in_memory or key in self._records

    def get(self, key: _Key) -> FrameEmbedding | None:
        with self._lock:
            if (embedding := self._from_memory(key)) is not None:
                return embedding
            if key not in self._records:
                return None
            self._records.move_to_end(key)
            return _from_tensors(self._file.read(self._records[key]))

    def get_from_memory(self, key: _Key) -> FrameEmbedding | None:
        """As `get`, but None where the embedding is on disk only."""
        with self._lock:
            return self._from_memory(key)

    def put(self, key: _Key, embedding: FrameEmbedding) -> None:
        with self._lock:
            if key in self._in_memory or key in self._records:
                return
            now = time.monotonic()
            while self._bytes + embedding.nbytes > self._budget and self._in_memory:
                oldest, (used, evicted) = next(iter(self._in_memory.items()))
                if now - used < IDLE_SECONDS:
                    break
                del self._in_memory[oldest]
                self._bytes -= evicted.nbytes
            if self._bytes + embedding.nbytes <= self._budget:
                self._in_memory[key] = (now, embedding)
                self._bytes += embedding.nbytes
            else:
                self._put_on_disk(key, embedding)

    def discard_video(self, video: str) -> None:
        """Drops a video's embeddings."""
        with self._lock:
            for key in [key for key in self._in_memory if key[0] == video]:
                self._bytes -= self._in_memory.pop(key)[1].nbytes
            for key in [key for key in self._records if key[0] == video]:
                self._file.remove(self._records.pop(key))

    def close(self) -> None:
        with self._lock:
            self._in_memory.clear()
            self._records.clear()
            self._bytes = 0
            self._file.close()

    def _from_memory(self, key: _Key) -> FrameEmbedding | None:
        if key not in self._in_memory:
            return None
        _, embedding = self._in_memory.pop(key)
        self._in_memory[key] = (time.monotonic(), embedding)
        return embedding

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
