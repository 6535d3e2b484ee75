import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from sam2_lit.engine.models.download import ATTEMPTS, DownloadError, download
from sam2_lit.engine.models.registry import MODELS, ModelEntry
from sam2_lit.pocket import CONFIG, WEIGHTS

NAME = "pocket_online"
FILE = f"{NAME}.pt"


@dataclass
class FileServer:
    """One file by HTTP with Range and If-Range, from a server that can misbehave.

    The n-th answer has the status `statuses[n]` and is cut after `cuts[n]` bytes of its body; past the ends
    of these lists, and at None, answers are right. `asked` holds the Range and If-Range of every request.
    """

    url: str
    content: bytes
    etag: str | None = '"first"'
    last_modified: str | None = None
    honours_range: bool = True
    statuses: list[int | None] = field(default_factory=list)
    cuts: list[int | None] = field(default_factory=list)
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        turn = len(self.asked)
        wanted, condition = request.headers["Range"], request.headers["If-Range"]
        self.asked.append((wanted, condition))
        status = self.statuses[turn] if turn < len(self.statuses) else None
        if status is not None:
            request.send_error(status)
            return
        start = 0
        if wanted and self.honours_range and condition in (None, self.etag, self.last_modified):
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
        if start and start >= len(self.content):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.content)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(206 if start else 200)
        if start:
            last = len(self.content) - 1
            request.send_header("Content-Range", f"bytes {start}-{last}/{len(self.content)}")
        for name, value in (("ETag", self.etag), ("Last-Modified", self.last_modified)):
            if value:
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(self.content) - start))
        request.end_headers()
        cut = self.cuts[turn] if turn < len(self.cuts) else None
        with suppress(ConnectionError):
            request.wfile.write(self.content[start:] if cut is None else self.content[start : start + cut])
        request.close_connection = True


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("official") / FILE
    torch.save({"model": load_file(WEIGHTS)}, path)
    return path.read_bytes()


