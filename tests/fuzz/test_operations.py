"""Random operations on the whole schema: each succeeds or fails with a known error, and the server keeps running."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import StringValueNode, build_schema
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from sam2_lit.errors import ErrorCode
from sam2_lit.schema import schema
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip, draw_clip, rle_input, write_clip
from tests.fuzz.operations import Drawn, Operations
from tests.server_process import ServerProcess, server_process

SDL = schema.as_str()
CODES = {code.value for code in ErrorCode} - {ErrorCode.INTERNAL.value}
FRAMES = 4


@pytest.fixture
def counts() -> Counter[str]:
    return Counter()


@pytest.mark.timeout(3600)
def test_every_operation_succeeds_or_fails_with_a_known_error(
    tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], counts: Counter[str]
) -> None:
    number: int = request.config.getoption("--operations")
    clip = draw_clip(FRAMES)
    (tmp_path / "videos").mkdir()
    write_clip(tmp_path / "videos" / "discs.mp4", clip.frames)
    config = Settings(videos=tmp_path / "videos", data_dir=tmp_path / "data", max_sessions=3, max_propagations=4)
    with server_process(config, tmp_path / "log") as server:
        sessions = Sessions(server, clip)
        operations = Operations(build_schema(SDL), meaningful_values(server, clip))
        tenth = max(1, number // 10)
        levels = ResourceLevels(server, max(1, number // 20))

        def asked(drawn: Drawn) -> None:
            send(server, sessions.with_ids(drawn), counts)
            levels.read()

        def followed(drawn: Drawn) -> None:
            follow(server, sessions.with_ids(drawn), counts)
            levels.read()

        def documented(document: str) -> None:
            send(server, (document, {}), counts)
            levels.read()

        # Every kind of operation in each half, so that open files and threads of the halves can be compared.
        for half in range(2):
            run(tenth, operations.of("query"), asked, half)
            run(tenth * 2, operations.of("mutation"), asked, half)
            run(tenth, operations.of("subscription"), followed, half)
            run(number // 2 - tenth * 4, from_schema(SDL, custom_scalars=SCALARS), documented, half)
        levels.check()
        last = ClientSession.start(server, "videos/discs.mp4")
        last.add_mask(1, 0, clip.rle(1, 0))
        assert len(last.propagate_to(FRAMES - 1)["rleMaskList"]) == 1
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log, log[log.index("Traceback") :][:3000]
    with capsys.disabled():
        print(f"\n{counts.total()} operations: {dict(counts)}\nopen files {levels.files}\nthreads {levels.threads}")


SCALARS = {"Upload": st.sampled_from([StringValueNode(value="x")])}
JSON = {"Content-Type": "application/json"}


def run(count: int, strategy: st.SearchStrategy[Any], check: Callable[[Any], None], number: int) -> None:
    """Draws `count` examples, the same for the same `number`."""
    checks = list(HealthCheck)
    options = settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=checks,
        phases=[Phase.generate],
    )
    seed(number)(options(given(strategy)(check)))()


class Sessions:
    """Two sessions for operations to work on; one that an operation closed is replaced."""

    NAMES = ("@0", "@1")

    def __init__(self, server: ServerProcess, clip: Clip) -> None:
        self._server = server
        self._clip = clip
        self._ids: dict[str, str] = {}

    def with_ids(self, drawn: Drawn) -> Drawn:
        """The operation with session ids instead of their placeholders."""
        for name in self.NAMES:
            query = "query ($s: String!) { session(sessionId: $s) { objects { objectId } } }"
            found = self._server.query(query, s=self._ids.get(name, ""))["session"]
            if found is None or not found["objects"]:
                session = ClientSession.start(self._server, "videos/discs.mp4")
                session.add_mask(1, 0, self._clip.rle(1, 0))
                self._ids[name] = session.session_id
        document, variables = drawn
        return document, {name: self._with_id(value) for name, value in variables.items()}

    def _with_id(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._with_id(each) for name, each in value.items()}
        return self._ids.get(value, value) if isinstance(value, str) else value


def meaningful_values(server: ServerProcess, clip: Clip) -> dict[str, list[Any]]:
    """Meaningful values by the name of an argument or input field."""
    ids = Sessions.NAMES
    node = server.query("{ defaultVideo { id } }")["defaultVideo"]["id"]
    points = [[0.3, 0.6], clip.center(1, 1)]
    return {
        "sessionId": [*ids, *ids, *ids, "gone"],
        "objectId": [0, 1, 1, 1, 2],
        "frameIndex": [0, 1, 2, 3, 3, 4, -1],
        "startFrameIndex": [0, 1, 3, 4, -1],
        "endFrameIndex": [0, 3, 4, None],
        "maxFrames": [0, 1, 2, None, -1],
        "path": ["videos/discs.mp4", "videos/discs.mp4", "../discs.mp4"],
        "points": [[points[1]], points, [], [[1.5, 0.5]], [[0.5]]],
        "labels": [[1], [1, 0], [0], [], [7]],
        "box": [[0.1, 0.1, 0.5, 0.9], [0.5, 0.5, 0.5, 0.5], [0.1]],
        "rleMask": [rle_input(clip.masks[1][2]), rle_input(clip.masks[2][1]), {"size": [1, 1], "counts": "0"}],
        "trainLora": [False, False, True],
        "name": ["a", "", "n" * 200],
        "id": [node, "x"],
        "first": [0, 1, 100, -1],
        "after": [None, "x", ""],
        "file": ["x", None],
    }


def send(server: ServerProcess, drawn: Drawn, counts: Counter[str]) -> None:
    document, variables = drawn
    answer = server.http.post(
        "/graphql", content=body(document, variables), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (200, 400, 413), (drawn, answer.status_code, answer.text[:500])
    if answer.status_code == 400 and not answer.headers["content-type"].startswith("application/json"):
        counts["bad request"] += 1
        return
    count(drawn, answer.json(), counts)


def follow(server: ServerProcess, drawn: Drawn, counts: Counter[str]) -> None:
    """A subscription over SSE that the client leaves after some events. Some have no events to wait for."""
    document, variables = drawn
    leave_after = random.Random(document + repr(variables)).randrange(4)
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json"}
    if re.search("loraTraining|sessionChanges|(tracking|import|export)Progress", document):
        variables = {**variables, "sessionId": "gone"}
    with server.http.stream("POST", "/graphql", content=body(document, variables), headers=headers) as answer:
        assert answer.status_code in (200, 400), (drawn, answer.status_code)
        for line in answer.iter_lines():
            if line.startswith("data:") and (content := line.removeprefix("data:").strip()):
                count(drawn, json.loads(content), counts)
                leave_after -= 1
            if leave_after < 0:
                break


def body(document: str, variables: dict[str, Any]) -> bytes:
    # The JSON may have NaN and lone surrogates, as some clients send them.
    return json.dumps({"query": document, "variables": variables}).encode()


def count(drawn: Drawn, answer: dict[str, Any], counts: Counter[str]) -> None:
    errors = answer.get("errors")
    if not errors:
        counts["answered"] += 1
        return
    for error in errors:
        code = error.get("extensions", {}).get("code")
        assert code is None or code in CODES, (drawn, error)
    counts[errors[0].get("extensions", {}).get("code") or "refused by GraphQL"] += 1


class ResourceLevels:
    """Open files and threads of a server, measured every `every` operations."""

    # The number of sessions in memory varies, and each has its video open and threads that decode and encode.
    SESSIONS = 3

    def __init__(self, server: ServerProcess, every: int) -> None:
        self._server = server
        self._every = every
        self._operations = 0
        self.files: list[int] = []
        self.threads: list[int] = []

    def read(self) -> None:
        self._operations += 1
        if self._operations % self._every == 0:
            self.files.append(self._server.open_files())
            self.threads.append(self._server.threads())

    def check(self) -> None:
        """The second half's maximum must not exceed the first's by more than the sessions in memory account for."""
        for levels in (self.files, self.threads):
            half = len(levels) // 2
            assert max(levels[half:]) <= max(levels[:half]) + 2 * self.SESSIONS, levels
