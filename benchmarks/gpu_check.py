"""Checks what only a GPU can show, and measures it, within five minutes: `scripts/gpu-check --out FOLDER`.

Prints a line for each check and writes them to FOLDER/gpu_check.json. A failure ends its check alone; the exit
status is 0 where none failed, 3 without a GPU. `--rehearse` runs the same code on an emulated GPU, at small sizes: its
figures mean nothing, but what fails there would fail on a GPU too.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import torch
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor

from benchmarks import launches
from benchmarks.launches import points
from benchmarks.official import untrained
from sam2_lit import pocket
from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.cpu_threads import available_threads
from sam2_lit.engine.learning.adapter_training import make_sample
from sam2_lit.engine.learning.candidates import better_candidates
from sam2_lit.engine.models.devices import autocast, compute_dtype, select_device
from sam2_lit.engine.models.loading import build_predictor, load_checkpoint
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.memory_file import MemoryFile
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.lora import cuda_graph
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.lora.trainer import Sample, TrainingResult, TrainingStep, train
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.machine_errors import is_out_of_memory
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.prompts import PointPrompt
from tests.clips import Clip, draw_clip
from tests.emulation.device import EmulatedDevice, emulated

SPEED_CASES = (("pocket", 1), ("sam2.1_hiera_tiny", 1), ("sam2.1_hiera_tiny", 8), ("sam2.1_hiera_base_plus", 1))
SPEED_CASES += (("sam2.1_hiera_base_plus", 8), ("sam2.1_hiera_large", 1))
BF16_LARGEST, BF16_MEAN = 0.75, 0.08


@dataclass
class Report:
    """The lines so far."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, status: str, name: str, value: object, expected: str = "") -> None:
        self.lines.append({"status": status, "name": name, "value": str(value), "expected": expected})
        print(f"{status:8} {name}: {value}{f' (expected {expected})' if expected else ''}", flush=True)

    def check(self, name: str, is_right: bool, value: object, expected: str) -> None:
        self.add("PASS" if is_right else "FAIL", name, value, expected)

    @property
    def has_failure(self) -> bool:
        return any(line["status"] == "FAIL" for line in self.lines)


@dataclass
class Bench:
    """Where the checks run. `emulated` is the emulated GPU of a rehearsal, None on a real one."""

    report: Report
    device: torch.device
    clip: Clip
    folder: Path
    frames: int
    emulated: EmulatedDevice | None

    def model(self, name: str, predictor_class: type[SAM2VideoPredictor]) -> Any:
        """A model on the device: `pocket` is trained, the official ones have random weights and see objects."""
        if name == "pocket":
            predictor = build_predictor(pocket.CONFIG, predictor_class)
            load_checkpoint(predictor, pocket.WEIGHTS)
        elif self.emulated is not None:
            predictor = launches.small(name, predictor_class, torch.device("cpu"))
        else:
            predictor = untrained(name, predictor_class)
            torch.nn.init.constant_(predictor.sam_mask_decoder.pred_obj_score_head.layers[-1].bias, 5)
        predictor = predictor.to(self.device).eval()
        if isinstance(predictor, LitPredictor):
            predictor.prepare()
        return predictor

    def tracker(self, predictor: Any, cache: EmbeddingCache | None = None, memory: int = 2**32) -> Tracker:
        source = FrameSource(
            open_video(self.folder), predictor.image_size, predictor.encode_image, cache, device=self.device
        )
        return Tracker(predictor, source, CacheBudget(2**32), CacheBudget(memory), MemoryFile())

    def tracked(self, tracker: Tracker, objects: int, count: int | None = None) -> list[torch.Tensor]:
        """Prompts objects on frame 0 and tracks. Returns all logits, on the CPU."""
        last = count or self.frames
        for object_id, point in enumerate(points(objects), 1):
            tracker.prompt(object_id, 0, PointPrompt((point,), (1,), True))
        for index in range(last):
            tracker.prefetch(range(index, last))
            tracker.track(index, False, again=True)
        return [tracker.logits(each, index).float().cpu() for each in tracker.memories for index in range(1, last)]

    def waits(self, run: Callable[[], object]) -> int:
        """How often the host waits for the device in `run`."""
        if self.emulated is not None:
            with self.emulated.counting():
                run()
            return self.emulated.waits.total()
        torch.cuda.set_sync_debug_mode("warn")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run()
        torch.cuda.set_sync_debug_mode("default")
        return sum("synchronizing" in str(each.message) for each in caught)

    @contextmanager
    def short_of_memory(self) -> Iterator[None]:
        """Leaves the device 64 MiB more than is allocated, or none after twenty launches of the emulated one."""
        if self.emulated is not None:
            with self.emulated.out_of_memory(after=20):
                yield
            return
        torch.cuda.empty_cache()
        total = torch.cuda.get_device_properties(self.device).total_memory
        torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_allocated() + 64 * 2**20) / total)
        try:
            yield
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)

    def synchronize(self) -> None:
        torch.cuda.synchronize(self.device)


