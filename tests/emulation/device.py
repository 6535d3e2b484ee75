"""CUDA and MPS emulated on a CPU: tensors that say they are on another device, with their data in the CPU's memory.

It shows what does not depend on the hardware: tensors of two devices in one operator, dtypes under autocast, where the
host waits for the device, how many kernels are launched, what a CUDA graph replays, and what is left after memory ran
out. It does not show the order of streams, the rounding of a device's own kernels, speed, or how much memory is used.
"""

import ctypes
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

_NO_KERNEL = {"_unsafe_view", "empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "lift_fresh"}
_WAITS = {"_local_scalar_dense", "equal", "masked_select", "nonzero", "_unique2", "unique_dim", "unique_consecutive"}
_INDEXING = {"index", "index_put", "index_put_", "_index_put_impl_"}
_WIDE = (torch.float64, torch.complex128)
_MAY_COPY = {"to", "contiguous", "reshape", "flatten"}


class EmulatedTensor(torch.Tensor):
    """A tensor on the emulated device; `data_on_cpu` has its values."""

    data_on_cpu: Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, data: Tensor, device: torch.device) -> "EmulatedTensor":
        made: EmulatedTensor = torch.Tensor._make_wrapper_subclass(
            cls,
            data.shape,
            strides=data.stride(),
            storage_offset=data.storage_offset(),
            dtype=data.dtype,
            device=device,
        )
        made.data_on_cpu = data
        return made

    def __init__(self, data: Tensor, device: torch.device) -> None:
        pass

    def tolist(self) -> Any:
        _active().wait("tolist")
        return self.data_on_cpu.detach().tolist()

    def numpy(self, *, force: bool = False) -> Any:
        raise TypeError(f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() first.")

    def __repr__(self, *arguments: Any, **keywords: Any) -> str:
        return f"EmulatedTensor({tuple(self.shape)}, {self.dtype}, {self.device})"

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _active().run(func, args, kwargs or {})


class Kernel:
    """One operator of a captured graph. `is_launched` is false for views, which need nothing."""

    def __init__(
        self,
        compute: Callable[..., Any],
        args: Any,
        kwargs: Any,
        out: Any,
        *,
        is_launched: bool,
        is_in_place: bool = False,
    ) -> None:
        self._compute, self._args, self._kwargs = compute, args, kwargs
        self._is_launched, self._is_in_place = is_launched, is_in_place
        self._out = _tensors(out)

    @torch.no_grad()
    def replay(self) -> None:
        """Computes again what the operator returned, into the same memory."""
        if self._is_launched:
            made = self._call(lambda value: value)
            for old, new in zip([] if self._is_in_place else self._out, made, strict=False):
                old.copy_(new)

    def run_again(self, made: dict[int, Tensor]) -> None:
        """Runs the operator on what the operators before it made, by the id of what they made first."""
        outputs = self._call(lambda value: made.get(id(value), value))
        made.update(zip(map(id, self._out), outputs, strict=False))

    def _call(self, replaced: Callable[[Any], Any]) -> list[Tensor]:
        return _tensors(self._compute(*_mapped(replaced, self._args), **_mapped(replaced, self._kwargs)))


class Backward:
    """The backward pass of a captured graph: the operators before it run again, with an autograd graph of their own."""

    def __init__(self, grad: Callable[..., Any], before: list[Any], loss: Tensor, inputs: Any, out: Any) -> None:
        self._grad, self._before, self._loss, self._inputs, self._out = grad, before, loss, inputs, out

    def replay(self) -> None:
        made: dict[int, Tensor] = {}
        with torch.enable_grad():
            for each in self._before:
                each.run_again(made)
            gradients = self._grad(made[id(self._loss)], self._inputs)
        for old, new in zip(self._out, gradients, strict=True):
            old.copy_(new)

    def run_again(self, made: dict[int, Tensor]) -> None:
        pass


class EmulatedDevice:
    """An emulated device of one kind, "cuda" or "mps", and what was seen of its use.

    - launches: kernels, by operator. waits: where the host waited for the device, by reason.
    - free: bytes of free memory that `torch.cuda.mem_get_info` reports.
    - captures: how many graphs were captured.
    - captured: the operators of the graph that this thread captures; None while it captures none.
    """

    def __init__(self, kind: str) -> None:
        self.device = torch.device(kind, 0)
        self.launches: Counter[str] = Counter()
        self.waits: Counter[str] = Counter()
        self.free = 8 * 2**30
        self.captures = 0
        self._capturing = threading.local()
        self.keeps_places = False
        self._pinned: set[int] = set()
        self._fail: Callable[[], bool] = lambda: False

    @property
    def captured(self) -> list[Kernel | Backward] | None:
        return getattr(self._capturing, "captured", None)

    @captured.setter
    def captured(self, kernels: list[Kernel | Backward] | None) -> None:
        self._capturing.captured = kernels

    @contextmanager
    def counting(self, *, places: bool = False) -> Iterator[None]:
        """Counts launches and waits from zero; with `places`, each by the line of sam2_lit that caused it too."""
        self.launches.clear()
        self.waits.clear()
        self.keeps_places = places
        try:
            yield
        finally:
            self.keeps_places = False

    @contextmanager
    def out_of_memory(self, after: int, times: int = sys.maxsize) -> Iterator[None]:
        """Launches fail for want of memory: `times` times, after so many that succeed."""
        left, failures = after, times

        def fail() -> bool:
            nonlocal left, failures
            left -= 1
            if left >= 0 or failures == 0:
                return False
            failures -= 1
            return True

        self._fail = fail
        try:
            yield
        finally:
            self._fail = lambda: False

    def wait(self, reason: str) -> None:
        """The host waits for the device."""
        if self.captured is not None:
            raise RuntimeError(f"CUDA error: operation not permitted when stream is capturing ({reason})")
        self.waits[self._placed(reason)] += 1

    def run(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Runs an operator on the data of its tensors."""
        name = func.overloadpacket.__name__
        if name in _MAY_COPY:
            # In inference mode they come here whole, and their schemas say that they return a view.
            with _Mode():
                return func.decompose(*args, **kwargs)
        tensors = _tensors(args, kwargs)
        is_here = any(isinstance(each, EmulatedTensor) for each in tensors)
        target = kwargs.get("device")
        goes_here = is_here if target is None else torch.device(target).type == self.device.type
        if not is_here and not goes_here:
            return self._on_cpu(func, args, kwargs)
        if name == "_to_copy" or name == "copy_":
            self._copy(name, args, kwargs, goes_here)
        elif is_here:
            self._check_devices(name, tensors)
            self._check_waits(name, args)
        signature = _signature(func)
        is_view = signature.is_view
        if goes_here and not is_view and name not in _NO_KERNEL and not self._only_moves(name, args, kwargs):
            if self._fail():
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB (emulated).")
            self.launches[self._placed(name)] += 1
        if torch.is_grad_enabled():
            _require_gradients(tensors)
        inner_args, inner_kwargs = _mapped(_data, args), _mapped(_data, kwargs)
        if target is not None:
            inner_kwargs["device"] = torch.device("cpu")
        inner_kwargs.pop("pin_memory", None)
        out = _compute(func, inner_args, inner_kwargs)
        if not goes_here and name != "copy_":
            return out
        if self.device.type == "mps" and any(each.dtype in _WIDE for each in _tensors(out)):
            raise TypeError(
                "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64."
            )
        if self.captured is not None:
            self.captured.append(
                Kernel(
                    func,
                    inner_args,
                    inner_kwargs,
                    out,
                    is_launched=not is_view and name not in _NO_KERNEL,
                    is_in_place=signature.is_mutable,
                )
            )
        return self._wrapped(signature, args, kwargs, out)

    def is_pinned(self, tensor: Tensor) -> bool:
        return tensor.untyped_storage().data_ptr() in self._pinned

    def _on_cpu(self, func: Any, args: Any, kwargs: Any) -> Any:
        if func.overloadpacket.__name__ == "item" and not isinstance(args[0], Tensor):
            # A Python number that PyTorch had made a tensor of.
            return args[0]
        pinned = kwargs.pop("pin_memory", None)
        made = func(*args, **kwargs)
        if pinned:
            self._pinned.add(made.untyped_storage().data_ptr())
        return made

    def _copy(self, name: str, args: Any, kwargs: Any, goes_here: bool) -> None:
        """Notes whether the host waits for a copy between it and the device."""
        target, source = (args[0], args[1]) if name == "copy_" else (None, args[0])
        is_from_here = isinstance(source, EmulatedTensor)
        goes_here = isinstance(target, EmulatedTensor) if name == "copy_" else goes_here
        if is_from_here == goes_here:
            return
        later = kwargs.get("non_blocking") or (name == "copy_" and len(args) > 2 and args[2])
        # A copy to pageable memory that does not block is made into pinned memory by `to`, but not by `copy_`.
        host = source if goes_here else target
        if not later or (host is not None and not self.is_pinned(host)):
            self.wait("upload" if goes_here else "download")

    def _only_moves(self, name: str, args: Any, kwargs: Any) -> bool:
        """Whether it is a copy between host and device, which is no kernel."""
        if name == "copy_":
            return isinstance(args[0], EmulatedTensor) != isinstance(args[1], EmulatedTensor)
        return name == "_to_copy" and not isinstance(args[0], EmulatedTensor)

    def _check_devices(self, name: str, tensors: list[Tensor]) -> None:
        for each in tensors:
            if isinstance(each, EmulatedTensor) or each.dim() == 0:
                continue
            if name not in _INDEXING:
                raise RuntimeError(
                    f"Expected all tensors to be on the same device, but found at least two devices, {self.device} and"
                    f" cpu! (in aten::{name}, {tuple(each.shape)})"
                )
            self.wait("index uploaded")

    def _check_waits(self, name: str, args: Any) -> None:
        if name in _WAITS:
            self.wait(name)
        elif name in _INDEXING:
            indices = [each for each in args[1] if isinstance(each, Tensor)]
            if any(each.dtype in (torch.bool, torch.uint8) for each in indices):
                self.wait(f"{name} by mask")

    def _wrapped(self, signature: "_Signature", args: Any, kwargs: Any, out: Any) -> Any:
        written = {
            aliases: kwargs.get(name) if place >= len(args) else args[place]
            for place, name, aliases in signature.written
        }

        def wrap(value: Any) -> Any:
            if not isinstance(value, Tensor) or isinstance(value, EmulatedTensor):
                return value
            return EmulatedTensor(value, self.device)

        if not signature.returned:
            return None
        values = out if len(signature.returned) > 1 else (out,)
        made = []
        for aliases, value in zip(signature.returned, values, strict=True):
            if aliases is not None:
                made.append(written[aliases])
            elif signature.is_view and torch.is_inference_mode_enabled() and not _tensors(args)[0].is_inference():
                # A view of a normal tensor is one too.
                with torch.inference_mode(False):
                    made.append(_mapped(wrap, value))
            else:
                made.append(_mapped(wrap, value))
        return tuple(made) if len(values) > 1 else made[0]

    def _placed(self, what: str) -> str:
        if not self.keeps_places:
            return what
        frame = sys._getframe(1)
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if "sam2_lit" in path.parts:
                return f"{what} at {path.name}:{frame.f_lineno}"
            frame = frame.f_back  # type: ignore[assignment]
        return what


class _Mode(TorchDispatchMode):
    """Also sees the operators that make a tensor on the device from none."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _active().run(func, args, kwargs or {})


_current: list[EmulatedDevice] = []


def _active() -> EmulatedDevice:
    return _current[-1]


def _data(value: Any) -> Any:
    return value.data_on_cpu if isinstance(value, EmulatedTensor) else value


def _tensors(*values: Any) -> list[Tensor]:
    """The tensors in arguments or results. torch.utils._pytree takes longer than the operators of a small model."""
    found, waiting = [], list(values)
    for each in waiting:
        if isinstance(each, Tensor):
            found.append(each)
        elif isinstance(each, list | tuple):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
    return found


def _mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """Arguments or results with every value in them replaced."""
    if isinstance(value, list | tuple):
        return type(value)([_mapped(function, each) for each in value])
    if isinstance(value, dict):
        return {name: _mapped(function, each) for name, each in value.items()}
    return function(value)


@dataclass(frozen=True)
class _Signature:
    """What an operator's schema says of aliases.

    - is_view: whether it returns a view. is_mutable: whether it writes to an argument.
    - written: place, name and alias set of the arguments that it writes to.
    - returned: for each result the alias set of the argument that it is, None for a new tensor or a view.
    """

    is_view: bool
    is_mutable: bool
    written: tuple[tuple[int, str, frozenset[str]], ...]
    returned: tuple[frozenset[str] | None, ...]


@cache
def _signature(func: Any) -> _Signature:
    schema = func._schema
    infos = [each.alias_info for each in schema.returns]
    return _Signature(
        any(info is not None and not info.is_write for info in infos),
        schema.is_mutable,
        tuple(
            (place, argument.name, frozenset(argument.alias_info.before_set))
            for place, argument in enumerate(schema.arguments)
            if argument.alias_info is not None and argument.alias_info.is_write
        ),
        tuple(frozenset(info.before_set) if info is not None and info.is_write else None for info in infos),
    )


def _require_gradients(tensors: list[Tensor]) -> None:
    """The autograd engine refuses a device that is not there, so gradients are those of the data on the CPU."""
    for each in tensors:
        if isinstance(each, EmulatedTensor) and each.is_leaf and each.requires_grad:
            each.data_on_cpu.requires_grad_()


def _compute(func: Any, args: Any, kwargs: Any) -> Any:
    if torch.is_grad_enabled() and any(each.requires_grad for each in _tensors(args)):
        # With the data's own autograd graph, which is off below that of the emulated tensors.
        with torch.overrides.enable_reentrant_dispatch():
            return func(*args, **kwargs)
    return func(*args, **kwargs)


def _attention(original: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Scaled dot-product attention as one kernel, since PyTorch chooses among kernels by the device's own code."""

    def attend(query: Tensor, key: Tensor, value: Tensor, *others: Any, **keywords: Any) -> Tensor:
        if not isinstance(query, EmulatedTensor):
            return original(query, key, value, *others, **keywords)
        kind = query.device.type
        if torch.is_autocast_enabled(kind):
            query, key, value = (each.to(torch.get_autocast_dtype(kind)) for each in (query, key, value))
        if not query.dtype == key.dtype == value.dtype:
            raise RuntimeError(
                "Expected query, key, and value to have the same dtype, but got"
                f" {query.dtype}, {key.dtype}, {value.dtype}"
            )
        if torch.is_grad_enabled():
            return (query * query.shape[-1] ** -0.5 @ key.mT).softmax(-1) @ value
        assert isinstance(key, EmulatedTensor) and isinstance(value, EmulatedTensor), "attention on two devices"
        active = _active()
        if active._fail():
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB (emulated).")
        active.launches[active._placed("scaled_dot_product_attention")] += 1
        arguments = (query.data_on_cpu, key.data_on_cpu, value.data_on_cpu, *others)
        attended = original(*arguments, **keywords)
        if active.captured is not None:
            active.captured.append(Kernel(original, arguments, keywords, attended, is_launched=True))
        return EmulatedTensor(attended, active.device)

    return attend


def _gradients(original: Callable[..., Any]) -> Callable[..., Any]:
    def grad(outputs: Any, inputs: Any, *others: Any, **keywords: Any) -> Any:
        if not isinstance(outputs, EmulatedTensor):
            return original(outputs, inputs, *others, **keywords)
        on_cpu = [each.data_on_cpu for each in inputs]
        made = original(outputs.data_on_cpu, on_cpu, *others, **keywords)
        captured = _active().captured
        if captured is not None:
            captured.append(Backward(original, list(captured), outputs.data_on_cpu, on_cpu, made))
        return tuple(EmulatedTensor(each, outputs.device) for each in made)

    return grad


@contextmanager
def emulated(kind: str) -> Iterator[EmulatedDevice]:
    """Within the block, tensors can be on a device of this kind: in this thread, and in threads started in it."""
    # PyTorch's C++ code asks for the guard of a tensor's device also where nothing is computed.
    registry = _guards()
    guards = list(registry)
    registry[_CUDA] = registry[_MPS] = registry[_CPU]
    device = EmulatedDevice(kind)
    _current.append(device)
    run_thread, make_tensor = threading.Thread.run, torch.tensor

    def run(thread: threading.Thread) -> None:
        with _Mode():
            run_thread(thread)

    def tensor(data: Any, *, device: Any = None, **keywords: Any) -> Tensor:
        # Its constructor reads Python numbers into the device's memory without an operator.
        made: Tensor = make_tensor(data, **keywords)
        return made if device is None else made.to(device)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "run", run)
        patch.setattr(torch, "tensor", tensor)
        patch.setattr(F, "scaled_dot_product_attention", _attention(F.scaled_dot_product_attention))
        patch.setattr(torch.autograd, "grad", _gradients(torch.autograd.grad))
        patch.setattr(torch.cuda, "_lazy_init", lambda: None)
        before = torch.__future__.get_overwrite_module_params_on_conversion()
        torch.__future__.set_overwrite_module_params_on_conversion(True)
        from tests.emulation.torch_cuda import patch_torch

        patch_torch(patch, device)
        try:
            with _Mode():
                yield device
        finally:
            torch.__future__.set_overwrite_module_params_on_conversion(before)
            _current.pop()
            registry[:] = guards


# c10/core/DeviceType.h
_CPU, _CUDA, _MPS, _COUNT = 0, 1, 13, 21


def _guards() -> Any:
    """c10's device guards by type of device (c10/core/impl/DeviceGuardImplInterface.h): a build for CPUs has few."""
    library = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libc10.so"))
    return (ctypes.c_void_p * _COUNT).in_dll(library, "_ZN3c104impl26device_guard_impl_registryE")
