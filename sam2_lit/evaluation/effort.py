"""What a simulated user does, and how long a person takes for it."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Effort:
    """How often a user did each thing; the first mask, which the protocol gives, is not among them.

    - watched: frames that the user looked at for the first time.
    - judged: candidates that the user compared with the picture.
    - taken: candidates accepted.
    - clicks: points, on `clicked_frames` frames.
    - boxes: boxes drawn; drawn: masks drawn.
    """

    watched: int = 0
    judged: int = 0
    taken: int = 0
    clicks: int = 0
    clicked_frames: int = 0
    boxes: int = 0
    drawn: int = 0

    def __add__(self, other: "Effort") -> "Effort":
        return Effort(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Effort)))


@dataclass(frozen=True)
class UserTimes:
    """Seconds that a person takes for each thing.

    From the costs with which EVA-VOS (Delatolas et al., arXiv 2311.04414; `ANNOTATION_COSTS` in util/helpers.py of its
    code) simulates annotation time:

    - draw: a mask, 80 s for each object and frame. Polygons of COCO took 79 s (Lin et al., arXiv 1405.0312).
    - click: 1.5 s, and once for each frame that is clicked on, `start_clicking`: 1 s.
    - box: 7 s by its four extreme points (Papadopoulos et al., arXiv 1708.02750).
    - judge: 3 s to compare one candidate with the picture. There it is the cost of looking at a frame and saying that
      it lacks the object. A candidate is accepted by one click.

    Assumed, since EVA-VOS counts no time for frames that are right:

    - watch: 0.25 s, a video that plays at four frames per second. It is the same in every mode.
    """

    watch: float = 0.25
    judge: float = 3.0
    click: float = 1.5
    start_clicking: float = 1.0
    box: float = 7.0
    draw: float = 80.0

    def seconds(self, effort: Effort) -> float:
        return (
            self.watch * effort.watched
            + self.judge * effort.judged
            + self.click * (effort.clicks + effort.taken)
            + self.start_clicking * effort.clicked_frames
            + self.box * effort.boxes
            + self.draw * effort.drawn
        )


TIMES = UserTimes()
