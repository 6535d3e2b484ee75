"""Servers that start fast: forked from a process that has the model loaded, each a process of its own to kill."""

import logging
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx
import torch
import uvicorn

from sam2_lit.app import create_app
from sam2_lit.engine.cores import tracking_cores
from sam2_lit.engine.models import load_model
from sam2_lit.engine.predictor import LitPredictor
from sam2_lit.settings import Settings
from sam2_lit.store.store import Store
from tests.running import Client

# One thread while this is imported, so that there is no pool of them that a fork would lose.
torch.set_num_threads(1)
MODEL = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Process(Client):
    """A server in a process of its own."""

    process: ForkServerProcess

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.join()


@contextmanager
def serving(settings: Settings, log: Path) -> Iterator[Process]:
    """A server until the block ends, where it is killed if it still runs. What it logs goes to the end of `log`."""
    here, there = _forks.Pipe()
    process = _forks.Process(target=_serve, args=(settings, log, there))
    process.start()
    there.close()
    port = here.recv()
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, timeout=60) as http:
        served = Process(url, http, process)
        try:
            yield served
        finally:
            served.kill()


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, parent: Connection) -> None:
        super().__init__(config)
        self._parent = parent

    async def startup(self, *arguments: object, **named: object) -> None:
        await super().startup(*arguments, **named)  # type: ignore[arg-type]
        self._parent.send(self.servers[0].sockets[0].getsockname()[1])


def _serve(settings: Settings, log: Path, parent: Connection) -> None:
    logging.basicConfig(filename=log, level="INFO", force=True)
    torch.set_num_threads(tracking_cores())
    store = Store(settings.data_dir, settings.database_url)
    config = uvicorn.Config(create_app(settings, MODEL, store), host="127.0.0.1", port=0, log_config=None)
    _Announcing(config, parent).run()
