"""The functions of torch.cuda and torch.mps that sam2-lit calls, for an emulated device."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch

if TYPE_CHECKING:
    from tests.emulation.device import EmulatedDevice


class Stream:
    """A stream: everything on the emulated device runs at once, so that it only has to be told from others."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self.device = torch.device("cuda", 0)

    def wait_stream(self, other: "Stream") -> None:
        pass


class Event:
    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self._is_recorded = False

    def record(self, stream: Stream | None = None) -> None:
        self._is_recorded = True

    def synchronize(self) -> None:
        assert self._is_recorded, "an event was waited for that was never recorded"


def patch_torch(patch: pytest.MonkeyPatch, emulated: "EmulatedDevice") -> None:
    """Lets PyTorch say that it has a device of the emulated kind, and only that."""
    is_cuda = emulated.device.type == "cuda"
    patch.setattr(torch.cuda, "is_available", lambda: is_cuda)
    patch.setattr(torch.cuda, "device_count", lambda: int(is_cuda))
    patch.setattr(torch.backends.mps, "is_available", lambda: not is_cuda)
    if is_cuda:
        _patch_cuda(patch, emulated)
    else:
        patch.setattr(torch.mps, "empty_cache", lambda: None)
        patch.setattr(torch.mps, "recommended_max_memory", lambda: emulated.free)
        patch.setattr(torch.mps, "driver_allocated_memory", lambda: 0)


def _patch_cuda(patch: pytest.MonkeyPatch, emulated: "EmulatedDevice") -> None:
    local = threading.local()
    default = Stream()

    def current_stream(device: Any = None) -> Stream:
        return getattr(local, "stream", default)

    def set_stream(stream: Stream) -> None:
        local.stream = stream

    @contextmanager
    def stream_block(stream: Stream) -> Iterator[None]:
        before = current_stream()
        set_stream(stream)
        yield
        # As in PyTorch, not after an error in `capture_end`, which runs before this.
        set_stream(before)

    @contextmanager
    def on_device(device: Any) -> Iterator[None]:
        yield

    class CUDAGraph:
        """Records the kernels that are launched between `capture_begin` and `capture_end`, and replays them."""

        def capture_begin(self, *pool: Any, **keywords: Any) -> None:
            self._kernels: list[Any] = []
            emulated.captures += 1
            emulated.captured = self._kernels

        def capture_end(self) -> None:
            emulated.captured = None

        def replay(self) -> None:
            emulated.launches["graph"] += 1
            for kernel in self._kernels:
                kernel.replay()

    class graph:
        """torch.cuda.graph, which leaves the stream as it is where the capture fails."""

        def __init__(self, cuda_graph: CUDAGraph, **keywords: Any) -> None:
            self._graph = cuda_graph

        def __enter__(self) -> None:
            torch.cuda.empty_cache()
            self._before = current_stream()
            set_stream(Stream())
            self._graph.capture_begin()

        def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
            self._graph.capture_end()
            if error is not None:
                raise RuntimeError("CUDA error: operation failed due to a previous error during capture") from error
            set_stream(self._before)

    properties = SimpleNamespace(name="Emulated GPU", major=8, minor=0, total_memory=2 * emulated.free)
    replaced = {
        "is_bf16_supported": lambda including_emulation=True: including_emulation or properties.major >= 8,
        "current_device": lambda: 0,
        "device": on_device,
        "empty_cache": lambda: None,
        "mem_get_info": lambda device=None: (emulated.free, properties.total_memory),
        "memory_reserved": lambda device=None: 0,
        "memory_allocated": lambda device=None: 0,
        "max_memory_allocated": lambda device=None: 0,
        "reset_peak_memory_stats": lambda device=None: None,
        "get_device_properties": lambda device=None: properties,
        "get_device_name": lambda device=None: properties.name,
        "get_device_capability": lambda device=None: (properties.major, properties.minor),
        "synchronize": lambda device=None: emulated.wait("synchronize"),
        "current_stream": current_stream,
        "set_stream": set_stream,
        "stream": stream_block,
        "Stream": Stream,
        "Event": Event,
        "CUDAGraph": CUDAGraph,
        "graph_pool_handle": lambda: (0, 1),
        "is_current_stream_capturing": lambda: emulated.captured is not None,
        "graph": graph,
    }
    for name, value in replaced.items():
        patch.setattr(torch.cuda, name, value)
