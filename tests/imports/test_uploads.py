"""Files that lie, and files of other programs."""

import io
import json
import struct
import zlib
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sam2_lit.errors import LitError
from sam2_lit.imports import import_files
from sam2_lit.imports.formats import IMPORT_FORMATS, detected_format
from sam2_lit.imports.import_files import ImportFiles
from sam2_lit.imports.importer import find_sidecar
from sam2_lit.imports.matching import Target, chosen_video, plan_import
from sam2_lit.imports.parsed import ParsedVideo, Reading
from sam2_lit.records.imports import FrameMatching, ImportOptions, ImportPlan, MismatchKind
from sam2_lit.records.masks import decode
from tests.exports.sources import annotations
from tests.imports.test_round_trips import session

SIZE = (6, 8)
MASK = np.zeros(SIZE, bool)
MASK[1:4, 2:6] = True
POLYGON = [2, 1, 6, 1, 6, 4, 2, 4]
UNCOMPRESSED = {"size": [6, 8], "counts": [13, 3, 3, 3, 3, 3, 3, 3, 14]}


def zipped(files: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


def png(values: Any, mode: str = "P") -> bytes:
    image = Image.fromarray(np.asarray(values, np.uint16 if mode == "I;16" else np.uint8))
    buffer = io.BytesIO()
    (image if mode == "I;16" else image.convert(mode)).save(buffer, "PNG")
    return buffer.getvalue()


def read(content: bytes, name: str = "masks.zip") -> tuple[list[ParsedVideo], Reading]:
    files = ImportFiles(io.BytesIO(content), name)
    sidecar = find_sidecar(files)
    reading = Reading(files, sidecar, SIZE, lambda completed, total: None)
    return IMPORT_FORMATS[detected_format(files, sidecar.format if sidecar else None)].read(reading), reading


def plan(content: bytes, name: str = "masks.zip", options: ImportOptions | None = None, **more: Any) -> ImportPlan:
    videos, reading = read(content, name)
    video = annotations({0: {1: MASK}}, frame_count=10)
    target = Target(session(video, more.get("objects"), more.get("prompted")), (), more.get("stems"))
    options = options or ImportOptions()
    files = reading.files
    return plan_import(
        detected_format(files, None), chosen_video(videos, options, target, name), options, target, reading.losses
    )


def coco(*segmentations: object, **more: object) -> bytes:
    images = [{"id": 7, "file_name": "clip/00003.jpg", "height": 6, "width": 8}]
    found = [
        {"id": number, "image_id": 7, "category_id": 1, "segmentation": each, **more}
        for number, each in enumerate(segmentations)
    ]
    return json.dumps({"images": images, "annotations": found, "categories": [{"id": 1, "name": "car"}]}).encode()


def only_mask(made: ImportPlan) -> tuple[int, int, np.ndarray[Any, Any]]:
    [(index, object_id, rle)] = made.masks
    return index, object_id, decode(rle)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", coco([POLYGON])),
        ("a.json", coco(UNCOMPRESSED)),
        ("a.json", coco([POLYGON], track_id=4)),
        ("davis.zip", zipped({"DAVIS/Annotations/480p/clip/00003.png": png(MASK)})),
        ("davis-2016.zip", zipped({"Annotations/480p/clip/00003.png": png(MASK * 255, "L")})),
        (
            "vos.zip",
            zipped(
                {
                    "valid/Annotations/clip/00003.png": png(MASK),
                    "valid/meta.json": json.dumps(
                        {"videos": {"clip": {"objects": {"1": {"category": "car", "frames": ["00003"]}}}}}
                    ),
                }
            ),
        ),
        (
            "yolo.zip",
            zipped(
                {
                    "data.yaml": "names: [car]",
                    "labels/val/00003.txt": "0 " + " ".join(str(p / (8, 6)[i % 2]) for i, p in enumerate(POLYGON)),
                }
            ),
        ),
        ("mots.txt", b"3 1001 1 6 8 =33O\n"),
        ("mots.zip", zipped({"instances/clip/000003.png": png(MASK * 1001, "I;16")})),
        (
            "cvat.xml",
            b'<annotations><image id="3" name="clip/00003.png" width="8" height="6">'
            b'<mask label="car" rle="0, 12" left="2" top="1" width="4" height="3"/></image></annotations>',
        ),
        (
            "cvat.xml",
            b'<annotations><track id="1" label="car"><polygon frame="3" keyframe="1" outside="0" '
            b'points="2,1;6,1;6,4;2,4"/></track></annotations>',
        ),
    ],
)
def test_masks_of_other_programs_are_read(name: str, content: bytes) -> None:
    if name == "mots.txt":
        from sam2_lit.records.masks import encode

        content = f"3 1001 1 6 8 {encode(MASK).counts}\n".encode()

    made = plan(content, name)

    index, _, mask = only_mask(made)
    assert index == 3 and made.mismatches == ()
    np.testing.assert_array_equal(mask, MASK)
    assert [each.name for each in made.objects] in (["car"], [None])


