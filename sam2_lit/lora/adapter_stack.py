"""Stacks several adapters of one mask decoder, and merges them into its weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam2_lit.lora.layers import Adapter, lora_targets

Weights = Mapping[str, Tensor]
"""Target to the weight of its projection with the adapters' updates added: [K, out, in]."""


@dataclass(frozen=True, eq=False)
class AdapterStack:
    """The weights of K adapters, a tensor for each shape of a target, in the order of `Stacking.shapes`.

    - down: [K * targets of that shape, rank, in], float32;
    - up: [K * targets of that shape, out, rank], float32.
    - scaling: what the updates B @ A are multiplied by; 1 where it is in `up` already.
    """

    count: int
    down: tuple[Tensor, ...]
    up: tuple[Tensor, ...]
    scaling: float

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        return (*self.down, *self.up)


class Stacking:
    """Converts between adapters of one decoder and stacks of them. Only reads the decoder's weights."""

    def __init__(self, decoder: nn.Module) -> None:
        self.targets = lora_targets(decoder)
        self.shapes: dict[tuple[int, int], list[str]] = {}
        weights = {name: _weight(decoder, name) for name in self.targets}
        for name, weight in weights.items():
            outputs, inputs = weight.shape
            self.shapes.setdefault((outputs, inputs), []).append(name)
        self._bases = tuple(torch.stack([weights[name] for name in names]) for names in self.shapes.values())

    def stack(self, adapters: Sequence[Adapter]) -> AdapterStack:
        """Copies the adapters' weights, with ranks padded by zeros to the greatest."""
        rank = max(adapter.rank for adapter in adapters)
        one = len(adapters) == 1
        down, up = [], []
        for names in self.shapes.values():
            rows = [_padded(a.down[name], rank, 0) for a in adapters for name in names]
            columns = [_padded(a.up[name] * (1.0 if one else a.scaling), rank, 1) for a in adapters for name in names]
            down.append(torch.stack(rows))
            up.append(torch.stack(columns))
        return AdapterStack(len(adapters), tuple(down), tuple(up), adapters[0].scaling if one else 1.0)

    def unstack(self, stack: AdapterStack) -> Adapter:
        """Copies the adapter of a stack of one."""
        down: dict[str, Tensor] = {}
        up: dict[str, Tensor] = {}
        for names, rows, columns in zip(self.shapes.values(), stack.down, stack.up, strict=True):
            down.update(zip(names, rows.detach().clone(), strict=True))
            up.update(zip(names, columns.detach().clone(), strict=True))
        rank = stack.down[0].shape[1]
        return Adapter(
            stack.scaling * rank,
            {name: down[name] for name in self.targets},
            {name: up[name] for name in self.targets},
        )

    def base_weights(self) -> dict[str, Tensor]:
        """The decoder's own weights, [1, out, in] a target."""
        groups = zip(self.shapes.values(), self._bases, strict=True)
        return {name: weight[None] for names, base in groups for name, weight in zip(names, base, strict=True)}

    def merge(self, stack: AdapterStack) -> dict[str, Tensor]:
        """The decoder's weights plus the updates, [K, out, in] a target; differentiable in the stack's tensors."""
        merged: dict[str, Tensor] = {}
        groups = zip(self.shapes.values(), self._bases, stack.down, stack.up, strict=True)
        for names, base, down, up in groups:
            every = base if stack.count == 1 else base.repeat(stack.count, 1, 1)
            weights = torch.baddbmm(every, up, down, alpha=stack.scaling)
            merged.update(zip(names, torch.unflatten(weights, 0, (stack.count, -1)).unbind(1), strict=True))
        return merged


def _weight(decoder: nn.Module, name: str) -> Tensor:
    weight = decoder.get_submodule(name).weight
    assert isinstance(weight, Tensor)
    return weight.detach()


def _padded(matrix: Tensor, rank: int, axis: int) -> Tensor:
    missing = rank - matrix.shape[axis]
    return F.pad(matrix, (0, missing) if axis == 1 else (0, 0, 0, missing))
