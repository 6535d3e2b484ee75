from pathlib import Path

import pytest
import torch

from sam2_lit.engine.tracking import embedding_cache
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding


def embedding(value: float) -> FrameEmbedding:
    """One of 4 KiB."""
    return FrameEmbedding((torch.full((1, 1, 16, 16), value),) * 2, torch.full((1, 1, 16, 16), value), torch.ones(256))


SIZE = embedding(0).nbytes


def test_a_pass_over_more_frames_than_fit_finds_those_that_fit_the_next_time() -> None:
    cache = EmbeddingCache(3 * SIZE)
    for frame in range(10):
        cache.put(("video", frame), embedding(frame))

    assert [frame for frame in range(10) if cache.get(("video", frame)) is not None] == [0, 1, 2]
    assert cache.nbytes == 3 * SIZE


def test_idle_embeddings_are_evicted(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = EmbeddingCache(2 * SIZE)
    cache.put(("video", 0), embedding(0))
    cache.put(("video", 1), embedding(1))

    monkeypatch.setattr(embedding_cache, "IDLE_SECONDS", 0.0)
    cache.put(("video", 2), embedding(2))

    assert [frame for frame in range(3) if ("video", frame) in cache] == [1, 2]


def test_embeddings_that_do_not_fit_in_memory_are_written_to_disk_within_its_budget(tmp_path: Path) -> None:
    cache = EmbeddingCache(SIZE, 2 * SIZE, tmp_path)
    for frame in range(5):
        cache.put(("video", frame), embedding(frame))

    assert [frame for frame in range(5) if ("video", frame) in cache] == [0, 1, 2]
    assert (cache.nbytes, cache.nbytes_on_disk) == (SIZE, 2 * SIZE)
    found = cache.get(("video", 2))
    assert found is not None
    assert all(torch.equal(a, b) for a, b in zip(found.tensors, embedding(2).tensors, strict=True))


def test_the_embeddings_of_a_discarded_video_are_dropped(tmp_path: Path) -> None:
    cache = EmbeddingCache(2 * SIZE, 2 * SIZE, tmp_path)
    for video in ("one", "two"):
        for frame in range(2):
            cache.put((video, frame), embedding(frame))

    cache.discard_video("one")
    cache.discard_video("two")

    assert (cache.nbytes, cache.nbytes_on_disk) == (0, 0)
