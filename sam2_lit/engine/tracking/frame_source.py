"""A video's frames as SAM 2 reads them, decoded and encoded on demand."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import nullcontext

import torch

from sam2_lit.engine.device.cpu_threads import available_threads, flush_denormals, tracking_threads, use_threads
from sam2_lit.engine.device.preemption import NeverPreempted, Preemption
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.frame_loader import frame_loader
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.thread_pool import ThreadPool

_CPU = torch.device("cpu")


class FrameSource:
    """Replaces the `images` tensor in SAM 2's inference state, with only a few frames in memory.

    Frames are loaded in the order in which they are prefetched, so that the next one is ready when it is needed
    (`frame_loader.py`). On a CPU other threads can encode them, on some cores while a frame is tracked on the others. A
    frame in `cache` is neither decoded nor encoded. `loader` decodes.
    """

    def __init__(
        self,
        reader: VideoReader,
        image_size: int,
        encode: Callable[[torch.Tensor], FrameEmbedding],
        cache: EmbeddingCache | None = None,
        video_id: str = "",
        preemption: Preemption | None = None,
        device: torch.device = _CPU,
    ) -> None:
        """`encode` computes the embedding of a frame [3, S, S] on `device`; `video_id` is its key in `cache`."""
        self.width = reader.info.width
        self.height = reader.info.height
        self.frames_encoded = 0
        self._reader = reader
        self._encode = encode
        self._cache = EmbeddingCache(0) if cache is None else cache
        self._video_id = video_id
        self._preemption = preemption or NeverPreempted()
        self.loader = frame_loader(reader, image_size, device, self._preemption)
        self._on_cpu = device.type == "cpu"
        # No more than the cores left: more would only slow the tracking, and a click in another session.
        spare = max(1, min(self.loader.ahead, available_threads() - tracking_threads()))
        self._encoders = ThreadPool("encode", spare, initializer=flush_denormals)
        self._closed = False
        self._images: dict[int, Future[torch.Tensor]] = {}
        self._encoded: dict[int, Future[FrameEmbedding]] = {}
        self._last: tuple[int, FrameEmbedding] | None = None

    def __len__(self) -> int:
        return self._reader.info.frame_count

    def __getitem__(self, index: int) -> torch.Tensor:
        """Frame `index` as the model takes it: float32 [3, S, S], RGB, normalized, S the model's image size.

        Raises:
            LitError: UNSUPPORTED_MEDIA where the frame cannot be decoded; SESSION_NOT_FOUND after `close`.
        """
        self._refuse_when_closed()
        image = self._images.pop(index, None) or self.loader.start(index)
        return self.loader.image(self._preemption.wait_for(image))

    def embedding(self, index: int) -> FrameEmbedding:
        """The embedding of frame `index`. Raises as indexing does."""
        self._refuse_when_closed()
        if self._last is not None and self._last[0] == index:
            return self._last[1]
        embedding = self._cache.get((self._video_id, index))
        if embedding is None:
            encoded = self._encoded.pop(index, None)
            embedding = self._encode_now(index) if encoded is None else self._preemption.wait_for(encoded)
            self.frames_encoded += 1
            self._cache.put((self._video_id, index), embedding)
        self._last = (index, embedding)
        return embedding

    def embedding_at_hand(self, index: int) -> FrameEmbedding | None:
        """The embedding of a frame if it is in memory, None where `embedding` would need a core or the disk."""
        encoded = self._encoded.get(index)
        if encoded is not None:
            return encoded.result() if encoded.done() and encoded.exception() is None else None
        return self._cache.get_from_memory((self._video_id, index))

    @property
    def is_encoding(self) -> bool:
        """Whether frames are being encoded on other threads now."""
        return any(not encoded.done() for encoded in self._encoded.values())

    def prefetch(self, indices: Sequence[int], *, encode: bool) -> None:
        """Starts to decode, and with `encode` to encode, the frames that are needed next, in that order.

        Cancels those that were started before and are not among them. Starts no more than pay.
        """
        if self._closed:
            return
        indices = indices[: 1 + self.loader.ahead]
        for cancelled in set(self._images) - set(indices):
            self._images.pop(cancelled).cancel()
        for cancelled in set(self._encoded) - set(indices):
            self._encoded.pop(cancelled).cancel()
        for index in indices:
            if index in self._encoded or (self._video_id, index) in self._cache:
                continue
            image = self._images.get(index) or self.loader.start(index)
            if encode:
                self._images.pop(index, None)
                self._encoded[index] = self._encoders.submit(self._encode_when_loaded, image)
            else:
                self._images[index] = image

    def close(self) -> None:
        self._closed = True
        with self._preemption.waiting_for_others():
            self._encoders.close(run_waiting=False)
            self.loader.close()
        self._reader.close()
        self._last = None

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise LitError(ErrorCode.SESSION_NOT_FOUND, "the session was closed; start another one")

    def _encode_now(self, index: int) -> FrameEmbedding:
        image = self[index]
        threads = tracking_threads() if self.is_encoding else available_threads()
        with use_threads(threads) if self._on_cpu else nullcontext():
            return self._encode(image)

    def _encode_when_loaded(self, image: Future[torch.Tensor]) -> FrameEmbedding:
        return self._encode(self.loader.image(image.result()))
