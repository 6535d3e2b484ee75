"""SIGKILL at random moments: everything that the server acknowledged is there after the restart, unchanged."""

import hashlib
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.crash.clients import Annotator, Exporter, Propagator, Uploader
from tests.crash.facts import Acknowledged, facts_of, no_fact
from tests.server_process import ServerProcess, server_process


@pytest.mark.timeout(900)
@pytest.mark.wall_clock
def test_everything_acknowledged_survives_sigkill(
    videos: Path, clip: Clip, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    kills: int = request.config.getoption("--kills")
    seed: int = request.config.getoption("--kill-seed")
    chance = random.Random(seed)
    settings = Settings(videos=videos, data_dir=tmp_path / "data", max_sessions=2)
    counts, killed_during, restarts = Counter[str](), Counter[str](), list[float]()
    annotated, propagated = Acknowledged(), Acknowledged()
    uploads, exports = dict[str, str](), dict[str, str]()
    sessions: tuple[str, str] | None = None
    began = time.monotonic()
    for kill in range(kills + 1):
        asked = time.monotonic()
        with server_process(settings, tmp_path / "log") as server:
            restarts.append(time.monotonic() - asked)
            if sessions is None:
                sessions = begin(server, clip, annotated, propagated)
            check(server, settings.data_dir, sessions, annotated, propagated, uploads)
            check_exports(server, exports)
            if kill == kills:
                break
            clients = [
                Annotator(server, random.Random(chance.random()), counts, sessions[0], annotated, clip),
                Propagator(server, random.Random(chance.random()), counts, sessions[1], propagated),
                Uploader(server, random.Random(chance.random()), counts, (videos / "discs.mp4").read_bytes(), uploads),
                Exporter(server, random.Random(chance.random()), counts, sessions[0], exports),
            ]
            for client in clients:
                client.start()
            time.sleep(chance.uniform(0.05, 5.0))
            killed_during.update(client.in_flight or "nothing" for client in clients)
            server.kill()
            for client in clients:
                client.join()
                assert client.failure is None, client.failure
    assert "Traceback" not in (tmp_path / "log").read_text()
    with capsys.disabled():
        print(
            f"\n{kills} kills in {time.monotonic() - began:.0f} s, restart {sorted(restarts)[kills // 2]:.2f} s; "
            f"acknowledged: {dict(counts)}; killed during: {dict(killed_during)}"
        )


def begin(server: ServerProcess, clip: Clip, annotated: Acknowledged, propagated: Acknowledged) -> tuple[str, str]:
    sessions = [ClientSession.start(server, "videos/discs.mp4") for _ in range(2)]
    for session, known in zip(sessions, (annotated, propagated), strict=True):
        for object_id in (1, 2):
            session.add_mask(object_id, 0, clip.rle(object_id, 0))
        known.facts = facts_of(session)
    return sessions[0].session_id, sessions[1].session_id


def check(
    server: ServerProcess,
    data_dir: Path,
    sessions: tuple[str, str],
    annotated: Acknowledged,
    propagated: Acknowledged,
    uploads: dict[str, str],
) -> None:
    """Compares the server's state with what was acknowledged; that state is then the acknowledged one."""
    listed = {each["sessionId"] for each in server.query("{ sessions { sessionId } }")["sessions"]}
    assert listed == set(sessions)
    for session_id, known in zip(sessions, (annotated, propagated), strict=True):
        found = facts_of(ClientSession(server, session_id))
        broken = known.broken_by(found)
        assert not broken, broken
        known.facts, known.may_touch = found, no_fact
    assert uploads.keys() <= listed_videos(server)
    for path, content in uploads.items():
        assert hashlib.sha256((data_dir / path).read_bytes()).hexdigest() == content


def listed_videos(server: ServerProcess) -> set[str]:
    """The paths of all videos, page by page."""
    query = """query ($after: String) {
        videos(after: $after) { edges { node { path } } pageInfo { hasNextPage endCursor } } }"""
    paths, after = set[str](), None
    while True:
        page = server.query(query, after=after)["videos"]
        paths |= {edge["node"]["path"] for edge in page["edges"]}
        if not page["pageInfo"]["hasNextPage"]:
            return paths
        after = page["pageInfo"]["endCursor"]


def check_exports(server: ServerProcess, exports: dict[str, str]) -> None:
    for path, content in exports.items():
        assert hashlib.sha256(server.http.get(path).content).hexdigest() == content