def test_annotations_without_ids_become_an_object_for_each_of_a_name_and_say_so() -> None:
    made = plan(coco([POLYGON], [[0, 0, 1, 0, 1, 1, 0, 1]]), "a.json")

    assert [(each.key, each.object_id) for each in made.objects] == [("car", 1), ("car 2", 2)]
    assert "n-th car" in made.losses[0]


def test_frames_are_matched_by_name_by_index_or_as_stated() -> None:
    content = zipped({f"Annotations/clip/{name}.png": png(MASK) for name in ("img_05", "img_10")})
    stems = tuple(f"img_{5 * index:02}" for index in range(10))

    def frames(options: ImportOptions, names: tuple[str, ...] | None = stems) -> list[int]:
        return [index for index, _, _ in plan(content, options=options, stems=names).masks]

    assert frames(ImportOptions()) == [1, 2]
    assert frames(ImportOptions(), None) == [5]
    assert frames(ImportOptions(frames=FrameMatching.INDEX)) == [5]
    assert frames(ImportOptions(frame_map={"img_05": 9})) == [2, 9]


def test_what_does_not_match_is_listed() -> None:
    content = zipped(
        {
            "Annotations/clip/00001.png": png(MASK),
            "Annotations/clip/00002.png": png(MASK * 2),
            "Annotations/clip/00003.png": png(np.ones((3, 3))),
            "Annotations/clip/00099.png": png(MASK),
            "meta.json": json.dumps(
                {"videos": {"clip": {"objects": {"1": {"category": "car"}, "2": {"category": "dog"}}}}}
            ),
        }
    )

    made = plan(content, objects={1: "cat", 5: "dog"}, prompted={2: 5})

    assert made.masks == ()
    assert {(each.kind, each.message) for each in made.mismatches} == {
        (MismatchKind.FRAME, "frame 00099 of the file is not in the video by name"),
        (MismatchKind.SIZE, "frame 00003 of the file is not of 8x6 pixels"),
        (
            MismatchKind.OBJECT,
            "object 1 of the file is named 'car', object 1 of the session 'cat'; map it in objectMap",
        ),
        (MismatchKind.PROMPTED, "frame 2 (object 5) of the session has a prompt, whose mask stays"),
    }
    mapped = plan(content, objects={1: "cat", 5: "dog"}, options=ImportOptions(object_map={"1": 1, "dog": 7}))
    assert [(index, object_id) for index, object_id, _ in mapped.masks] == [(1, 1), (2, 7)]


def label_studio(rle: Any) -> bytes:
    value = {"format": "rle", "rle": rle, "brushlabels": ["car"]}
    region = {"type": "brushlabels", "original_width": 8, "original_height": 6, "value": value}
    return json.dumps([{"data": {"image": "3.jpg"}, "annotations": [{"result": [region]}]}]).encode()


def encrypted(archive: bytes) -> bytes:
    """A zip whose first file is marked encrypted, in its list of files too."""
    content = bytearray(archive)
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


BOX = '<mask label="a" rle="{}" left="{}" top="0" width="{}" height="1"/>'


