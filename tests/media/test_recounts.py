"""A video that decodes to fewer frames than its timestamps promise, which shows only where they are missing."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers import table_cache
from sam2_lit.sample import SAMPLE
from tests.media.clips import number_in
from tests.media.readers.test_decoding_order import demuxed, numbers_of_full_decode, repack

PATH = "videos/clip.mp4"


def library_of(folder: Path) -> VideoLibrary:
    table_cache.forget_tables()
    return VideoLibrary(SAMPLE, folder / "own", folder / "data", MediaSettings(learned_orders=folder / "orders"))


def without(folder: Path, codec: str, first: int, after: int) -> Path:
    """A clip without some of its packets."""
    (folder / "own").mkdir()
    place = repack(codec, folder / "clip.mp4", lambda packets: packets[:first] + packets[after:])
    return place.rename(folder / "own" / "clip.mp4")


def test_a_video_that_is_recounted_has_another_id_and_the_old_one_is_refused(tmp_path: Path) -> None:
    expected = numbers_of_full_decode(without(tmp_path, "h264_closed", 10, 14))
    library = library_of(tmp_path)
    old = library.by_path(PATH)
    with library.open(old) as reader:
        for _ in range(2):
            with pytest.raises(LitError) as refused:
                reader.frame(15)
            assert refused.value.code == ErrorCode.VIDEO_NOT_FOUND
    with pytest.raises(LitError, match="has its new id"):
        library.by_id(old.id)
    [_, new] = [video for _, video in library.page().videos]
    assert (old.info.frame_count, new.info.frame_count) == (32, len(expected))
    assert new.id != old.id
    assert library.by_id(new.id) == library_of(tmp_path).by_path(PATH) == new


def test_it_is_recounted_once_a_session_was_started(tmp_path: Path) -> None:
    expected = numbers_of_full_decode(without(tmp_path, "mpeg4", 10, 14))
    library = library_of(tmp_path)
    old = library.by_path(PATH)
    with pytest.raises(LitError) as refused:
        library.damage.find(old)
    assert refused.value.code == ErrorCode.VIDEO_NOT_FOUND
    assert library.by_path(PATH).info.frame_count == len(expected) < old.info.frame_count


@pytest.mark.parametrize("content", [b"", b"{", b"3", b"[[]]", b"\xff"])
def test_a_list_of_recounted_videos_that_cannot_be_read_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "recounted.json").write_bytes(content)
    without(tmp_path, "mpeg4", 10, 14)
    library = library_of(tmp_path)
    old = library.by_path(PATH)
    with pytest.raises(LitError):
        library.damage.find(old)
    assert library.by_path(PATH).id != old.id
    assert library_of(tmp_path).by_path(PATH) == library.by_path(PATH)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    codec=st.sampled_from(["h264", "h264_closed", "hevc", "mpeg4"]),
    first=st.integers(5, 18),
    count=st.integers(1, 6),
    order=st.permutations(range(36)),
)
def test_indices_are_those_of_a_full_decode_once_an_id_is_valid_whatever_was_read_before(
    codec: str, first: int, count: int, order: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        clip = without(Path(folder), codec, first, first + count)
        expected = numbers_of_full_decode(clip)
        library = library_of(Path(folder))
        ids = []
        while library.by_path(PATH).id not in ids:
            video = library.by_path(PATH)
            ids.append(video.id)
            try:
                with library.open(video) as reader:
                    shown = {i: number_in(reader.frame(i)) for i in order if i < len(reader)}
            except LitError as refused:
                assert refused.code == ErrorCode.VIDEO_NOT_FOUND
        assert len(ids) <= 2
        assert len(demuxed(clip)) >= video.info.frame_count == len(expected)
        # In between, pictures are predicted from what is missing: a decoder shows one thing or another.
        intact = [*range(2), *range(len(expected) - 5, len(expected))]
        assert [shown[index] for index in intact] == [expected[index] for index in intact]
        library.close()
