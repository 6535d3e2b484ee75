"""A folder is listed while others change it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.export_files import ExportFiles
from sam2_lit.folder_listing import entries
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.sample import SAMPLE
from sam2_lit.store.adapter_files import AdapterFiles

ROUNDS = 300


def while_files_come_and_go(folder: Path, look: Callable[[], Any]) -> list[Any]:
    """What `look` returns, called again and again until another thread has made and removed files in `folder`."""

    def change() -> None:
        for index in range(ROUNDS):
            for number in range(8):
                (folder / f"{index}-{number}.mp4").touch()
            for number in range(8):
                (folder / f"{index}-{number}.mp4").unlink()

    with ThreadPoolExecutor(1) as pool:
        changing, seen = pool.submit(change), []
        while not changing.done():
            seen.append(look())
        changing.result()
    return seen


def test_what_stays_is_listed_while_other_files_come_and_go(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).touch()
    for seen in while_files_come_and_go(tmp_path, lambda: entries(tmp_path)):
        assert {"one", "two"} <= {path.name for path, _ in seen}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert entries(tmp_path / "missing") == []


def test_unused_weights_are_removed_while_other_processes_write_theirs(tmp_path: Path) -> None:
    files, folder = AdapterFiles(tmp_path, "database"), tmp_path / "database"
    (folder / "used").mkdir()
    while_files_come_and_go(folder, lambda: files.remove_unused({"used"}, before=0))
    assert (folder / "used").is_dir()


def test_an_export_that_expires_while_it_is_asked_for_is_one_that_is_not_there(tmp_path: Path) -> None:
    def write(place: Path) -> list[str]:
        place.write_bytes(b"masks")
        return []

    files = ExportFiles(tmp_path)
    made = files.add("masks.zip", write)
    made.file.unlink()
    assert files.find(made.id) is None


def test_uploads_are_listed_while_another_process_deletes_some(tmp_path: Path) -> None:
    library = VideoLibrary(SAMPLE, None, tmp_path, MediaSettings(shared=True))
    with SAMPLE.open("rb") as file:
        stays = library.add_upload(file, SAMPLE.name, None, None, lambda path: None)
    for seen in while_files_come_and_go(tmp_path / "uploads", library.uploads):
        assert stays.path in seen


def test_uploads_are_listed_added_and_deleted_by_two_processes_at_once(tmp_path: Path) -> None:
    settings = MediaSettings(shared=True)
    libraries = [VideoLibrary(SAMPLE, None, tmp_path, settings) for _ in range(2)]

    def work(library: VideoLibrary) -> tuple[int, int]:
        added = deleted = 0
        for _ in range(6):
            with SAMPLE.open("rb") as file:
                library.add_upload(file, SAMPLE.name, None, None, lambda path: None)
                added += 1
            for path in library.uploads():
                try:
                    library.by_path(path)
                except LitError as error:
                    assert error.code in (ErrorCode.VIDEO_NOT_FOUND, ErrorCode.UNSUPPORTED_MEDIA)
                deleted += library.remove_upload(path)
        return added, deleted

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(work, libraries))
    added, deleted = (sum(each) for each in zip(*counts, strict=True))
    assert added - deleted == len(libraries[0].uploads())
