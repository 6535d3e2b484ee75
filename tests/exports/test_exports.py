"""Each format is read back by the tools of its users and compared with the session's masks."""

import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pycocotools.coco import COCO

from sam2_lit.evaluation.davis import open_dataset
from sam2_lit.exports.annotations import Annotations
from sam2_lit.exports.coco import write_coco
from sam2_lit.exports.export_files import KEPT_SECONDS, ExportFiles
from sam2_lit.records.masks import encode
from sam2_lit.records.results import FrameMasks, Mask, MaskSource
from sam2_lit.records.videos import VideoEntry, VideoInfo
from tests.client_session import ClientSession
from tests.clips import FRAMES, HEIGHT, WIDTH, Clip, mask_of

LAST = 5


def export(session: ClientSession, format: str, **more: Any) -> dict[str, Any]:
    fields = "url filename mediaType byteSize"
    made: dict[str, Any] = session.mutate("exportAnnotations", "ExportAnnotationsInput", fields, format=format, **more)
    return made


def download(session: ClientSession, made: dict[str, Any]) -> bytes:
    answer = session.server.http.get(made["url"])
    assert answer.headers["content-type"] == made["mediaType"]
    assert answer.headers["content-disposition"] == f'attachment; filename="{made["filename"]}"'
    assert len(answer.content) == made["byteSize"]
    return answer.content


def held(session: ClientSession) -> dict[int, dict[int, NDArray[np.bool_]]]:
    """The session's masks by frame and object."""
    return {
        frame["frameIndex"]: {mask["objectId"]: mask_of(mask["rleMask"]) for mask in frame["rleMaskList"]}
        for frame in session.masks()
    }


@pytest.fixture
def annotated(session: ClientSession, clip: Clip) -> ClientSession:
    """Two objects on frames 0 to 5: a disc, and a named object on the disc's left half, which overlaps it."""
    session.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(3, 0, clip.half(1, 0))
    session.mutate("nameObject", "NameObjectInput", "objectId", objectId=3, name="half a disc")
    session.propagate_to(LAST)
    return session


def test_a_coco_export_reads_back_with_pycocotools(annotated: ClientSession, tmp_path: Path) -> None:
    made = export(annotated, "COCO")
    (tmp_path / "coco.json").write_bytes(download(annotated, made))

    coco = COCO(str(tmp_path / "coco.json"))

    assert made["filename"] == "discs-coco.json"
    [video] = coco.dataset["videos"]
    assert (video["name"], video["length"], video["width"], video["height"]) == ("discs", FRAMES, WIDTH, HEIGHT)
    images = coco.loadImgs(coco.getImgIds())
    assert [image["frame_id"] for image in images] == list(range(LAST + 1))
    assert {image["video_id"] for image in images} == {video["id"]}
    assert [image["file_name"] for image in images][2] == "discs/00002.jpg"
    masks = held(annotated)
    for image in images:
        found = {each["instance_id"]: each for each in coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))}
        wanted = {number: mask for number, mask in masks[image["frame_id"]].items() if mask.any()}
        assert found.keys() == wanted.keys()
        for number, each in found.items():
            np.testing.assert_array_equal(coco.annToMask(each).astype(bool), wanted[number])
            assert each["area"] == wanted[number].sum()
            assert (each.get("score") is None) == (image["frame_id"] == 0)
    names = {each["id"]: each["name"] for each in coco.loadCats(coco.getCatIds())}
    assert {each["instance_id"]: names[each["category_id"]] for each in coco.anns.values()} == {
        1: "object",
        3: "half a disc",
    }


def test_a_davis_export_reads_back_as_a_dataset_of_the_evaluation(annotated: ClientSession, tmp_path: Path) -> None:
    made = export(annotated, "DAVIS")
    with ZipFile(io.BytesIO(download(annotated, made))) as file:
        file.extractall(tmp_path)
    frames = tmp_path / "JPEGImages" / "Full-Resolution" / "discs"
    frames.mkdir(parents=True)
    query = "query ($id: String!) { session(sessionId: $id) { video { frameUrlTemplate } } }"
    template = annotated.server.query(query, id=annotated.session_id)["session"]["video"]["frameUrlTemplate"]
    for index in range(FRAMES):
        picture = annotated.server.http.get(template.replace("{index}", str(index)))
        (frames / f"{index:05}.jpg").write_bytes(picture.content)

    [sequence] = open_dataset(tmp_path).sequences

    assert (sequence.name, sequence.frame_count) == ("discs", FRAMES)
    assert sequence.objects().keys() == {1, 3}
    masks = held(annotated)
    assert sequence.annotations.keys() == masks.keys() == set(range(LAST + 1))
    for index, by_object in masks.items():
        # Where they overlap, the lower id is on top.
        np.testing.assert_array_equal(sequence.truth(1, index).mask, by_object[1])
        np.testing.assert_array_equal(sequence.truth(3, index).mask, by_object[3] & ~by_object[1])
        assert sequence.truth(1, index).valid.all()
    with Image.open(sequence.annotations[0]) as image:
        assert image.mode == "P"
        assert (image.getpalette() or [])[:12] == [0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0]


