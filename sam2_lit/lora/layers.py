"""Low-rank adapters of SAM 2's mask decoder, and the decoder that uses one."""

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

_PROJECTIONS = ("q_proj", "k_proj", "v_proj")


def lora_targets(decoder: nn.Module) -> tuple[str, ...]:
    """Module paths of the q, k and v projections in the decoder's transformer, in the decoder's own order.

    SAM 2 has 21: three in each of seven attentions, which are three in each of two blocks and a final one.
    """
    return tuple(
        name
        for name, module in decoder.named_modules()
        if name.startswith("transformer.") and name.endswith(_PROJECTIONS) and isinstance(module, nn.Linear)
    )


@dataclass(frozen=True, eq=False)
class Adapter:
    """Low-rank weights for a decoder's projections (Hu et al., "LoRA", arXiv 2106.09685, section 4.1).

    - down: for each target (module path in the decoder), A: [rank, in], float32.
    - up: for each target, B: [out, rank], float32.
    - alpha: the update added to a target's weight is `alpha / rank * B @ A`.
    """

    alpha: float
    down: Mapping[str, Tensor]
    up: Mapping[str, Tensor]

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self.down)

    @property
    def rank(self) -> int:
        return next(iter(self.down.values())).shape[0]

    @property
    def scaling(self) -> float:
        return self.alpha / self.rank

    def at_strength(self, strength: float) -> "Adapter":
        """The adapter whose updates are this fraction of these: its weights, interpolated with the base model's."""
        return replace(self, alpha=self.alpha * strength)

    def fits(self, decoder: nn.Module) -> bool:
        """Whether it is for a decoder with projections of these names and sizes."""
        weights = {name: decoder.get_submodule(name).weight for name in lora_targets(decoder)}
        if set(self.targets) != set(weights):
            return False
        for name, weight in weights.items():
            assert isinstance(weight, Tensor)
            outputs, inputs = weight.shape
            if self.down[name].shape != (self.rank, inputs) or self.up[name].shape != (outputs, self.rank):
                return False
        return True

    @property
    def parameter_count(self) -> int:
        return sum(self.down[name].numel() + self.up[name].numel() for name in self.targets)

    def to(self, device: torch.device | str) -> "Adapter":
        return Adapter(
            self.alpha,
            {name: tensor.to(device) for name, tensor in self.down.items()},
            {name: tensor.to(device) for name, tensor in self.up.items()},
        )


def fresh_adapter(decoder: nn.Module, rank: int, alpha: float, generator: Generator) -> Adapter:
    """An adapter that changes nothing yet: A as `nn.Linear` starts its weights (Kaiming uniform), B zero.

    `generator` is a CPU generator, so that the same seed gives the same adapter on every device.
    """
    down, up = {}, {}
    for name in lora_targets(decoder):
        weight = decoder.get_submodule(name).weight
        assert isinstance(weight, Tensor)
        outputs, inputs = weight.shape
        start = torch.empty(rank, inputs)
        nn.init.kaiming_uniform_(start, a=math.sqrt(5), generator=generator)
        down[name] = start.to(weight.device)
        up[name] = torch.zeros(outputs, rank, device=weight.device)
    return Adapter(alpha, down, up)


class LoRALinear(nn.Module):
    """A frozen linear layer plus a low-rank update: `base(x) + scaling * (x @ A.T) @ B.T`.

    A and B stay float32 under autocast, as every weight does.
    """

    def __init__(self, base: nn.Module, down: Tensor, up: Tensor, scaling: float) -> None:
        super().__init__()
        self.base = base
        self.down = down
        self.up = up
        self.scaling = scaling

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] to [..., out]."""
        update = F.linear(F.linear(x, self.down), self.up)
        return torch.add(self.base(x), update, alpha=self.scaling)


def adapted_decoder(decoder: nn.Module, adapter: Adapter) -> nn.Module:
    """A mask decoder that uses an adapter and shares every weight with `decoder`, which is only read.

    Only the modules above a target are copied, and each target is replaced by a `LoRALinear`. Raises ValueError where
    the adapter was made for other targets.
    """
    targets = lora_targets(decoder)
    if set(targets) != set(adapter.targets):
        raise ValueError("the adapter's targets are not the q, k and v projections of this decoder")
    above = {"", *(prefix for name in targets for prefix in _prefixes(name))}
    # deepcopy takes what the memo has in place of a copy.
    memo: dict[int, Any] = {id(module): module for name, module in decoder.named_modules() if name not in above}
    memo |= {id(tensor): tensor for tensor in (*decoder.parameters(), *decoder.buffers())}
    for name in targets:
        base = decoder.get_submodule(name)
        memo[id(base)] = LoRALinear(base, adapter.down[name], adapter.up[name], adapter.scaling)
    return copy.deepcopy(decoder, memo)


def _prefixes(name: str) -> list[str]:
    """Of "a.b.c": "a" and "a.b"."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
