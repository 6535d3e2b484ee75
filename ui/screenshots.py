"""Takes the screenshots of the page in docs/: `python -m ui.screenshots`, from the root of the repository.

Simulates a user on the sample: boxes on the first frame, clicks at the largest errors against the ground truth, and a
box on the frame with the lowest IoU.
"""

import re
import tempfile
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect
from scipy.ndimage import distance_transform_edt

from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.settings import Settings
from tests.browser_support import chromium
from tests.client_session import rle_of
from tests.clips import iou, mask_of
from tests.page.annotator import Annotator, annotating
from tests.running import running

ROOT = Path(__file__).parents[1]
ANNOTATIONS = ROOT / "sam2_lit" / "sample" / "Annotations" / "sample"
NAMES = {1: "clownfish left", 2: "blue tang", 3: "clownfish right"}
CLICKS = 3
TRACKED = 55
TIMEOUT = 600_000
"""Milliseconds; tracking to frame `TRACKED` may take minutes on a busy machine."""
PALETTE_SIZE = 255


def main() -> None:
    model = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
    with (
        tempfile.TemporaryDirectory() as data,
        running(Settings(data_dir=Path(data)), model) as server,
        chromium() as browser,
    ):
        for scheme in ("light", "dark"):
            with annotating(browser, server, server.url) as annotator:
                expect.set_options(timeout=TIMEOUT)
                annotator.page.set_default_timeout(TIMEOUT)
                annotator.width, annotator.height = 640, 360
                annotator.page.set_viewport_size({"width": 1280, "height": 800})
                annotator.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                annotator.open("sample.mp4")
                annotate(annotator)
                picture = Image.open(BytesIO(annotator.page.screenshot())).convert("RGB")
                # A palette keeps the file small in the repository.
                palette = picture.quantize(PALETTE_SIZE, method=Image.Quantize.FASTOCTREE, kmeans=8)
                picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(
                    ROOT / "docs" / f"page-{scheme}.png", optimize=True
                )


def annotate(annotator: Annotator) -> None:
    for object_id, name in NAMES.items():
        if object_id > 1:
            annotator.press("n")
        annotator.drag_box(box(truth(0, object_id)))
        annotator.shows_masks_of(*range(1, object_id + 1))
        refine(annotator, object_id, 0)
        annotator.press("r")
        annotator.page.keyboard.type(name)
        annotator.press("Enter")
    annotator.press("t")
    annotator.is_past(TRACKED)
    annotator.stop.click()
    expect(annotator.stop).to_be_hidden()
    _, frame, object_id = min(
        (
            iou(mask_of(mask["rleMask"]), truth(frame["frameIndex"], mask["objectId"])),
            frame["frameIndex"],
            mask["objectId"],
        )
        for frame in annotator.session.masks(15, TRACKED - 15)
        for mask in frame["rleMaskList"]
        if truth(frame["frameIndex"], mask["objectId"]).sum() > 1500
    )
    annotator.go_to(frame)
    annotator.page.locator(".object").nth(object_id - 1).click()
    annotator.drag_box(box(truth(frame, object_id)))
    expect(annotator.page.locator("[data-count=adapters]")).not_to_have_text("0")
    expect(annotator.page.locator(".run[data-state=trained]")).to_be_visible()
    annotator.press("t")
    # Leaves some stale frames, so that the screenshot shows how they look.
    expect(annotator.canvas).to_have_attribute(
        "data-frame", re.compile(f"^{frame + 14}$|^{frame + 15}$|^{frame + 16}$")
    )
    annotator.stop.click()
    expect(annotator.stop).to_be_hidden()
    annotator.go_to(frame + 10)
    annotator.page.get_by_role("button", name="Accept candidate 1").first.wait_for()
    annotator.page.mouse.move(5, 5)


def refine(annotator: Annotator, object_id: int, frame: int) -> None:
    """Clicks in the largest error regions, at the point farthest from their borders."""
    for _ in range(CLICKS):
        mask = mask_of(rle_of(annotator.session.masks(frame, frame)[0], object_id))
        wanted = truth(frame, object_id)
        missing, superfluous = (distance_transform_edt(np.pad(each, 1)) for each in (wanted & ~mask, mask & ~wanted))
        error, button = max((missing, "left"), (superfluous, "right"), key=lambda pair: pair[0].max())
        if error.max() < 3:
            return
        y, x = np.unravel_index(error.argmax(), error.shape)
        before = annotator.drawn()
        # With Shift it is a prompt also where another object's mask is.
        annotator.page.keyboard.down("Shift")
        annotator.click([(x - 0.5) / annotator.width, (y - 0.5) / annotator.height], button=button)
        annotator.page.keyboard.up("Shift")
        annotator.has_redrawn(before)


def truth(frame: int, object_id: int) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = np.array(Image.open(ANNOTATIONS / f"{frame:05}.png")) == object_id
    return mask


def box(mask: NDArray[np.bool_]) -> list[float]:
    ys, xs = np.nonzero(mask)
    height, width = mask.shape
    return [
        float(value) for value in (xs.min() / width, ys.min() / height, (xs.max() + 1) / width, (ys.max() + 1) / height)
    ]


if __name__ == "__main__":
    main()
