"""Image embeddings kept for the next pass over a video."""

import threading
import time
from collections import OrderedDict
from pathlib import Path

from torch import Tensor

from sam2_lit.engine.device.tensor_file import TensorFile
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding

IDLE_SECONDS = 300.0
"""What nobody read for so long gives way to what is new."""

_Key = tuple[str, int]


class EmbeddingCache:
    """Embeddings by (video, frame), for all sessions of a model. May be called from any thread.

    `budget` is bytes in memory, `disk_budget` bytes in a file beside them, in `folder`. Annotation passes over a video
    again and again: giving up the least recently used of a video longer than the budget would give up each frame just
    before it is needed. So what is there stays until it is idle, and what does not fit goes to the file, or nowhere.
    """

    def __init__(self, budget: int, disk_budget: int = 0, folder: Path | None = None) -> None:
        self._budget = budget
        self._disk_budget = disk_budget
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, tuple[float, FrameEmbedding]] = OrderedDict()
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
            return key in self._kept or key in self._records

    def get(self, key: _Key) -> FrameEmbedding | None:
        with self._lock:
            if (embedding := self._from_memory(key)) is not None:
                return embedding
            if key not in self._records:
                return None
            self._records.move_to_end(key)
            return _from_tensors(self._file.read(self._records[key]))

    def get_from_memory(self, key: _Key) -> FrameEmbedding | None:
        """As `get`, of those in memory: what is on disk is left there."""
        with self._lock:
            return self._from_memory(key)

    def put(self, key: _Key, embedding: FrameEmbedding) -> None:
        with self._lock:
            if key in self._kept or key in self._records:
                return
            now = time.monotonic()
            while self._bytes + embedding.nbytes > self._budget and self._kept:
                oldest, (used, given_up) = next(iter(self._kept.items()))
                if now - used < IDLE_SECONDS:
                    break
                del self._kept[oldest]
                self._bytes -= given_up.nbytes
            if self._bytes + embedding.nbytes <= self._budget:
                self._kept[key] = (now, embedding)
                self._bytes += embedding.nbytes
            else:
                self._put_on_disk(key, embedding)

    def discard_video(self, video: str) -> None:
        """Gives up a video's embeddings."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == video]:
                self._bytes -= self._kept.pop(key)[1].nbytes
            for key in [key for key in self._records if key[0] == video]:
                self._file.remove(self._records.pop(key))

    def close(self) -> None:
        with self._lock:
            self._kept.clear()
            self._records.clear()
            self._bytes = 0
            self._file.close()

    def _from_memory(self, key: _Key) -> FrameEmbedding | None:
        if key not in self._kept:
            return None
        _, embedding = self._kept.pop(key)
        self._kept[key] = (time.monotonic(), embedding)
        return embedding

    def _put_on_disk(self, key: _Key, embedding: FrameEmbedding) -> None:
        if embedding.nbytes > self._disk_budget - self._file.nbytes:
            return
        try:
            self._records[key] = self._file.add(embedding.tensors)
        except OSError:
            # A full disk costs the next pass its cache, nothing else.
            self._disk_budget = self._file.nbytes


def _from_tensors(tensors: list[Tensor]) -> FrameEmbedding:
    *high_resolution, top, attended = tensors
    return FrameEmbedding(tuple(high_resolution), top, attended)
