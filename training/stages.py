"""The stages of training: what a batch looks like, and how fast to learn."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Shape:
    """One shape of batch: `clips` of `frames` frames with `objects` objects, `size` pixels square.

    Made by the generator (`training.clips`), or of `photographs` with instance masks (`training.photographs`). A stage
    has few shapes: on a CPU every new one costs seconds of compilation.
    """

    size: int
    clips: int
    objects: int
    frames: int
    photographs: bool = False


@dataclass(frozen=True)
class Stage:
    """Shapes taken in turn; the learning rate for the first `steady` of the stage's batches and then a line to zero.

    Parameters whose names begin with `frozen` stay as they are. A share of `masks` of the batches begins with masks,
    the rest with clicks and boxes; a share of `clicked_masks` of the masks is followed by clicks. The gradients of
    `accumulate` batches make one step of the optimisers.
    """

    shapes: tuple[Shape, ...]
    rate: float
    trunk_rate: float
    steady: float
    average: float
    masks: float = 0.74
    frozen: tuple[str, ...] = ()
    accumulate: int = 1
    clicked_masks: float = 0.0


PHOTOGRAPHS = (
    Shape(384, 2, 2, 3, photographs=True),
    Shape(384, 4, 4, 1, photographs=True),
    Shape(320, 1, 3, 6, photographs=True),
    Shape(256, 1, 3, 7),
)
"""Short clips, single pictures with all their instances, longer clips in which things hide one another, and the
generated clips with their long occlusions, which would be forgotten. Longer clips are smaller: they are there for what
moves, not for outlines."""

EARLY_TRUNK = ("image_encoder.trunk.stem.", *(f"image_encoder.trunk.blocks.{index}." for index in range(5)))
"""The trunk down to stride 8: what it learned on ImageNet serves as it is, and its gradients would cost a quarter of a
batch's time on a CPU."""

STAGES = {
    "cpu": Stage((Shape(256, 2, 3, 6), Shape(448, 1, 2, 5)), 2e-4, 0.25, 0.6, 0.99),
    "cpu-long": Stage((Shape(448, 1, 3, 9), Shape(320, 1, 3, 12)), 1e-4, 0.25, 0.3, 0.99),
    "cpu-frozen": Stage(
        (Shape(384, 1, 3, 7), Shape(256, 2, 3, 7)), 2e-4, 0.0, 0.5, 0.995, 0.5, ("image_encoder.trunk.",)
    ),
    "cpu-objects": Stage(
        (Shape(384, 1, 3, 7), Shape(256, 2, 3, 7)), 4e-4, 0.0, 0.5, 0.95, 0.5, ("image_encoder.trunk.",), accumulate=4
    ),
    "photographs-frozen": Stage(
        PHOTOGRAPHS, 2e-4, 0.0, 1.0, 0.99, 0.4, ("image_encoder.trunk.",), accumulate=2, clicked_masks=0.4
    ),
    "photographs": Stage(PHOTOGRAPHS, 1.5e-4, 0.15, 0.4, 0.995, 0.4, EARLY_TRUNK, clicked_masks=0.4),
    "gpu-photographs": Stage(
        tuple(replace(shape, clips=12 * shape.clips) for shape in PHOTOGRAPHS),
        rate=4e-4,
        trunk_rate=0.25,
        steady=0.4,
        average=0.998,
        masks=0.4,
        clicked_masks=0.4,
    ),
    "gpu": Stage((Shape(256, 32, 3, 8), Shape(448, 16, 3, 6)), 6e-4, 0.25, 0.7, 0.998),
    "gpu-long": Stage((Shape(448, 8, 4, 12), Shape(448, 24, 3, 4)), 3e-4, 0.25, 0.3, 0.998),
}