def environment(bench: Bench) -> None:
    name = torch.cuda.get_device_name(bench.device)
    versions = f"torch {torch.__version__}, CUDA {torch.version.cuda}, Python {platform.python_version()}"
    bench.report.add("MEASURED", "device", f"{name}, {versions}, {available_threads()} CPU cores")
    chosen = select_device("auto")
    bench.report.check("auto chooses CUDA", chosen.type == "cuda", chosen, "cuda:0")
    bench.report.add("MEASURED", "precision", compute_dtype(bench.device))


def reproducible(bench: Bench) -> None:
    predictor = bench.model("pocket", LitPredictor)
    passes = []
    for _ in range(3):
        tracker = bench.tracker(predictor)
        passes.append(bench.tracked(tracker, 2))
        tracker.close()
    equal = all(torch.equal(one, other) for again in passes[1:] for one, other in zip(passes[0], again, strict=True))
    bench.report.check("three passes are equal to the bit", equal, equal, "True")


def memory_file(bench: Bench) -> None:
    predictor = bench.model("sam2.1_hiera_tiny", LitPredictor)
    logits = []
    with tempfile.TemporaryDirectory() as folder:
        for memory, cache in ((2**32, EmbeddingCache(2**32)), (1, EmbeddingCache(0, 2**32, Path(folder)))):
            tracker = bench.tracker(predictor, cache, memory)
            logits.append(bench.tracked(tracker, 2) + bench.tracked(tracker, 2))
            tracker.close()
            cache.close()
    equal = all(torch.equal(one, other) for one, other in zip(*logits, strict=True))
    bench.report.check("memory and embeddings from files track to the bit", equal, equal, "True")


def equality(bench: Bench) -> None:
    """Against the official predictor, in the product's precision and in float32."""
    ours, official = bench.model("pocket", LitPredictor), bench.model("pocket", SAM2VideoPredictor)
    for objects in (1, 5):
        tracker = bench.tracker(ours)
        own = bench.tracked(tracker, objects)
        tracker.close()
        with torch.inference_mode(), autocast(bench.device):
            state = official.init_state(str(bench.folder))
            for object_id, point in enumerate(points(objects), 1):
                official.add_new_points_or_box(state, 0, object_id, points=[point], labels=[1], normalize_coords=False)
            for _ in official.propagate_in_video(state):
                pass
        outputs = [state["output_dict_per_obj"][place]["non_cond_frame_outputs"] for place in range(objects)]
        theirs = [each[index]["pred_masks"].float().cpu() for each in outputs for index in range(1, bench.frames)]
        differences = [(one - other).abs() for one, other in zip(own, theirs, strict=True)]
        largest, mean = (max(float(getattr(each, name)()) for each in differences) for name in ("max", "mean"))
        is_right = largest <= BF16_LARGEST and mean <= BF16_MEAN
        expected = f"at most {BF16_LARGEST} and {BF16_MEAN}"
        bench.report.check(
            f"logits against the official predictor, {objects} objects",
            is_right,
            f"{largest:.3f}, {mean:.4f}",
            expected,
        )


