"""Servers in their own processes, for tests to kill. They are forked from one with the model loaded, to start fast."""

import logging
import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx
import torch

from sam2_lit.engine.device.cpu_threads import tracking_threads
from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.server.app import create_app
from sam2_lit.server.http_server import http_server
from sam2_lit.settings import Settings
from sam2_lit.store.store import Store
from tests.running import Client

# One thread during the import: a fork would lose the threads of a pool.
torch.set_num_threads(1)
MODEL = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class ServerProcess(Client):
    """A client of a server in its own process."""

    process: ForkServerProcess

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.join()


@contextmanager
def server_process(settings: Settings, log: Path) -> Iterator[ServerProcess]:
    """Runs a server until the block ends, and kills it then if it still runs. Its log is appended to `log`.

    Trainings end with their answer, so that what is stored can be compared with it.
    """
    here, there = _forks.Pipe()
    process = _forks.Process(target=_serve, args=(settings, log, there))
    process.start()
    there.close()
    port = here.recv()
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, timeout=60) as http:
        served = ServerProcess(url, http, process)
        try:
            yield served
        finally:
            served.kill()


def _serve(settings: Settings, log: Path, parent: Connection) -> None:
    logging.basicConfig(filename=log, level="INFO", force=True)
    torch.set_num_threads(tracking_threads())
    store = Store(settings.data_dir, settings.database_url)
    server = http_server(create_app(replace(settings, learn_on=0), MODEL, store), replace(settings, port=0))

    def announce() -> None:
        while not server.started:
            time.sleep(0.01)
        parent.send(server.servers[0].sockets[0].getsockname()[1])

    threading.Thread(target=announce, daemon=True).start()
    server.run()
