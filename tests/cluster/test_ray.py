"""A front and two workers on Ray, in processes of their own, as `sam2-lit serve --cluster auto` starts them."""

import asyncio
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from gql import Client as Subscriber
from gql import gql
from gql.transport.exceptions import TransportClosed, TransportConnectionFailed
from gql.transport.websockets import WebsocketsTransport

from tests.client_session import PROPAGATE, ClientSession
from tests.clips import FRAMES, Clip
from tests.running import Client, GraphQLFailure, Server
from tests.store.postgresql import Postgresql
from tests.waiting import wait_until

# Ray and the model of each worker start within it.
pytestmark = pytest.mark.timeout(240)

ENVIRONMENT = {
    **os.environ,
    # Without it, Ray makes a token and stores it in the home folder.
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
    # Without it, workers wait for every other process of the machine, such as the one that runs other tests.
    "RAY_worker_niceness": "0",
}
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Front(Client):
    """A client of a front."""

    process: "subprocess.Popen[bytes]"
    settings: dict[str, Any]
    log: Path

    @property
    def database(self) -> str:
        return str(self.settings["database-url"])

    @property
    def ray(self) -> str:
        """The address of Ray."""
        address: str = re.findall(r"of Ray at (\S+?)\.\s", self.log.read_text())[0]
        return address

    def worker_of(self, session: ClientSession) -> int | None:
        """The process of the session's worker; None where it is between two."""
        with psycopg.connect(self.database) as connection:
            query = "SELECT worker FROM sessions WHERE id = %s"
            [worker] = connection.execute(query, [session.session_id]).fetchone() or (None,)
        return int(worker.split(".")[1]) if worker else None

    def workers(self) -> int:
        """How many workers answer."""
        return len(set(re.findall(r'^sam2_lit_propagations{.*worker="(.+?)"', self.metrics(), re.MULTILINE)))

    def metrics(self) -> str:
        return self.http.get("/metrics").text

    def wait_for_workers(self, count: int) -> None:
        """Waits until so many have loaded their model."""

        def answer() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            try:
                return self.http.get("/readyz").status_code == 200 and self.workers() >= count
            except httpx.ConnectError:
                return False

        wait_until(answer, POLL_SECONDS)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@dataclass(frozen=True)
class Alone:
    """A session on a server without a cluster, and the events of its propagation."""

    session: ClientSession
    events: list[dict[str, Any]]


@pytest.fixture(scope="module")
def first_front(postgres: Postgresql, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("ray")
    # Where workers cannot store which kernels are the fastest they use PyTorch's own, as the server alone does.
    (folder / "scratch").mkdir()
    (folder / "scratch" / "cache").touch()
    settings = {
        "cluster": "auto",
        "workers": 2,
        "database-url": postgres.new_database(secrets.token_hex(4)),
        "media-dir": folder / "media",
        "scratch-dir": folder / "scratch",
        "videos": videos,
        "learn-on": 0,
    }
    with started(settings, folder / "log") as front:
        yield front


@pytest.fixture(scope="module")
def alone(first_front: Front, server: Server, clip: Clip) -> Alone:
    session = prompted(server, clip)
    return Alone(session, stream(session, lambda event: None))


@pytest.fixture
def front(first_front: Front, alone: Alone) -> Front:
    """With both workers there, whichever a test before has killed; they start while the server alone tracks."""
    first_front.wait_for_workers(2)
    return first_front


@contextmanager
def started(settings: dict[str, Any], log: Path) -> Iterator[Front]:
    """A front, which may not answer yet."""
    port = free_port()
    flags = [part for name, value in {**settings, "port": port}.items() for part in (f"--{name}", str(value))]
    with log.open("wb") as output:
        command = [sys.executable, "-m", "sam2_lit", "serve", *flags]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=ENVIRONMENT)

    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, timeout=60) as http:
        try:
            yield Front(url, http, process, settings, log)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            finally:
                process.kill()


def prompted(server: Client, clip: Clip) -> ClientSession:
    session = ClientSession.start(server, "videos/discs.mp4")
    session.add_mask(1, 0, clip.rle(1, 0))
    return session


