"""Checks of training and of comparing adapters, with CUDA graphs and without."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from unittest import mock

import torch
from torch import Tensor

from benchmarks.gpu_check.bench import Bench
from sam2_lit.engine.learning.adapter_training import make_sample
from sam2_lit.engine.learning.candidates import better_candidates
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.lora import cuda_graph
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.lora.decode import decode
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.precision import float32
from sam2_lit.lora.trainer import Sample, TrainingResult, TrainingStep, train
from sam2_lit.lora.training_graphs import TrainingGraphs
from sam2_lit.lora.training_settings import TrainingSettings

_WITHOUT_GRAPH = mock.patch("sam2_lit.lora.training_pass.as_cuda_graph", lambda run, device: run)
_MIB = 2**20


def corrections(bench: Bench, tracker: Tracker, count: int) -> list[Sample]:
    """Corrections of object 1 on the frames from 2 on: both discs are the object."""
    return [
        make_sample(tracker.capture(1, frame).features, bench.mask(frame, 1, 2), frame) for frame in range(2, 2 + count)
    ]


def trained(
    bench: Bench, predictor: Any, samples: list[Sample], graphs: TrainingGraphs | None = None
) -> tuple[list[TrainingStep], TrainingResult]:
    """All steps of a training, of which none is good enough. `graphs` are those of earlier ones."""
    steps: list[TrainingStep] = []
    settings = TrainingSettings(sufficient_iou=1.1, max_steps=bench.scale.training_steps)
    training = train(predictor, samples, settings, graphs=graphs)
    while True:
        bench.clock.check()
        try:
            steps.append(next(training))
        except StopIteration as end:
            return steps, end.value


@contextmanager
def corrected(bench: Bench, name: str) -> Iterator[tuple[Any, Tracker, list[Sample]]]:
    """A model, its tracker after a pass over some frames, and three corrections."""
    predictor = bench.model(name)
    with bench.tracking(predictor, 1) as tracker:
        bench.track(tracker, range(5))
        yield predictor, tracker, corrections(bench, tracker, 3)


def training(bench: Bench) -> None:
    for name in dict.fromkeys(("pocket", bench.scale.large)):
        with corrected(bench, name) as (predictor, _, samples):
            _training_of(bench, name, predictor, samples)


def _training_of(bench: Bench, name: str, predictor: Any, samples: list[Sample]) -> None:
    with mock.patch.object(cuda_graph.logger, "warning") as warned:
        with_graph, replayed = trained(bench, predictor, samples)
    bench.report.check(f"{name}: a CUDA graph is captured", not warned.called, warned.call_count, "0 warnings")
    again, _ = trained(bench, predictor, samples)
    worst = _furthest(with_graph, again)
    bench.report.measured(f"{name}: losses of the same training again", f"{worst:.1e} apart")
    with _WITHOUT_GRAPH:
        without, plain = trained(bench, predictor, samples)
    worst = _furthest(with_graph, without)
    bench.report.check(f"{name}: losses with and without a graph", worst < 1e-3, f"{worst:.1e}", "under 1e-3")
    apart = abs(replayed.training_iou - plain.training_iou)
    bench.report.check(f"{name}: IoU with and without a graph", apart <= 0.01, f"{apart:.4f} apart", "at most 0.01")

    def timed(graphs: TrainingGraphs) -> float:
        started = time.perf_counter()
        trained(bench, predictor, samples[-1:], graphs)
        return time.perf_counter() - started

    graphs = TrainingGraphs()
    first, later = timed(graphs), timed(graphs)
    with _WITHOUT_GRAPH:
        no_graph = timed(TrainingGraphs())
    text = f"{first:.3f} s with a graph, {later:.3f} s with the graph of an earlier one, {no_graph:.3f} s without"
    steps = f"{name}: a correction of {bench.scale.training_steps} steps"
    if bench.emulated is not None:
        bench.report.measured(steps, text)
    else:
        bench.report.check(steps, first <= 0.3, text, "at most 0.3 s")


def training_like_the_cpu(bench: Bench) -> None:
    reference: Any = bench.pocket(device=torch.device("cpu")).predictor
    with corrected(bench, "pocket") as (predictor, _, samples):
        _, found = trained(bench, predictor, samples[-1:])
        _, expected = trained(bench, reference, [_on_cpu(samples[-1])])
    apart = abs(found.training_iou - expected.training_iou)
    bench.report.check("IoU of a training on the CPU", apart <= 0.02, f"{apart:.4f} apart", "at most 0.02")


def candidates(bench: Bench) -> None:
    """Masks of several adapters at once against each alone, and how often the host waits for them."""
    for name in dict.fromkeys(("pocket", bench.scale.large)):
        with corrected(bench, name) as (predictor, _, samples):
            results = [trained(bench, predictor, [sample])[1] for sample in samples[:2]]
            bank, features = AdapterBank(), _in_float32(samples[-1].features)
            for result, sample in zip(results, samples[:2], strict=True):
                bank.add(result, sample)
            worst = 0.0
            with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
                for record, each in zip(bank.records, bank.candidates(predictor, features), strict=True):
                    with float32(bench.device, gradients=False):
                        alone = decode(predictor, features, bank.decoding_adapter(record.adapter_id))
                    worst = max(worst, float((each.mask.logits.cpu() - alone.logits.cpu()).abs().max()))
            bench.report.check(f"{name}: candidates against one adapter", worst <= 1e-3, f"{worst:.1e}", "at most 1e-3")
            before = bench.mask(3, 1)
            for count in (2, 8):
                while len(bank) < count:
                    bank.add(results[-1], samples[1])
                weigh = partial(better_candidates, predictor, bank, samples[-1].features, 3, before, 1)
                weigh()
                waits = bench.waits(weigh)
                bench.report.check(f"{name}: waits of weighing {count} adapters", waits <= 3, waits, "at most 3")


def failed_capture(bench: Bench) -> None:
    """A capture that cannot be leaves the thread's stream, and does not harm the next one."""
    numbers, before = torch.ones(4, device=bench.device), torch.cuda.current_stream()

    def waits() -> float:
        return float(numbers.sum().item())

    with mock.patch.object(cuda_graph, "_can_capture", True):
        value = cuda_graph.as_cuda_graph(waits, bench.device)()
        bench.report.check("a function that cannot be captured still runs", value == 4, value, "4.0")
    is_same = torch.cuda.current_stream() == before
    bench.report.check("the stream after a capture that failed", is_same, is_same, "as before")
    torch.cuda.empty_cache()
    with mock.patch.object(cuda_graph, "_can_capture", True):
        replayed = cuda_graph.as_cuda_graph(lambda: numbers * 2, bench.device)
        numbers += 1
        found = replayed().tolist()
    bench.report.check("a good capture after it", found == [4.0] * 4, found, "[4.0, 4.0, 4.0, 4.0]")


