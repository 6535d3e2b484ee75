"""SIGKILL at random moments: whatever the server acknowledged is there afterwards, and equal."""

import hashlib
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from sam2_lit.settings import Settings
from tests.clips import Clip
from tests.crash.facts import Acknowledged, facts_of
from tests.crash.hands import Annotator, Exporter, Uploader, Watcher
from tests.served import Process, serving
from tests.work import Work


@pytest.mark.timeout(900)
def test_what_was_acknowledged_outlives_sigkill(
    videos: Path, clip: Clip, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    kills: int = request.config.getoption("--kills")
    seed: int = request.config.getoption("--kill-seed")
    chance = random.Random(seed)
    settings = Settings(videos=videos, data_dir=tmp_path / "data", max_sessions=2)
    counts, killed_in, restarts = Counter[str](), Counter[str](), list[float]()
    drawn, watched = Acknowledged(), Acknowledged()
    uploads, exports = dict[str, str](), dict[str, str]()
    sessions: tuple[str, str] | None = None
    began = time.monotonic()
    for kill in range(kills + 1):
        asked = time.monotonic()
        with serving(settings, tmp_path / "log") as server:
            restarts.append(time.monotonic() - asked)
            if sessions is None:
                sessions = begin(server, clip, drawn, watched)
            check(server, settings.data_dir, sessions, drawn, watched, uploads)
            check_exports(server, exports)
            if kill == kills:
                break
            hands = [
                Annotator(server, random.Random(chance.random()), counts, sessions[0], drawn, clip),
                Watcher(server, random.Random(chance.random()), counts, sessions[1], watched),
                Uploader(server, random.Random(chance.random()), counts, (videos / "discs.mp4").read_bytes(), uploads),
                Exporter(server, random.Random(chance.random()), counts, sessions[0], exports),
            ]
            for hand in hands:
                hand.start()
            time.sleep(chance.uniform(0.05, 5.0))
            killed_in.update(hand.in_flight or "nothing" for hand in hands)
            server.kill()
            for hand in hands:
                hand.join()
                assert hand.failure is None, hand.failure
    assert "Traceback" not in (tmp_path / "log").read_text()
    with capsys.disabled():
        print(
            f"\n{kills} kills in {time.monotonic() - began:.0f} s, restart {sorted(restarts)[kills // 2]:.2f} s; "
            f"acknowledged: {dict(counts)}; killed during: {dict(killed_in)}"
        )


def begin(server: Process, clip: Clip, drawn: Acknowledged, watched: Acknowledged) -> tuple[str, str]:
    works = [Work.begin(server, "videos/discs.mp4") for _ in range(2)]
    for work, said in zip(works, (drawn, watched), strict=True):
        for object_id in (1, 2):
            work.add_mask(object_id, 0, clip.rle(object_id, 0))
        said.facts = facts_of(work)
    return works[0].session_id, works[1].session_id


def check(
    server: Process,
    data_dir: Path,
    sessions: tuple[str, str],
    drawn: Acknowledged,
    watched: Acknowledged,
    uploads: dict[str, str],
) -> None:
    """Compares what the server has with what was acknowledged, and starts from there."""
    listed = {each["sessionId"] for each in server.query("{ sessions { sessionId } }")["sessions"]}
    assert listed == set(sessions)
    for session_id, said in zip(sessions, (drawn, watched), strict=True):
        found = facts_of(Work(server, session_id))
        broken = said.broken_by(found)
        assert not broken, broken
        said.facts, said.may_touch = found, lambda fact: False
    assert uploads.keys() <= listed_videos(server)
    for path, content in uploads.items():
        assert hashlib.sha256((data_dir / path).read_bytes()).hexdigest() == content


def listed_videos(server: Process) -> set[str]:
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


def check_exports(server: Process, exports: dict[str, str]) -> None:
    for path, content in exports.items():
        assert hashlib.sha256(server.http.get(path).content).hexdigest() == content
