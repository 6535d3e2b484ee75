"""Files of other programs, with what their writers leave out, repeat, or write in another way."""

import io
import json
import unicodedata
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam2_lit.records.imports import FrameMatching
from sam2_lit.records.masks import decode, encode
from tests.imports.test_uploads import MASK, POLYGON, SIZE, coco, only_mask, plan, png, zipped

RELATIVE = " ".join(str(side / (8, 6)[place % 2]) for place, side in enumerate(POLYGON))


@pytest.mark.parametrize("segmentation", [None, [], [[]], [[0, 0, 1, 1]]])
def test_an_annotation_without_a_mask_is_left_out_and_not_taken_for_an_empty_mask(segmentation: object) -> None:
    made = plan(coco(segmentation, [POLYGON]), "a.json")

    np.testing.assert_array_equal(only_mask(made)[2], MASK)
    assert len(made.objects) == len(made.losses) == 1


def test_a_part_without_area_is_left_out_of_its_mask() -> None:
    made = plan(coco([POLYGON, [0, 0, 1, 1]]), "a.json")

    np.testing.assert_array_equal(only_mask(made)[2], MASK)
    assert made.losses == ("polygons of one or two points enclose nothing",)


def test_ids_may_be_numbers_or_text() -> None:
    content = json.loads(coco([POLYGON]))
    content["categories"][0]["id"], content["images"][0]["id"] = "1", 7.0

    made = plan(json.dumps(content).encode(), "a.json")

    assert [each.name for each in made.objects] == ["car"]


@pytest.mark.parametrize(("track", "key"), [("a17", "a17"), (10**40, str(10**40)), (None, "car"), (4.0, "4")])
def test_a_track_may_be_called_anything(track: Any, key: str) -> None:
    assert [each.key for each in plan(coco([POLYGON], track_id=track), "a.json").objects] == [key]


def test_names_with_accents_are_found_as_macos_writes_them() -> None:
    stems = tuple(f"caf\N{LATIN SMALL LETTER E WITH ACUTE}_{5 * index:02}" for index in range(10))
    names = [unicodedata.normalize("NFD", stems[index]) for index in (1, 2)]

    made = plan(zipped({f"Annotations/clip/{name}.png": png(MASK) for name in names}), stems=stems)

    assert [index for index, _, _ in made.masks] == [1, 2]


@settings(max_examples=60, deadline=None)
@given(
    step=st.sampled_from([1, 2, 5]),
    present=st.lists(st.integers(0, 29), min_size=10, max_size=10, unique=True),
    annotated=st.lists(st.integers(0, 29), min_size=1, max_size=10, unique=True),
)
def test_masks_of_a_folder_go_to_the_same_frames_of_a_part_of_it(
    step: int, present: list[int], annotated: list[int]
) -> None:
    """No mask is put on another frame in silence: where the names say less than numbers, the answer is INDEX."""
    names = sorted(f"{step * number:05}" for number in present)
    masks = sorted(f"{step * number:05}" for number in annotated)

    made = plan(zipped({f"Annotations/clip/{name}.png": png(MASK) for name in masks}), stems=tuple(names))

    by_number = sum(int(name) < 10 for name in masks)
    if made.frames is FrameMatching.NAME:
        assert [names[index] for index, _, _ in made.masks] == [name for name in masks if name in names]
    else:
        assert sum(name in names for name in masks) < by_number or not set(masks) & set(names)
    assert bool(made.mismatches) == (len(made.masks) < len(masks))


@pytest.mark.parametrize(("name", "indices"), [("000000000003", [3]), ("000000397003", []), ("9" * 5000, [])])
def test_a_number_in_a_name_is_taken_whole(name: str, indices: list[int]) -> None:
    content = coco([POLYGON]).replace(b"00003.jpg", f"{name}.jpg".encode())

    made = plan(content, "a.json")

    assert [index for index, _, _ in made.masks] == indices
    assert len(made.mismatches) == (not indices)


def test_a_frame_that_is_there_twice_is_named() -> None:
    content = zipped({f"Annotations/{size}/clip/00003.png": png(MASK) for size in ("480p", "Full-Resolution")})

    assert [each.message for each in plan(content).mismatches] == [
        "frame 00003 of the file is there more than once; the first is taken"
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"Labels/00003.txt": f"0 {RELATIVE}", "data.yaml": "names: [car]"},
        {"00003.txt": f"0 {RELATIVE}", "data.yaml": "names: {0: car}"},
        {"obj_train_data/00003.txt": f"0 {RELATIVE}", "obj.names": "car\n", "train.txt": "data/00003.jpg"},
        {"00003.txt": f"0 {RELATIVE}", "classes.txt": "car\r\nbus"},
    ],
)
def test_yolos_other_layouts_are_read(files: dict[str, bytes | str]) -> None:
    made = plan(zipped(files))

    np.testing.assert_array_equal(only_mask(made)[2], MASK)
    assert [each.name for each in made.objects] == ["car"]


def test_names_of_classes_that_refer_to_each_other_take_no_memory() -> None:
    doubled = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))

    made = plan(zipped({"labels/00003.txt": f"0 {RELATIVE}", "data.yaml": f"{doubled}names: [*a39]"}))

    assert [each.name for each in made.objects] == [None]


@pytest.mark.parametrize("shown", [MASK, np.ones(SIZE, bool)])
def test_mots_says_where_its_text_and_its_pngs_differ(shown: Any) -> None:
    text = f"3 1001 1 6 8 {encode(MASK).counts}\n"

    made = plan(
        zipped(
            {
                "instances_txt/clip.txt": text,
                "instances/clip/000003.png": png(shown * 1001, "I;16"),
                "README.txt": "masks",
            }
        )
    )

    np.testing.assert_array_equal(only_mask(made)[2], MASK)
    is_same = bool((shown == MASK).all())
    assert made.losses == (
        () if is_same else ("the text and the PNGs of clip differ on 1 frame: the text is imported",)
    )


@pytest.mark.parametrize("name", ["annotations", "masks.bak", "instances_default.json.download"])
def test_json_and_xml_are_read_whatever_their_files_are_called(name: str) -> None:
    xml = (
        b'<annotations><image id="3" name="clip/00003.png" width="8" height="6">'
        b'<mask label="car" rle="0, 12" left="2" top="1" width="4" height="3"/></image></annotations>'
    )
    for content in (coco([POLYGON]), xml):
        np.testing.assert_array_equal(only_mask(plan(content, name))[2], MASK)


def test_a_zip_within_which_folders_were_renamed_is_read() -> None:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as file:
        file.writestr("my work\\Annotations\\clip\\00003.png", png(MASK))

    made = plan(buffer.getvalue())

    assert [(index, int(decode(rle).sum())) for index, _, rle in made.masks] == [(3, 12)]