def corrections(bench: Bench, tracker: Tracker, count: int) -> list[Sample]:
    samples = []
    for frame in range(2, 2 + count):
        features = tracker.capture(1, frame).features
        samples.append(make_sample(features, bench.clip.masks[1][frame] | bench.clip.masks[2][frame], frame))
    return samples


def trained(predictor: Any, samples: list[Sample]) -> tuple[list[TrainingStep], TrainingResult]:
    steps: list[TrainingStep] = []
    training = train(predictor, samples, TrainingSettings(sufficient_iou=1.1, max_steps=20))
    while True:
        try:
            steps.append(next(training))
        except StopIteration as end:
            return steps, end.value


def training(bench: Bench) -> None:
    for name in ("pocket", "sam2.1_hiera_base_plus"):
        predictor = bench.model(name, LitPredictor)
        tracker = bench.tracker(predictor)
        bench.tracked(tracker, 1, 6)
        samples = corrections(bench, tracker, 3)
        with mock.patch.object(cuda_graph.logger, "warning") as warned:
            with_graph, _ = trained(predictor, samples)
        started = time.perf_counter()
        _, result = trained(predictor, samples[-1:])
        seconds = time.perf_counter() - started
        bench.report.check(f"{name}: a CUDA graph is captured", not warned.called, warned.call_count, "0 warnings")
        bench.report.add("MEASURED", f"{name}: seconds of a training of {result.steps} steps", f"{seconds:.3f}")
        with mock.patch("sam2_lit.lora.trainer.as_cuda_graph", lambda run, device: run):
            without, _ = trained(predictor, samples)
        worst = max(abs(a.loss / b.loss - 1) for a, b in zip(with_graph, without, strict=True))
        bench.report.check(f"{name}: losses with and without a graph", worst < 1e-3, f"{worst:.1e}", "under 1e-3")
        bank = AdapterBank()
        for _ in range(8):
            bank.add(result, samples[-1])
        before = bench.clip.masks[1][3]
        better_candidates(predictor, bank, samples[-1].features, before)
        waits = bench.waits(lambda: better_candidates(predictor, bank, samples[-1].features, before))  # noqa: B023
        bench.report.check(f"{name}: waits of weighing eight adapters", waits <= 3, waits, "at most 3")
        tracker.close()


def out_of_memory(bench: Bench) -> None:
    predictor = bench.model("sam2.1_hiera_base_plus", LitPredictor)
    predictor.batch_bytes = 1
    references = bench.tracker(predictor)
    expected = bench.tracked(references, 4, 5)
    references.close()
    tracker = bench.tracker(predictor)
    bench.tracked(tracker, 4, 4)
    raised: BaseException | None = None
    try:
        with bench.short_of_memory():
            tracker.track(4, False, again=True)
    except Exception as error:
        raised = error
    if raised is None:
        bench.report.add("MEASURED", "the frame fits into 64 MiB", "")
    else:
        name = f"{type(raised).__name__}: {str(raised).splitlines()[0]}"
        bench.report.check("memory that runs out is recognized", is_out_of_memory(raised), name, "OUT_OF_MEMORY")
    lost = [each for each, memory in tracker.memories.items() if memory.is_current(4)] if raised else []
    bench.report.check("no object counts as tracked after it", not lost, lost, "none")
    tracker.track(4, False, again=True)
    logits = [tracker.logits(each, 4).float().cpu() for each in tracker.memories]
    equal = all(torch.equal(one, other) for one, other in zip(logits, expected[3::4], strict=True))
    bench.report.check("the frame is tracked afterwards as if nothing had been", equal, equal, "True")
    tracker.close()


