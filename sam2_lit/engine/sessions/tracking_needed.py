"""How a step says that frames have to be tracked before it can run."""

from dataclasses import dataclass

from sam2_lit.engine.device.steps import Steps


@dataclass(frozen=True)
class TrackedOnTheWay:
    """A frame was tracked; `remaining` frames are known to follow."""

    frame_index: int
    remaining: int


WaySteps = Steps[TrackedOnTheWay, None]
"""Tracks frames on the way to something, one step a frame."""


class TrackingNeeded(Exception):
    """Raised by a step, before it changes anything, that needs frames to be tracked first.

    `steps` tracks them, as propagation. The step is then run again and checks again, since prompts may have changed
    meanwhile.
    """

    def __init__(self, steps: WaySteps) -> None:
        super().__init__("frames have to be tracked first")
        self.steps = steps
