"""Low-rank adapters and the layers that put them into a mask decoder."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

_PROJECTIONS = ("q_proj", "k_proj", "v_proj")


def lora_targets(decoder: nn.Module) -> tuple[str, ...]:
    """Module paths of the q, k and v projections of the decoder's transformer: 21 in SAM 2, which has seven
    attentions in two blocks and a last one. The order is the decoder's own."""
    return tuple(
        name
        for name, module in decoder.named_modules()
        if name.startswith("transformer.")
        and name.endswith(_PROJECTIONS)
        and isinstance(module, nn.Linear | LoRALinear)
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
    """A linear layer and a low-rank update beside it: `base(x) + scaling * (x @ A.T) @ B.T`.

    The base layer, its bias included, is the decoder's own module and is never written to. A and B stay
    float32 under autocast, as every weight does.
    """

    def __init__(self, base: nn.Linear, down: Tensor, up: Tensor, scaling: float) -> None:
        super().__init__()
        self.base = base
        self.down = down
        self.up = up
        self.scaling = scaling

    @property
    def weight(self) -> Tensor:
        """The base layer's, without the update."""
        return self.base.weight

    @property
    def bias(self) -> Tensor:
        return self.base.bias

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] to [..., out]."""
        update = F.linear(F.linear(x, self.down), self.up)
        return torch.add(self.base(x), update, alpha=self.scaling)


@contextmanager
def attached(decoder: nn.Module, adapter: Adapter) -> Iterator[None]:
    """Has the decoder's projections use the adapter inside the `with` block.

    Afterwards, also after an exception, the very same base modules stand where they stood. Raises ValueError
    where the adapter was made for other targets, or while another one is attached.
    """
    bases: dict[str, Any] = {name: decoder.get_submodule(name) for name in lora_targets(decoder)}
    if set(bases) != set(adapter.targets):
        raise ValueError("the adapter's targets are not the q, k and v projections of this decoder")
    if any(isinstance(base, LoRALinear) for base in bases.values()):
        raise ValueError("another adapter is attached to this decoder; detach it first")
    try:
        for name, base in bases.items():
            decoder.set_submodule(name, LoRALinear(base, adapter.down[name], adapter.up[name], adapter.scaling))
        yield
    finally:
        for name, base in bases.items():
            decoder.set_submodule(name, base)
