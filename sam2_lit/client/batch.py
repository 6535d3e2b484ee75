"""Annotates a video from a file of prompts, without anybody at a page: what `sam2-lit annotate` runs."""

from collections.abc import Callable, Iterable
from pathlib import Path

from sam2_lit.client.generated import ExportFormat, LoraMode
from sam2_lit.client.prompts_file import Prompt, Prompts, read_mask
from sam2_lit.client.sync_client import Client
from sam2_lit.client.sync_session import Session


def annotate(
    client: Client,
    video: Path | str,
    prompts: Prompts,
    folder: Path,
    formats: Iterable[str],
    lora_mode: str,
    report: Callable[[str], None],
) -> list[Path]:
    """Prompts, tracks, corrects and tracks again, and exports the masks to `folder`, one file a format.

    The session is closed at the end.

    Args:
        video: a file of this machine, which is uploaded, or the path of a video of the server.
        folder: made where it does not exist.
        formats: names of `ExportFormat`.
        lora_mode: name of a `LoraMode`, for the tracking after corrections.
        report: is given a line for each thing that was done.

    Raises:
        ClientError: the server refuses something.
        OSError: a file cannot be read or written.
        PromptsError: a mask cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    session = client.open(client.upload(video) if isinstance(video, Path) else video)
    try:
        session.set_lora_mode(LoraMode(lora_mode))
        for prompt in prompts.prompts:
            _add(session, prompt)
        for each in prompts.objects:
            session.name_object(each.object_id, each.name)
        _track(session, report)
        for prompt in prompts.corrections:
            _correct(session, prompt, report)
        if prompts.corrections:
            _track(session, report)
        return [session.export(ExportFormat(format), folder) for format in formats]
    finally:
        session.close()


def _add(session: Session, prompt: Prompt) -> None:
    # Prompts of one object on one frame add up, in their order.
    if prompt.points is not None:
        session.add_points(prompt.object_id, prompt.frame_index, prompt.points, prompt.labels, clear=False)
    elif prompt.box is not None:
        session.add_box(prompt.object_id, prompt.frame_index, prompt.box)
    elif prompt.mask is not None:
        session.add_mask(prompt.object_id, prompt.frame_index, read_mask(prompt.mask))


def _correct(session: Session, prompt: Prompt, report: Callable[[str], None]) -> None:
    corrected = session.correct(
        prompt.object_id,
        prompt.frame_index,
        points=prompt.points,
        labels=prompt.labels,
        box=prompt.box,
        mask=None if prompt.mask is None else read_mask(prompt.mask),
    )
    place = f"object {prompt.object_id}, frame {prompt.frame_index}"
    if corrected.adapter is None:
        report(f"corrected {place}; no adapter trained: {corrected.skipped}")
    else:
        adapter = corrected.adapter
        report(f"corrected {place}; trained an adapter, IoU {adapter.baseline_iou:.3f} to {adapter.training_iou:.3f}")


def _track(session: Session, report: Callable[[str], None]) -> None:
    tracked = 0
    for frame in session.track():
        tracked = frame.completed
    report(f"tracked {tracked} frames")
