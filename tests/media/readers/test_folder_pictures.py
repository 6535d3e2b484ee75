"""Pictures in a folder are shown as a viewer shows them."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.errors import LitError
from sam2_lit.media.readers.opening import open_video
from tests.media.clips import number_in, numbered_frame, write_folder


def frame_of(folder: Path, index: int = 0) -> NDArray[np.uint8]:
    with open_video(folder) as reader:
        return reader.frame(index)


@pytest.mark.parametrize("suffix", [".webp", ".tif", ".tiff", ".bmp"])
def test_frames_of_other_formats_are_read(tmp_path: Path, suffix: str) -> None:
    folder = write_folder(tmp_path / "frames", 3, suffix)
    assert [number_in(frame_of(folder, index)) for index in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".png", ".tif"])
def test_exif_orientation_is_applied(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = np.rot90(numbered_frame(5)).copy()
    Image.fromarray(turned).save(tmp_path / f"00000{suffix}", exif=exif)
    with open_video(tmp_path) as reader:
        assert number_in(reader.frame(0)) == 5
        assert (reader.info.width, reader.info.height) == (192, 128)


@pytest.mark.parametrize(("bits", "suffix"), [(16, ".png"), (12, ".png"), (16, ".tif"), (10, ".tif")])
def test_deep_gray_is_scaled_by_its_range(tmp_path: Path, bits: int, suffix: str) -> None:
    for index, level in enumerate((0.0, 0.5, 1.0)):
        samples = np.full((8, 8), round(level * (2**bits - 1)), np.uint16)
        Image.fromarray(samples).save(tmp_path / f"{index}{suffix}")
    assert [int(frame_of(tmp_path, index)[0, 0, 0]) for index in range(3)] == pytest.approx([0, 128, 255], abs=1)


def test_all_deep_frames_of_a_folder_have_one_range(tmp_path: Path) -> None:
    for index, level in enumerate((1000, 50_000)):
        Image.fromarray(np.full((8, 8), level, np.uint16)).save(tmp_path / f"{index}.png")
    assert int(frame_of(tmp_path, 0)[0, 0, 0]) == 4


def test_floating_point_frames_are_scaled_from_one(tmp_path: Path) -> None:
    Image.fromarray(np.full((8, 8), 0.5, np.float32)).save(tmp_path / "0.tif")
    assert int(frame_of(tmp_path)[0, 0, 0]) in (127, 128)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_pixels_are_black(tmp_path: Path, mode: str) -> None:
    picture = Image.new("RGBA", (8, 8), (255, 255, 255, 255))
    picture.paste((255, 255, 255, 0), (0, 0, 4, 8))
    picture.convert(mode).save(tmp_path / "0.png")
    pixels = frame_of(tmp_path)
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert pixels[0, 7].tolist() == [255, 255, 255]


def test_names_with_other_digits_are_ordered_like_letters(tmp_path: Path) -> None:
    for index, name in enumerate(("5².png", "12.png", "①.png")):
        Image.fromarray(numbered_frame(index)).save(tmp_path / name)
    assert [number_in(frame_of(tmp_path, index)) for index in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("dtype", [np.uint32, np.float32])
def test_gray_of_32_bits_is_scaled_whatever_its_samples(tmp_path: Path, dtype: type[np.generic]) -> None:
    samples = np.array([[0, 2**31, 2**32 - 1, 0]] * 4, dtype)
    if dtype is np.float32:
        samples[0, 1], samples[0, 2] = np.nan, np.inf
    write_gray_tiff(tmp_path / "0.tif", samples)
    assert frame_of(tmp_path)[1, :, 0].tolist() == [0, 128, 255, 0]


def write_gray_tiff(path: Path, samples: NDArray[np.generic]) -> None:
    """As Pillow cannot: of one strip, with unsigned samples of 32 bits."""
    height, width = samples.shape
    kind = 3 if samples.dtype.kind == "f" else 1
    bits = samples.itemsize * 8
    tags = {256: width, 257: height, 258: bits, 259: 1, 262: 1, 273: 134, 277: 1, 278: height, 279: samples.nbytes}
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in (tags | {339: kind}).items()]
    path.write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<H", 10) + b"".join(entries) + bytes(4) + samples.tobytes())


@pytest.mark.parametrize("suffix", [".tif", ".webp", ".png"])
def test_a_file_of_several_pictures_is_refused_with_their_number(tmp_path: Path, suffix: str) -> None:
    first, *others = (Image.fromarray(numbered_frame(index)) for index in range(3))
    first.save(tmp_path / f"0{suffix}", save_all=True, append_images=others)
    with pytest.raises(LitError, match="it holds 3 pictures"):
        open_video(tmp_path)


def test_a_preview_next_to_a_picture_does_not_count(tmp_path: Path) -> None:
    picture, preview = Image.fromarray(numbered_frame(1)), Image.new("RGB", (96, 64))
    picture.save(tmp_path / "0.jpg", "MPO", save_all=True, append_images=[preview.copy()])
    preview.encoderinfo = {"tiffinfo": {254: 1}}
    picture.copy().save(tmp_path / "1.tif", save_all=True, append_images=[preview])
    assert [number_in(frame_of(tmp_path, index)) for index in range(2)] == [1, 1]


def test_no_message_has_the_servers_paths(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "frames", 2)
    (folder / "00001.jpg").write_bytes(b"no picture")
    with pytest.raises(LitError) as refused:
        frame_of(folder, 1)
    assert str(tmp_path) not in refused.value.message
    assert "it is not a JPEG" in refused.value.message