@pytest.fixture
def server(checkpoint: bytes) -> Iterator[FileServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            files.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        files = FileServer(f"http://127.0.0.1:{http.server_port}/{FILE}", checkpoint)
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield files
        http.shutdown()


@pytest.fixture
def fetch(server: FileServer, tmp_path: Path) -> Callable[[], None]:
    entry = ModelEntry(NAME, CONFIG, Path(FILE), server.url)
    return lambda: download([NAME], tmp_path, models={NAME: entry}, retry_wait=0.001)


def files_in(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def break_off(server: FileServer, fetch: Callable[[], None], after: int) -> None:
    """Leaves a download that broke off after some bytes, as an earlier run would."""
    server.cuts = [after] + [0] * ATTEMPTS
    with pytest.raises(DownloadError):
        fetch()
    server.cuts, server.asked = [], []


def test_a_checkpoint_is_moved_into_place_once_complete(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    fetch()
    assert files_in(tmp_path) == {FILE}
    assert (tmp_path / FILE).read_bytes() == checkpoint
    assert server.asked == [(None, None)]


def test_a_missing_directory_is_created(server: FileServer, tmp_path: Path) -> None:
    entry = ModelEntry(NAME, CONFIG, Path(FILE), server.url)
    download([NAME], tmp_path / "a" / "b", models={NAME: entry})
    assert files_in(tmp_path / "a" / "b") == {FILE}


def test_dropped_connections_are_resumed_where_they_broke(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    server.cuts = [3_000_000, 1_234_567, 0]
    fetch()
    assert server.asked == [
        (None, None),
        ("bytes=3000000-", '"first"'),
        ("bytes=4234567-", '"first"'),
        ("bytes=4234567-", '"first"'),
    ]
    assert (tmp_path / FILE).read_bytes() == checkpoint
    assert files_in(tmp_path) == {FILE}


def test_a_download_may_be_interrupted_any_number_of_times_while_it_makes_progress(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    server.cuts = [100_000] * 3 * ATTEMPTS
    fetch()
    assert len(server.asked) == 3 * ATTEMPTS + 1
    assert (tmp_path / FILE).read_bytes() == checkpoint


def test_an_interrupted_download_leaves_only_its_part(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    server.cuts = [3_000_000] + [0] * ATTEMPTS
    with pytest.raises(DownloadError, match=rf"sam2-lit download {NAME}.*\(3000000 bytes") as caught:
        fetch()
    assert "\n" not in str(caught.value)
    assert len(server.asked) == 1 + ATTEMPTS - 1
    assert files_in(tmp_path) == {f"{FILE}.part", f"{FILE}.part.validator"}
    assert (tmp_path / f"{FILE}.part").read_bytes() == checkpoint[:3_000_000]


def test_a_later_run_resumes_what_an_earlier_one_left(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    break_off(server, fetch, 3_000_000)
    fetch()
    assert server.asked == [("bytes=3000000-", '"first"')]
    assert (tmp_path / FILE).read_bytes() == checkpoint
    assert files_in(tmp_path) == {FILE}


def test_a_file_that_has_changed_since_is_downloaded_again(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    server.content = bytes(len(checkpoint))
    break_off(server, fetch, 3_000_000)
    server.content, server.etag = checkpoint, '"second"'
    fetch()
    assert server.asked == [("bytes=3000000-", '"first"')]
    assert (tmp_path / FILE).read_bytes() == checkpoint


def test_a_server_that_ignores_range_is_read_from_the_start(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    server.honours_range = False
    server.cuts = [3_000_000]
    fetch()
    assert server.asked == [(None, None), ("bytes=3000000-", '"first"')]
    assert (tmp_path / FILE).read_bytes() == checkpoint


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_a_date_identifies_the_version_where_no_strong_etag_does(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes, etag: str | None
) -> None:
    server.etag, server.last_modified = etag, "Sun, 29 Sep 2024 20:13:00 GMT"
    server.cuts = [3_000_000]
    fetch()
    assert server.asked[1] == ("bytes=3000000-", server.last_modified)
    assert (tmp_path / FILE).read_bytes() == checkpoint


def test_a_version_without_a_validator_is_not_resumed(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    server.etag = None
    server.cuts = [3_000_000]
    fetch()
    assert server.asked == [(None, None), (None, None)]
    assert (tmp_path / FILE).read_bytes() == checkpoint


def test_a_download_that_was_complete_but_not_moved_is_moved(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    break_off(server, fetch, 3_000_000)
    (tmp_path / f"{FILE}.part").write_bytes(checkpoint)
    fetch()
    assert server.asked == [(f"bytes={len(checkpoint)}-", '"first"')]
    assert files_in(tmp_path) == {FILE}


def test_a_part_longer_than_the_file_is_discarded(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    break_off(server, fetch, 3_000_000)
    (tmp_path / f"{FILE}.part").write_bytes(checkpoint + b"more")
    fetch()
    assert len(server.asked) == 2
    assert (tmp_path / FILE).read_bytes() == checkpoint


def test_a_request_to_a_busy_server_is_retried(server: FileServer, fetch: Callable[[], None], tmp_path: Path) -> None:
    server.statuses = [503, 429]
    fetch()
    assert len(server.asked) == 3
    assert files_in(tmp_path) == {FILE}


def test_a_file_that_does_not_exist_is_requested_once(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path
) -> None:
    server.statuses = [404]
    with pytest.raises(DownloadError, match=r"404 Not Found; .*--checkpoint PATH`$"):
        fetch()
    assert len(server.asked) == 1
    assert files_in(tmp_path) == set()


def test_an_unreachable_server_is_an_error(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as closed:
        url = f"http://127.0.0.1:{closed.server_port}/{FILE}"
    entry = ModelEntry(NAME, CONFIG, Path(FILE), url)
    with pytest.raises(DownloadError, match=f"^cannot download {url}: .*refused"):
        download([NAME], tmp_path, models={NAME: entry}, retry_wait=0.001)


@pytest.mark.parametrize("content", [b"<!DOCTYPE html><title>Sign in to the Wi-Fi</title>", b""])
def test_a_page_instead_of_the_checkpoint_is_refused(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, content: bytes
) -> None:
    server.content = content
    with pytest.raises(DownloadError, match="did not send the checkpoint") as caught:
        fetch()
    assert "\n" not in str(caught.value)
    assert files_in(tmp_path) == set()


def test_a_checkpoint_of_another_architecture_is_refused(server: FileServer, tmp_path: Path) -> None:
    tiny = MODELS["sam2.1_hiera_tiny"]
    entry = ModelEntry(NAME, tiny.config, Path(FILE), server.url)
    with pytest.raises(DownloadError, match=r"did not send the checkpoint.*another model"):
        download([NAME], tmp_path, models={NAME: entry})
    assert files_in(tmp_path) == set()


def test_an_existing_checkpoint_is_not_downloaded(
    server: FileServer,
    fetch: Callable[[], None],
    tmp_path: Path,
    checkpoint: bytes,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / FILE).write_bytes(checkpoint)
    fetch()
    assert server.asked == []
    assert capsys.readouterr().out == f"{tmp_path / FILE} exists already\n"


def test_a_damaged_existing_checkpoint_is_downloaded_again(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path, checkpoint: bytes
) -> None:
    (tmp_path / FILE).write_bytes(checkpoint[:1_000_000])
    fetch()
    assert (tmp_path / FILE).read_bytes() == checkpoint


def test_a_damaged_checkpoint_remains_until_its_replacement_is_complete(
    server: FileServer, fetch: Callable[[], None], tmp_path: Path
) -> None:
    (tmp_path / FILE).write_bytes(b"damaged")
    server.statuses = [404]
    with pytest.raises(DownloadError):
        fetch()
    assert (tmp_path / FILE).read_bytes() == b"damaged"


def test_an_unknown_name_is_an_error_before_anything_is_downloaded(server: FileServer, tmp_path: Path) -> None:
    entry = ModelEntry(NAME, CONFIG, Path(FILE), server.url)
    with pytest.raises(DownloadError, match=f"'sam3': choose from {NAME}$"):
        download([NAME, "sam3"], tmp_path, models={NAME: entry})
    assert server.asked == []


def test_the_embedded_model_needs_no_download(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    download(["pocket"], tmp_path / "checkpoints")
    assert "nothing to download" in capsys.readouterr().out
    assert files_in(tmp_path) == set()


def test_a_full_disk_is_an_error(fetch: Callable[[], None], tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.part").symlink_to("/dev/full")
    with pytest.raises(DownloadError, match=r"No space left on device: .*; fix that") as caught:
        fetch()
    assert "\n" not in str(caught.value)
    assert not (tmp_path / FILE).exists()


def test_a_directory_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    tmp_path.joinpath("file").touch()
    entry = ModelEntry(NAME, CONFIG, Path(FILE), "http://127.0.0.1:9/")
    with pytest.raises(DownloadError, match=r"File exists: .*/file"):
        download([NAME], tmp_path / "file", models={NAME: entry})
