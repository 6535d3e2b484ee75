"""Checks of a GPU's memory: what running out of it leaves, and how much is used."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpu_check.bench import Bench
from benchmarks.gpu_check.learning import corrected, corrections, trained
from sam2_lit.engine.device.device_budgets import divide
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.machine_errors import is_out_of_memory
from sam2_lit.records.prompts import PointPrompt

_MIB, _GIB = 2**20, 2**30
_ELSEWHERE = PointPrompt(((0.4, 0.6),), (1,), True)

Run = Callable[[], list[Tensor]]
"""A step in which memory may run out: on the tensors that it returns it is compared."""


def out_of_memory(bench: Bench) -> None:
    """Steps in which memory runs out say so, and afterwards do what they do in a tracker that never failed."""
    predictor = bench.model(bench.scale.large)
    before, predictor.batch_bytes = predictor.batch_bytes, 1
    try:
        _tracking_runs_out(bench, predictor)
    finally:
        predictor.batch_bytes = before
    _learning_runs_out(bench)


def _tracking_runs_out(bench: Bench, predictor: Any) -> None:
    last = bench.scale.short - 1
    results: dict[str, list[list[Tensor]]] = {"a click on a new frame": [], "a frame of four objects": []}
    for fails in (False, True):
        with bench.tracking(predictor, 4) as tracker:
            bench.track(tracker, range(last - 1))

            def click() -> list[Tensor]:
                return [torch.from_numpy(tracker.prompt(1, last, _ELSEWHERE).mask)]

            def track() -> list[Tensor]:
                # Objects that counted as tracked after a failure would be left out.
                masks = tracker.track(last - 1, False, again=False)
                return [tracker.logits(each.object_id, last - 1).float().cpu() for each in masks]

            for (name, found), run in zip(results.items(), (click, track), strict=True):
                found.append(_after_failure(bench, name, run) if fails else run())
    for name, (expected, found) in results.items():
        is_equal = len(found) == len(expected) and all(map(torch.equal, found, expected))
        bench.report.check(f"{name}, again after memory ran out", is_equal, is_equal, "as if it had not")


def _learning_runs_out(bench: Bench) -> None:
    with corrected(bench, bench.scale.large) as (predictor, tracker, samples):
        _, result = trained(bench, predictor, samples[-1:])
        bank = AdapterBank()
        bank.add(result, samples[-1])

        def learn() -> list[Tensor]:
            steps, _ = trained(bench, predictor, samples[-1:])
            return [torch.tensor([each.loss for each in steps])]

        def decode() -> list[Tensor]:
            [sample] = corrections(bench, tracker, 1)
            return [each.mask.logits.cpu() for each in bank.candidates(predictor, sample.features)]

        for name, run in (("a training", learn), ("candidates", decode)):
            expected, found = run(), _after_failure(bench, name, run)
            apart = max(float((one - other).abs().max()) for one, other in zip(found, expected, strict=True))
            bench.report.check(f"{name}, again after memory ran out", apart <= 1e-3, f"{apart:.1e}", "at most 1e-3")


def _after_failure(bench: Bench, name: str, run: Run) -> list[Tensor]:
    """What a step returns after memory ran out in it."""
    allocated = torch.cuda.memory_allocated()
    failure = ""
    try:
        with bench.short_of_memory():
            returned = run()
    except Exception as error:
        failure = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        bench.report.check(f"{name}: memory that runs out is recognized", is_out_of_memory(error), failure, "yes")
    if not failure:
        bench.report.measured(f"{name} fits into 64 MiB", "")
        return returned
    left = (torch.cuda.memory_allocated() - allocated) / _MIB
    bench.report.check(f"{name}: memory left allocated", left <= 64, f"{left:.0f} MiB", "at most 64 MiB")
    return run()


def gpu_memory(bench: Bench) -> None:
    """How much tracking ten objects takes, against what is set aside for it on a card of 8 GiB."""
    started = torch.cuda.memory_allocated()
    predictor = bench.new_model(bench.scale.large)
    loaded = torch.cuda.memory_allocated() - started
    bench.report.measured(f"{bench.scale.large}: weights", f"{loaded / _MIB:.0f} MiB")
    budgets = divide(8 * _GIB - _GIB // 2 - loaded, cuda_graphs=True)
    predictor.batch_bytes = budgets.batch
    peaks, held = [], torch.cuda.memory_allocated()
    with bench.tracking(predictor, 10) as tracker:
        for index in range(bench.scale.short):
            before = torch.cuda.memory_allocated()
            torch.cuda.reset_peak_memory_stats()
            bench.track(tracker, range(index, index + 1))
            peaks.append(torch.cuda.max_memory_allocated() - before)
        embedding = tracker.frames.embedding(0)
        kept = torch.cuda.memory_allocated() - held
    bench.report.measured(f"{bench.scale.large}: an embedding", f"{embedding.nbytes / _MIB:.1f} MiB")
    text = f"{kept / _MIB / bench.scale.short / 10:.1f} MiB"
    bench.report.measured(f"{bench.scale.large}: kept of an object and frame", text)
    peak, most = max(peaks), budgets.working
    bench.report.check(
        f"{bench.scale.large}: a frame of 10 objects", peak <= most, f"{peak / _MIB:.0f} MiB", f"{most / _MIB:.0f} MiB"
    )
