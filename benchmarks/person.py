"""A scripted person at the annotation page, who finishes a clip by mouse and keyboard."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, Request, expect
from scipy import ndimage
from skimage.measure import approximate_polygon

from sam2_lit.evaluation.clicks import next_click
from sam2_lit.evaluation.davis import Sequence, Truth
from sam2_lit.evaluation.effort import Effort
from sam2_lit.exports.polygons import polygons
from sam2_lit.records.masks import BoolMask
from tests.clips import mask_of
from tests.page.annotator import Annotator

MAX_CLICKS = 3
MAX_STROKES = 12
"""Of the lasso, for one mask."""
ALIKE = 0.95
"""The page shows no candidate that agrees more with the mask shown."""
HAND = 1.0
"""Pixels of the video by which a drawn line may be off."""


class Calls:
    """The GraphQL calls of a page, by the names of their operations."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._running: set[Request] = set()
        self._latest: dict[str, Request] = {}
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        if name := _operation(request):
            self._running.add(request)
            self._latest[name] = request

    def _end(self, request: Request) -> None:
        self._running.discard(request)

    def settle(self, name: str) -> None:
        """Waits until no call of an operation runs; it may begin within a quarter of a second."""
        self._page.wait_for_timeout(250)
        while any(_operation(each) == name for each in self._running):
            self._page.wait_for_timeout(50)

    def latest(self, name: str) -> Request | None:
        return self._latest.get(name)


def _operation(request: Request) -> str:
    found = re.search(r"(?:query|mutation) (\w+)", request.post_data or "")
    return found[1] if found else ""


@dataclass(frozen=True)
class Subject:
    """An object of a sequence: its value in the annotations, its number on the page, the frame it is first seen on."""

    value: int
    number: int
    first: int


