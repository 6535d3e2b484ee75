from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

import sam2_lit
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.transcode import playable

SAMPLE = Path(sam2_lit.__file__).parent / "sample"
VIDEO = SAMPLE / "sample.mp4"
ANNOTATIONS = sorted((SAMPLE / "Annotations" / "sample").iterdir())
SCRIPT = Path(sam2_lit.__file__).parent.parent / "scripts" / "make-sample"


@pytest.fixture(scope="module")
def make_sample() -> ModuleType:
    loader = SourceFileLoader("make_sample", str(SCRIPT))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def test_the_sample_is_a_small_clip_that_browsers_can_play(tmp_path: Path) -> None:
    video = VideoLibrary(VIDEO, None, tmp_path).default()
    assert (video.path, video.info.width, video.info.height) == ("sample/sample.mp4", 640, 360)
    assert (video.info.frame_count, video.info.fps, video.info.duration_sec) == (120, 24, 5)
    assert VIDEO.stat().st_size < 2.5e6
    assert playable(video, tmp_path) == VIDEO


def test_every_frame_of_the_sample_has_its_annotation() -> None:
    assert [path.name for path in ANNOTATIONS] == [f"{index:05d}.png" for index in range(120)]
    for path in ANNOTATIONS:
        with Image.open(path) as image:
            assert (image.mode, image.size) == ("P", (640, 360))
            assert set(np.unique(np.array(image))) <= {0, 1, 2, 3}


def test_all_three_objects_are_in_the_first_annotation() -> None:
    numbers = np.array(Image.open(ANNOTATIONS[0]))
    assert all((numbers == number).sum() > 500 for number in (1, 2, 3))


@pytest.mark.parametrize("index", [0, 61])
def test_the_script_reproduces_the_committed_frames_and_annotations(make_sample: ModuleType, index: int) -> None:
    picture, numbers = make_sample.Reef(index).draw()
    np.testing.assert_array_equal(numbers, np.array(Image.open(ANNOTATIONS[index])))
    with open_video(VIDEO) as reader:
        assert np.abs(reader.frame(index).astype(float) - picture).mean() < 4
