"""Downloads official checkpoints. A file with a checkpoint's name is always complete and checked."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from sam2.sam2_video_predictor import SAM2VideoPredictor
from tqdm import tqdm

from sam2_lit.engine.models.loading import build_predictor, load_checkpoint
from sam2_lit.engine.models.registry import MODELS, ModelEntry, ModelError

ATTEMPTS = 5
"""How many requests in a row may fail without any new bytes."""

TIMEOUT_SECONDS = 30.0
RETRIED_STATUSES = frozenset({408, 416, 425, 429, 500, 502, 503, 504})


class DownloadError(ModelError):
    """Why a checkpoint was not downloaded, and how to fix it, in one line."""


@dataclass(frozen=True)
class PartialFile:
    """The bytes of a file that were received so far, in `path`.

    A second file holds the validator (RFC 9110, section 8.8) of the server's version that they belong to. A download
    without one cannot be resumed, so the validator is written last when a version starts, and removed first.
    """

    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def request_headers(self) -> dict[str, str]:
        """Requests the missing bytes, or all of them if the file on the server has changed."""
        # A Range counts the bytes of the response, which are those of the file only without a content coding.
        whole = {"Accept-Encoding": "identity"}
        if self.size == 0 or not self._validator_path.is_file():
            return whole
        return {**whole, "Range": f"bytes={self.size}-", "If-Range": self._validator_path.read_text()}

    def start(self, validator: str | None) -> None:
        self._validator_path.unlink(missing_ok=True)
        self.path.write_bytes(b"")
        if validator is not None:
            self._validator_path.write_text(validator)

    def remove(self) -> None:
        self._validator_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def move(self, target: Path) -> None:
        os.replace(self.path, target)
        self.remove()

    @property
    def _validator_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.validator")


def download(
    names: Sequence[str],
    checkpoints_dir: Path,
    *,
    models: Mapping[str, ModelEntry] = MODELS,
    retry_wait: float = 1.0,
) -> None:
    """Downloads the checkpoints of `names` that are not yet in `checkpoints_dir`, and reports each on stdout.

    An interrupted download, also one of an earlier run, resumes if the file on the server is still the same. The file
    is moved into place once it is complete and loads into its model.

    Args:
        names: keys of `models`; one without a URL needs no download.
        checkpoints_dir: created if it does not exist.
        models: where names are looked up.
        retry_wait: seconds before the first retry; each further retry in a row waits twice as long.

    Raises:
        DownloadError: a name is unknown (then nothing is downloaded), the server cannot be reached or does not have
            the file, it sent something else (then nothing is stored), or the file cannot be written.
    """
    for name in names:
        if name not in models:
            available = ", ".join(entry.name for entry in models.values() if entry.url)
            raise DownloadError(f"there is no model {name!r}: choose from {available}")
    for name in names:
        try:
            _ensure(models[name], checkpoints_dir, retry_wait)
        except OSError as error:
            raise DownloadError(
                f"cannot store {name}: {error.strerror}: {error.filename or checkpoints_dir};"
                " fix that and run the same command again"
            ) from error


def _ensure(entry: ModelEntry, checkpoints_dir: Path, retry_wait: float) -> None:
    if entry.url is None:
        print(f"{entry.name} is part of sam2-lit: there is nothing to download")
        return
    target = entry.checkpoint_path(checkpoints_dir)
    if target.exists():
        try:
            _check(entry, target)
            print(f"{target} exists already")
            return
        except ModelError as error:
            print(f"{error}: downloading it again")
    checkpoints_dir.mkdir(parents=True, exist_ok=True)
    part = PartialFile(target.with_name(f"{target.name}.part"))
    _fetch(entry.name, entry.url, part, retry_wait)
    try:
        _check(entry, part.path)
    except ModelError as error:
        part.remove()
        raise DownloadError(
            f"{entry.url} did not send the checkpoint of {entry.name}, and nothing was stored: {error}"
        ) from error
    part.move(target)
    print(f"{target} is ready")


def _check(entry: ModelEntry, weights: Path) -> None:
    load_checkpoint(build_predictor(entry.config, SAM2VideoPredictor), weights)


def _fetch(name: str, url: str, part: PartialFile, retry_wait: float) -> None:
    failures, furthest = 0, part.size
    with httpx.Client(follow_redirects=True, timeout=TIMEOUT_SECONDS) as client:
        while True:
            try:
                return _request(client, name, url, part)
            except httpx.HTTPError as error:
                failures = 1 if part.size > furthest else failures + 1
                furthest = max(furthest, part.size)
                if failures == ATTEMPTS:
                    reason = str(error).partition("\n")[0] or type(error).__name__
                    raise DownloadError(
                        f"cannot download {url}: {reason}; run `sam2-lit download {name}` again to resume"
                        f" ({part.size} bytes are stored)"
                    ) from error
            time.sleep(retry_wait * 2 ** (failures - 1))


def _request(client: httpx.Client, name: str, url: str, part: PartialFile) -> None:
    """Requests once what `part` lacks and appends it. What was received before an error stays in `part`."""
    with client.stream("GET", url, headers=part.request_headers) as response:
        content_range = response.headers.get("Content-Range", "")
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            if content_range == f"bytes */{part.size}":
                return
            part.remove()
        if response.is_error and response.status_code not in RETRIED_STATUSES:
            raise DownloadError(
                f"cannot download {url}: the server responds {response.status_code} {response.reason_phrase}; a file"
                " from elsewhere works with `sam2-lit serve --checkpoint PATH`"
            )
        response.raise_for_status()
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            part.start(_validator(response.headers))
        elif not content_range.startswith(f"bytes {part.size}-"):
            part.remove()
            raise httpx.RemoteProtocolError(f"requested bytes from {part.size}, received {content_range!r}")
        missing = response.headers.get("Content-Length")
        with (
            part.path.open("ab") as file,
            tqdm(
                desc=name,
                initial=part.size,
                total=part.size + int(missing) if missing else None,
                unit="B",
                unit_scale=True,
                unit_divisor=1024,
                disable=None,
            ) as bar,
        ):
            for block in response.iter_raw():
                bar.update(file.write(block))
            file.flush()
            os.fsync(file.fileno())


def _validator(headers: httpx.Headers) -> str | None:
    """The validator of a version for If-Range, which allows no weak entity tags (RFC 9110, section 13.1.5)."""
    tag: str = headers.get("ETag", "")
    modified: str | None = headers.get("Last-Modified")
    return tag if tag.startswith('"') else modified