def speed(bench: Bench) -> None:
    for name, objects in SPEED_CASES if bench.emulated is None else SPEED_CASES[1:2]:
        times = {"official": _official_frames(bench, name, objects), "ours": _our_frames(bench, name, objects)}
        ours, official = (1 / median(times[each][bench.frames // 4 :]) for each in ("ours", "official"))
        line = f"{ours:.1f} frames/s, {ours / official:.2f} x the official loop that reads its masks ({official:.1f})"
        least = 4.0 if objects == 8 else 1.2
        if bench.emulated is not None:
            bench.report.add("MEASURED", f"{name}, {objects} objects", line)
        else:
            bench.report.check(f"{name}, {objects} objects", ours / official >= least, line, f"{least} x")
            peak = torch.cuda.max_memory_allocated() / 2**20
            bench.report.add("MEASURED", f"{name}, {objects} objects: peak memory", f"{peak:.0f} MiB")
            torch.cuda.reset_peak_memory_stats()


def _our_frames(bench: Bench, name: str, objects: int) -> list[float]:
    predictor = bench.model(name, LitPredictor)
    tracker = bench.tracker(predictor)
    for object_id, point in enumerate(points(objects), 1):
        tracker.prompt(object_id, 0, PointPrompt((point,), (1,), True))
    seconds = []
    for index in range(bench.frames):
        started = time.perf_counter()
        tracker.prefetch(range(index, bench.frames))
        for made in tracker.track(index, False, again=True):
            assert made.mask.shape
        seconds.append(time.perf_counter() - started)
    tracker.close()
    return seconds


def _official_frames(bench: Bench, name: str, objects: int) -> list[float]:
    predictor = bench.model(name, SAM2VideoPredictor)
    seconds = []
    with torch.inference_mode(), autocast(bench.device):
        state = predictor.init_state(str(bench.folder))
        for object_id, point in enumerate(points(objects), 1):
            predictor.add_new_points_or_box(state, 0, object_id, points=[point], labels=[1], normalize_coords=False)
        started = time.perf_counter()
        for _, _, masks in predictor.propagate_in_video(state):
            (masks > 0).cpu()
            seconds.append(time.perf_counter() - started)
            started = time.perf_counter()
    return seconds


STAGES: tuple[Callable[[Bench], None], ...] = (
    environment,
    reproducible,
    memory_file,
    out_of_memory,
    training,
    equality,
    speed,
)


def run(bench: Bench) -> None:
    for stage in STAGES:
        started = time.perf_counter()
        try:
            stage(bench)
        except Exception as error:
            traceback.print_exc()
            bench.report.add("FAIL", stage.__name__, f"{type(error).__name__}: {error}")
        bench.report.add("MEASURED", f"seconds of {stage.__name__}", f"{time.perf_counter() - started:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/gpu-check", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--rehearse", action="store_true", help="on an emulated GPU, at small sizes")
    arguments = parser.parse_args()
    if not arguments.rehearse and not torch.cuda.is_available():
        print("PyTorch finds no CUDA or ROCm GPU here; --rehearse runs the checks on an emulated one", file=sys.stderr)
        sys.exit(3)
    arguments.out.mkdir(parents=True, exist_ok=True)
    frames, size = (8, None) if arguments.rehearse else (48, (1280, 720))
    report, clip = Report(), draw_clip(frames)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for index, frame in enumerate(clip.frames):
            image = Image.fromarray(frame)
            (image.resize(size) if size else image).save(folder / f"{index:05d}.jpg", quality=95)
        device = stack.enter_context(emulated("cuda") if arguments.rehearse else nullcontext(None))
        run(Bench(report, torch.device("cuda", 0), clip, folder, frames, device))
    (arguments.out / "gpu_check.json").write_text(json.dumps(asdict(report)["lines"], indent=2))
    sys.exit(int(report.has_failure))


if __name__ == "__main__":
    main()
