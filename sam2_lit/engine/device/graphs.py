"""Parts of tracking a frame as TorchScript graphs, whose operators run without Python in between.

TorchScript is deprecated, and stays for now because it is measurably faster. One thread's CPU time of a frame of the
embedded model with one object, medians of `scripts/bench graphs` with torch 2.13, all three equal to the bit:

| torch.jit.trace | plain modules | torch.export's module() |
| --- | --- | --- |
| 156 ms | 166 ms (+6 %) | 175 ms (+12 %) |

Exporting also takes two minutes at every start, and an exported program cannot express that several objects share the
queries of the first layer.

The plan: pyproject.toml bounds torch to releases that have `torch.jit.trace`, and the filter below is for its
deprecation alone. With each release of torch the benchmark is run again, and whichever form is fastest is used. When
TorchScript is removed, `as_graph` returns `function` itself: the masks stay the same, and frames take 6 % longer.
"""

import logging
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

logger = logging.getLogger("sam2_lit.engine")

TensorFunction = Callable[..., Any]
"""Takes tensors and returns a tensor or a tuple of them; depends on nothing else."""


def compiled(function: TensorFunction, device: torch.device, *, dynamic: bool | None = None) -> TensorFunction:
    """`function` through torch.compile, with the options of sam2's `SAM2VideoPredictorVOS` on CUDA.

    Left out are its CUDA graphs: PyTorch's fail on other threads than the first that runs them (pytorch#123177), and
    the device has a thread of its own. `dynamic` is that of torch.compile.
    """
    mode = "max-autotune-no-cudagraphs" if device.type == "cuda" else None
    found: TensorFunction = torch.compile(function, mode=mode, dynamic=dynamic)
    return found


def as_graph(function: TensorFunction, *examples: Tensor) -> TensorFunction:
    """Traces `function`: the same operators on the same weights for any batch size, so the same numbers.

    A frame has hundreds of operators of some ten microseconds on a CPU, and Python takes a similar time between them.
    On other devices, and where PyTorch cannot trace it, `function` itself is returned. Traced under autocast, the graph
    has the casts: it runs without, since TorchScript's own autocast casts other operators than PyTorch's.

    Args:
        function: its weights become constants of the graph.
        examples: its arguments, of a batch of two: a batch size of one would be traced as a constant. Their dtypes are
            those that it will be called with.
    """
    if examples[0].device.type != "cpu":
        return function

    def run(*tensors: Tensor) -> Any:
        # A bound method or a module would be traced with its parameters as inputs.
        return function(*tensors)

    jit: Any = torch.jit
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.trace` is deprecated", DeprecationWarning)
        # Shapes other than the batch size are traced as constants, which they are.
        warnings.filterwarnings("ignore", category=jit.TracerWarning)
        try:
            graph: TensorFunction = jit.trace(run, examples, check_trace=False)
        except (NotImplementedError, RuntimeError) as error:
            logger.warning("a part of the model runs without a graph, which is slower: %s", error)
            return function
    if not torch.is_autocast_enabled("cpu"):
        return graph

    def without_autocast(*tensors: Tensor) -> Any:
        with torch.autocast("cpu", enabled=False):
            return graph(*tensors)

    return without_autocast
