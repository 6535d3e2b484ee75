"""What `--compile` compiles on a GPU, traced by torch.compile on the CPU and run without its code generator."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from unittest import mock

import pytest
import torch

from sam2_lit.engine.device.kernels import Kernels
from sam2_lit.engine.tracking.gpu_memory_attention import GpuMemoryAttention
from sam2_lit.engine.tracking.mask_decoder import MaskDecoder
from sam2_lit.engine.tracking.memory_reader import SelectedMemory
from tests.small_model import load_small


def untraced(function: Callable[..., Any], *examples: torch.Tensor) -> Callable[..., Any]:
    """What `as_graph` returns on a GPU."""
    return function


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    graphs = [
        mock.patch(f"sam2_lit.engine.tracking.{name}.as_graph", untraced)
        for name in ("attention_layer", "memory_attention", "memory_projections", "mask_decoder")
    ]
    for each in graphs:
        each.start()
    with torch.random.fork_rng():
        yield load_small(tmp_path_factory.mktemp("model"), "cpu").predictor
    for each in graphs:
        each.stop()


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many graphs were compiled since."""
    from torch._dynamo.utils import counters

    torch._dynamo.reset()
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="eager", fullgraph=True))
    before = counters["stats"]["unique_graphs"]
    return lambda: int(counters["stats"]["unique_graphs"] - before)


@torch.inference_mode()
def test_memory_attention_is_compiled_for_one_object_and_for_several(predictor: Any, eager: Callable[[], int]) -> None:
    embedding = predictor.encode_image(torch.rand(3, predictor.image_size, predictor.image_size))
    attention = GpuMemoryAttention(predictor, Kernels(), compiled=True)
    for objects in (1, 3):
        outputs = [
            predictor.encode_memory(embedding, predictor.decode(embedding, embedding.top + each))[0]
            for each in range(objects)
        ]
        for frames in (1, 2, predictor.num_maskmem):
            memories = [
                SelectedMemory(
                    tuple((place, output) for place in range(frames)),
                    tuple((place + 1, output["obj_ptr"]) for place in range(frames)),
                )
                for output in outputs
            ]
            expected = predictor.condition(embedding, memories, 20)
            found = attention.condition(embedding.self_attended, memories, 20)
            torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-3)

    assert eager() <= 3


@torch.inference_mode()
def test_the_mask_decoder_is_compiled_for_one_object_and_for_several(predictor: Any, eager: Callable[[], int]) -> None:
    embedding = predictor.encode_image(torch.rand(3, predictor.image_size, predictor.image_size))
    decoder = MaskDecoder(predictor, compiled=True)
    for objects in (1, 3):
        conditioned = torch.cat([embedding.top + each for each in range(objects)])
        expected, found = predictor.decode(embedding, conditioned), decoder(embedding, conditioned)
        torch.testing.assert_close(found.logits, expected.logits, atol=1e-3, rtol=1e-3)
        torch.testing.assert_close(found.pointers, expected.pointers, atol=1e-3, rtol=1e-3)

    assert eager() <= 3