def stream(session: ClientSession, received: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """All events of a propagation; `received` is called with each."""

    async def collect() -> list[dict[str, Any]]:
        events = []
        async with Subscriber(transport=WebsocketsTransport(url=session.server.ws_url)) as subscriber:
            query = gql(PROPAGATE)
            query.variable_values = {"input": {"sessionId": session.session_id}}
            async for event in subscriber.subscribe(query):
                events.append(event["propagateInVideo"])
                await asyncio.to_thread(received, events[-1])
        return events

    return asyncio.run(collect())


def test_a_front_has_no_torch_and_shows_the_metrics_of_its_workers(front: Front) -> None:
    maps = Path(f"/proc/{front.process.pid}/maps").read_text()

    assert "libtorch" not in maps and "_raylet" in maps
    assert 'sam2_lit_queue_length{kind="interactive",worker="worker-1"} 0.0' in front.metrics()


def test_the_dashboard_shows_metrics_that_a_front_has(front: Front, clip: Clip) -> None:
    # A step and an operation.
    prompted(front, clip)
    dashboard = (Path(__file__).parents[2] / "docs" / "grafana.json").read_text()
    shown = set(re.findall(r"sam2_lit_[a-z_]+", dashboard))

    assert shown and shown <= set(re.findall(r"sam2_lit_[a-z_]+", front.metrics()))


def test_a_stream_whose_worker_is_killed_goes_on_with_the_masks_of_a_server_alone(
    front: Front, alone: Alone, clip: Clip
) -> None:
    session = prompted(front, clip)
    killed = front.worker_of(session)
    assert killed is not None

    def kill(event: dict[str, Any]) -> None:
        if event["frameIndex"] == 2:
            os.kill(killed, signal.SIGKILL)

    events = stream(session, kill)

    assert events == alone.events
    assert len(events) == FRAMES
    assert session.masks() == alone.session.masks()
    assert front.worker_of(session) != killed
    trained = session.correct(1, 9, rleMask=clip.rle(1, 9))
    assert trained["adapter"] is not None
    source = {"objectId": 1, "sourceSessionId": session.session_id, "sourceObjectId": 1}
    copied = session.mutate("copyAdapters", "CopyAdaptersInput", "adapters { frameIndices }", **source)
    assert sorted(each["frameIndices"] for each in copied["adapters"]) == [[], [9]]
    assert session.mutate("exportAdapters", "ExportAdaptersInput", "byteSize")["byteSize"] > 10_000
    with pytest.raises(GraphQLFailure) as refused:
        session.train(7, 0)
    assert refused.value.code == "OBJECT_NOT_FOUND"


def test_another_front_goes_on_with_a_session_whose_front_is_killed_while_it_streams(
    first_front: Front, alone: Alone, clip: Clip, tmp_path: Path
) -> None:
    first_front.wait_for_workers(1)
    with started({**first_front.settings, "cluster": first_front.ray}, tmp_path / "log") as other:
        other.wait_for_workers(1)
        session = prompted(other, clip)

        def kill(event: dict[str, Any]) -> None:
            if event["frameIndex"] == 2:
                other.process.kill()

        with pytest.raises((TransportConnectionFailed, TransportClosed)):
            stream(session, kill)
        left = ClientSession(first_front, session.session_id)

        assert stream(left, lambda event: None) == alone.events


def test_streams_lose_no_frame_while_the_workers_are_restarted_one_after_the_other(
    front: Front, alone: Alone, clip: Clip
) -> None:
    session = prompted(front, clip)
    before = front.worker_of(session)
    command = [sys.executable, "-m", "sam2_lit", "restart-workers", "--cluster", front.ray, "--drain-seconds", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as restarting:
        streams = []
        while front.workers() == 2 and restarting.poll() is None:
            streams.append(stream(session, lambda event: None))
        # Held, so that a stream is in its middle when the second is drained, to which the first has left the session.
        restarting.send_signal(signal.SIGSTOP)
        front.wait_for_workers(2)
        second = front.worker_of(session)

        def go_on(event: dict[str, Any]) -> None:
            if event["frameIndex"] == 2:
                restarting.send_signal(signal.SIGCONT)

        while front.worker_of(session) in {second, None}:
            streams.append(stream(session, go_on))
        assert restarting.stdout is not None
        said = restarting.stdout.read()

    assert (restarting.returncode, said) == (0, "worker-0 is restarted\nworker-1 is restarted\n")
    assert [events for events in streams if events != alone.events] == []
    assert session.masks() == alone.session.masks()
    assert front.worker_of(session) not in {before, second}
