"""Export then import gives back the same masks, ids and names, over every format that can hold them."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from sam2_lit.exports.annotations import Annotations
from sam2_lit.imports.descriptions import describe_objects
from sam2_lit.imports.formats import IMPORT_FORMATS, detected_format
from sam2_lit.imports.import_files import ImportFiles
from sam2_lit.imports.importer import find_sidecar
from sam2_lit.imports.matching import Target, chosen_video, plan_import
from sam2_lit.imports.parsed import Reading
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.imports import ImportOptions, ImportPlan
from sam2_lit.records.masks import decode
from sam2_lit.records.results import LoraMode, ObjectInfo, SessionInfo
from tests.exports.sources import annotations, source, write

FRAME_COUNT = 12
FLAT = (ExportFormat.DAVIS, ExportFormat.YOUTUBE_VOS, ExportFormat.MOTS)
FORMATS = [each for each in ExportFormat if each is not ExportFormat.OVERLAY_MP4]
IDS = (0, 1, 2, 7, 254, 255, 300, 70_000, 2**31 - 1)
# No control characters: a session takes none in names.
STRANGE = ("a\u2028b", "\ufeffx", "\ufffe", "😀 מה?", "[x, {y}]", "x/y\\z", "null", "1e3", " & <a> ")
Masks = dict[int, dict[int, NDArray[np.bool_]]]


def session(
    video: Annotations, objects: dict[int, str] | None = None, prompted: dict[int, int] | None = None
) -> SessionInfo:
    known = tuple(
        ObjectInfo(object_id, name or None, tuple(f for f, o in (prompted or {}).items() if o == object_id), ())
        for object_id, name in (objects or {}).items()
    )
    return SessionInfo("session", video.video, LoraMode.OFF, known, 0, datetime.now(UTC))


def plan(path: Path, video: Annotations, options: ImportOptions | None = None, **more: object) -> ImportPlan:
    files = ImportFiles(io.BytesIO(path.read_bytes()), path.name)
    sidecar = find_sidecar(files)
    format = detected_format(files, sidecar.format if sidecar else None)
    info = video.video.info
    reading = Reading(files, sidecar, (info.height, info.width), lambda completed, total: None)
    target = Target(session(video, **more), (), video.frame_names.stems)  # type: ignore[arg-type]
    options = options or ImportOptions()
    videos = IMPORT_FORMATS[format].read(reading)
    describe_objects(videos, sidecar, format)
    chosen = chosen_video(videos, options, target, path.name)
    return plan_import(format, chosen, options, target, reading.losses)


@st.composite
def sessions(draw: st.DrawFn) -> tuple[Masks, Annotations]:
    """Masks of a few objects on a few frames, that overlap, are empty or absent, and what objects and frames are named.

    Some objects have labels and attributes.
    """
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    ids = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True))
    names = {
        each: draw(st.sampled_from(["", "car", "pedestrian", 'Ötzi\'s "bag"', "object", "a: b #c", *STRANGE]))
        for each in ids
    }
    indices = draw(st.lists(st.integers(0, FRAME_COUNT - 1), min_size=1, max_size=3, unique=True))
    mask = st.one_of(arrays(np.bool_, shape), st.just(np.zeros(shape, bool)), st.just(np.ones(shape, bool)))
    masks = {
        index: {each: draw(mask) for each in draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))}
        for index in indices
    }
    stems = draw(
        st.sampled_from(
            [
                None,
                tuple(f"img_{5 * index:04}" for index in range(FRAME_COUNT)),
                tuple(f"夏 {index}.b" for index in range(FRAME_COUNT)),
                tuple(f"{index:04}_1080p" for index in range(FRAME_COUNT)),
                tuple(f"e\u0301 {index}" for index in range(FRAME_COUNT)),
                ("CON", "con", "aux.png", "\u202eab", "x" * 250, *"abcdefg"),
            ]
        )
    )
    labels = {
        each: draw(st.sampled_from(["car", "person", 'a "b" #c: d', *STRANGE])) for each in ids if draw(st.booleans())
    }
    attributes = {
        each: draw(st.dictionaries(st.sampled_from(["color", "a b", "Größe"]), st.sampled_from(["red", "1", '<"&>'])))
        for each in ids
    }
    annotated = {each for frame in masks.values() for each in frame}
    return masks, annotations(
        masks,
        names=names,
        frame_count=FRAME_COUNT,
        stems=stems,
        labels={each: label for each, label in labels.items() if each in annotated},
        attributes={each: found for each, found in attributes.items() if each in annotated and found},
    )


def without_overlaps(masks: Masks) -> Masks:
    flat: Masks = {}
    for index, frame in masks.items():
        taken = np.zeros_like(next(iter(frame.values())))
        flat[index] = {}
        for object_id, mask in sorted(frame.items()):
            flat[index][object_id] = mask & ~taken
            taken |= mask
    return flat


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=sessions())
def test_export_then_import_gives_back_masks_ids_names_labels_and_attributes(
    tmp_path: Path, format: ExportFormat, drawn: tuple[Masks, Annotations]
) -> None:
    masks, video = drawn
    path, losses = write(source(video), format, tmp_path)

    made = plan(path, video)

    wanted = without_overlaps(masks) if format in FLAT else masks
    assert made.mismatches == () and made.losses == ()
    found = {(index, object_id): rle for index, object_id, rle in made.masks}
    assert found.keys() == {(index, object_id) for index, frame in wanted.items() for object_id in frame}
    for (index, object_id), rle in found.items():
        np.testing.assert_array_equal(decode(rle), wanted[index][object_id])
    assert {each.object_id: each.name or "" for each in made.objects} == video.objects
    assert {each.object_id: each.label for each in made.objects if each.label} == video.labels
    assert {each.object_id: each.attributes for each in made.objects if each.attributes} == video.attributes
    if format in FLAT:
        is_lossy = any(
            (wanted[index][each] != mask).any() for index, frame in masks.items() for each, mask in frame.items()
        )
        assert is_lossy == any("overlap" in loss for loss in losses)


def test_an_export_is_read_whatever_its_file_is_called(tmp_path: Path) -> None:
    video = annotations({0: {7: np.eye(5, dtype=bool), 300: np.zeros((5, 5), bool)}}, names={7: "one"})
    for format in FORMATS:
        path, _ = write(source(video), format, tmp_path)
        expected = plan(path, video)

        assert plan(path.rename(tmp_path / "masks (1)"), video) == expected, format


def test_of_several_videos_that_of_the_session_is_taken(tmp_path: Path) -> None:
    mask = np.eye(5, dtype=bool)
    first, second = (annotations({0: {each: mask}}, name=name) for each, name in ((1, "one"), (2, "two")))

    for format in FORMATS:
        path, _ = write(source(first, second), format, tmp_path)
        assert [(each.object_id, each.frame_count) for each in plan(path, second).objects] == [(2, 1)], format


Change = Callable[[Path], Path]
