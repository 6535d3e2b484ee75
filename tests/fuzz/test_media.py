"""Uploads broken media: each file is refused with an error or is a usable video."""

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from sam2_lit.settings import Settings
from tests.fuzz.media import broken_file
from tests.server_process import ServerProcess, server_process

UPLOAD = "mutation ($file: Upload!) { uploadVideo(file: $file) { path frameCount posterUrl url frameUrlTemplate } }"
START = "mutation ($path: String!) { startSession(input: {path: $path}) { sessionId } }"
CLOSE = "mutation ($s: String!) { closeSession(input: {sessionId: $s}) { success } }"


@pytest.mark.timeout(1800)
def test_broken_media_is_refused_or_usable(
    tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    count: int = request.config.getoption("--broken-files")
    outcomes = Counter[str]()
    settings = Settings(data_dir=tmp_path / "data", max_pixels=1_000_000, max_frames=100_000)
    with server_process(settings, tmp_path / "log") as server:
        for number in range(16):
            upload(server, *broken_file(number))
        before = server.open_files(), server.threads()
        for number in range(count):
            name, content = broken_file(number)
            outcomes[f"{name.split('-')[0]}: {upload(server, name, content)}"] += 1
        after = server.open_files(), server.threads()
        assert server.query("{ model { name } }") == {"model": {"name": "pocket"}}
    # Unused readers are closed when Python collects them.
    assert after[0] <= before[0] + 20
    assert after[1] <= before[1] + 40
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert list((tmp_path / "data" / "uploads").glob("*.part")) == []
    with capsys.disabled():
        print(f"\n{count} files, open files and threads {before} -> {after}: {dict(outcomes)}")


def upload(server: ServerProcess, name: str, content: bytes) -> str:
    """Uploads a file and returns its error code, or `video`. A video's frames and files are fetched."""
    sent = server.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": UPLOAD, "variables": {"file": None}}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": (name, io.BytesIO(content), "video/mp4")},
    )
    answer = sent.json()
    if "errors" in answer:
        code: str = answer["errors"][0]["extensions"]["code"]
        assert code in ("UNSUPPORTED_MEDIA", "UPLOAD_TOO_LARGE"), (name, answer)
        return code
    video: dict[str, Any] = answer["data"]["uploadVideo"]
    frames = {0, video["frameCount"] // 2, video["frameCount"] - 1}
    template = video["frameUrlTemplate"]
    for url in (video["posterUrl"], video["url"], *(template.replace("{index}", str(frame)) for frame in frames)):
        fetched = server.http.get(url)
        assert fetched.status_code == 200 or code_of(fetched) == "UNSUPPORTED_MEDIA", (name, url, fetched.text[:300])
    session = server.query(START, path=video["path"])["startSession"]["sessionId"]
    server.query(CLOSE, s=session)
    return "video"


def code_of(answer: httpx.Response) -> str:
    code: str = answer.json()["errors"][0]["extensions"]["code"]
    return code
