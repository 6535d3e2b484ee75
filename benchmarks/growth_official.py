"""The official predictor's point of a curve of `growth`, in a process of its own, which has its memory alone."""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from benchmarks.official import Click, OfficialRun, pocket, write_frames
from benchmarks.serving import Server
from sam2_lit import pocket as embedded
from sam2_lit.engine.device.cpu_threads import tracking_threads
from sam2_lit.engine.models.loading import load_model
from sam2_lit.media.readers.opening import open_video


def official_point(
    video: Path, clicks: Sequence[tuple[float, float]], frames: int, timed: int, config: Path | None = None
) -> tuple[float, float]:
    """Milliseconds of CPU that each of the last `timed` of a video's first frames took, and resident MiB at the end.

    It is `pocket`, or a `config` of it.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_point, video, clicks, frames, timed, config).result()


def _point(
    video: Path, clicks: Sequence[tuple[float, float]], count: int, timed: int, config: Path | None
) -> tuple[float, float]:
    # As many threads as the server tracks with.
    torch.set_num_threads(tracking_threads())
    predictor = pocket() if config is None else _small(config)
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "frames"
        with open_video(video) as reader:
            write_frames(frames, reader, count)
        run = OfficialRun(predictor, frames)
        for object_id, place in enumerate(clicks, 1):
            run.click(Click(object_id, 0, place))
        spent = [time.process_time() for _ in run.frames()]
    step = (spent[-1] - spent[-1 - timed]) / timed
    return 1000 * step, Server.of_this_process().resident_mib()


def _small(config: Path) -> SAM2VideoPredictor:
    return load_model(
        "",
        predictor_class=SAM2VideoPredictor,
        device="cpu",
        checkpoints_dir=config.parent,
        checkpoint=embedded.WEIGHTS,
        model_config=config,
    ).predictor
