import json
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from pycocotools import mask as coco

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.settings import Settings
from tests.client_session import rle_of
from tests.clips import FRAMES, Clip, mask_of
from tests.page.annotator import Annotator, annotating
from tests.running import Server, running


def paint(annotator: Annotator) -> None:
    """Paints a mask over the disc on frame 0."""
    annotator.press("b")
    for _ in range(6):
        annotator.press("]")
    annotator.drag([0.3, 0.5], [0.5, 0.5])
    annotator.shows_masks_of(1)


def save(annotator: Annotator, label: str, folder: Path) -> Path:
    """Exports from the dialog. Returns the file that the browser saved."""
    with annotator.page.expect_download() as download:
        annotator.page.get_by_role("button", name=label).click()
    annotator.says("export", "is saved")
    place = folder / download.value.suggested_filename
    download.value.save_as(place)
    return place


def test_masks_are_exported_from_the_page(annotator: Annotator, tmp_path: Path, screenshots: Path) -> None:
    paint(annotator)
    annotator.press("Control+s")
    dialog = annotator.page.get_by_role("dialog", name="Export")
    expect(dialog).to_contain_text(f"1 of {FRAMES} frames have masks.")

    place = save(annotator, "COCO", tmp_path)

    assert place.name == "discs-coco.json"
    [annotation] = json.loads(place.read_text())["annotations"]
    [frame] = annotator.session.masks()
    np.testing.assert_array_equal(coco.decode(annotation["segmentation"]).astype(bool), mask_of(rle_of(frame, 1)))
    annotator.page.screenshot(path=screenshots / "export.png")
    for label, name in (("DAVIS", "discs-davis.zip"), ("YouTube-VOS", "discs-youtube-vos.zip")):
        assert save(annotator, label, tmp_path).name == name
    annotator.press("Escape")
    expect(dialog).to_be_hidden()
    assert annotator.visit.problems == []


def test_chosen_objects_frames_and_pictures_are_exported(annotator: Annotator, clip: Clip, tmp_path: Path) -> None:
    annotator.start("videos/discs.mp4")
    for object_id, frames in ((1, (0, 1, 2)), (2, (1,))):
        for frame in frames:
            annotator.session.add_mask(object_id, frame, clip.rle(object_id, frame))
    annotator.page.reload()
    annotator.shows_masks_of(1)
    annotator.press("Control+s")
    dialog = annotator.page.get_by_role("dialog", name="Export")
    dialog.get_by_role("checkbox", name="Object 2").uncheck()
    dialog.get_by_label("From frame").fill("1")
    dialog.get_by_role("checkbox", name="Pictures of the frames").check()

    place = save(annotator, "NumPy", tmp_path)

    arrays = np.load(place)
    assert arrays["object_ids"].tolist() == [1] and arrays["frame_indices"].tolist() == [1, 2]
    np.testing.assert_array_equal(arrays["object_1"][0], clip.masks[1][1])
    assert arrays["pictures"].shape == (2, *clip.frames.shape[1:])


def test_the_overlay_has_the_colors_of_the_page(annotator: Annotator, clip: Clip, tmp_path: Path) -> None:
    paint(annotator)
    annotator.page.get_by_label("Color of Object 1").fill("#00ff00")
    annotator.page.get_by_role("button", name="Export").click()

    place = save(annotator, "Overlay video", tmp_path)

    with av.open(str(place)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    mask = mask_of(rle_of(annotator.session.masks()[0], 1))
    change = (picture - clip.frames[0])[mask]
    assert (change[:, 1] - change[:, 0]).mean() > 50 and (change[:, 1] - change[:, 2]).mean() > 50


def test_with_nothing_to_export_the_formats_are_disabled(annotator: Annotator) -> None:
    annotator.press("Control+s")

    expect(annotator.page.get_by_role("dialog", name="Export")).to_contain_text(f"0 of {FRAMES} frames have masks.")
    expect(annotator.page.get_by_role("button", name="COCO")).to_be_disabled()


def test_a_failed_download_is_reported_in_the_dialog(annotator: Annotator) -> None:
    paint(annotator)
    annotator.press("Control+s")
    annotator.page.route("**/exports/*", lambda route: route.abort())

    annotator.page.get_by_role("button", name="DAVIS").click()

    annotator.says("export", "discs-davis.zip was exported, but the download failed")


@pytest.fixture
def guarded(model: LoadedModel, videos: Path, tmp_path: Path) -> Iterator[Server]:
    with running(Settings(videos=videos, data_dir=tmp_path, auth_token="open sesame"), model) as server:
        server.http.headers["Authorization"] = "Bearer open sesame"
        yield server


def test_exports_are_downloaded_with_the_token(browser: Browser, guarded: Server, tmp_path: Path) -> None:
    with annotating(browser, guarded, guarded.url) as annotator:
        annotator.page.get_by_label("Token").fill("open sesame")
        annotator.page.get_by_role("button", name="Continue").click()
        annotator.open("discs.mp4")
        paint(annotator)
        annotator.press("Control+s")

        assert save(annotator, "COCO", tmp_path).name == "discs-coco.json"
