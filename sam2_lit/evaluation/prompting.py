"""Measures a model as people prompt it: the first frame by a mask, box or clicks, then clicks on tracked frames."""

import tempfile
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.evaluation import davis
from sam2_lit.evaluation.clicks import next_click
from sam2_lit.evaluation.davis import Dataset, Truth
from sam2_lit.evaluation.options import Prompting
from sam2_lit.evaluation.rows import OutcomeFile
from sam2_lit.evaluation.run import engine_over, made_by
from sam2_lit.records import masks
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.results import FrameMasks, LoraMode

OUTCOMES = "prompts.jsonl"
CLICKED_FRAMES = 5
CORRECTIVE_CLICKS = 5


@dataclass(frozen=True)
class PromptedObject:
    """One object, prompted on its first frame in one way, and tracked.

    - first: the IoU on the first frame after each click there, or after the mask or box.
    - j: mean IoU over the evaluated frames after it, as tracked.
    - tracked: for each of some tracked frames, its IoU as tracked and after each corrective click. A frame that is
      right to the pixel takes no further click.
    """

    prompt: str
    sequence: str
    object: int
    frames: int
    first: tuple[float, ...]
    j: float
    clicked_frames: tuple[int, ...]
    tracked: tuple[tuple[float, ...], ...]

    @property
    def key(self) -> Hashable:
        return self.prompt, self.sequence, self.object

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "PromptedObject":
        names = ("first", "clicked_frames")
        lists = {name: tuple(fields[name]) for name in names} | {"tracked": tuple(map(tuple, fields["tracked"]))}
        return cls(**fields | lists)

    def after(self, clicks: int) -> float | None:
        """Mean IoU over the clicked frames after so many clicks; None where no frame was clicked on."""
        return mean(ious[min(clicks, len(ious) - 1)] for ious in self.tracked) if self.tracked else None


async def prompt_objects(
    model: LoadedModel,
    dataset: Dataset,
    prompts: Sequence[Prompting],
    out: Path | None = None,
    on_objects: Callable[[int], object] = lambda count: None,
) -> list[PromptedObject]:
    """Prompts and tracks every object of a data set in every way.

    With `out` each object is stored there as soon as it is measured, and not measured again. `on_objects` is called
    with the number of objects done. Raises OtherSettingsError where `out` was made with another model or data set.
    """
    every = [
        (sequence, object_id, first, prompt)
        for sequence in dataset.sequences
        for object_id, first in sequence.objects().items()
        for prompt in prompts
        if sequence.evaluated_frames(first)
    ]
    keys = [(prompt.name, sequence.name, object_id) for sequence, object_id, _, prompt in every]
    with tempfile.TemporaryDirectory() as scratch:
        stored = OutcomeFile((out or Path(scratch)) / OUTCOMES, made_by(model, dataset), PromptedObject.from_json)
        async with engine_over(model, dataset, EngineSettings()) as (engine, _):
            for key, (sequence, object_id, first, prompt) in zip(keys, every, strict=True):
                if key not in stored.outcomes:
                    session_id = (await engine.start_session(f"videos/{sequence.name}")).session_id
                    user = PromptUser(engine, session_id, object_id, sequence)
                    stored.add(await user.measure(first, prompt))
                    await engine.close_session(session_id)
                on_objects(1)
        return [stored.outcomes[key] for key in keys]


class PromptUser:
    """Prompts one object on its first frame, tracks it, and clicks on a few tracked frames as an experiment."""

    def __init__(self, engine: Engine, session_id: str, object_id: int, sequence: davis.Sequence) -> None:
        self._engine = engine
        self._session_id = session_id
        self._object_id = object_id
        self._sequence = sequence

    async def measure(self, first: int, prompt: Prompting) -> PromptedObject:
        await self._engine.set_lora_mode(self._session_id, LoraMode.OFF)
        first_ious = await self._prompt(first, prompt)
        evaluated = self._sequence.evaluated_frames(first)
        await self._engine.propagate_to_frame(self._session_id, evaluated[-1])
        tracked = {
            frame.frame_index: self._mask_of(frame)
            for frame in await self._engine.masks(self._session_id, first, evaluated[-1])
        }
        j = mean(self._truth(index).iou(tracked[index]) for index in evaluated)
        shown = [index for index in evaluated if self._truth(index).mask.any()]
        places = np.linspace(0, len(shown) - 1, min(CLICKED_FRAMES, len(shown))).round().astype(int)
        chosen = [shown[place] for place in places]
        return PromptedObject(
            prompt=prompt.name,
            sequence=self._sequence.name,
            object=self._object_id,
            frames=len(evaluated),
            first=tuple(first_ious),
            j=j,
            clicked_frames=tuple(chosen),
            tracked=tuple([await self._correct(index, tracked[index]) for index in chosen]),
        )

    async def _prompt(self, index: int, prompt: Prompting) -> list[float]:
        """Prompts a frame. Returns the IoU after each click, or after the one mask or box."""
        truth = self._truth(index)
        engine, session_id, object_id = self._engine, self._session_id, self._object_id
        if prompt.name == "mask":
            given = await engine.add_mask(session_id, object_id, index, masks.encode(truth.mask))
            return [truth.iou(self._mask_of(given))]
        if prompt.name == "box":
            given = await engine.add_box(session_id, object_id, index, box_of(truth.mask))
            return [truth.iou(self._mask_of(given))]
        return (await self._click(index, np.zeros_like(truth.mask), prompt.clicks))[1:]

    async def _correct(self, index: int, mask: BoolMask) -> tuple[float, ...]:
        """The frame's IoU as tracked and after each corrective click; the clicks are removed again."""
        ious = await self._click(index, mask, CORRECTIVE_CLICKS)
        if len(ious) > 1:
            await self._engine.clear_points_in_frame(self._session_id, self._object_id, index)
        return tuple(ious)

    async def _click(self, index: int, mask: BoolMask, clicks: int) -> list[float]:
        """Clicks where the mask is wrong. Returns its IoU before the first click and after each."""
        truth = self._truth(index)
        ious = [truth.iou(mask)]
        for _ in range(clicks):
            click = next_click(mask, truth)
            if click is None:
                break
            frame = await self._engine.add_points(
                self._session_id, self._object_id, index, [(click.x, click.y)], [click.label], clear_old_points=False
            )
            mask = self._mask_of(frame)
            ious.append(truth.iou(mask))
        return ious

    def _truth(self, index: int) -> Truth:
        return self._sequence.truth(self._object_id, index)

    def _mask_of(self, frame: FrameMasks) -> BoolMask:
        return masks.decode(next(mask.rle for mask in frame.masks if mask.object_id == self._object_id))


def box_of(mask: BoolMask) -> list[float]:
    """The bounding box of a mask, bool [H, W], as a prompt: x0, y0, x1, y1 relative to the frame, 0 to 1."""
    return list(masks.bounding_box(mask))