class Person:
    """Looks at the frames in order, and corrects an object wherever the IoU of its mask is under `quality`.

    A new object gets a box on the first frame that shows it. A wrong mask is replaced by a candidate that reaches the
    quality, if the page shows one; else it gets up to `MAX_CLICKS` clicks in the middle of the largest error, and is
    drawn with the lasso where that is not enough. An object that is not there is said to be absent.

    - effort: what they did. Saying that an object is absent counts as judged, for which the model of user seconds took
      its time.
    """

    def __init__(self, page: Annotator, sequence: Sequence, frames: list[int], quality: float) -> None:
        """`frames`: those that are worked on, rising, all of them annotated."""
        self.effort = Effort()
        self._page = page
        self._sequence = sequence
        self._frames = frames
        self._quality = quality
        self._calls = Calls(page.page)
        self._subjects = [
            Subject(value, number, first) for number, (value, first) in enumerate(self._first_seen().items(), start=1)
        ]

    def finish(self) -> None:
        for subject in self._subjects:
            self._begin(subject)
        for frame in self._frames:
            self._track_to(frame)
            self._look_at(frame)

    def ious(self) -> dict[tuple[int, int], float]:
        """The IoU of each object, by its value, on each frame that shows it."""
        return {
            (subject.value, frame): self._truth(subject, frame).iou(self._mask(subject, frame))
            for subject in self._subjects
            for frame in self._frames
            if frame >= subject.first and self._truth(subject, frame).mask.any()
        }

    def _first_seen(self) -> dict[int, int]:
        seen: dict[int, int] = {}
        for value in self._sequence.objects():
            shown = [frame for frame in self._frames if self._sequence.truth(value, frame).mask.any()]
            if shown:
                seen[value] = shown[0]
        return seen

    def _begin(self, subject: Subject) -> None:
        self._page.go_to(subject.first)
        if subject.number > 1:
            self._page.press("n")
        ys, xs = np.nonzero(self._truth(subject, subject.first).mask)
        width, height = self._page.width, self._page.height
        self._page.press("p")
        self._page.drag_box([xs.min() / width, ys.min() / height, (xs.max() + 1) / width, (ys.max() + 1) / height])
        self._is_saved()
        self.effort += Effort(watched=1, boxes=1)
        self._improve(subject, subject.first)

    def _track_to(self, frame: int) -> None:
        """Tracks until every object that was seen by then has a current mask, and stops then."""
        if self._is_tracked(frame):
            return
        self._page.press("t")
        while not self._is_tracked(frame):
            self._page.page.wait_for_timeout(100)
        self._page.press("Escape")
        expect(self._page.stop).to_be_hidden()

    def _is_tracked(self, frame: int) -> bool:
        spans = {each["objectId"]: each["staleRanges"] for each in self._page.session.frame_spans()}
        masks = {mask["objectId"] for each in self._page.session.masks(frame, frame) for mask in each["rleMaskList"]}
        return all(
            subject.number in masks
            and not any(span["first"] <= frame <= span["last"] for span in spans[subject.number])
            for subject in self._subjects
            if subject.first <= frame
        )

    def _look_at(self, frame: int) -> None:
        self._page.go_to(frame)
        for subject in self._subjects:
            if subject.first >= frame:
                continue
            self.effort += Effort(watched=1)
            truth, mask = self._truth(subject, frame), self._mask(subject, frame)
            if truth.mask.any():
                if truth.iou(mask) < self._quality:
                    self._fix(subject, frame)
            elif mask.any():
                self._select(subject)
                self._page.press("Shift+A")
                self._is_saved()
                self.effort += Effort(judged=1)

    def _fix(self, subject: Subject, frame: int) -> None:
        self._select(subject)
        if not self._accept_candidate(subject, frame):
            self._improve(subject, frame)
        # While the person looks on, the device is idle.
        self._page.session.finish_learning()

    def _accept_candidate(self, subject: Subject, frame: int) -> bool:
        """Looks at the candidates that the page shows, and accepts the best one if it reaches the quality."""
        self._calls.settle("TrainLora")
        self._calls.settle("Candidates")
        shown = self._page.page.locator(".candidate").count()
        asked = self._calls.latest("Candidates")
        if not shown or asked is None:
            return False
        answer = asked.response()
        assert answer is not None
        found = [each for each in answer.json()["data"]["loraCandidates"] if each["agreement"] <= ALIKE]
        assert (found[0]["objectId"], found[0]["frameIndex"]) == (subject.number, frame)
        truth = self._truth(subject, frame)
        iou, place = max((truth.iou(mask_of(each["rleMask"])), place) for place, each in enumerate(found[:shown], 1))
        self.effort += Effort(judged=shown)
        if iou < self._quality:
            return False
        self._page.press(str(place))
        self._is_saved()
        self.effort += Effort(taken=1)
        return True

    def _improve(self, subject: Subject, frame: int) -> None:
        """Clicks, and draws the mask where clicks are not enough."""
        truth = self._truth(subject, frame)
        self._page.press("p")
        for count in range(MAX_CLICKS):
            mask = self._mask(subject, frame)
            click = next_click(mask, truth)
            if click is None or truth.iou(mask) >= self._quality:
                return
            # With Shift it is a prompt also where another object's mask is.
            self._page.page.keyboard.down("Shift")
            self._page.click([click.x, click.y], button="left" if click.label else "right")
            self._page.page.keyboard.up("Shift")
            self._is_saved()
            self.effort += Effort(clicks=1, clicked_frames=int(count == 0))
        if truth.iou(self._mask(subject, frame)) < self._quality:
            self._draw(subject, frame)

    def _draw(self, subject: Subject, frame: int) -> None:
        """Draws around the object, then with Alt around all that it is not, and repairs the largest errors left.

        It ends halfway between the quality and an IoU of 1.
        """
        truth = self._truth(subject, frame)
        self.effort += Effort(drawn=1)
        self._page.press("a")
        self._lasso(_outline(_largest(truth.mask)), erases=False)
        self._lasso(_outline(~truth.mask), erases=True)
        for _ in range(MAX_STROKES - 2):
            mask = self._mask(subject, frame)
            if truth.iou(mask) >= (1 + self._quality) / 2:
                return
            missing, extra = (_largest(each & truth.valid) for each in (truth.mask & ~mask, mask & ~truth.mask))
            erases = extra.sum() > missing.sum()
            self._lasso(_outline(extra if erases else missing), erases)

    def _lasso(self, outline: NDArray[np.float64], erases: bool) -> None:
        places = [self._page.place(x / self._page.width, y / self._page.height) for x, y in outline]
        mouse, keyboard = self._page.page.mouse, self._page.page.keyboard
        if erases:
            keyboard.down("Alt")
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()
        if erases:
            keyboard.up("Alt")
        self._is_saved()

    def _select(self, subject: Subject) -> None:
        row = self._page.page.locator(".labels li").nth(subject.number - 1)
        row.click()
        expect(row).to_have_attribute("aria-current", "true")

    def _is_saved(self) -> None:
        expect(self._page.page.locator(".saved")).to_have_text("Saved")

    def _truth(self, subject: Subject, frame: int) -> Truth:
        return self._sequence.truth(subject.value, frame)

    def _mask(self, subject: Subject, frame: int) -> BoolMask:
        """The object's mask as the server has it, empty where it has none."""
        for each in self._page.session.masks(frame, frame):
            for mask in each["rleMaskList"]:
                if mask["objectId"] == subject.number:
                    return mask_of(mask["rleMask"])
        return np.zeros((self._page.height, self._page.width), bool)


def _outline(region: BoolMask) -> NDArray[np.float64]:
    """A closed line around the largest part of a region, [N, 2] (x, y), as a hand draws it: around holes, too."""
    line = np.array(max(polygons(region), key=len), dtype=np.float64)
    return np.asarray(approximate_polygon(np.concatenate([line, line[:1]]), HAND))


def _largest(mask: BoolMask) -> BoolMask:
    """The largest connected region of a mask."""
    regions, count = ndimage.label(mask)
    if count == 0:
        return mask
    largest: BoolMask = regions == 1 + int(np.bincount(regions.ravel())[1:].argmax())
    return largest
