import io
import json
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.client_session import rle_of
from tests.clips import Clip, mask_of
from tests.page.annotator import Annotator


def palette_png(clip: Clip, index: int) -> bytes:
    values = clip.masks[1][index].astype(np.uint8) + 2 * clip.masks[2][index].astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(values).convert("P").save(buffer, "PNG")
    return buffer.getvalue()


def test_masks_are_imported_from_the_page_after_it_shows_what_would_change(
    annotator: Annotator, clip: Clip, tmp_path: Path, screenshots: Path
) -> None:
    place = tmp_path / "vos.zip"
    with ZipFile(place, "w") as file:
        for index in range(4):
            file.writestr(f"Annotations/discs/{index:05}.png", palette_png(clip, index))
        file.writestr("Annotations/discs/00099.png", palette_png(clip, 0))
        objects = {"1": {"category": "red disc", "frames": []}, "2": {"category": "blue disc", "frames": []}}
        file.writestr("meta.json", json.dumps({"videos": {"discs": {"objects": objects}}}))
    annotator.page.get_by_role("button", name="More", exact=True).click()
    annotator.page.get_by_role("button", name="Import masks").click()
    dialog = annotator.page.get_by_role("dialog", name="Import")

    dialog.get_by_label("File of masks").set_input_files(place)

    plan = dialog.get_by_role("region", name="What would be imported")
    expect(plan).to_contain_text("YOUTUBE_VOS · 8 masks on 4 frames")
    expect(plan).to_contain_text("frame 00099 of the file is not in the video by name")
    assert annotator.session.masks() == []
    number = plan.get_by_label("Object for blue disc")
    number.fill("5")
    number.blur()
    expect(plan.get_by_label("Object for blue disc")).to_have_value("5")
    annotator.page.screenshot(path=screenshots / "import.png")

    plan.get_by_role("button", name="Import 8 masks").click()

    annotator.says("import", "8 masks are imported.")
    annotator.press("Escape")
    annotator.shows_masks_of(1, 5)
    [frame] = annotator.session.masks(3, 3)
    np.testing.assert_array_equal(mask_of(rle_of(frame, 5)), clip.masks[2][3])
    annotator.page.get_by_role("button", name="Use the imported mask of red disc").click()
    expect(annotator.page.locator(".object[aria-current=true]")).to_contain_text("1 prompt")
    assert annotator.session.info()["objects"][0]["promptedFrames"] == [0]
    assert annotator.visit.problems == []


def test_a_folder_is_zipped_and_imported(annotator: Annotator, clip: Clip, tmp_path: Path) -> None:
    folder = tmp_path / "Annotations" / "discs"
    folder.mkdir(parents=True)
    for index in (0, 1):
        (folder / f"{index:05}.png").write_bytes(palette_png(clip, index))
    annotator.press("Control+o")
    dialog = annotator.page.get_by_role("dialog", name="Import")

    dialog.get_by_label("Folder of masks").set_input_files(tmp_path / "Annotations")
    dialog.get_by_role("button", name="Import 4 masks").click()

    annotator.says("import", "4 masks are imported.")
    assert [frame["frameIndex"] for frame in annotator.session.masks()] == [0, 1]


def test_a_file_that_cannot_be_imported_is_reported_in_the_dialog(annotator: Annotator, tmp_path: Path) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("no masks here")
    annotator.press("Control+o")

    annotator.page.get_by_label("File of masks").set_input_files(place)

    annotator.says("import", "notes.txt cannot be imported: line 1 is not")