def capture_during_other_work(bench: Bench) -> None:
    """Trainings capture graphs while another thread uses the device; and their memory is given back."""
    with corrected(bench, "pocket") as (predictor, tracker, samples):
        logits = tracker.logits(1, 3)
        expected = tracker.at_video_size(logits)
        wrong, rounds, done = [], 0, threading.Event()

        def other_work() -> None:
            nonlocal rounds
            while not done.is_set():
                torch.empty(2**26, device=bench.device)
                if (tracker.at_video_size(logits) != expected).any():
                    wrong.append(rounds)
                rounds += 1

        trained(bench, predictor, samples[-1:])
        allocated = torch.cuda.memory_allocated()
        thread = threading.Thread(target=other_work)
        with mock.patch.object(cuda_graph.logger, "warning") as warned:
            thread.start()
            try:
                for _ in range(bench.scale.trainings):
                    trained(bench, predictor, samples[-1:])
            finally:
                done.set()
                thread.join()
    bench.report.check("captures while another thread works", not warned.called, warned.call_count, "0 warnings")
    bench.report.check("masks of that thread", not wrong, f"{len(wrong)} of {rounds} wrong", "0")
    more = (torch.cuda.memory_allocated() - allocated) / _MIB
    bench.report.check("memory after ten trainings", more <= 8, f"{more:.1f} MiB more", "at most 8 MiB")


def _furthest(one: list[TrainingStep], other: list[TrainingStep]) -> float:
    return max(abs(a.loss / b.loss - 1) for a, b in zip(one, other, strict=True))


def _on_cpu(sample: Sample) -> Sample:
    features = sample.features

    def moved(tensor: Tensor) -> Tensor:
        return tensor.cpu().clone()

    copied = DecoderFeatures(
        moved(features.image_embedding), tuple(map(moved, features.high_resolution)), features.multimask
    )
    return replace(sample, features=copied, target=moved(sample.target))


def _in_float32(features: DecoderFeatures) -> DecoderFeatures:
    with torch.inference_mode(False), torch.no_grad():
        levels = tuple(each.float().clone() for each in features.high_resolution)
        return DecoderFeatures(features.image_embedding.float().clone(), levels, features.multimask)
