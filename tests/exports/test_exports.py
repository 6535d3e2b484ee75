"""Each format is read back by the tools of its users and compared with the session's masks."""

import asyncio
import io
import json
import os
import time
from collections.abc import Callable, Iterator
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
from sam2_lit.exports import overlay
from sam2_lit.exports.export_files import KEPT_SECONDS, ExportFiles
from sam2_lit.records.exports import ExportFormat
from tests.client_session import ClientSession
from tests.clips import FRAMES, HEIGHT, WIDTH, Clip, mask_of
from tests.exports.sources import annotations, source, write
from tests.running import GraphQLFailure, Server
from tests.schema.subscribing import Socket, connected

LAST = 5


def export(session: ClientSession, format: str, **more: Any) -> dict[str, Any]:
    fields = "url filename mediaType byteSize losses"
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


@pytest.fixture(scope="module")
def annotated(server: Server, clip: Clip) -> Iterator[ClientSession]:
    """Two objects on frames 0 to 5: a disc, and a named object on the disc's left half, which overlaps it."""
    session = ClientSession.start(server, "videos/discs.mp4")
    session.add_mask(1, 0, clip.rle(1, 0))
    session.add_mask(3, 0, clip.half(1, 0))
    session.mutate("nameObject", "NameObjectInput", "objectId", objectId=3, name="half a disc")
    session.propagate_to(LAST)
    yield session
    session.close()


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
    assert masks.keys() == set(range(LAST + 1))
    assert sequence.evaluated_frames(0) == list(range(1, LAST + 1))
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

    with ZipFile(io.BytesIO(download(session, export(session, "YOUTUBE_VOS")))) as file:
        labels = np.array(Image.open(file.open("Annotations/discs/00002.png")))

    np.testing.assert_array_equal(labels, clip.masks[1][2] + 2 * clip.masks[2][2])


def test_an_object_that_is_not_in_view_has_no_coco_annotation(clip: Clip, tmp_path: Path) -> None:
    empty = np.zeros((HEIGHT, WIDTH), bool)
    path, _ = write(source(annotations({0: {1: clip.masks[1][0]}, 1: {1: empty}})), ExportFormat.COCO, tmp_path)

    coco = COCO(str(path))

    assert [len(coco.getAnnIds(imgIds=image)) for image in coco.getImgIds()] == [1, 0]


def test_chosen_objects_and_frames_are_exported(annotated: ClientSession) -> None:
    made = export(annotated, "COCO", objectIds=[3], startFrameIndex=2, endFrameIndex=4)

    content = json.loads(download(annotated, made))

    assert [image["frame_id"] for image in content["images"]] == [2, 3, 4]
    assert {each["instance_id"] for each in content["annotations"]} == {3}


def test_pictures_are_included_on_request(annotated: ClientSession) -> None:
    made = export(annotated, "COCO", includePictures=True, startFrameIndex=1, endFrameIndex=2)

    with ZipFile(io.BytesIO(download(annotated, made))) as file:
        names = file.namelist()
        content = json.loads(file.read("annotations/instances.json"))
        with Image.open(file.open("images/discs/00001.jpg")) as image:
            assert image.size == (WIDTH, HEIGHT)

    assert made["filename"] == "discs-coco.zip"
    assert {f"images/{image['file_name']}" for image in content["images"]} <= set(names)


def test_sessions_become_one_data_set(annotated: ClientSession, start: Callable[[], ClientSession], clip: Clip) -> None:
    other = start()
    other.add_mask(1, 4, clip.rle(2, 4))

    made = export(annotated, "YOUTUBE_VOS", otherSessionIds=[other.session_id])

    with ZipFile(io.BytesIO(download(annotated, made))) as file:
        meta = json.loads(file.read("meta.json"))
        labels = np.array(Image.open(file.open("Annotations/discs_2/00004.png")))
    assert made["filename"] == "discs-and-1-more-youtube-vos.zip"
    assert list(meta["videos"]) == ["discs", "discs_2"]
    np.testing.assert_array_equal(labels, clip.masks[2][4])


def test_without_overlap_a_pixel_is_that_of_the_object_with_the_lowest_id(annotated: ClientSession) -> None:
    arrays = np.load(io.BytesIO(download(annotated, export(annotated, "NUMPY", noOverlap=True))))

    for place, frame in enumerate(arrays["frame_indices"].tolist()):
        disc, half = held(annotated)[frame][1], held(annotated)[frame][3]
        np.testing.assert_array_equal(arrays["object_1"][place], disc)
        np.testing.assert_array_equal(arrays["object_3"][place], half & ~disc)
    assert not any("overlap" in loss for loss in export(annotated, "DAVIS", noOverlap=True)["losses"])


def test_an_export_says_what_its_format_cannot_hold(annotated: ClientSession) -> None:
    assert export(annotated, "COCO")["losses"] == []
    [loss] = export(annotated, "YOUTUBE_VOS")["losses"]
    assert f"discs: masks overlap on {LAST + 1} frames" in loss


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"objectIds": [1, 7]}, "OBJECT_NOT_FOUND"),
        ({"endFrameIndex": FRAMES}, "FRAME_OUT_OF_RANGE"),
        ({"startFrameIndex": 3, "endFrameIndex": 2}, "FRAME_OUT_OF_RANGE"),
        ({"startFrameIndex": LAST + 1}, "NO_PROMPTS"),
        ({"otherSessionIds": ["unknown"]}, "SESSION_NOT_FOUND"),
    ],
)
def test_what_a_session_does_not_have_cannot_be_chosen(annotated: ClientSession, more: Any, code: str) -> None:
    query = "mutation ($input: ExportAnnotationsInput!) { exportAnnotations(input: $input) { url } }"
    wanted = {"sessionId": annotated.session_id, "format": "COCO", **more}

    assert annotated.server.code(query, input=wanted) == code