def cvat(shape: str) -> bytes:
    return f'<annotations><image id="0" name="0.png" width="8" height="6">{shape}</image></annotations>'.encode()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.zip", zipped({"../../etc/passwd": "x"}), "outside of it"),
        ("a.zip", zipped({"/etc/passwd": "x"}), "outside of it"),
        ("a.zip", zipped({"C:\\x.png": "x"}), "outside of it"),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, "empty zip"),
        ("a.zip", zipped({"Annotations/a/0.png": b"no png"}), "not a whole PNG"),
        ("a.zip", zipped({"Annotations/a/0.png": png(MASK)[:60]}), "not a whole PNG"),
        ("a.zip", zipped({"Annotations/a/0.png": png(np.zeros((6, 8, 3)), "RGB")}), "its mode is RGB"),
        ("a.zip", zipped({"readme.md": "x"}), "no file of masks that is known"),
        ("a.json", b"[" * 100_000, "not JSON"),
        ("a.json", b'{"images": 3, "annotations": []}', "COCO's fields"),
        ("a.json", coco({"size": [6, 8], "counts": [1e99]}), "whole numbers"),
        ("a.json", coco({"size": [6, 8], "counts": [2**70, 1]}), "whole numbers"),
        ("a.json", coco({"size": [6, 8], "counts": [40]}), "cover 40 pixels of 48"),
        ("a.json", coco({"size": [10**6, 10**6], "counts": [10**12]}), "of size [6, 8]"),
        ("a.json", coco({"size": [6, 8], "counts": "~~~"}), "COCO compressed RLE"),
        ("a.json", coco([[0, 0, 1e300, 0, 1, 1]]), "far outside"),
        ("a.json", coco([[0, 0, float("nan"), 0, 1, 1]]), "far outside"),
        ("a.json", coco([[0, 0, 1]]), "not a list of x, y"),
        ("a.json", b'[{"image_id": 7, "category_id": 1, "segmentation": []}]', "`images` and `annotations`"),
        ("a.json", b'{"annotations": [], "categories": []}', "`images` and `annotations`"),
        ("a.json", coco([POLYGON], image_id=99), "is of image 99, which `images` does not have"),
        (
            "a.json",
            coco([POLYGON]).replace(b'"images": [', b'"images": [{"id": 7},'),
            "two of its images have the id 7",
        ),
        ("a.json", label_studio(10**12), "not a list of the bytes"),
        ("a.json", label_studio([0] * 1000), "not a list of the bytes"),
        ("a.zip", zipped({"labels/a.txt": "", "data.yaml": "#" * 2**19}), "more than 256 KiB"),
        ("a.zip", zipped({"Annotations/a/0.png": png(MASK)})[:-30], "not a whole zip"),
        ("a.zip", encrypted(zipped({"Annotations/a/0.png": png(MASK)})), "it is encrypted"),
        ("a.npz", zipped({"frame_indices.npy": b"\x93NUMPY\1\0" + struct.pack("<H", 9) + b"{'a': (1,"}), "NumPy array"),
        ("a.json", coco([[0, 0, 8, 6] * 500_000]), "is longer than"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><annotations>&b;</annotations>', "document type"),
        ("a.xml", b"<annotations>", "CVAT's XML"),
        ("a.xml", cvat(BOX.format("0, 99", 0, 4)), "do not fill its box"),
        ("a.xml", cvat(BOX.format("0, 4", 7, 4)), "outside of the frame"),
        ("a.txt", b"0 1001 1 6 8\n", "frame id class"),
        ("a.zip", zipped({"labels/a.txt": "0 0.1 0.1 0.2"}), "odd number"),
        ("a.zip", zipped({"labels/a.txt": "x"}), "class and numbers"),
        ("a.zip", zipped({"labels/a.txt": "0 0 0 1 0 1 1", "data.yaml": "names: 3"}), "no names of classes"),
        ("a.npz", zipped({"frame_indices.npy": b"\x93NUMPY\1\0" + struct.pack("<H", 8) + b"{'a':1}\n"}), "NumPy array"),
        ("a.zip", zipped({"sam2-lit.json": '{"format": "PNG"}'}), "sidecar"),
    ],
)
def test_a_file_that_is_not_what_it_promises_is_refused_in_words(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(LitError) as refused:
        plan(content, name)

    assert refused.value.code == "UNSUPPORTED_MEDIA"
    assert reason in refused.value.message


def test_a_zip_that_unpacks_to_more_than_is_imported_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "MAX_FILE_BYTES", 2**20)
    bomb = zipped({"Annotations/a/0.png": b"\0" * 2**21})
    lying = bomb.replace(struct.pack("<I", 2**21), struct.pack("<I", 100))

    for content in (bomb, lying):
        with pytest.raises(LitError) as refused:
            plan(content)
        assert refused.value.code in ("UPLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA")


def test_a_zip_with_a_long_list_of_files_is_refused_before_it_is_read() -> None:
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 9, 9, 2**31, 0, 0)

    with pytest.raises(LitError, match="list of files"):
        ImportFiles(io.BytesIO(zipped({"a": "b"})[:-22] + end), "a.zip")


def test_a_png_of_another_size_is_not_decoded() -> None:
    header = b"\x89PNG\r\n\x1a\n"
    body = b"IHDR" + struct.pack(">2I5B", 60_000, 60_000, 8, 0, 0, 0, 0)
    huge = header + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    body = b"IDAT" + zlib.compress(b"")
    huge += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))

    with pytest.raises(LitError, match="not a whole PNG"):
        plan(zipped({"Annotations/clip/00000.png": huge}))


SAMPLES = [
    ("a.json", coco([POLYGON], UNCOMPRESSED)),
    ("a.zip", zipped({"Annotations/a/0.png": png(MASK), "meta.json": '{"videos": {}}'})),
    ("a.xml", cvat(BOX.format("0, 4", 0, 4))),
    ("a.zip", zipped({"labels/0.txt": "0 0 0 1 0 1 1", "data.yaml": "names: [a]"})),
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3)), max_size=4))
def test_damaged_files_are_read_or_refused(sample: tuple[str, bytes], changes: list[tuple[int, bytes]]) -> None:
    name, content = sample
    damaged = bytearray(content)
    for at, replacement in changes:
        place = at % len(damaged)
        damaged[place : place + len(replacement)] = replacement

    try:
        plan(bytes(damaged), name)
    except LitError as refused:
        assert refused.code in ("UNSUPPORTED_MEDIA", "UPLOAD_TOO_LARGE", "FRAME_OUT_OF_RANGE")
