"""Which implementation computes a product, a convolution or an attention: the fastest on this CPU, found by timing.

PyTorch multiplies float32 matrices by MKL and has a fused attention; oneDNN is in most of its builds too. Which is
faster depends on the CPU: more than twice on some, a little slower on others. So they are timed, each at the shapes
that the model has, on one thread. Results differ by rounding, so the choice is stored: a session that is resumed gives
the masks, to the bit, that it would have given. A new CPU or release of PyTorch is measured again.
"""

import logging
import math
import platform
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.device.choice_file import read_choices, write_choices
from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.device.torch_private import (
    attention_with_sums,
    has_onednn_linear,
    onednn_attention,
    onednn_linear,
)

logger = logging.getLogger("sam2_lit.engine")

Kernel = Callable[..., Any]
"""Takes tensors and returns a tensor or a tuple of them."""

_GAIN = 1.3
# Rounds that are not timed: a graph is optimized in its second run.
_WARM, _TIMED = 2, 10
# After this many, only what is faster by this factor is timed further.
_FEW, _PROMISING = 2, 1.1
_OPERATIONS = 10**8
_TOLERANCE = 1e-3

LINEAR: dict[str, Kernel] = {"torch": F.linear}
"""Of x [..., in], weight [out, in] and bias [out] or None: [..., out]. Only the first has gradients."""

ATTENTION: dict[str, Kernel] = {"fused": attention_with_sums}
"""As `torch_private.attention_with_sums`."""

if has_onednn_linear():
    LINEAR["onednn"] = onednn_linear()
    ATTENTION["onednn"] = onednn_attention()


