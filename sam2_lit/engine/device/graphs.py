"""Parts of tracking a frame whose operators follow each other without Python in between."""

import logging
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

logger = logging.getLogger("sam2_lit.engine")

TensorFunction = Callable[..., Any]
"""Tensors in, a tensor or a tuple of them out; what it does depends on nothing else."""


def as_graph(function: TensorFunction, *examples: Tensor) -> TensorFunction:
    """`function` as a TorchScript graph: the same operators on the same weights, for any batch, so the same numbers.

    `examples` are of a batch of two, since a batch of one would be taken for a constant. On a CPU a frame has hundreds
    of operators of some ten microseconds, between which Python would take as long again. Elsewhere, and where PyTorch
    cannot trace it, it is `function` itself.
    """
    if examples[0].device.type != "cpu":
        return function

    def run(*tensors: Tensor) -> Any:
        # Methods of modules and modules themselves would be traced with their parameters as inputs.
        return function(*tensors)

    with warnings.catch_warnings():
        # Of shapes taken for constants, which they are but for the batch, and of PyTorch's plans for TorchScript.
        warnings.simplefilter("ignore")
        try:
            trace: Any = torch.jit.trace
            graph: TensorFunction = trace(run, examples, check_trace=False)
        except (NotImplementedError, RuntimeError) as error:
            logger.warning("a part of the model runs without a graph, somewhat slower: %s", error)
            return function
    return graph
