"""CPU time of tracking a frame with the parts of the model traced by TorchScript, exported by torch.export, and plain.

The three alternate frame by frame on one thread; the times are medians of that thread's CPU time. Each tracks the same
frame repeatedly, with the memory of the frames before it. `python -m benchmarks.graphs [OBJECTS...]` prints each part
separately, and how far the masks of the three are apart. Exporting takes minutes, once.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn

from benchmarks.result import Result
from sam2_lit.engine.device.cpu_threads import flush_denormals, single_threaded
from sam2_lit.engine.device.graphs import as_graph
from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.tracking.predictor import LitPredictor

FRAMES, WARM, READ = 60, 12, 7
PARTS = ("encode_image", "condition", "decode", "encode_memory")


class _Part(nn.Module):
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *tensors: Tensor) -> Any:
        return self.function(*tensors)


def exported(function: Callable[..., Any], *examples: Tensor) -> Callable[..., Any]:
    """`function` as the module of a torch.export program, for any batch and any number of keys."""
    shapes = tuple({dim: torch.export.Dim.AUTO for dim in range(example.dim())} for example in examples)
    with torch.inference_mode(False), torch.no_grad():
        program = torch.export.export(
            _Part(function), tuple(each.clone() for each in examples), dynamic_shapes=(shapes,), strict=False
        )
        return program.module()


def plain(function: Callable[..., Any], *examples: Tensor) -> Callable[..., Any]:
    return function


FORMS = {"TorchScript": as_graph, "torch.export": exported, "plain": plain}


class _Tracking:
    """One predictor that tracks `objects` objects frame after frame."""

    def __init__(self, form: Callable[..., Any], objects: int) -> None:
        model = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
        self.predictor: Any = model.predictor
        rooms = ("attention_layer", "memory_attention", "memory_encoder", "predictor")
        with ExitStack() as stack:
            for room in rooms:
                stack.enter_context(patch(f"sam2_lit.engine.tracking.{room}.as_graph", form))
            self.predictor.prepare()
        self.times: dict[str, list[float]] = defaultdict(list)
        self.image = torch.rand(3, model.image_size, model.image_size, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            embedding = self.predictor.encode_image(self.image)
            [first] = self.predictor.encode_memory(embedding, self.predictor.decode(embedding, embedding.top))
        self.first = [dict(first) for _ in range(objects)]
        self.tracked: list[dict[int, Any]] = [{} for _ in range(objects)]
        self.logits = torch.empty(0)

    @torch.inference_mode()
    def track(self, index: int) -> None:
        embedding = self._timed("encode_image", self.image)
        select = self.predictor.memory_reader.select
        memories = [
            select(index, False, {0: first}, tracked, FRAMES)
            for first, tracked in zip(self.first, self.tracked, strict=True)
        ]
        conditioned = self._timed("condition", embedding, memories, FRAMES)
        decoded = self._timed("decode", embedding, conditioned)
        for tracked, output in zip(self.tracked, self._timed("encode_memory", embedding, decoded), strict=True):
            tracked[index] = output
            tracked.pop(index - READ, None)
        self.logits = decoded.logits

    def _timed(self, name: str, *arguments: Any) -> Any:
        began = time.thread_time()
        outcome = getattr(self.predictor, name)(*arguments)
        self.times[name].append(time.thread_time() - began)
        return outcome

    def milliseconds(self, *names: str) -> float:
        """The median over the frames whose memory is full, of the parts named together."""
        frames = zip(*(self.times[name][WARM:] for name in names), strict=True)
        return median(map(sum, frames)) * 1000


def run(objects: int = 1) -> Iterator[Result]:
    """A frame in each form, compared with TorchScript."""
    tracked = _track(objects)
    reference = tracked["TorchScript"].milliseconds(*PARTS)
    for name, each in tracked.items():
        value = each.milliseconds(*PARTS)
        yield Result(f"graphs: a frame, {objects} objects, {name}", value, "ms", reference, reference / value, FRAMES)


def _track(objects: int) -> dict[str, _Tracking]:
    flush_denormals()
    with single_threaded():
        # An exported program insists on equal batch sizes, and objects share the queries of the first layer.
        tracked = {
            name: _Tracking(form, objects) for name, form in FORMS.items() if form is not exported or objects == 1
        }
        for index in range(1, FRAMES):
            # Each goes first on every third frame.
            order = list(tracked.values())
            for each in order[index % 3 :] + order[: index % 3]:
                each.track(index)
    return tracked


def main() -> None:
    for objects in map(int, sys.argv[1:] or ["1", "3"]):
        tracked = _track(objects)
        print(f"{objects} objects, median ms:", *PARTS, "frame", "furthest logit from TorchScript's", sep="  ")
        for name, each in tracked.items():
            apart = float((each.logits - tracked["TorchScript"].logits).abs().max())
            columns = [each.milliseconds(part) for part in PARTS] + [each.milliseconds(*PARTS)]
            print(name.ljust(14), *(f"{column:.2f}" for column in columns), f"{apart:.3g}", sep="  ")


if __name__ == "__main__":
    main()
