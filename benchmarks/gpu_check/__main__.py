"""Checks what only a GPU can show, and measures it: `scripts/gpu-check --out FOLDER`.

Prints a line for each check and writes them to FOLDER/gpu_check.json as it goes. A failure ends its stage alone. Every
stage has a time after which it is cut off, and all of them `--minutes`; what did not run is listed, and can be run by
its name with `--only`. The exit status is 0 where every check passed, 1 where one failed, 4 where some did not run to
their end, 3 without a GPU. `--rehearse` runs the same code on an emulated GPU, at small sizes: its figures mean
nothing, but what fails there would fail on a GPU too.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path

from benchmarks.gpu_check.without_pyav import stand_in

stand_in()

import torch  # noqa: E402

from benchmarks.gpu_check import correctness, learning, memory, served, speed  # noqa: E402
from benchmarks.gpu_check.bench import REHEARSAL, Bench, Scale  # noqa: E402
from benchmarks.gpu_check.report import Report  # noqa: E402
from benchmarks.gpu_check.schedule import Clock, Schedule, Stage  # noqa: E402
from tests.clips import draw_clip  # noqa: E402

# Those first that look for faults which were confirmed under emulation; last what cannot be cut off.
STAGES: Sequence[Stage[Bench]] = (
    Stage(correctness.environment, 10),
    Stage(correctness.reproducible, 20),
    Stage(correctness.memory_file, 20),
    Stage(learning.failed_capture, 10),
    Stage(learning.training, 40),
    Stage(memory.out_of_memory, 30),
    Stage(correctness.precision, 10),
    Stage(correctness.equality_in_bfloat16, 40),
    Stage(speed.speed, 120),
    Stage(served.whole_server, 60),
    Stage(correctness.equality_in_float32, 20),
    Stage(served.restored, 20),
    Stage(learning.candidates, 20),
    Stage(learning.training_like_the_cpu, 20),
    Stage(learning.capture_during_other_work, 20),
    Stage(memory.gpu_memory, 30),
    Stage(speed.profile, 20),
    Stage(speed.attention, 10),
    Stage(speed.channels_last, 20),
    Stage(speed.cuda_graphs, 40),
    Stage(speed.compiled, 180, needs_gpu="torch.compile cannot compile for an emulated GPU"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the stages. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/gpu-check", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--rehearse", action="store_true", help="on an emulated GPU, at small sizes")
    parser.add_argument("--minutes", type=float, default=8.0, help="for all stages together; 8")
    names = [stage.name.replace(" ", "-") for stage in STAGES]
    parser.add_argument("--only", nargs="+", choices=names, metavar="STAGE", help=f"of {', '.join(names)}")
    chosen = parser.parse_args(arguments)
    if not chosen.rehearse and not torch.cuda.is_available():
        print("PyTorch finds no CUDA or ROCm GPU here; --rehearse runs the checks on an emulated one", file=sys.stderr)
        return 3
    chosen.out.mkdir(parents=True, exist_ok=True)
    report, clock = Report(chosen.out / "gpu_check.json"), Clock()
    scale = REHEARSAL if chosen.rehearse else Scale()
    stages = [stage for stage, name in zip(STAGES, names, strict=True) if not chosen.only or name in chosen.only]
    with ExitStack() as stack:
        videos = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        device = stack.enter_context(_emulated() if chosen.rehearse else nullcontext(None))
        bench = Bench(
            report, clock, torch.device("cuda", 0), draw_clip(scale.frames), videos, chosen.out, scale, device
        )
        bench.write_videos()
        Schedule[Bench](report, clock, 60 * chosen.minutes).run(stages, bench, rehearses=chosen.rehearse)
    return report.status


def _emulated():  # type: ignore[no-untyped-def]
    from tests.emulation.device import emulated

    return emulated("cuda")


if __name__ == "__main__":
    sys.exit(main())