class Kernels:
    """Names the implementation to use for a shape: always the first, which is PyTorch's own."""

    def fastest(self, shape: str, implementations: Mapping[str, Kernel], *inputs: Tensor, rows: int | None) -> str:
        """The name of one of `implementations`, which compute the same up to rounding.

        Args:
            shape: identifies the operation and its sizes.
            inputs: examples of its arguments.
            rows: the dimension of the first argument, and of every result, that may be split; None if none may.
        """
        return next(iter(implementations))

    def linear(self, rows: int, inputs: int, outputs: int) -> str:
        """A key of `LINEAR`, for `rows` rows or any other number."""
        rows = min(rows, max(64, _OPERATIONS // (2 * inputs * outputs)))
        x, weight, bias = _examples((1, rows, inputs), (outputs, inputs), (outputs,))
        return self.fastest(f"linear {rows} {inputs} {outputs}", LINEAR, x, weight, bias, rows=1)

    def attention(self, rows: int, keys: int, heads: int, width: int) -> str:
        """A key of `ATTENTION`, for `rows` queries, or any other number, of `heads` heads `width` wide."""
        rows = min(rows, max(32, _OPERATIONS // (keys * heads * width)))
        q, k, v = _examples((1, heads, rows, width), (1, heads, keys, width), (1, heads, keys, width))
        return self.fastest(f"attention {rows} {keys} {heads} {width}", ATTENTION, q, k, v, rows=2)


class MeasuredKernels(Kernels):
    """Names the fastest implementation, which is timed unless it is known.

    Another than the first must be 1.3 times as fast: smaller differences are not worth another rounding, and a busy
    machine would measure them otherwise the next time. It must round the same for half as many rows and on two threads.
    """

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        """`known` has a name for each shape that was measured before."""
        self.chosen = dict(known or {})
        self.timings: dict[str, dict[str, float]] = {}
        """For each shape that was measured: the seconds of each implementation that works here."""
        self.measuring = 0.0
        """Seconds that all measurements took."""

    @property
    def summary(self) -> str:
        """What was chosen of what was measured, for the log."""
        others = [
            f"{self.chosen[shape]} for {shape} ({next(iter(seconds.values())) / seconds[self.chosen[shape]]:.2f} x)"
            for shape, seconds in self.timings.items()
            if self.chosen[shape] != next(iter(seconds))
        ]
        return ", ".join([*others, f"PyTorch's own for {len(self.timings) - len(others)} shapes"])

    def fastest(self, shape: str, implementations: Mapping[str, Kernel], *inputs: Tensor, rows: int | None) -> str:
        known = self.chosen.get(shape)
        if known is not None and known in implementations:
            return known
        started = time.perf_counter()
        standard = next(iter(implementations))
        with torch.inference_mode(), use_threads(1):
            seconds = _seconds(implementations, inputs)
            faster = [name for name in seconds if seconds[standard] >= _GAIN * seconds[name]]
            dependable = [
                name
                for name in sorted(faster, key=seconds.__getitem__)
                if _is_dependable(implementations[name], implementations[standard], inputs, rows)
            ]
        self.timings[shape] = seconds
        self.chosen[shape] = next(iter(dependable), standard)
        self.measuring += time.perf_counter() - started
        return self.chosen[shape]


@contextmanager
def choosing_kernels(file: Path) -> Iterator[Kernels]:
    """Chooses kernels within the block, and stores the choice in `file` at its end. Other processes wait meanwhile.

    A file that cannot be read or is of another program is replaced. Where none can be written nothing is chosen,
    since a later process might choose otherwise.
    """
    cpu = f"{cpu_name()}; torch {torch.__version__}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(file.with_suffix(".lock")).acquire()
    except OSError as error:
        logger.warning("PyTorch's own kernels are used: %s cannot be written (%s)", file, error)
        yield Kernels()
        return
    with lock:
        stored = _read(file)
        if not _write(file, stored):
            yield Kernels()
            return
        kernels = MeasuredKernels(stored.get(cpu))
        yield kernels
        if kernels.timings:
            logger.info("kernels measured in %.1f s on %s: %s", kernels.measuring, cpu, kernels.summary)
            _write(file, {**stored, cpu: kernels.chosen})


def cpu_name() -> str:
    """The CPU's model and the vector instructions that PyTorch uses on it."""
    model = platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text()
        fields = dict(re.findall(r"^(model name|cpu family|model)\s*: (.*)$", lines, re.MULTILINE))
        # Cloud machines may all be called "AMD EPYC".
        model = " ".join(fields[each] for each in ("model name", "cpu family", "model") if each in fields) or model
    return f"{model}, {torch.backends.cpu.get_cpu_capability()}"


def _examples(*shapes: tuple[int, ...]) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator) for shape in shapes]


def _seconds(implementations: Mapping[str, Kernel], inputs: tuple[Tensor, ...]) -> dict[str, float]:
    """The least CPU time of each that works here; they take turns, so that what disturbs one disturbs all."""
    least: dict[str, float] = {}
    for turn in range(_WARM + _TIMED):
        if turn == _WARM + _FEW:
            first, *others = least.values()
            if all(first < _PROMISING * each for each in others):
                break
        for name, kernel in implementations.items():
            started = time.thread_time()
            with suppress(RuntimeError, NotImplementedError):
                kernel(*inputs)
                if turn >= _WARM:
                    least[name] = min(least.get(name, math.inf), max(time.thread_time() - started, 1e-9))
    return least


def _is_dependable(kernel: Kernel, standard: Kernel, inputs: tuple[Tensor, ...], rows: int | None) -> bool:
    """Whether a kernel computes what `standard` does, and rounds the same for some rows and on threads."""
    first, *others = inputs
    whole = parts = _tensors(kernel(*inputs))
    with use_threads(2):
        on_two_threads = _tensors(kernel(*inputs))
    if rows is not None:
        halves = [_tensors(kernel(half, *others)) for half in first.chunk(2, rows)]
        parts = [torch.cat(both, rows) for both in zip(*halves, strict=True)]
    expected = _tensors(standard(*inputs))
    return all(
        torch.equal(one, two) and torch.equal(one, part) and _is_close(one, right)
        for one, two, part, right in zip(whole, on_two_threads, parts, expected, strict=True)
    )


def _is_close(found: Tensor, expected: Tensor) -> bool:
    return bool((found - expected).abs().max() <= _TOLERANCE * expected.abs().max())


def _tensors(result: Any) -> list[Tensor]:
    return list(result) if isinstance(result, tuple) else [result]


def _read(file: Path) -> dict[str, dict[str, str]]:
    """The choices in a file, by CPU; none if it is not one that `_write` wrote."""
    return {
        cpu: {shape: name for shape, name in chosen.items() if isinstance(name, str)}
        for cpu, chosen in read_choices(file).items()
    }


def _write(file: Path, choices: Mapping[str, Mapping[str, str]]) -> bool:
    """Replaces the file; False, and a warning, where it cannot be written."""
    try:
        write_choices(file, choices)
    except OSError as error:
        logger.warning("PyTorch's own kernels are used: %s cannot be written (%s)", file, error)
        return False
    return True