def test_frames_of_a_folder_are_named_as_their_files(server: Server, videos: Path, clip: Clip) -> None:
    folder = videos / "scene.01"
    folder.mkdir(exist_ok=True)
    stems = ["DSC_00000", "DSC_00005", "DSC_00010"]
    for index, stem in enumerate(stems):
        Image.fromarray(clip.frames[index]).save(folder / f"{stem}.jpg")
    session = ClientSession.start(server, "videos/scene.01")
    session.add_mask(1, 2, clip.rle(1, 2))

    made = export(session, "DAVIS")
    content = json.loads(download(session, export(session, "COCO")))
    with ZipFile(io.BytesIO(download(session, made))) as file:
        names = file.namelist()
        sidecar = json.loads(file.read("sam2-lit.json"))
    session.close()

    assert made["filename"] == "scene.01-davis.zip"
    assert [f"Annotations/Full-Resolution/scene.01/{stem}.png" for stem in stems] == names[:3]
    assert [image["file_name"] for image in content["images"]] == ["scene.01/DSC_00010.jpg"]
    [video] = sidecar["videos"]
    assert (video["frame_names"], video["frames"]) == (
        "file",
        [{"index": 2, "name": "DSC_00010", "objects": [1], "empty": []}],
    )


def test_an_overlay_of_chosen_frames_has_the_sound_of_those_frames(server: Server, videos: Path, clip: Clip) -> None:
    write_beeping_clip(videos / "beep.mp4", clip, beep=(0.25, 0.375))
    session = ClientSession.start(server, "videos/beep.mp4")
    session.add_mask(1, 0, clip.rle(1, 0))

    made = export(session, "OVERLAY_MP4", startFrameIndex=0, endFrameIndex=11)
    with av.open(io.BytesIO(download(session, made))) as container:
        count = sum(1 for _ in container.decode(video=0))
        container.seek(0)
        sound = [(frame.time, np.abs(frame.to_ndarray()).max()) for frame in container.decode(audio=0)]
    session.close()

    assert count == 12
    loud = [time for time, level in sound if level > 0.1]
    assert 0.2 < min(loud) < 0.3 and 0.3 < max(loud) < 0.42
    assert max(time for time, _ in sound) < 0.56


def write_beeping_clip(path: Path, clip: Clip, beep: tuple[float, float]) -> None:
    """The clip with sound: silence but for a tone from beep[0] to beep[1] seconds."""
    rate = 44_100
    times = np.arange(rate * FRAMES // 24) / rate
    tone = np.where((times >= beep[0]) & (times < beep[1]), np.sin(times * 2 * np.pi * 440), 0).astype(np.float32)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = container.add_stream("aac", rate=rate, layout="mono")
        for picture in clip.frames:
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode())
        for at in range(0, len(tone), 1024):
            frame = av.AudioFrame.from_ndarray(tone[None, at : at + 1024], format="fltp", layout="mono")
            frame.rate, frame.pts = rate, at
            container.mux(audio.encode(frame))
        container.mux(audio.encode())


def test_a_cancelled_export_ends_within_a_frame(annotated: ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = "mutation ($s: String!) { cancelExport(input: {sessionId: $s}) { success } }"
    cancelled: list[Any] = []

    def draw_and_cancel(*arguments: Any) -> None:
        cancelled.append(annotated.server.query(cancel, s=annotated.session_id))

    monkeypatch.setattr(overlay, "_draw", draw_and_cancel)

    with pytest.raises(GraphQLFailure) as refused:
        export(annotated, "OVERLAY_MP4")

    assert refused.value.code == "CANCELLED"
    # Both objects of frame 0 are drawn.
    assert cancelled == [{"cancelExport": {"success": True}}] * 2
    assert annotated.server.query(cancel, s=annotated.session_id) == {"cancelExport": {"success": False}}


def test_the_writing_of_a_file_can_be_watched(annotated: ClientSession) -> None:
    query = "subscription ($s: String!) { exportProgress(sessionId: $s) { completed total } }"

    async def follow() -> list[dict[str, int]]:
        async with connected(annotated.server) as connection:
            socket = Socket(connection)
            await socket.send(
                type="subscribe", id="1", payload={"query": query, "variables": {"s": annotated.session_id}}
            )
            await socket.send(type="ping")
            await socket.receive("pong")
            await asyncio.to_thread(export, annotated, "COCO")
            events = [await socket.receive("next") for _ in range(LAST + 1)]
            return [event["payload"]["data"]["exportProgress"] for event in events]

    assert asyncio.run(follow()) == [{"completed": count, "total": LAST + 1} for count in range(1, LAST + 2)]


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


def write_text(text: str) -> Callable[[Path], list[str]]:
    def write(place: Path) -> list[str]:
        place.write_text(text)
        return []

    return write


def test_an_export_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = ExportFiles(tmp_path)

    def fail(place: Path) -> list[str]:
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
