"""A full disk: writes are refused with an error, and succeed again once there is space."""

import io
import json
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.crash.facts import facts_of
from tests.running import GraphQLFailure
from tests.server_process import ServerProcess, server_process


@dataclass(frozen=True)
class Disk:
    """A disk for a data directory that can be filled and freed."""

    folder: Path
    fill: Callable[[ServerProcess], None]
    free: Callable[[ServerProcess], None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A tmpfs of 16 MiB; where mounting is not allowed, a limit on the size of files that the server writes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode == 0:
        yield Disk(folder, lambda server: fill(folder / "filler"), lambda server: (folder / "filler").unlink())
        subprocess.run(["umount", folder], check=True)
    else:
        infinity = resource.RLIM_INFINITY
        yield Disk(folder, lambda server: limit_files(server, 0), lambda server: limit_files(server, infinity))


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def limit_files(server: ServerProcess, size: int) -> None:
    assert server.process.pid is not None
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(GraphQLFailure, match="disk is full") as failure:
        yield
    assert failure.value.code == "CAPACITY_EXCEEDED"


def upload(server: ServerProcess, content: bytes) -> dict[str, Any]:
    query = "mutation ($file: Upload!) { uploadVideo(file: $file) { path } }"
    answer: dict[str, Any] = server.http.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": query, "variables": {"file": None}}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": ("clip.mp4", io.BytesIO(content), "video/mp4")},
    ).json()
    if errors := answer.get("errors"):
        raise GraphQLFailure(errors[0])
    return answer


def test_a_full_disk_refuses_writes_and_loses_nothing(disk: Disk, videos: Path, clip: Clip, tmp_path: Path) -> None:
    settings = Settings(videos=videos, data_dir=disk.folder / "data")
    content = (videos / "discs.mp4").read_bytes() * 40
    with server_process(settings, tmp_path / "log") as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        session.propagate_to(3)
        before = facts_of(session)
        disk.fill(server)

        with refused():
            session.add_mask(2, 0, clip.rle(2, 0))
        with refused():
            session.propagate_to(5)
        with refused():
            session.mutate("setLoraMode", "SetLoraModeInput", "loraMode", mode="OFF")
        with refused():
            ClientSession.start(server, "videos/discs.mp4")
        with refused():
            upload(server, content)
        streamed = server.http.post("/propagate_in_video", json={"session_id": session.session_id})
        assert facts_of(session) == before
        assert [each["sessionId"] for each in server.query("{ sessions { sessionId } }")["sessions"]] == [
            session.session_id
        ]

        disk.free(server)
        session.add_mask(2, 0, clip.rle(2, 0))
        session.propagate_to(5)
        trained = session.correct(1, 4, rleMask=clip.rle(1, 4))
        after = facts_of(session)
        server.kill()
    with server_process(settings, tmp_path / "log") as server:
        assert facts_of(ClientSession(server, session.session_id)) == after
    assert streamed.status_code == 503
    assert trained["adapter"] is not None
    assert list((disk.folder / "data" / "uploads").iterdir()) == []