def test_a_youtube_vos_export_lists_the_frames_that_show_each_object(annotated: ClientSession, tmp_path: Path) -> None:
    made = export(annotated, "YOUTUBE_VOS")
    with ZipFile(io.BytesIO(download(annotated, made))) as file:
        file.extractall(tmp_path)

    meta = json.loads((tmp_path / "meta.json").read_text())
    [(name, video)] = meta["videos"].items()
    assert name == "discs"
    assert {value: each["category"] for value, each in video["objects"].items()} == {"1": "object", "3": "half a disc"}
    masks = held(annotated)
    for value, each in video["objects"].items():
        for index, by_object in masks.items():
            with Image.open(tmp_path / "Annotations" / name / f"{index:05}.png") as image:
                shown = np.array(image) == int(value)
            wanted = by_object[int(value)] & (by_object[1] == (value == "1"))
            np.testing.assert_array_equal(shown, wanted)
            assert (f"{index:05}" in each["frames"]) == wanted.any()


def test_an_overlay_is_the_video_with_its_masks_tinted(session: ClientSession, clip: Clip) -> None:
    for object_id in (1, 2):
        session.add_mask(object_id, 3, clip.rle(object_id, 3))

    made = export(session, "OVERLAY_MP4", colors=[{"objectId": 1, "color": "#0000ff"}])

    with av.open(io.BytesIO(download(session, made))) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 24
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    assert len(pictures) == FRAMES
    for index, picture in enumerate(pictures):
        change = picture - clip.frames[index]
        drawn = (clip.masks[1][index] | clip.masks[2][index]) & (index == 3)
        assert np.abs(change[~drawn]).mean() < 6
    # Between the video and the color: the one that was sent, and DAVIS's second, (0, 128, 0).
    for object_id, color in ((1, (0, 0, 255)), (2, (0, 128, 0))):
        mask = clip.masks[object_id][3]
        wanted = 0.55 * clip.frames[3][mask] + 0.45 * np.array(color)
        assert np.abs(pictures[3][mask] - wanted).mean() < 15


def test_objects_numbered_from_0_have_pixel_values_from_1(session: ClientSession, clip: Clip) -> None:
    session.add_mask(0, 2, clip.rle(1, 2))
    session.add_mask(7, 2, clip.rle(2, 2))

    with ZipFile(io.BytesIO(download(session, export(session, "DAVIS")))) as file:
        [name] = file.namelist()
        labels = np.array(Image.open(file.open(name)))

    assert name.endswith("/discs/00002.png")
    np.testing.assert_array_equal(labels, clip.masks[1][2] + 2 * clip.masks[2][2])


def test_an_object_that_is_not_in_view_has_no_coco_annotation(clip: Clip, tmp_path: Path) -> None:
    video = VideoEntry("id", "videos/a clip.mp4", VideoInfo(WIDTH, HEIGHT, FRAMES, 24, 1))
    shown, empty = clip.masks[1][0], np.zeros((HEIGHT, WIDTH), bool)
    frames = tuple(
        FrameMasks(index, (Mask(1, encode(mask), 0.5, 1.0, MaskSource.TRACKED),))
        for index, mask in enumerate((shown, empty))
    )

    write_coco(Annotations(video, {1: "disc"}, frames), tmp_path / "coco.json")

    coco = COCO(str(tmp_path / "coco.json"))
    assert [len(coco.getAnnIds(imgIds=image)) for image in coco.getImgIds()] == [1, 0]
    assert coco.dataset["videos"][0]["name"] == "a_clip"


@pytest.mark.parametrize("format", ["COCO", "DAVIS", "YOUTUBE_VOS", "OVERLAY_MP4"])
def test_an_export_without_masks_is_refused(session: ClientSession, format: str) -> None:
    query = "mutation ($input: ExportAnnotationsInput!) { exportAnnotations(input: $input) { url } }"

    assert session.server.code(query, input={"sessionId": session.session_id, "format": format}) == "NO_PROMPTS"
    assert session.server.code(query, input={"sessionId": "unknown", "format": format}) == "SESSION_NOT_FOUND"


def test_an_unknown_export_is_not_found(session: ClientSession) -> None:
    for path in ("/exports/nothing", "/exports/AAAAAAAAAAAAAAAAAAAAAA", "/exports/..%2fuploads", "/exports/%2e%2e"):
        assert session.server.http.get(path).status_code == 404


def test_every_export_has_its_own_url(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    first, second = export(session, "COCO"), export(session, "COCO")

    assert first["url"] != second["url"]
    assert all(len(each["url"].rsplit("/")[-1]) == 22 for each in (first, second))
    assert download(session, first)


def write_text(text: str) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        place.write_text(text)

    return write


def test_an_export_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = ExportFiles(tmp_path)

    def fail(place: Path) -> None:
        place.write_text("half of it")
        raise OSError("the disk is full")

    with pytest.raises(OSError):
        store.add("a.json", fail)

    assert list(tmp_path.iterdir()) == []


def test_exports_outlive_a_restart_and_expire_after_a_day(tmp_path: Path) -> None:
    old = ExportFiles(tmp_path).add("a.json", write_text("{}"))
    store = ExportFiles(tmp_path)
    assert store.find(old.id) == old

    long_ago = time.time() - KEPT_SECONDS - 60
    os.utime(old.file.parent, (long_ago, long_ago))
    new = store.add("b.json", write_text("[]"))

    assert store.find(old.id) is None
    assert store.find(new.id) == new
